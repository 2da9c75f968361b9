use db::{Error, Row, Tx, values};
use protocol::ScopeSet;

/// An entry of the scope catalogue (reference §7.8).
#[derive(Clone, Debug)]
pub struct Scope {
    pub name: String,
    /// What the customer is told when a whole company connects.
    pub user_description: String,
    /// And when somebody connects for himself or herself.
    pub user_description_self: String,
    /// The API that it opens.
    pub service: String,
    /// The kinds of fields that the API shows.
    pub fields: String,
}

/// Writes a scope, over the one of the same name.
pub async fn put(tx: &mut Tx, scope: &Scope) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO scopes (name, user_description, user_description_self, service, fields)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE
         SET user_description = excluded.user_description,
             user_description_self = excluded.user_description_self,
             service = excluded.service, fields = excluded.fields",
        &values![
            &scope.name,
            &scope.user_description,
            &scope.user_description_self,
            &scope.service,
            &scope.fields,
        ],
    )
    .await?;
    Ok(())
}

/// The entries for `wanted`, in its order. A scope without an entry is named as it is, so that
/// nothing that an app may do is hidden from the person who agrees.
pub async fn describe(tx: &mut Tx, wanted: &ScopeSet) -> Result<Vec<Scope>, Error> {
    let rows = tx
        .query(
            "SELECT name, user_description, user_description_self, service, fields
             FROM scopes",
            &[],
        )
        .await?;
    let known: Vec<Scope> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    let entry = |name: &str| {
        known
            .iter()
            .find(|scope| scope.name == name)
            .cloned()
            .unwrap_or_else(|| Scope {
                name: name.to_owned(),
                user_description: format!("Use everything that the scope {name} opens"),
                user_description_self: format!(
                    "Use everything that the scope {name} opens for you"
                ),
                service: name.to_owned(),
                fields: String::new(),
            })
    };
    Ok(wanted.iter().map(entry).collect())
}

/// The names of the catalogue, in alphabetical order.
pub async fn names(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows = tx
        .query("SELECT name FROM scopes ORDER BY name", &[])
        .await?;
    rows.iter().map(|row| row.get("name")).collect()
}

fn from_row(row: &Row) -> Result<Scope, Error> {
    Ok(Scope {
        name: row.get("name")?,
        user_description: row.get("user_description")?,
        user_description_self: row.get("user_description_self")?,
        service: row.get("service")?,
        fields: row.get("fields")?,
    })
}

use db::{Error, Tx, values};

/// The last event of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub position: i64,
    pub chain: Vec<u8>,
    pub mac: Vec<u8>,
}

const NAME: &str = "head";

pub(crate) async fn find(tx: &mut Tx) -> Result<Option<Head>, Error> {
    let row = tx
        .query_opt(
            "SELECT name, position, chain, mac
             FROM audit_head WHERE name = $1",
            &values![NAME],
        )
        .await?;
    row.map(|row| {
        Ok(Head {
            position: row.get("position")?,
            chain: row.get("chain")?,
            mac: row.get("mac")?,
        })
    })
    .transpose()
}

pub(crate) async fn put(tx: &mut Tx, head: &Head) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit_head (name, position, chain, mac) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE
         SET position = excluded.position, chain = excluded.chain, mac = excluded.mac",
        &values![
            NAME,
            head.position,
            head.chain.as_slice(),
            head.mac.as_slice()
        ],
    )
    .await?;
    Ok(())
}

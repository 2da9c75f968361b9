use db::{Error, Tx, Value};

/// Adds copies of the row whose `key` is `value` to a table: one for each object of the JSON array
/// `changed`, with those columns changed. For a database that has to be large: a statement adds
/// thousands. PostgreSQL only.
pub async fn add_copies(
    tx: &mut Tx,
    table: &str,
    (key, value): (&str, Value),
    changed: &str,
) -> Result<u64, Error> {
    let sql = format!(
        "INSERT INTO {table}
         SELECT copy.* FROM {table} AS original,
             jsonb_array_elements(CAST(CAST($2 AS TEXT) AS JSONB)) AS changed (columns),
             LATERAL jsonb_populate_record(original, changed.columns) AS copy
         WHERE original.{key} = $1"
    );
    tx.execute(&sql, &[value, Value::Text(changed.to_owned())])
        .await
}

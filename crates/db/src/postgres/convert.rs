//! Values to and from PostgreSQL's types.

use std::error::Error as StdError;
use std::sync::Arc;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{Error, Row, Value};

type Failure = Box<dyn StdError + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Text(text) if <String as ToSql>::accepts(ty) => text.to_sql(ty, out),
            Value::Int(number) if *ty == Type::INT8 => number.to_sql(ty, out),
            // A literal beside it made the server think so.
            Value::Int(number) if *ty == Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
            Value::Bool(flag) if *ty == Type::BOOL => flag.to_sql(ty, out),
            Value::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            other => Err(format!("{} was given where {ty} is needed", other.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl FromSql<'_> for Value {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Value, Failure> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Value::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Value::Int(number.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(Value::Bool),
            Type::BYTEA => Ok(Value::Bytes(raw.to_vec())),
            _ if <String as FromSql>::accepts(ty) => String::from_sql(ty, raw).map(Value::Text),
            _ => {
                Err(format!("a column has the type {ty}, which is not of the portable ones").into())
            }
        }
    }

    fn from_sql_null(_: &Type) -> Result<Value, Failure> {
        Ok(Value::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub fn rows(answer: &[tokio_postgres::Row]) -> Result<Vec<Row>, Error> {
    let Some(first) = answer.first() else {
        return Ok(Vec::new());
    };
    let columns: Arc<[String]> = first
        .columns()
        .iter()
        .map(|column| column.name().to_owned())
        .collect();
    let row = |row: &tokio_postgres::Row| {
        let values = (0..row.len()).map(|at| row.try_get::<_, Value>(at));
        Ok(Row {
            columns: columns.clone(),
            values: values
                .collect::<Result<_, _>>()
                .map_err(|error| super::error::statement(&error))?,
        })
    };
    answer.iter().map(row).collect()
}

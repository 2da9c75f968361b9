use std::sync::Arc;

use crate::Error;

/// What a column holds or a parameter carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Int(i64),
    Bool(bool),
    Bytes(Vec<u8>),
}

/// One row of an answer; its columns are read by name.
#[derive(Debug)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl Row {
    /// The value of a column. An error means that the statement and the code disagree.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T, Error> {
        let value = self
            .columns
            .iter()
            .position(|name| name == column)
            .and_then(|at| self.values.get(at))
            .ok_or_else(|| Error::Program(format!("no column {column}")))?;
        T::from_value(value)
            .ok_or_else(|| Error::Program(format!("column {column} holds another type")))
    }
}

/// What a column can be read as.
pub trait FromValue: Sized {
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<String> {
        if let Value::Text(text) = value {
            Some(text.clone())
        } else {
            None
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<i64> {
        if let Value::Int(number) = value {
            Some(*number)
        } else {
            None
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<bool> {
        match value {
            Value::Bool(flag) => Some(*flag),
            // SQLite keeps truth as a number.
            Value::Int(number) => Some(*number != 0),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Vec<u8>> {
        if let Value::Bytes(bytes) = value {
            Some(bytes.clone())
        } else {
            None
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Option<T>> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

macro_rules! value_from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Value { $make }
        })*
    };
}

value_from! {
    String => |text| Value::Text(storable(text));
    &String => |text| Value::Text(storable(text.clone()));
    &str => |text| Value::Text(storable(text.to_owned()));
    i64 => |number| Value::Int(number);
    bool => |flag| Value::Bool(flag);
    Vec<u8> => |bytes| Value::Bytes(bytes);
    &[u8] => |bytes| Value::Bytes(bytes.to_vec());
}

/// PostgreSQL keeps no U+0000 in a text. Wherever somebody sends one, the replacement character
/// stands in its place, on both databases: nothing that was stored is found by it.
fn storable(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text
    }
}

impl Value {
    /// For messages about the program's own mistakes: never the value.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Text(_) => "a text",
            Value::Int(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Bytes(_) => "bytes",
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

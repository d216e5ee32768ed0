//! What sqlx wants to know of a database before it reads rows and binds values for it.
//!
//! Only that half of a driver is real. Statements are run by [`super::DirectConnection`] itself, on the caller's thread;
//! what sqlx's own executors, pools and transactions would need is a type without values ([`Never`]).

use std::{borrow::Cow, fmt, sync::Arc};

use rusqlite::types::Value as Kept;
use serde::{Deserialize, Serialize};
use sqlx::{
    Arguments, Column, ColumnIndex, Database, Decode, Encode, Row, Type, TypeInfo, Value, ValueRef, encode::IsNull,
    error::BoxDynError, types::Json,
};
use switchboard_domain::Timestamp;
use uuid::Uuid;

use super::never::Never;

/// SQLite through [`super::DirectConnection`].
#[derive(Debug)]
pub struct Direct;

impl Database for Direct {
    type Connection = Never;
    type TransactionManager = Never;
    type Row = DirectRow;
    type QueryResult = Done;
    type Column = DirectColumn;
    type TypeInfo = Storage;
    type Value = DirectValue;
    type ValueRef<'r> = DirectRef<'r>;
    type Arguments = DirectArguments;
    type ArgumentBuffer = Vec<Kept>;
    type Statement = Never;
    const NAME: &'static str = "SQLite";
    const URL_SCHEMES: &'static [&'static str] = &[];
}

/// SQLite's storage classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    Null,
    Integer,
    Real,
    Text,
    Blob,
}

impl Storage {
    const fn of(value: &Kept) -> Self {
        match value {
            Kept::Null => Self::Null,
            Kept::Integer(_) => Self::Integer,
            Kept::Real(_) => Self::Real,
            Kept::Text(_) => Self::Text,
            Kept::Blob(_) => Self::Blob,
        }
    }
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TypeInfo for Storage {
    fn is_null(&self) -> bool {
        *self == Self::Null
    }

    fn name(&self) -> &str {
        match self {
            Self::Null => "NULL",
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
        }
    }
}

macro_rules! stored_as {
    ($($type:ty => $storage:ident;)*) => {$(
        impl Type<Direct> for $type {
            fn type_info() -> Storage {
                Storage::$storage
            }
        }
    )*};
}

stored_as! {
    i32 => Integer;
    i64 => Integer;
    bool => Integer;
    str => Text;
    String => Text;
    [u8] => Blob;
    Vec<u8> => Blob;
    Uuid => Blob;
    Timestamp => Integer;
}

impl<T> Type<Direct> for Json<T> {
    fn type_info() -> Storage {
        Storage::Text
    }
}

macro_rules! written_as {
    ($($type:ty => |$value:ident| $kept:expr;)*) => {$(
        impl Encode<'_, Direct> for $type {
            fn encode_by_ref(&self, buf: &mut Vec<Kept>) -> Result<IsNull, BoxDynError> {
                let $value = self;
                buf.push($kept);
                Ok(IsNull::No)
            }
        }
    )*};
}

written_as! {
    i32 => |value| Kept::Integer(i64::from(*value));
    i64 => |value| Kept::Integer(*value);
    bool => |value| Kept::Integer(i64::from(*value));
    &str => |value| Kept::Text((*value).to_owned());
    String => |value| Kept::Text(value.clone());
    &[u8] => |value| Kept::Blob(value.to_vec());
    Vec<u8> => |value| Kept::Blob(value.clone());
    Uuid => |value| Kept::Blob(value.as_bytes().to_vec());
    Timestamp => |value| Kept::Integer(value.as_micros());
}

impl<T: Serialize> Encode<'_, Direct> for Json<T> {
    fn encode_by_ref(&self, buf: &mut Vec<Kept>) -> Result<IsNull, BoxDynError> {
        buf.push(Kept::Text(serde_json::to_string(&self.0)?));
        Ok(IsNull::No)
    }
}

impl<'q, T: Encode<'q, Direct> + Type<Direct> + 'q> Encode<'q, Direct> for Option<T> {
    fn encode_by_ref(&self, buf: &mut Vec<Kept>) -> Result<IsNull, BoxDynError> {
        self.as_ref().map_or(Ok(IsNull::Yes), |value| value.encode_by_ref(buf))
    }
}

impl<'r> Decode<'r, Direct> for i64 {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        match value.0 {
            Kept::Integer(number) => Ok(*number),
            other => Err(unexpected(other)),
        }
    }
}

impl<'r> Decode<'r, Direct> for i32 {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::try_from(<i64 as Decode<'r, Direct>>::decode(value)?)?)
    }
}

impl<'r> Decode<'r, Direct> for bool {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        <i64 as Decode<'r, Direct>>::decode(value).map(|number| number != 0)
    }
}

impl<'r> Decode<'r, Direct> for Timestamp {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        <i64 as Decode<'r, Direct>>::decode(value).map(Self::from_micros)
    }
}

impl<'r> Decode<'r, Direct> for &'r str {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        match value.0 {
            Kept::Text(text) => Ok(text),
            other => Err(unexpected(other)),
        }
    }
}

impl<'r> Decode<'r, Direct> for String {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        <&str as Decode<'r, Direct>>::decode(value).map(str::to_owned)
    }
}

impl<'r> Decode<'r, Direct> for Vec<u8> {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        match value.0 {
            Kept::Blob(bytes) => Ok(bytes.clone()),
            other => Err(unexpected(other)),
        }
    }
}

impl<'r> Decode<'r, Direct> for Uuid {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        match value.0 {
            Kept::Blob(bytes) => Ok(Self::from_slice(bytes)?),
            other => Err(unexpected(other)),
        }
    }
}

impl<'r, T: Deserialize<'r> + 'r> Decode<'r, Direct> for Json<T> {
    fn decode(value: DirectRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as Decode<'r, Direct>>::decode(value)?)?))
    }
}

fn unexpected(value: &Kept) -> BoxDynError {
    format!("a value of class {} is stored where another is wanted", Storage::of(value)).into()
}

/// Values of parameters, in their order.
#[derive(Debug, Default)]
pub struct DirectArguments {
    values: Vec<Kept>,
    /// The first that could not be written.
    failed: Option<BoxDynError>,
}

impl DirectArguments {
    pub(crate) fn of(arguments: Vec<crate::sql::Arg>) -> Self {
        Self { values: arguments.into_iter().map(Kept::from).collect(), failed: None }
    }

    /// Adds one, as sqlx's `bind` does: what goes wrong is told when the statement is run.
    pub fn with<'t, T: Encode<'t, Direct> + Type<Direct>>(mut self, value: T) -> Self {
        if let Err(error) = self.add(value) {
            self.failed.get_or_insert(error);
        }
        self
    }

    pub(super) fn values(self) -> Result<Vec<Kept>, sqlx::Error> {
        self.failed.map_or(Ok(self.values), |error| Err(sqlx::Error::Encode(error)))
    }
}

impl Arguments for DirectArguments {
    type Database = Direct;

    fn reserve(&mut self, additional: usize, _size: usize) {
        self.values.reserve(additional);
    }

    fn add<'t, T: Encode<'t, Direct> + Type<Direct>>(&mut self, value: T) -> Result<(), BoxDynError> {
        if value.encode(&mut self.values)?.is_null() {
            self.values.push(Kept::Null);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.values.len()
    }
}

/// A column of a result.
#[derive(Debug)]
pub struct DirectColumn {
    pub(super) ordinal: usize,
    pub(super) name: String,
}

impl Column for DirectColumn {
    type Database = Direct;

    fn ordinal(&self) -> usize {
        self.ordinal
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Not known: a class belongs to a value here.
    fn type_info(&self) -> &Storage {
        &Storage::Null
    }
}

/// A row of a result.
#[derive(Debug)]
pub struct DirectRow {
    pub(super) columns: Arc<[DirectColumn]>,
    pub(super) values: Vec<Kept>,
}

impl Row for DirectRow {
    type Database = Direct;

    fn columns(&self) -> &[DirectColumn] {
        &self.columns
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, index: I) -> Result<DirectRef<'_>, sqlx::Error> {
        let index = index.index(self)?;
        let out_of_bounds = || sqlx::Error::ColumnIndexOutOfBounds { index, len: self.values.len() };
        self.values.get(index).map(DirectRef).ok_or_else(out_of_bounds)
    }
}

impl ColumnIndex<DirectRow> for usize {
    fn index(&self, _row: &DirectRow) -> Result<usize, sqlx::Error> {
        Ok(*self)
    }
}

impl ColumnIndex<DirectRow> for str {
    fn index(&self, row: &DirectRow) -> Result<usize, sqlx::Error> {
        let found = row.columns.iter().position(|column| column.name == self);
        found.ok_or_else(|| sqlx::Error::ColumnNotFound(self.to_owned()))
    }
}

/// A value of a result.
#[derive(Debug, Clone)]
pub struct DirectValue(Kept);

impl Value for DirectValue {
    type Database = Direct;

    fn as_ref(&self) -> DirectRef<'_> {
        DirectRef(&self.0)
    }

    fn type_info(&self) -> Cow<'_, Storage> {
        Cow::Owned(Storage::of(&self.0))
    }

    fn is_null(&self) -> bool {
        self.0 == Kept::Null
    }
}

/// A borrowed value of a result.
#[derive(Debug, Clone, Copy)]
pub struct DirectRef<'r>(&'r Kept);

impl<'r> ValueRef<'r> for DirectRef<'r> {
    type Database = Direct;

    fn to_owned(&self) -> DirectValue {
        DirectValue(self.0.clone())
    }

    fn type_info(&self) -> Cow<'_, Storage> {
        Cow::Owned(Storage::of(self.0))
    }

    fn is_null(&self) -> bool {
        *self.0 == Kept::Null
    }
}

/// What a statement without rows came to; [`super::DirectConnection`] answers with the number itself.
#[derive(Debug, Default)]
pub struct Done;

impl Extend<Done> for Done {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, _iter: T) {}
}

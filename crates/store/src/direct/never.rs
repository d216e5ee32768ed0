//! The half of a driver that is not here: sqlx wants every database to have connections, transactions and statements of
//! its own kind. Ours are a type without values, so none of this can be called.

use std::{str::FromStr, time::Duration};

use sqlx::{ConnectOptions, Connection, Either, IntoArguments, SqlStr, Statement, Transaction};
use sqlx_core::{
    from_row::FromRow, query::Query, query_as::QueryAs, query_scalar::QueryScalar, transaction::TransactionManager,
};

use super::driver::{Direct, DirectArguments, DirectColumn, DirectRow, Storage};

/// Stands for the half of a driver that is not here.
#[derive(Debug, Clone)]
pub enum Never {}

impl Connection for Never {
    type Database = Direct;
    type Options = Self;

    async fn close(self) -> Result<(), sqlx::Error> {
        match self {}
    }

    async fn close_hard(self) -> Result<(), sqlx::Error> {
        match self {}
    }

    async fn ping(&mut self) -> Result<(), sqlx::Error> {
        match *self {}
    }

    async fn begin(&mut self) -> Result<Transaction<'_, Direct>, sqlx::Error> {
        match *self {}
    }

    fn shrink_buffers(&mut self) {
        match *self {}
    }

    async fn flush(&mut self) -> Result<(), sqlx::Error> {
        match *self {}
    }

    fn should_flush(&self) -> bool {
        match *self {}
    }
}

impl FromStr for Never {
    type Err = sqlx::Error;
    fn from_str(_text: &str) -> Result<Self, sqlx::Error> {
        Err(sqlx::Error::PoolClosed)
    }
}

impl ConnectOptions for Never {
    type Connection = Self;

    fn from_url(_url: &url::Url) -> Result<Self, sqlx::Error> {
        Err(sqlx::Error::PoolClosed)
    }

    async fn connect(&self) -> Result<Self, sqlx::Error> {
        match *self {}
    }

    fn log_statements(self, _level: log::LevelFilter) -> Self {
        self
    }

    fn log_slow_statements(self, _level: log::LevelFilter, _duration: Duration) -> Self {
        self
    }
}

impl TransactionManager for Never {
    type Database = Direct;

    async fn begin(conn: &mut Never, _statement: Option<SqlStr>) -> Result<(), sqlx::Error> {
        match *conn {}
    }

    async fn commit(conn: &mut Never) -> Result<(), sqlx::Error> {
        match *conn {}
    }

    async fn rollback(conn: &mut Never) -> Result<(), sqlx::Error> {
        match *conn {}
    }

    fn start_rollback(conn: &mut Never) {
        match *conn {}
    }

    fn get_transaction_depth(conn: &Never) -> usize {
        match *conn {}
    }
}

impl Statement for Never {
    type Database = Direct;

    fn into_sql(self) -> SqlStr {
        match self {}
    }

    fn sql(&self) -> &SqlStr {
        match *self {}
    }

    fn parameters(&self) -> Option<Either<&[Storage], usize>> {
        match *self {}
    }

    fn columns(&self) -> &[DirectColumn] {
        match *self {}
    }

    fn query(&self) -> Query<'_, Direct, DirectArguments> {
        match *self {}
    }

    fn query_with<A: IntoArguments<Direct>>(&self, _arguments: A) -> Query<'_, Direct, A> {
        match *self {}
    }

    fn query_as<O: for<'r> FromRow<'r, DirectRow>>(&self) -> QueryAs<'_, Direct, O, DirectArguments> {
        match *self {}
    }

    fn query_as_with<'s, O, A>(&'s self, _arguments: A) -> QueryAs<'s, Direct, O, A>
    where
        O: for<'r> FromRow<'r, DirectRow>,
        A: IntoArguments<Direct>,
    {
        match *self {}
    }

    fn query_scalar<O>(&self) -> QueryScalar<'_, Direct, O, DirectArguments>
    where
        (O,): for<'r> FromRow<'r, DirectRow>,
    {
        match *self {}
    }

    fn query_scalar_with<'s, O, A>(&'s self, _arguments: A) -> QueryScalar<'s, Direct, O, A>
    where
        (O,): for<'r> FromRow<'r, DirectRow>,
        A: IntoArguments<Direct>,
    {
        match *self {}
    }
}

//! What reports of a period can be narrowed to: what its calls name.

use jiff::civil::Date;
use switchboard_rules::report::day::{self, Slice};
use switchboard_store::{
    StoreError, TenantScope,
    reports::{self, Grain, SumsOf},
};

use crate::App;

/// Choices of one kind.
const MOST: i64 = 1_000;

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub key: String,
    pub name: Option<String>,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    pub agents: Vec<Choice>,
    pub queues: Vec<Choice>,
    pub ring_groups: Vec<Choice>,
    pub trunks: Vec<Choice>,
    pub dids: Vec<Choice>,
}

/// What the counted calls of a period name, by key; at most 1,000 of each.
pub async fn options(app: &App, scope: TenantScope, from: Date, to: Date) -> Result<Options, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let Some(state) = reports::state(conn, scope).await? else { return Ok(Options::default()) };
    let mut all = Vec::new();
    for slice in [Slice::Agent, Slice::Queue, Slice::Group, Slice::Trunk, Slice::Did] {
        let (from, to) = (day::number_of(from), day::number_of(to));
        let of = SumsOf { epoch: state.epoch, grain: Grain::Day, slice: slice.as_str(), key: None, from, to };
        let keys = reports::keys(conn, scope, of, MOST).await?;
        all.push(keys.into_iter().map(|(key, name)| Choice { key, name }).collect());
    }
    let mut next = all.into_iter();
    let mut next = || next.next().unwrap_or_default();
    Ok(Options { agents: next(), queues: next(), ring_groups: next(), trunks: next(), dids: next() })
}

//! Durable state, on SQLite or PostgreSQL.
//!
//! One enum, [`Db`], over both engines, and one SQL text with `$1` parameters wherever both take it; where they truly
//! differ the two texts stand side by side in the same function. There is no storage trait and no mock: SQLite in a
//! temporary folder is the fast test double, and every test of this crate runs on both engines.
//!
//! Two kinds of access exist. [`TenantScope`] is proof that somebody was authenticated for one tenant; every function on
//! tenant data takes a connection that was opened with one and names the tenant in its SQL as well. What must look across
//! tenants (which key is this? which connection does this URL belong to? what is due?) lives in [`platform`] and is small.

mod appender;
mod checkpoint;
mod conn;
mod db;
mod direct;
pub mod error;
pub mod insert;
pub mod migrate;
mod presence;
mod scope;
pub mod sql;
mod statistics;
mod tenant_tx;

pub mod activity;
pub mod analyses;
pub mod api_keys;
pub mod apps;
pub mod audit;
pub mod calls;
pub mod changes;
pub mod connections;
pub mod contacts;
pub mod cursor;
pub mod derived;
pub mod events;
pub mod exports;
pub mod features;
pub mod hours;
pub mod idempotency;
pub mod imports;
pub mod insights;
pub mod keywords;
pub mod mails;
pub mod media;
pub mod message_threads;
pub mod messages;
pub mod notifications;
pub mod notify;
pub mod oauth_states;
pub mod outgoing;
pub mod overview;
pub mod page;
pub mod people;
pub mod personal;
pub mod plans;
pub mod platform;
pub mod record;
pub mod recordings;
pub mod registered_webhooks;
pub mod rejections;
pub mod removal;
pub mod report_schedules;
pub mod reports;
pub mod retention;
pub mod scorecards;
pub mod sealed;
pub mod search;
pub mod secrets;
pub mod shares;
pub mod tenants;
pub mod timeline;
pub mod traffic;
pub mod transcriptions;
pub mod transcripts;
pub mod upkeep;
pub mod usage;
pub mod user_mappings;
pub mod views;
pub mod voicemails;
pub mod withheld;
pub mod work;

pub use appender::Appender;
pub use checkpoint::Checkpoints;
pub use conn::{Conn, Reader};
pub use db::{Db, DbOptions, Engine};
pub use error::{EngineError, StoreError};
pub use presence::Presence;
pub use scope::TenantScope;
pub use tenant_tx::{Numbered, PlatformTx, TenantTx};

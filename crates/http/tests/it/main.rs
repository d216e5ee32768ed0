//! Everything that is spoken over HTTP, against a whole app. SQLite is the test double; what differs by engine runs on both.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

mod accounts;
mod auth;
mod calls_work;
mod contacts;
mod credentials;
mod dashboard;
mod developers;
mod frame;
mod guard;
mod guide_cti;
mod health;
mod idempotency;
mod insights;
mod limits;
mod lists;
mod live;
mod openapi;
mod overview;
mod people;
mod privacy;
mod record_webhook;
mod records;
mod report_files;
mod reports;
mod sandbox;
mod site;
mod socket_io;
mod sockets;
mod tenants;
mod webhooks;

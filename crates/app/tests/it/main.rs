//! The functions of the product, over both databases.

#![expect(clippy::unwrap_used, reason = "a test that fails should stop right there")]

mod audit;
mod call_records;
mod calls;
mod contacts;
mod dialpad_double;
mod fake;
mod imports;
mod insights;
mod jobs;
mod keys;
mod limits;
mod mail;
mod merge;
mod messaging;
mod mixed;
mod notifications;
mod oauth;
mod privacy;
mod provisioning;
mod rebuild;
mod report_schedules;
mod reports;
mod reports_year;
mod rotation;
mod shares;
mod speech;
mod support;
mod telephones;
mod tenants;
mod usage;

//! The functions of the product, over both databases.

#![expect(clippy::unwrap_used, reason = "a test that fails should stop right there")]

mod fake;
mod jobs;
mod merge;
mod rebuild;
mod support;
mod keys;
mod oauth;
mod provisioning;
mod dialpad_double;

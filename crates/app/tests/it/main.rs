//! The functions of the product, over both databases.

mod fake;
mod jobs;
mod merge;
mod rebuild;
mod support;
mod keys;
mod oauth;
mod provisioning;
mod dialpad_double;

//! The Dialpad stand-in from outside: over HTTP, with a receiver of its own, against the example events.

#![expect(clippy::unwrap_used, reason = "the helpers of these tests fail the test")]

mod api;
mod deliveries;
mod golden;
mod history;
mod oauth;
mod support;

//! The conformance suite: what storage promises, shown on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

mod appender;
mod checkpoints;
mod contacts;
mod derived;
mod events;
mod isolation;
mod media;
mod migrations_match;
mod notifications;
mod pages;
mod people;
mod plans;
mod presence;
mod reports;
mod search;
mod turns;
mod upkeep;
mod work;

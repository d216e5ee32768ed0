//! The product as people meet it: the real binary, over HTTP and on the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

mod commands;
mod contacts;
mod crash;
mod disk;
mod from_your_guide;
mod power;
mod sandbox;
mod settings;
mod support;

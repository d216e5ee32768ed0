//! Looking for something, whatever it is.

pub mod get;

//! What whoever holds a link to a call gets to see.

pub mod look;

//! What people are told of: rules, where each stands, what was told and who read it, and how it left the house.
//!
//! A rule's standing is moved by compare-and-set ([`watches`]): two nodes may look at the same tenant at once, and one of
//! them tells.

pub mod feed;
pub mod pulses;
pub mod rules;
pub mod sends;
pub mod watches;

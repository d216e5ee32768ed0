//! What reports are built from: the calls of a day as counting needs them, and the sums that are kept of them.
//!
//! Sums are kept because a year of calls cannot be read for each request. They follow the calls by marks: whatever changes a
//! call that is over leaves, by a trigger and in the same transaction, a mark on its hour, and whoever counts removes the marks
//! that it saw. Reading `changes` instead, as usage does, would miss where a call was before it moved, or when it is gone.

mod facts;
mod marks;
mod settings;
mod sums;

pub use self::{facts::*, marks::*, settings::*, sums::*};

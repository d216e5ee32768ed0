//! What reports there are, what they can be narrowed to, how their numbers are counted, and the table that each of them
//! becomes on paper.
//!
//! Calls become the sums of days ([`day`]), sums of days are kept and add up, and reports are built from sums ([`build`]). So a
//! report of a year reads a few hundred rows, and what is counted is decided in one place that needs no database.

pub mod answers;
pub mod book;
pub mod build;
mod codec;
pub mod day;
pub mod filter;
pub mod health;
pub mod kind;
mod load;
pub mod math;
pub mod returns;
pub mod settings;
pub mod speech;
mod spread;
pub mod table;
mod tables;
pub mod tally;
#[cfg(test)]
mod tests;

pub use answers::Report;
pub use filter::Filter;
pub use kind::ReportKind;
pub use settings::Settings;
pub use table::{Cell, Column, Table};

/// Which formulas sums were counted by. A change of what is counted, or of how it is kept, must change this number: then
/// everything is counted anew.
pub const VERSION: i64 = 2;

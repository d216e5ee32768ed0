//! What reports there are, what they can be narrowed to, and the table that each of them becomes on paper.

pub mod filter;
pub mod kind;
pub mod table;

pub use filter::Filter;
pub use kind::ReportKind;
pub use table::{Cell, Column, Table};

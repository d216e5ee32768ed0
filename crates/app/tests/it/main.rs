//! The functions of the product, over both databases.

mod merge;
mod support;

//! The Dialpad CTI guide's routes, asked as its clients ask them.

mod lists;
mod mappings;
mod setup;
mod sign_in;
mod site;

//! The routes of the products that this server replaces, in the shapes that their clients know. One folder each; our own,
//! uniform API is `api/v1`.

pub mod cti;

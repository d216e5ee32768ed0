//! What handlers ask of a request. A value that cannot be had is a [`Problem`](crate::problem::Problem), never a default.

mod address;
mod auth;
mod body;
mod id;
mod origin;
pub mod query;

pub use address::ClientAddress;
pub use auth::{InternalAuth, PlatformAuth, TenantAuth, UserAuth, bearer, given_key};
pub use body::{JSON_LIMIT, JsonBody};
pub use id::{IdPath, IdsPath};
pub use origin::{By, ByInternal};
pub use query::QueryString;

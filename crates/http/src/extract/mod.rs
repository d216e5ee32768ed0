//! What handlers ask of a request. A value that cannot be had is a [`Problem`](crate::problem::Problem), never a default.

mod address;
mod admin;
mod auth;
mod body;
mod client;
mod id;
mod listing;
mod origin;
pub mod query;

pub use address::ClientAddress;
pub use admin::AdminAuth;
pub use auth::{Caller, InternalAuth, KEY_HEADER, TenantAuth, UserAuth, bearer, given_key, is_from_person};
pub use body::{JSON_LIMIT, JsonBody};
pub use client::ClientInfo;
pub use id::{IdPath, IdsPath};
pub use listing::{AsFile, ListQuery, Paging};
pub use origin::{By, ByInternal};
pub use query::QueryString;

//! Everything that is spoken to us over a socket: providers' webhooks, `/api/v1`, the guides' own routes, live feeds.
//!
//! No rules live here. A handler takes a request apart, calls one function of `app` (or reads one list of `store` under
//! the caller's scope) and shapes the answer. [`mod@router`] is the table of contents; every error that a client can receive
//! is in [`problem::Code`].

pub mod api;
mod browser;
pub mod dashboard;
pub mod docs;
mod export;
pub mod extract;
pub mod guard;
pub mod guides;
pub mod health;
mod id_patterns;
pub mod live;
pub mod media;
pub mod middleware;
pub mod problem;
pub mod router;
pub mod state;
pub mod webhooks;

pub use dashboard::Dashboard;
pub use router::{openapi, router};
pub use state::{AllowedOrigins, HttpOptions, SocketTimes, Web};

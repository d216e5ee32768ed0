//! The outside world: who may speak to us, what they say, and how we speak to them.
//!
//! A provider is one folder here (and one in `sandbox`) with the same file names in each, and one line in
//! [`registry`]. Everything else of the house (routes, setup page, docs page, tests) comes from what the folder
//! declares through [`Provider`], so that adding one touches no list in another crate.
//!
//! Two halves that never meet: *reading* ([`contract`]: verify, split, normalize) is pure and knows no network; *asking*
//! ([`outbound`] and each folder's `client`) is where every time-out, size limit and rate limit lives. Neither knows SQL.

pub mod audio;
pub mod cloud_ucm;
pub mod connect;
pub mod contract;
pub mod destination;
pub mod dialpad;
pub mod generic;
pub mod lenient;
pub mod oidc;
pub mod outbound;
pub mod pace;
pub mod pinned;
pub mod registry;
pub mod signature;
pub mod slack;
pub mod speech;
pub mod switchboard;
pub mod twilio;
pub mod vapi;
pub mod whatsapp;

pub use connect::{Account, BaseUrls, CheckError, Checked, ConnectSpec, Connectable, Field, FieldKind, Given, Shape};
pub use contract::{DedupKey, Expectation, Item, Malformed, Provider, RawRequest, Rejection, StoredItem, Verified};
pub use destination::{Allowed, DestinationError, PublicUrl};
pub use outbound::{Effect, Http, Limits, OutboundError};
pub use registry::{all, by_slug, checked_by_slug, connectable, connectable_by_slug};

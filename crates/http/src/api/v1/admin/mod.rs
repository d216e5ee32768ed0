//! The installation's administration: tenants, plans, and how things stand. Every route asks for [`AdminAuth`] itself: who
//! administers acts for no tenant, so there is no permission in one that could be asked.
//!
//! [`AdminAuth`]: crate::extract::AdminAuth

pub mod list_plans;
pub mod overview;
pub mod save_plan;
pub mod tenants;

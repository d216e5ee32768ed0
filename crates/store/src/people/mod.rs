//! People: who signs in, where they are signed in, and what they may do where.
//!
//! A person belongs to no tenant, so these tables are open to the platform's scope alone: functions take the database (to
//! read) or a [`PlatformTx`](crate::PlatformTx), never a tenant's connection. The way from a person to a tenant's data is a
//! membership: [`sessions::SignedIn`] and [`memberships::Membership`] hand out the [`TenantScope`](crate::TenantScope) of a
//! tenant because the row that they were read from says that the person works there.

pub mod identities;
pub mod invitations;
pub mod login_attempts;
pub mod login_failures;
pub mod members;
pub mod memberships;
pub mod refresh_tokens;
pub mod second_factor;
pub mod sessions;
pub mod upkeep;
pub mod user_tokens;
pub mod users;

//! Plans: what a tenant is entitled to. The table `plans` is the one source of truth; here is what its words mean.
//!
//! A limit that is passed never costs anybody a record: deliveries are stored and merged whatever the plan says. What it
//! does instead is one word of the plan, [`PastLimit`].

use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// What happens once a limit is passed, until the month ends or the plan changes.
    pub enum PastLimit {
        /// The tenant's owners are told, as they were at 80 and 90 %. Nothing else.
        Warn "warn",
        /// They are told, and the tenant cannot grow: no new apps, connections and invitations. What it has goes on working.
        NoAdditions "no_additions",
    }
}

/// The numbers of a plan. One that is missing is unlimited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Minutes of answered calls in a calendar month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// How many months records are kept for at least. A tenant may keep them shorter (`retention`), never needs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_months: Option<i64>,
    /// Requests to the API in an hour, of all keys and people of the tenant together; without it the installation's
    /// settings hold (`RATE_LIMIT_TENANT`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_hour: Option<i64>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Lower-case letters, digits and hyphens.
    pub id: String,
    pub name: String,
    /// A month's price in hundredths of the currency.
    pub price_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// Where it stands among the others, cheapest first.
    pub position: i32,
    pub limits: Limits,
    /// What is part of it, in words for people's eyes and for the pages that compare plans.
    pub included: Vec<String>,
    pub past_limit: PastLimit,
    /// New tenants may choose it. One that is not offered any more stays what its tenants have.
    pub is_offered: bool,
}

/// The plan of a tenant about which nobody said anything.
pub const DEFAULT_PLAN: &str = "starter";

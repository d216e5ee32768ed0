//! Reports about who calls and who answers: numbers, extensions, countries.

use serde::Serialize;
use switchboard_domain::ids::ContactId;
use utoipa::ToSchema;

use super::{About, CallsQuery};

/// Who calls and is called most, who comes back, who is new. A caller is a number; calls between colleagues are left out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallersReport {
    pub about: About,
    /// Numbers that called.
    pub callers: i64,
    /// Those who called more than once in the period.
    pub repeat_callers: i64,
    pub repeat_rate: Option<f64>,
    /// Those of whom no call is counted in the `look_back_days` before the period.
    pub new_callers: i64,
    pub known_callers: i64,
    pub look_back_days: i64,
    /// Numbers that were called.
    pub called: i64,
    /// Inbound calls without a number that could be told apart.
    pub hidden_calls: i64,
    /// At most 100, most calls first.
    pub top_callers: Vec<NumberRow>,
    /// At most 100, most calls first.
    pub top_called: Vec<NumberRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportNumberRow)]
pub struct NumberRow {
    pub number: String,
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    pub calls: i64,
    pub answered: i64,
    pub talk_seconds: i64,
    /// No call of theirs is counted before the period; false for numbers that were called.
    pub is_new: bool,
    pub query: CallsQuery,
}

/// What each extension, or each person where the provider knows people, did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExtensionsReport {
    pub about: About,
    /// At most 500, most calls first.
    pub rows: Vec<ExtensionRow>,
    pub left_out: i64,
    /// Calls that name nobody.
    pub unassigned_calls: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExtensionRow {
    pub agent_id: String,
    pub name: Option<String>,
    pub calls: i64,
    pub inbound: i64,
    pub inbound_answered: i64,
    /// Inbound calls of theirs that reached nobody.
    pub inbound_missed: i64,
    pub outbound: i64,
    pub outbound_answered: i64,
    pub internal: i64,
    pub transferred: i64,
    pub talk_seconds: i64,
    pub average_talk_seconds: Option<f64>,
    /// How long answered inbound calls rang.
    pub average_ring_seconds: Option<f64>,
    pub query: CallsQuery,
}

/// Where calls come from and go to, by the country of the other side's number. Calls between colleagues are left out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CountriesReport {
    pub about: About,
    /// Most calls first.
    pub rows: Vec<CountryRow>,
    /// Calls whose number tells no country.
    pub unknown_calls: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CountryRow {
    /// ISO 3166, two letters.
    #[schema(example = "US")]
    pub country: String,
    pub calls: i64,
    pub inbound: i64,
    pub outbound: i64,
    pub inbound_answered: i64,
    pub outbound_answered: i64,
    /// Outbound calls that were answered, of all.
    pub connect_rate: Option<f64>,
    pub talk_seconds: i64,
    pub inbound_talk_seconds: i64,
    pub outbound_talk_seconds: i64,
    pub query: CallsQuery,
}

//! A tenant: the customer company that owns everything else.

use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, ids::TenantId, text_enum};

text_enum! {
    /// Whether a tenant is served. A suspended one may come back, so what providers deliver to it is stored and merged as
    /// ever: a bill that was paid late must not leave a hole in somebody's records.
    pub enum TenantStatus {
        Active "active",
        /// Its people and apps are refused, and nothing is sent on its behalf.
        Suspended "suspended",
        /// As suspended, and its providers are refused as well. Its records are still there.
        Deleted "deleted",
    }
}

/// Characters of a tenant's name.
pub const MAX_NAME: usize = 200;
/// Characters of the reason for its standing.
pub const MAX_REASON: usize = 500;

/// A name as it is kept: trimmed, of 1 to [`MAX_NAME`] characters, none of which steers a terminal.
pub fn checked_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let is_short = name.chars().take(MAX_NAME + 1).count() <= MAX_NAME;
    (!name.is_empty() && is_short && !name.chars().any(char::is_control)).then_some(name)
}

/// The time zone that a person means, as the time zone database writes it: `europe/berlin` is `Europe/Berlin`.
pub fn time_zone_of(name: &str) -> Option<String> {
    jiff::tz::TimeZone::get(name.trim()).ok()?.iana_name().map(str::to_owned)
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    /// Lower-case letters, digits and hyphens; unique in the installation.
    pub subdomain: String,
    pub created_at: Timestamp,
}

/// A subdomain made from a company name: ASCII letters and digits, single hyphens, at most 40 characters, never empty
/// and never one of the names that mean something else on a host.
pub fn subdomain_of(name: &str) -> String {
    const RESERVED: [&str; 10] =
        ["www", "api", "admin", "app", "mail", "docs", "health", "metrics", "static", "switchboard"];
    let mut made = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            made.push(c);
        } else if !made.ends_with('-') && !made.is_empty() {
            made.push('-');
        }
        if made.len() >= 40 {
            break;
        }
    }
    let made = made.trim_matches('-');
    if made.is_empty() || RESERVED.contains(&made) {
        format!("tenant-{made}").trim_end_matches('-').to_owned()
    } else {
        made.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_become_safe_subdomains() {
        assert_eq!(subdomain_of("My Production App"), "my-production-app");
        assert_eq!(subdomain_of("  ¡Olé! & Co.  "), "ol-co");
        assert_eq!(subdomain_of("日本"), "tenant");
        assert_eq!(subdomain_of("API"), "tenant-api");
    }

    #[test]
    fn names_and_time_zones_are_read_as_they_are_kept() {
        assert_eq!(checked_name("  Acme \n"), Some("Acme"));
        for wrong in ["", "  ", "a\u{1b}[31m", &"x".repeat(MAX_NAME + 1)] {
            assert_eq!(checked_name(wrong), None, "{wrong}");
        }
        assert_eq!(time_zone_of("europe/berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(time_zone_of("UTC").as_deref(), Some("UTC"));
        assert_eq!(time_zone_of("Mars/Olympus"), None);
    }
}

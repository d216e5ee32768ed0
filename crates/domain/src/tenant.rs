//! A tenant: the customer company that owns everything else.

use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, ids::TenantId, text_enum};

text_enum! {
    /// A tenant's standing.
    pub enum TenantStatus {
        Active "active",
        /// Its people and apps are refused; what providers deliver to it is still stored.
        Suspended "suspended",
    }
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

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

/// Characters of the reason for its standing.
pub const MAX_REASON: usize = 500;

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

/// Characters of a company's name.
pub const MAX_NAME: usize = 200;
/// Characters of a subdomain, before the number that a taken one gets. A label of a host name has 63 at most.
const MAX_SUBDOMAIN: usize = 40;

/// Names that mean something else on a host, or that somebody could mistake for the installation itself.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "autoconfig",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "dashboard",
    "demo",
    "dev",
    "docs",
    "email",
    "files",
    "ftp",
    "health",
    "help",
    "hooks",
    "imap",
    "internal",
    "localhost",
    "login",
    "logout",
    "mail",
    "media",
    "metrics",
    "mx",
    "ns",
    "ns1",
    "ns2",
    "oauth",
    "platform",
    "pop",
    "postmaster",
    "public",
    "root",
    "security",
    "signup",
    "smtp",
    "socket-io",
    "sso",
    "staging",
    "static",
    "status",
    "support",
    "switchboard",
    "system",
    "tenant",
    "test",
    "webhook",
    "webhooks",
    "webmaster",
    "ws",
    "www",
];

/// A subdomain made from a company name: ASCII letters and digits, single hyphens, at most 40 characters, never empty
/// and never one of the names that mean something else on a host. Other scripts are written in Latin letters.
pub fn subdomain_of(name: &str) -> String {
    let mut made = String::new();
    for c in deunicode::deunicode(name).chars() {
        if c.is_ascii_alphanumeric() {
            made.push(c.to_ascii_lowercase());
        } else if c != '\'' && !made.ends_with('-') && !made.is_empty() {
            // An apostrophe belongs to its word: "Finnegan's" is "finnegans".
            made.push('-');
        }
        if made.len() >= MAX_SUBDOMAIN {
            break;
        }
    }
    let made = made.trim_matches('-');
    // `xn--` announces a name in another encoding.
    if made.is_empty() || RESERVED.contains(&made) || made.starts_with("xn-") {
        format!("tenant-{made}").trim_end_matches('-').to_owned()
    } else {
        made.to_owned()
    }
}

/// Why a text is no name for a company or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("it is empty")]
    Empty,
    #[error("it has more than {MAX_NAME} characters")]
    TooLong,
    #[error("it has no letter or digit")]
    NoLetter,
    #[error("it has invisible characters, which could make it look like another name")]
    Invisible,
}

/// A name as it is kept: blanks at the ends taken away and runs of them made one.
pub fn checked_name(given: &str) -> Result<String, NameError> {
    let name = given.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > MAX_NAME {
        return Err(NameError::TooLong);
    }
    if name.chars().any(is_invisible) {
        return Err(NameError::Invisible);
    }
    if name.chars().any(char::is_alphanumeric) { Ok(name) } else { Err(NameError::NoLetter) }
}

/// Control characters, and those that only steer how others are shown: direction marks, zero-width ones, byte order marks.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'
        | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_become_safe_subdomains() {
        assert_eq!(subdomain_of("My Production App"), "my-production-app");
        assert_eq!(subdomain_of("  ¡Olé! & Co.  "), "ole-co");
        assert_eq!(subdomain_of("Müller & Söhne GmbH"), "muller-sohne-gmbh");
        assert_eq!(subdomain_of("Finnegan's Wake"), "finnegans-wake");
        assert_eq!(subdomain_of("Яндекс"), "iandeks");
        assert_eq!(subdomain_of("日本"), "ri-ben");
        assert_eq!(subdomain_of("\u{200b}"), "tenant");
        assert_eq!(subdomain_of("API"), "tenant-api");
        assert_eq!(subdomain_of("Xn--80ak6aa92e"), "tenant-xn-80ak6aa92e");
        assert!(subdomain_of(&"ab ".repeat(100)).len() <= 40);
        assert_eq!(RESERVED.to_vec(), {
            let mut sorted = RESERVED.to_vec();
            sorted.sort_unstable();
            sorted
        });
    }

    #[test]
    fn names_that_are_none_say_why() {
        assert_eq!(checked_name("  Acme \t Corp "), Ok("Acme Corp".to_owned()));
        assert_eq!(checked_name(" "), Err(NameError::Empty));
        assert_eq!(checked_name("!!!"), Err(NameError::NoLetter));
        assert_eq!(checked_name(&"a".repeat(201)), Err(NameError::TooLong));
        assert_eq!(checked_name("Acme\u{202e}moc"), Err(NameError::Invisible));
        assert_eq!(checked_name("日本"), Ok("日本".to_owned()));
    }

    #[test]
    fn time_zones_are_kept_as_the_database_writes_them() {
        assert_eq!(time_zone_of("europe/berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(time_zone_of("UTC").as_deref(), Some("UTC"));
        assert_eq!(time_zone_of("Mars/Olympus"), None);
    }
}

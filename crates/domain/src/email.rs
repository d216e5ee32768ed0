//! An e-mail address, as one person has one in the whole installation.

use std::fmt;

/// An address in the form that is kept and compared: lower-case, without blanks around it.
///
/// The part before the `@` is lowered as well. The standard lets a mail server tell `Ann` from `ann`; none does, and two
/// accounts that differ in nothing else would be two accounts of one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not an e-mail address like ann@example.com")]
pub struct EmailError;

impl Email {
    /// Takes what mail servers commonly take; who reads mail there is found out by sending some.
    pub fn parse(given: &str) -> Result<Self, EmailError> {
        let text = given.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        if text.len() > 254 || !is_local(local) || !is_domain(domain) {
            return Err(EmailError);
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    (1..=64).contains(&local.len())
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

/// Labels of letters, digits and hyphens with dots between them. At least two, because a bare word is a typing error far more
/// often than a mail server; except `localhost`, which people try things out with.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.split('.').all(is_label) && (domain.contains('.') || domain == "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_form() {
        assert_eq!(Email::parse(" Ann.Lee+x@Example.COM ").unwrap().as_str(), "ann.lee+x@example.com");
        assert_eq!(Email::parse("ann@example.com").unwrap().local(), "ann");
        assert!(Email::parse("josé@exämple.de").is_ok() && Email::parse("a@localhost").is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@example",
            "a b@example.com",
            "ann@-x.com",
            "ann@x..com",
            ".a@x.com",
            "a..b@x.com",
            "ann@example.com\nbcc: b@x.com",
            "<ann@example.com>",
            "ann@exa mple.com",
            "\"a\"@x.com",
        ] {
            assert_eq!(Email::parse(wrong), Err(EmailError), "{wrong:?}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(65))).is_err());
    }
}

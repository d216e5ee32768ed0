//! Tells a real value from one that was copied out of a guide and never filled in.

use super::{
    catalogue::{Mask, Variable},
    fault::Wrong,
};

/// Secrets that the guides print. Everybody knows them, so whoever keeps one has no secret.
const PUBLISHED: &[&str] =
    &["your-super-secret-random-string-here-change-this", "your-super-secret-jwt-key-change-in-production"];

/// A guide's way of saying "leave it out": `<OPTIONAL - from ...>`.
pub(super) fn means_unset(value: &str) -> bool {
    value.starts_with("<OPTIONAL") && value.ends_with('>')
}

/// What is wrong with `value` if it is unfinished. Inside longer values angle brackets count in URLs only, where they
/// may not stand unescaped; a password may hold them.
pub(super) fn check(variable: &Variable, value: &str) -> Option<Wrong> {
    if means_unset(value) {
        return None;
    }
    if PUBLISHED.contains(&value) {
        return Some(Wrong::new(
            "the value is the example out of the guide, which everybody knows",
            "put a random one there (openssl rand -hex 32)",
        ));
    }
    let whole = value.starts_with('<') && value.ends_with('>');
    let address =
        variable.mask == Mask::UrlPassword || variable.name.ends_with("_URL") || variable.name.ends_with("_URI");
    let inside = address && value.split_once('<').is_some_and(|(_, rest)| rest.contains('>'));
    (whole || inside).then(|| {
        Wrong::new(
            "the value is still the guide's placeholder in angle brackets",
            "put the real value there, or leave the variable out",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::catalogue;

    #[test]
    fn finds_the_placeholders_of_the_guides_and_nothing_else() {
        let cases = [
            (&catalogue::INTERNAL_API_SECRET, "<generate-a-long-random-secret>", true),
            (&catalogue::INTERNAL_API_SECRET, "<INTERNAL_API_SECRET>", true),
            (&catalogue::VAPI_PRIVATE_KEY, "<PASTE YOUR VAPI PRIVATE KEY>", true),
            (&catalogue::DIALPAD_API_KEY, "<your-dialpad-api-key>", true),
            (&catalogue::REDIS_URL, "<WILL BE AUTO-POPULATED AFTER REDIS SETUP>", true),
            (&catalogue::DATABASE_URL, "postgresql://me:<PASSWORD>@host/db", true),
            (&catalogue::JWT_SECRET, "your-super-secret-random-string-here-change-this", true),
            (&catalogue::SENTRY_DSN, "<OPTIONAL - from https://sentry.io>", false),
            (&catalogue::DIALPAD_WEBHOOK_SECRET, "a<b>c", false),
            (&catalogue::DATABASE_URL, "postgresql://me:secret@host/db", false),
        ];
        for (variable, value, unfinished) in cases {
            assert_eq!(check(variable, value).is_some(), unfinished, "{} = {value}", variable.name);
        }
    }
}

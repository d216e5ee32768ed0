//! Mails to people: what they are written in, and how far one came.

use crate::text_enum;

text_enum! {
    /// What people are written to in.
    pub enum Language {
        English "en",
        Spanish "es",
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the macro that declares words derives what all of them have, and no default"
)]
impl Default for Language {
    fn default() -> Self {
        Self::English
    }
}

impl Language {
    /// The one of ours that an `Accept-Language` header asks for first; English if it asks for neither.
    pub fn of_header(value: Option<&str>) -> Self {
        let mut best = (Self::English, 0.0_f32);
        for entry in value.unwrap_or_default().split(',').take(20) {
            let mut parts = entry.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
            let language = tag.get(..2).and_then(|tag| Self::parse(&tag.to_ascii_lowercase()));
            if let Some(language) = language
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The text of the two that is in this language.
    pub const fn pick(self, english: &'static str, spanish: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
        }
    }
}

text_enum! {
    /// How far a mail came.
    pub enum MailState {
        /// Nobody has tried, or a try ended before anything was handed over.
        Waiting "waiting",
        /// Being handed over right now, or when the process ended.
        Calling "calling",
        Sent "sent",
        /// Handed over, and nobody knows whether it was taken.
        Unknown "unknown",
        /// Refused for good, or no longer of use.
        Failed "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_is_wanted_most() {
        let of = |header: &str| Language::of_header(Some(header));
        assert_eq!(of("es-MX,es;q=0.9,en;q=0.8"), Language::Spanish);
        assert_eq!(of("de, es;q=0.4, en-GB;q=0.7"), Language::English);
        assert_eq!(of("de"), Language::English);
        assert_eq!(of("é;q=zz,,;"), Language::English);
        assert_eq!(Language::of_header(None), Language::English);
    }
}

//! What must not be kept of what was said: card numbers, security codes, expiry dates, social security numbers and IBANs,
//! written in digits or spoken ("four one double one, uh, one one"), in English and Spanish, across lines and speakers.
//!
//! Patterns over one line of text would be the obvious way and miss most of it: people dictate a card in four breaths, with
//! somebody else saying "okay" between them and reading parts of it back. So all lines are read together as tokens, numbers
//! are put together from them as a listener would, and only what checks out (Luhn, issuer, mod 97, ranges) is taken out. An
//! order number that fails Luhn stays.
//!
//! It is repeated until nothing more is found, each time with what was taken out standing as a mark. So redacting twice is
//! the same as once. Nothing but digits, number words and the letters of an IBAN is ever touched.

mod card;
mod codes;
mod iban;
mod json;
mod numbers;
mod tokens;

use std::collections::BTreeMap;

use switchboard_domain::text_enum;

use self::{
    numbers::View,
    tokens::{Segment, Token},
};

pub use self::json::redact_json;

text_enum! {
    /// What was taken out.
    pub enum Secret {
        CardNumber "card_number",
        SecurityCode "security_code",
        CardExpiry "card_expiry",
        SocialSecurityNumber "social_security_number",
        Iban "iban",
    }
}

impl Secret {
    /// What stands in its place.
    const fn label(self) -> &'static str {
        match self {
            Self::CardNumber => "card number",
            Self::SecurityCode => "security code",
            Self::CardExpiry => "card expiry",
            Self::SocialSecurityNumber => "social security number",
            Self::Iban => "IBAN",
        }
    }
}

/// A line, and who said it, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    pub speaker: Option<&'a str>,
    pub text: &'a str,
}

/// Where something was taken out: bytes of a line as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub line: usize,
    pub start: usize,
    pub end: usize,
    pub secret: Secret,
}

/// How often each was taken out.
pub type Counts = BTreeMap<Secret, u32>;

/// What is left, and what was taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redacted {
    /// As many as were given.
    pub lines: Vec<String>,
    /// In the order of the text.
    pub spans: Vec<Span>,
    pub counts: Counts,
}

/// Something that must go: tokens by their index, and the last four characters where they may stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Find {
    pub secret: Secret,
    pub tokens: Vec<usize>,
    pub ending: Option<String>,
}

/// Takes out of a conversation what must not be kept.
pub fn redact(said: &[Said<'_>]) -> Redacted {
    let mut lines: Vec<Vec<Segment>> = said.iter().map(|line| tokens::segments(line.text)).collect();
    let (mut spans, mut counts, mut cards) = (Vec::new(), Counts::new(), Vec::new());
    loop {
        let tokens = tokens::read(said, &lines);
        let finds = find(said, &tokens, &mut cards);
        if finds.is_empty() {
            break;
        }
        for find in finds {
            *counts.entry(find.secret).or_default() += 1;
            for span in tokens::take_out(said, &tokens, &find, &mut lines) {
                spans.push(span);
            }
        }
    }
    spans.sort_by_key(|span| (span.line, span.start));
    let lines = said.iter().zip(&lines).map(|(line, segments)| tokens::write(line.text, segments)).collect();
    Redacted { lines, spans, counts }
}

/// [`redact`], for one text.
pub fn redact_text(text: &str) -> (String, Counts) {
    let mut redacted = redact(&[Said { speaker: None, text }]);
    (redacted.lines.pop().unwrap_or_default(), redacted.counts)
}

/// The first kind of secret that there is any of. One kind at a time: what is a card is no security code any more.
fn find(said: &[Said<'_>], tokens: &[Token], cards: &mut Vec<String>) -> Vec<Find> {
    if !tokens.iter().any(Token::may_be_number) {
        return Vec::new();
    }
    let ibans = iban::find(tokens);
    if !ibans.is_empty() {
        return ibans;
    }
    // A line alone, then what one person said, then everything: who reads a number back says it a second time.
    let views = View::all(said, tokens);
    for view in &views {
        let found = card::find(tokens, view, cards);
        if !found.is_empty() {
            return found;
        }
    }
    let repeated = card::repeated(tokens, &views, cards);
    if !repeated.is_empty() {
        return repeated;
    }
    for view in &views {
        let found = codes::find(tokens, view);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests;

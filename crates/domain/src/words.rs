//! The words that records are found by, and what people type to find them. Made here and not by the databases' own
//! analysers, so that both engines find the same, and so that "José" and "jose", a number and its last digits, are alike.
//!
//! A word is ASCII letters and digits, lower case; other scripts are written in Latin letters. What is typed finds every
//! word that begins with it. A number is kept with all its endings, so that any run of its digits is the beginning of one.

use std::collections::BTreeSet;

/// Words of one record that are kept. More than any text message has; a long call's transcript is cut.
const KEPT: usize = 4_000;
/// Letters of a word that are kept.
const LENGTH: usize = 40;
/// Digits of the shortest ending of a number that is kept.
const ENDING: usize = 3;
/// Words of a query that are looked at.
const ASKED: usize = 8;
/// Characters of a query that are looked at.
const ASKED_LENGTH: usize = 200;

/// The words of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(BTreeSet<String>);

impl Words {
    /// The words of a text; an e-mail address is one.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for word in split(text) {
            self.push(word);
        }
        self
    }

    /// A phone number: its digits, from each of them on.
    pub fn number(&mut self, number: &str) -> &mut Self {
        let digits = digits(number);
        for start in 0..=digits.len().saturating_sub(ENDING) {
            self.push(digits[start..].to_owned());
        }
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, sorted, with spaces between.
    pub fn join(&self) -> String {
        self.0.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn push(&mut self, word: String) {
        if !word.is_empty() && self.0.len() < KEPT {
            self.0.insert(word);
        }
    }
}

/// What somebody typed to find something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Each must be the beginning of a word.
    words: Vec<String>,
    /// The digits as one, where nothing but a number was typed: `(415) 555-0123`.
    number: Option<String>,
}

impl Query {
    /// `None` where there is no word in it: nothing is found by that.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed: String = typed.chars().take(ASKED_LENGTH).collect();
        let mut words: Vec<String> = split(&typed).take(ASKED).collect();
        words.sort_unstable();
        words.dedup();
        if words.is_empty() {
            return None;
        }
        let is_number = words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        // The zero that is dialled inside a country is no part of the number.
        let number = digits(typed.trim()).trim_start_matches('0').to_owned();
        Some(Self { words, number: (is_number && number.len() >= ENDING).then_some(number) })
    }

    /// Whole sets of words of which one must fit.
    pub fn choices(&self) -> impl Iterator<Item = &[String]> {
        let number = self.number.as_ref().map(std::slice::from_ref);
        let is_same = number == Some(self.words.as_slice());
        std::iter::once(self.words.as_slice()).chain(number.filter(|_| !is_same))
    }

    /// The number as records keep it, where the whole of one may have been typed.
    pub fn e164(&self) -> Option<String> {
        self.number.as_ref().filter(|digits| (8..=15).contains(&digits.len())).map(|digits| format!("+{digits}"))
    }
}

fn split(text: &str) -> impl Iterator<Item = String> {
    let plain = if text.is_ascii() { text.to_owned() } else { deunicode::deunicode(text) };
    let words: Vec<String> = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word[..word.len().min(LENGTH)].to_ascii_lowercase())
        .collect();
    words.into_iter()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(words: &Words, typed: &str) -> bool {
        let Some(query) = Query::parse(typed) else { return false };
        let begins = |part: &String| words.0.iter().any(|word| word.starts_with(part.as_str()));
        query.choices().any(|words| words.iter().all(begins))
    }

    #[test]
    fn names_are_found_by_the_beginning_of_any_word_in_any_script() {
        let mut words = Words::default();
        words.text("José Álvarez-O'Neill").text("Иван").text("ann.lee@example.com");
        for typed in ["jose", "JOSÉ", "alv", "neill jo", "o'neill", "ivan", "ИВ", "ann.lee@ex"] {
            assert!(finds(&words, typed), "{typed}");
        }
        for typed in ["ose", "jose x", "", " - "] {
            assert!(!finds(&words, typed), "{typed}");
        }
    }

    #[test]
    fn numbers_are_found_by_any_of_their_digits_however_written() {
        let mut words = Words::default();
        words.number("+442079460958");
        for typed in ["+44 20 7946 0958", "020 7946 0958", "0958", "958", "7946-0", "20 7946", "4420"] {
            assert!(finds(&words, typed), "{typed}");
        }
        for typed in ["58", "0959", "7946 1"] {
            assert!(!finds(&words, typed), "{typed}");
        }
        assert_eq!(Query::parse("+44 (20) 7946 0958").unwrap().e164().unwrap(), "+442079460958");
        assert_eq!(Query::parse("0958").unwrap().e164(), None);
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let mut words = Words::default();
        words.text(&(0..10_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ")).text(&"x".repeat(10_000));
        assert_eq!(words.0.len(), KEPT);
        assert!(Words::default().text(&"x".repeat(10_000)).join().len() <= LENGTH);
    }
}

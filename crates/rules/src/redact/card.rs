//! Card numbers: 13 to 19 digits that an issuer could have given out and that pass Luhn.

use super::{
    Find, Secret,
    numbers::{Oh, Run, View, runs},
    tokens::{Kind, Token},
};

/// Digits of the shortest part of a known card number that goes when it is read back.
const READ_BACK: usize = 6;
/// What is said right behind a card number: its expiry, its code, or both.
const BEHIND: std::ops::RangeInclusive<usize> = 3..=8;

fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| (place, u32::from(digit - b'0')))
        .map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether an issuer gives out numbers that begin like this and are so long.
fn has_issuer(digits: &[u8]) -> bool {
    let prefix = |count: usize| digits[..count].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let (two, three, four) = (prefix(2), prefix(3), prefix(4));
    match digits.len() {
        // Visa, Mastercard, Discover, JCB, UnionPay, Mir; Maestro below.
        16 if digits[0] == b'4' || (51..=55).contains(&two) || (2200..=2204).contains(&four) => true,
        16 if (2221..=2720).contains(&four) => true,
        // American Express.
        15 if matches!(two, 34 | 37) => true,
        // Diners Club.
        14 if matches!(two, 36 | 38 | 39) || (300..=305).contains(&three) => true,
        13 | 19 if digits[0] == b'4' => true,
        16..=19 if matches!(two, 62 | 65) || four == 6011 || (644..=649).contains(&three) => true,
        16..=19 if (3528..=3589).contains(&four) || matches!(two, 36 | 38 | 39) => true,
        13..=19 => two == 50 || (56..=58).contains(&two) || matches!(two, 61 | 63 | 67),
        _ => false,
    }
}

fn is_card(digits: &[u8]) -> bool {
    (13..=19).contains(&digits.len()) && has_issuer(digits) && luhn(digits)
}

/// Somebody speaks of a card.
pub(super) fn is_spoken_of(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| match &token.kind {
        Kind::Word(word) => {
            matches!(
                word.as_str(),
                "card" | "tarjeta" | "visa" | "mastercard" | "amex" | "debit" | "credit" | "credito" | "debito"
            )
        }
        Kind::Mark(secret) => matches!(secret, Secret::CardNumber | Secret::SecurityCode),
        Kind::Digits(_) | Kind::Sign(_) => false,
    })
}

/// The card numbers of a view, and what is said right behind them. The numbers are kept in `cards`.
pub fn find(tokens: &[Token], view: &View, cards: &mut Vec<String>) -> Vec<Find> {
    for oh in [Oh::Zero, Oh::Noise] {
        let found: Vec<Find> = runs(tokens, view, oh).iter().flat_map(|run| in_run(tokens, run, cards)).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Pieces from one to before another.
type Window = (usize, usize);

fn in_run(tokens: &[Token], run: &Run, cards: &mut Vec<String>) -> Vec<Find> {
    let mut windows = windows(run);
    if windows.is_empty() {
        windows = glued(tokens, run);
    }
    let mut found = Vec::new();
    let mut windows = windows.into_iter().peekable();
    while let Some((from, mut until)) = windows.next() {
        // Where several overlap, nobody can tell which it is: all of it goes, and no ending is shown.
        let mut is_certain = run_digits(run, (from, until)).len() <= 19;
        while let Some((_, end)) = windows.next_if(|(start, _)| *start < until) {
            is_certain = false;
            until = until.max(end);
        }
        let digits = run_digits(run, (from, until));
        let ending = is_certain.then(|| digits[digits.len() - 4..].to_owned());
        cards.push(digits);
        found.push(Find { secret: Secret::CardNumber, tokens: window_tokens(run, (from, until)), ending });
        let next = windows.peek().map_or(run.0.len(), |(start, _)| *start);
        if BEHIND.contains(&run_digits(run, (until, next)).len()) {
            let tokens = window_tokens(run, (until, next));
            found.push(Find { secret: Secret::SecurityCode, tokens, ending: None });
        }
    }
    found
}

fn run_digits(run: &Run, (from, until): Window) -> String {
    run.0[from..until].iter().map(|piece| piece.digits.as_str()).collect()
}

fn window_tokens(run: &Run, (from, until): Window) -> Vec<usize> {
    run.0[from..until].iter().flat_map(|piece| piece.tokens.iter().copied()).collect()
}

/// All card numbers that begin and end where a part does.
fn windows(run: &Run) -> Vec<Window> {
    let mut windows = Vec::new();
    for from in 0..run.0.len() {
        let mut digits = String::new();
        for (until, piece) in run.0.iter().enumerate().skip(from) {
            digits.push_str(&piece.digits);
            if digits.len() > 19 {
                break;
            }
            if is_card(digits.as_bytes()) {
                windows.push((from, until + 1));
            }
        }
    }
    windows
}

/// Digits written in one go that begin with a card number, where somebody speaks of a card: its code was glued to it.
fn glued(tokens: &[Token], run: &Run) -> Vec<Window> {
    let begins =
        |digits: &[u8]| [16, 15, 14].into_iter().any(|length| digits.len() > length && is_card(&digits[..length]));
    let is_glued = |digits: &str| (17..=27).contains(&digits.len()) && begins(digits.as_bytes());
    let pieces = run.0.iter().enumerate().filter(|(_, piece)| is_glued(&piece.digits));
    let found: Vec<Window> = pieces.map(|(index, _)| (index, index + 1)).collect();
    if found.is_empty() || !is_spoken_of(tokens) { Vec::new() } else { found }
}

/// Parts of known card numbers that somebody read back.
pub fn repeated(tokens: &[Token], views: &[View], cards: &[String]) -> Vec<Find> {
    if cards.is_empty() {
        return Vec::new();
    }
    let is_part = |digits: &str| digits.len() >= READ_BACK && cards.iter().any(|card| card.contains(digits));
    for view in views {
        let runs = runs(tokens, view, Oh::Zero);
        let parts = runs.iter().filter(|run| is_part(&run.digits()));
        let found: Vec<Find> =
            parts.map(|run| Find { secret: Secret::CardNumber, tokens: run.tokens(), ending: None }).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_and_check_digits() {
        for card in [
            "4111111111111111",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "30569309025904",
            "6011111111111117",
            "3530111333300000",
            "6759649826438453",
        ] {
            assert!(is_card(card.as_bytes()), "{card}");
        }
        // A wrong check digit, no issuer, too short, too long for its issuer.
        for other in ["4111111111111112", "1234567812345670", "411111111111", "37828224631000500"] {
            assert!(!is_card(other.as_bytes()), "{other}");
        }
    }
}

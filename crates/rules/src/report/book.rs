//! Who called and was called, number by number, kept so that the books of days make that of a year: only with every number
//! in it can be told who came back and who is new.
//!
//! A number is kept as the number that it is: a sorted list of some hundred thousand takes a few bytes each and is merged
//! in milliseconds. What is no row of digits (a name at some address) can be told apart but not kept so, and counts as hidden.

use switchboard_domain::over_call::{OverCall, Way};

use super::codec::{Reader, Writer};

/// Digits that a number may have; a call's longest by E.164 is 15.
const DIGITS: usize = 17;

/// A telephone number, as a number. Sorts and compares as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(i64);

impl Number {
    /// `None` for what is no row of digits, with or without a plus.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let is_row = !digits.is_empty() && digits.len() <= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_row {
            return None;
        }
        // A one in front keeps zeros, and the last bit keeps the plus.
        let value: i64 = format!("1{digits}").parse().ok()?;
        Some(Self(value * 2 + i64::from(digits.len() < text.len())))
    }

    /// As sums keep it.
    pub const fn raw(self) -> i64 {
        self.0
    }

    pub const fn from_raw(raw: i64) -> Self {
        Self(raw)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = (self.0 / 2).to_string();
        let plus = if self.0 % 2 == 1 { "+" } else { "" };
        write!(f, "{plus}{}", digits.get(1..).unwrap_or_default())
    }
}

/// What is counted of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub number: Number,
    pub calls: i64,
    pub answered: i64,
    pub talk: i64,
}

/// The other sides of a day's calls, or of several days'.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Who called, by their numbers.
    pub callers: Vec<Entry>,
    /// Who was called.
    pub called: Vec<Entry>,
    /// Inbound calls without a number that could be told apart.
    pub hidden: i64,
}

/// Both lists are sorted, and so is what comes out.
fn merged(one: &[Entry], other: &[Entry]) -> Vec<Entry> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.number == b.number => {
                let (calls, answered, talk) = (a.calls + b.calls, a.answered + b.answered, a.talk + b.talk);
                let both = Entry { number: a.number, calls, answered, talk };
                left.next();
                right.next();
                Some(both)
            }
            (Some(a), Some(b)) if a.number < b.number => left.next().copied(),
            (Some(_), None) => left.next().copied(),
            (_, Some(_)) => right.next().copied(),
            (None, None) => None,
        };
        match next {
            Some(entry) => all.push(entry),
            None => return all,
        }
    }
}

/// Adds up what is of one number.
fn summed(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_unstable_by_key(|entry| entry.number);
    entries.dedup_by(|next, kept| {
        let is_same = next.number == kept.number;
        if is_same {
            kept.calls += next.calls;
            kept.answered += next.answered;
            kept.talk += next.talk;
        }
        is_same
    });
    entries
}

impl Book {
    pub fn of<'c>(calls: impl IntoIterator<Item = &'c OverCall>) -> Self {
        let mut book = Self::default();
        for call in calls {
            let entry = |number| {
                let answered = i64::from(call.is_answered());
                Entry { number, calls: 1, answered, talk: call.talk() }
            };
            match (call.way(), call.other_side().and_then(Number::parse)) {
                (Way::Inbound, Some(number)) => book.callers.push(entry(number)),
                (Way::Inbound, None) => book.hidden += 1,
                (Way::Outbound, Some(number)) => book.called.push(entry(number)),
                (Way::Outbound, None) | (Way::Internal | Way::Unknown, _) => {}
            }
        }
        book.callers = summed(book.callers);
        book.called = summed(book.called);
        book
    }

    /// One book of many. In pairs, so that no number is copied more often than it must.
    pub fn join(mut books: Vec<Self>) -> Self {
        while books.len() > 1 {
            books = books.chunks(2).map(|pair| pair.iter().skip(1).fold(pair[0].clone(), |a, b| a.with(b))).collect();
        }
        books.pop().unwrap_or_default()
    }

    fn with(&self, other: &Self) -> Self {
        Self {
            callers: merged(&self.callers, &other.callers),
            called: merged(&self.called, &other.called),
            hidden: self.hidden + other.hidden,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.callers.is_empty() && self.called.is_empty() && self.hidden == 0
    }

    /// Whether a number is among the callers.
    pub fn has_caller(&self, number: Number) -> bool {
        self.callers.binary_search_by_key(&number, |entry| entry.number).is_ok()
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.put(self.hidden);
        for entries in [&self.callers, &self.called] {
            to.put_len(entries.len());
            let mut last = 0;
            for entry in entries {
                to.put(entry.number.0 - last).put(entry.calls).put(entry.answered).put(entry.talk);
                last = entry.number.0;
            }
        }
        to.finish()
    }

    /// `None` if these are not the bytes of a book.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let hidden = from.take()?;
        let mut lists = [Vec::new(), Vec::new()];
        for entries in &mut lists {
            let count = from.take_len()?;
            entries.reserve(count);
            let mut last = 0_i64;
            for _ in 0..count {
                last = last.checked_add(from.take()?)?;
                let (calls, answered, talk) = (from.take()?, from.take()?, from.take()?);
                entries.push(Entry { number: Number(last), calls, answered, talk });
            }
        }
        let [callers, called] = lists;
        from.is_done().then_some(Self { callers, called, hidden })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_written_as_it_was_read() {
        for text in ["+15550100", "1001", "0049301234", "+0", "00", "99999999999999999"] {
            assert_eq!(Number::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "+", "anonymous", "sip:1001@pbx", "+1 555", "999999999999999999"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert_ne!(Number::parse("1001"), Number::parse("+1001"));
    }

    fn entries(list: &[(u8, i64)]) -> Vec<Entry> {
        let number = |n: u8| Number::parse(&format!("+1555{n:04}")).unwrap();
        summed(list.iter().map(|(n, talk)| Entry { number: number(*n), calls: 1, answered: 1, talk: *talk }).collect())
    }

    proptest! {
        #[test]
        fn days_joined_are_all_days(days in prop::collection::vec(prop::collection::vec((0..30_u8, 0..500_i64), 0..20), 0..7)) {
            let books = days.iter().map(|day| {
                let book = Book { callers: entries(day), called: Vec::new(), hidden: 1 };
                Book::decode(&book.encode()).unwrap()
            });
            let joined = Book::join(books.collect());
            let mut naive: BTreeMap<u8, (i64, i64)> = BTreeMap::new();
            for (number, talk) in days.concat() {
                let sums = naive.entry(number).or_default();
                *sums = (sums.0 + 1, sums.1 + talk);
            }
            let found: Vec<(i64, i64)> = joined.callers.iter().map(|entry| (entry.calls, entry.talk)).collect();
            prop_assert_eq!(found, naive.into_values().collect::<Vec<_>>());
            prop_assert_eq!(joined.hidden, i64::try_from(days.len()).unwrap());
        }
    }
}

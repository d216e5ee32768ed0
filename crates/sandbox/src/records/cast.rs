//! Who calls whom: the people of a company, their queues and groups, and everybody outside.

use crate::dice::Dice;

const FIRST: [&str; 24] = [
    "Ana", "Sam", "Zoë", "Luis", "Priya", "Tom", "Mei", "Omar", "Ruth", "Iván", "Grace", "Noah", "Elif", "Jack",
    "Nora", "Hugo", "Ada", "Ben", "Chloé", "Dev", "Eva", "Finn", "Gita", "Max",
];
const LAST: [&str; 16] = [
    "Rivera", "Okafor", "O’Neil", "García", "Patel", "Baker", "Lin", "Haddad", "Cohen", "Petrov", "Kim", "Weber",
    "Yılmaz", "Moreau", "Jones", "Silva",
];
/// Area codes of the United States; with 555 behind them they are nobody's numbers.
const AREAS: [u16; 40] = [
    312, 773, 847, 630, 708, 212, 646, 718, 305, 407, 214, 972, 713, 281, 415, 510, 408, 213, 310, 619, 206, 253, 303,
    720, 602, 480, 404, 770, 617, 781, 215, 267, 313, 248, 612, 651, 503, 971, 702, 504,
];

/// Somebody with an extension.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub extension: String,
    pub name: String,
}

/// A queue or a ring group.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub number: &'static str,
    /// Of a hundred calls to groups of its kind.
    pub share: u64,
    pub members: std::ops::Range<usize>,
}

/// A line to the world.
#[derive(Debug)]
pub(super) struct Trunk {
    pub channel: &'static str,
    pub name: &'static str,
}

pub(super) const MAIN: Trunk = Trunk { channel: "trunk_1", name: "Main_SIP" };
pub(super) const BACKUP: Trunk = Trunk { channel: "trunk_2", name: "Backup_SIP" };

/// Somebody outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Other {
    /// As the trunk delivers it: with its country, without a plus.
    pub number: String,
    /// What people here dial.
    pub dialled: String,
    pub name: Option<String>,
}

/// Everybody.
pub(super) struct Cast {
    pub people: Vec<Person>,
    pub queues: [Group; 3],
    pub groups: [Group; 2],
    others: u64,
    seed: u64,
}

impl Cast {
    /// A company of the size that has so many calls in a year.
    pub(super) fn of(calls: u64, seed: u64) -> Self {
        let people = usize::try_from((calls / 16_000).clamp(12, 96)).unwrap_or(12);
        let person = |i: usize| Person {
            extension: (1_001 + i).to_string(),
            name: format!("{} {}", FIRST[i % FIRST.len()], LAST[(i * 7 + i / FIRST.len()) % LAST.len()]),
        };
        let (half, third) = (people / 2, people / 3);
        let group = |number, share, members| Group { number, share, members };
        Self {
            people: (0..people).map(person).collect(),
            queues: [group("6500", 55, 0..half), group("6501", 30, third..people - 3), group("6502", 15, half..people)],
            groups: [group("6400", 65, 0..4), group("6401", 35, people - 4..people)],
            others: (calls / 6).max(40),
            seed,
        }
    }

    pub(super) fn person(&self, dice: &Dice) -> &Person {
        self.one_of(dice, 0..self.people.len())
    }

    pub(super) fn one_of(&self, dice: &Dice, members: std::ops::Range<usize>) -> &Person {
        let count = members.len().max(1) as u64;
        // The first of a list take more calls than the last.
        let place = dice.below(dice.below(count) + 1 + count / 2).min(count - 1);
        &self.people[members.start + usize::try_from(place).unwrap_or(0)]
    }

    /// One of the groups, by their shares.
    pub(super) fn group<'g>(dice: &Dice, groups: &'g [Group]) -> &'g Group {
        let mut left = dice.below(100);
        for group in groups {
            if left < group.share {
                return group;
            }
            left -= group.share;
        }
        &groups[0]
    }

    /// Somebody outside: most call once or twice, a few every week.
    pub(super) fn other(&self, dice: &Dice) -> Other {
        let known = dice.below(100) < 62;
        let range = if known { dice.below(self.others) + 1 } else { self.others * 4 };
        other(self.seed, dice.below(range))
    }
}

/// The same number for the same person of the same story.
fn other(seed: u64, person: u64) -> Other {
    let own = Dice::new(seed ^ person.wrapping_mul(0xD6E8_FEB8_6659_FD93));
    let (country, tail) = (own.below(100), own.below(10_000));
    let number = match country {
        0..88 => format!("1{}555{tail:04}", AREAS[usize::try_from(own.below(40)).unwrap_or(0)]),
        88..92 => format!("442079460{:03}", tail % 1_000),
        92..95 => format!("493023125{:03}", tail % 1_000),
        95..97 => format!("3319900{tail:04}"),
        97..99 => format!("6127010{tail:04}"),
        _ => format!("3532091{tail:05}"),
    };
    let dialled = if number.starts_with('1') { number.clone() } else { format!("011{number}") };
    let named = own.below(100) < 45;
    let name = || {
        let (first, last) = (own.below(FIRST.len() as u64), own.below(LAST.len() as u64));
        let pick = |list: &[&'static str], i: u64| list[usize::try_from(i).unwrap_or(0)];
        format!("{} {}", pick(&LAST, last), pick(&FIRST, first)).to_uppercase()
    };
    Other { number, dialled, name: named.then(name) }
}

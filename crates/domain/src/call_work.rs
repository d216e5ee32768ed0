//! What people do with a call: notes, tags, and whether it is dealt with.
//!
//! All of it hangs on legs and none on the call: calls join and their ids are superseded, a leg stays what it is. What was
//! said on the legs of one call is put together here in the way that facts are, note by note and tag by tag, the last
//! writer deciding. So a tag that somebody took off does not come back with the leg that had it first, and two calls that
//! turn out to be one keep the notes of both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    ids::NoteId,
    leg::LegDoc,
    merge::{Earliest, Latest, Stamp},
};

/// Who wrote a note or marked a call: a person or a client program, and what they were called then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Author {
    /// With prefix; none where the server itself acts.
    pub id: Option<String>,
    pub name: String,
}

/// What our own event says that somebody did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkFact {
    pub note: Option<NoteFact>,
    pub tags: Vec<TagFact>,
    pub resolution: Option<Resolution>,
}

/// A note was written, changed or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteFact {
    pub id: NoteId,
    pub author: Author,
    /// `None` when it is taken away.
    pub text: Option<String>,
}

/// A tag was put on or taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagFact {
    pub tag: String,
    pub is_on: bool,
}

/// Somebody marked the call as dealt with, or took that back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resolution {
    pub is_resolved: bool,
    pub by: Author,
}

/// Everything that people did on one leg.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkDoc {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    notes: BTreeMap<NoteId, NoteDoc>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, Latest<bool>>,
    #[serde(skip_serializing_if = "Latest::is_none")]
    resolution: Latest<Resolution>,
}

/// Everything that was said of a note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct NoteDoc {
    author: Latest<Author>,
    /// `None` inside once it is taken away: its words are not kept here any longer than they are shown.
    text: Latest<Option<String>>,
    written_at: Earliest<Timestamp>,
}

impl WorkDoc {
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.tags.is_empty() && self.resolution.is_none()
    }

    /// Takes in one fact.
    pub fn apply(&mut self, stamp: Stamp, fact: &WorkFact) {
        if let Some(note) = &fact.note {
            let doc = self.notes.entry(note.id).or_default();
            doc.author.offer(stamp, Some(note.author.clone()));
            doc.text.offer(stamp, Some(note.text.clone()));
            doc.written_at.offer(Some(stamp.at));
        }
        for tag in &fact.tags {
            self.tags.entry(tag.tag.clone()).or_default().offer(stamp, Some(tag.is_on));
        }
        self.resolution.offer(stamp, fact.resolution.clone());
    }

    /// What was done on all legs of a call.
    pub fn of_legs<'l>(legs: impl IntoIterator<Item = &'l LegDoc>) -> Self {
        let mut joined = Self::default();
        for leg in legs {
            joined.join(&leg.work);
        }
        joined
    }

    fn join(&mut self, other: &Self) {
        for (id, note) in &other.notes {
            let doc = self.notes.entry(*id).or_default();
            doc.author.join(&note.author);
            doc.text.join(&note.text);
            doc.written_at.offer(note.written_at.value());
        }
        for (tag, is_on) in &other.tags {
            self.tags.entry(tag.clone()).or_default().join(is_on);
        }
        self.resolution.join(&other.resolution);
    }

    /// The notes that are there, oldest first.
    pub fn notes(&self) -> Vec<Note> {
        let note = |(id, doc): (&NoteId, &NoteDoc)| {
            let written_at = doc.written_at.value()?;
            let edited_at = doc.text.at().filter(|at| *at > written_at);
            Some(Note { id: *id, author: doc.author.cloned()?, text: doc.text.cloned()??, written_at, edited_at })
        };
        let mut notes: Vec<Note> = self.notes.iter().filter_map(note).collect();
        notes.sort_by_key(|note| (note.written_at, note.id));
        notes
    }

    /// How many notes there are.
    pub fn note_count(&self) -> usize {
        self.notes.values().filter(|doc| doc.text.get().is_some_and(Option::is_some)).count()
    }

    /// When a note was last written, changed or taken away.
    pub fn noted_at(&self) -> Option<Timestamp> {
        self.notes.values().filter_map(|doc| doc.text.at()).max()
    }

    /// The tags that are on, sorted.
    pub fn tags(&self) -> Vec<String> {
        self.tags.iter().filter(|(_, is_on)| is_on.value() == Some(true)).map(|(tag, _)| tag.clone()).collect()
    }

    /// How many different tags were ever on.
    pub fn known_tags(&self) -> usize {
        self.tags.len()
    }

    /// Who marked it as dealt with and when, while it is.
    pub fn resolved(&self) -> Option<(Timestamp, &Author)> {
        let resolution = self.resolution.get().filter(|resolution| resolution.is_resolved)?;
        Some((self.resolution.at()?, &resolution.by))
    }
}

/// A note as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub author: Author,
    pub text: String,
    pub written_at: Timestamp,
    /// When its words last changed, if they did.
    pub edited_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Stamp {
        Stamp::person(Timestamp::from_millis(second * 1_000))
    }

    fn note(id: u128, text: Option<&str>) -> WorkFact {
        let author = Author { id: Some("usr_1".into()), name: "Ana".into() };
        let note = NoteFact { id: NoteId::from_uuid(Uuid::from_u128(id)), author, text: text.map(str::to_owned) };
        WorkFact { note: Some(note), ..WorkFact::default() }
    }

    fn tag(tag: &str, is_on: bool) -> WorkFact {
        WorkFact { tags: vec![TagFact { tag: tag.into(), is_on }], ..WorkFact::default() }
    }

    fn leg(facts: &[(i64, WorkFact)]) -> LegDoc {
        let mut leg = LegDoc::default();
        for (second, fact) in facts {
            leg.work.apply(at(*second), fact);
        }
        leg
    }

    #[test]
    fn calls_that_join_keep_the_notes_of_both_and_the_last_word_on_each_tag() {
        let one = leg(&[(1, note(1, Some("first"))), (2, tag("vip", true)), (3, tag("late", true))]);
        let two = leg(&[(4, note(2, Some("second"))), (5, tag("vip", false)), (6, tag("new", true))]);
        for legs in [[&one, &two], [&two, &one]] {
            let work = WorkDoc::of_legs(legs);
            assert_eq!(work.notes().iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["first", "second"]);
            assert_eq!(work.tags(), ["late", "new"]);
            assert_eq!(work.noted_at(), Some(Timestamp::from_millis(4_000)));
        }
    }

    #[test]
    fn a_note_that_is_taken_away_leaves_no_words_and_does_not_come_back() {
        let facts = [(1, note(1, Some("secret"))), (2, note(1, Some("changed"))), (3, note(1, None))];
        let mut reversed = facts.clone();
        reversed.reverse();
        for facts in [facts, reversed] {
            let leg = leg(&facts);
            assert_eq!((leg.work.notes(), leg.work.note_count()), (Vec::new(), 0));
            assert!(!serde_json::to_string(&leg.work).unwrap().contains("secret"));
            assert_eq!(leg.work.noted_at(), Some(Timestamp::from_millis(3_000)));
        }
    }

    #[test]
    fn a_changed_note_says_when_it_was_written_and_when_changed() {
        let leg = leg(&[(9, note(1, Some("b"))), (2, note(1, Some("a")))]);
        let notes = leg.work.notes();
        assert_eq!((notes[0].text.as_str(), notes[0].written_at.as_millis()), ("b", 2_000));
        assert_eq!(notes[0].edited_at, Some(Timestamp::from_millis(9_000)));
    }
}

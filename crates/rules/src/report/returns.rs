//! Missed calls, and which of them were returned.

use std::collections::HashMap;

use switchboard_domain::{
    Timestamp,
    ids::CallId,
    over_call::{OverCall, Way},
};
use uuid::Uuid;

use super::{
    book::Number,
    codec::{Reader, Writer},
    spread::Spread,
};

/// Calls of a day that are kept as such, because nobody has returned them.
const OPEN: usize = 2_000;

/// A call that can end somebody's waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub at: Timestamp,
    pub number: String,
    /// We called; otherwise they did, and got through.
    pub is_ours: bool,
}

impl Contact {
    /// What a call says about a number's waiting; `None` if it says nothing.
    pub fn of(call: &OverCall) -> Option<Self> {
        let is_ours = match call.way() {
            Way::Outbound => true,
            Way::Inbound if call.is_answered() => false,
            Way::Inbound | Way::Internal | Way::Unknown => return None,
        };
        Some(Self { at: call.occurred_at, number: call.other_side()?.to_owned(), is_ours })
    }
}

/// A missed call that nobody has returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    pub at: i64,
    pub call_id: CallId,
    pub number: Number,
    pub is_voicemail: bool,
}

/// The missed calls of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missed {
    /// From numbers that can be called back.
    pub calls: i64,
    pub reached_us: i64,
    pub returned: Spread,
    /// The rest of them, the earliest first; at most 2,000 are kept.
    pub open: Vec<Open>,
}

impl Missed {
    /// Missed calls, and what followed: `contacts` in the order of their times, from the day's beginning to the window's end
    /// behind it.
    pub fn of<'c>(calls: impl IntoIterator<Item = &'c OverCall>, contacts: &[Contact], return_hours: i64) -> Self {
        let mut followed: HashMap<&str, Vec<&Contact>> = HashMap::new();
        for contact in contacts {
            followed.entry(&contact.number).or_default().push(contact);
        }
        let window = return_hours * 3_600;
        let mut missed = Self::default();
        for call in calls.into_iter().filter(|call| call.is_missed()) {
            let Some((text, number)) = call.from_number.as_deref().and_then(|text| Some((text, Number::parse(text)?)))
            else {
                continue;
            };
            missed.calls += 1;
            let after = |contact: &&&Contact| {
                contact.at > call.occurred_at && contact.at.as_seconds() - call.occurred_at.as_seconds() <= window
            };
            match followed.get(text).and_then(|contacts| contacts.iter().find(after)) {
                Some(contact) if contact.is_ours => {
                    missed.returned.add(contact.at.as_seconds() - call.occurred_at.as_seconds());
                }
                Some(_) => missed.reached_us += 1,
                None => missed.open.push(Open {
                    at: call.occurred_at.as_seconds(),
                    call_id: call.id,
                    number,
                    is_voicemail: call.is_voicemail,
                }),
            }
        }
        missed.open.sort_unstable_by_key(|open| (open.at, open.call_id));
        missed.open.drain(..missed.open.len().saturating_sub(OPEN));
        missed
    }

    /// Those that are open, whether they are kept or not.
    pub const fn open_calls(&self) -> i64 {
        self.calls - self.reached_us - self.returned.calls
    }

    /// Open calls whose window has not passed. Of a day with more than are kept these are the latest.
    pub fn waiting(&self, now: Timestamp, return_hours: i64) -> i64 {
        let since = now.as_seconds() - return_hours * 3_600;
        i64::try_from(self.open.iter().filter(|open| open.at >= since).count()).unwrap_or(i64::MAX)
    }

    pub const fn is_empty(&self) -> bool {
        self.calls == 0
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut to = Writer::new();
        to.put(self.calls).put(self.reached_us);
        self.returned.write(&mut to);
        to.put_len(self.open.len());
        for open in &self.open {
            to.put(open.at).put(open.number.raw()).put(i64::from(open.is_voicemail));
            to.put_bytes(open.call_id.uuid().as_bytes());
        }
        to.finish()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader::new(bytes);
        let (calls, reached_us) = (from.take()?, from.take()?);
        let returned = Spread::read(&mut from)?;
        let mut open = Vec::new();
        for _ in 0..from.take_len()? {
            let (at, number, is_voicemail) = (from.take()?, Number::from_raw(from.take()?), from.take()? == 1);
            let id = Uuid::from_slice(from.take_bytes(16)?).ok()?;
            open.push(Open { at, call_id: CallId::from_uuid(id), number, is_voicemail });
        }
        from.is_done().then_some(Self { calls, reached_us, returned, open })
    }
}

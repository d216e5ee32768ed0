//! Notifications: rules that people set, looking whether one must fire, telling, and the feed of what was told.
//!
//! A rule is decided by the records as they are ([`look`]), not by the event that made us look: replaying the log,
//! rebuilding, or an event that comes twice finds the same records and tells nobody. A change that may matter only adds a
//! job that looks at once ([`crate::reactions`]); a recurring job looks each minute, for silences, for incidents that are
//! over, and for what a change forgot to mention.

mod email;
mod feed;
mod look;
mod rules;
mod slack;
mod tell;
mod words;

pub use self::{
    feed::{Feed, Listed, UNREAD_AT_MOST, VoicemailBrief, list, lookup, mark_read, mark_read_up_to, reader_of},
    look::{look, tell_call, tell_voicemail},
    rules::{MAX_RULES, RuleWish, Rules, RulesError, Shown, create, find, list as list_rules, remove, test, update},
    slack::send as send_slack,
};

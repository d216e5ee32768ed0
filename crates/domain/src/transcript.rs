//! What was said in a call, line by line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    fact::TranscriptFact,
    ids::{CallId, ConnectionId, LegId, TenantId, TranscriptId, deterministic},
    merge::{Earliest, Latest, Stamp},
    text_enum,
};

text_enum! {
    /// Speech, or something the provider noticed about it.
    pub enum LineKind {
        Speech "speech",
        /// A provider's remark ("action item", "moment"): not something anyone said.
        Note "note",
    }
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TranscriptLine {
    pub kind: LineKind,
    pub speaker: Option<String>,
    /// The speaker is one of the tenant's own users.
    pub is_agent: Option<bool>,
    pub content: String,
    pub at: Option<Timestamp>,
    /// When it had been said, where the provider tells. Without it nobody knows how long anybody spoke or was silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Everything that facts have said of a transcript.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TranscriptDoc {
    lines: Latest<Vec<TranscriptLine>>,
    /// What was heard in each recording of the leg, by the recording's id at its provider.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<String, Latest<Vec<TranscriptLine>>>,
    language: Latest<String>,
    first_at: Earliest<Timestamp>,
}

impl TranscriptDoc {
    pub fn apply(&mut self, stamp: Stamp, fact: &TranscriptFact) {
        self.first_at.offer(Some(stamp.at));
        self.language.offer(stamp, fact.language.clone());
        match &fact.part {
            None => self.lines.offer(stamp, fact.lines.clone()),
            Some(part) => self.parts.entry(part.clone()).or_default().offer(stamp, fact.lines.clone()),
        }
    }

    /// Somebody said what all of it is: its provider did.
    pub fn is_whole(&self) -> bool {
        !self.lines.is_none()
    }

    /// The lines of the whole, where somebody said those; else of all parts, in the order in which they began.
    fn lines(&self) -> Option<Vec<TranscriptLine>> {
        if let Some(lines) = self.lines.cloned() {
            return Some(lines);
        }
        let mut parts: Vec<Vec<TranscriptLine>> = self.parts.values().filter_map(Latest::cloned).collect();
        parts.sort_by_key(|lines| lines.iter().find_map(|line| line.at));
        (!parts.is_empty()).then(|| parts.concat())
    }

    pub fn project(&self, owner: &TranscriptOwner) -> Transcript {
        let lines = self.lines();
        Transcript {
            id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            tenant_id: owner.tenant_id,
            connection_id: owner.connection_id,
            provider: owner.provider.clone(),
            call_id: owner.call_id,
            leg_id: deterministic(owner.connection_id.uuid(), &owner.leg_external_id),
            leg_external_id: owner.leg_external_id.clone(),
            is_complete: lines.is_some(),
            lines: lines.unwrap_or_default(),
            language: self.language.cloned(),
            occurred_at: self.first_at.value().unwrap_or_default(),
        }
    }
}

/// Whose transcript it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptOwner {
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub leg_external_id: String,
    pub call_id: CallId,
}

/// What was said in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Transcript {
    pub id: TranscriptId,
    pub tenant_id: TenantId,
    pub connection_id: ConnectionId,
    pub provider: String,
    pub call_id: CallId,
    pub leg_id: LegId,
    pub leg_external_id: String,
    /// The lines have been fetched; until then only its existence is known.
    pub is_complete: bool,
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub lines: Vec<TranscriptLine>,
    /// ISO 639-1, where the one who wrote it down says so.
    pub language: Option<String>,
    pub occurred_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::Authority;

    fn fact(part: Option<&str>, at: i64, content: &str) -> TranscriptFact {
        let line = TranscriptLine {
            kind: LineKind::Speech,
            speaker: None,
            is_agent: None,
            content: content.to_owned(),
            at: Some(Timestamp::from_millis(at)),
            until: None,
        };
        let (part, lines) = (part.map(str::to_owned), Some(vec![line]));
        TranscriptFact { leg_external_id: "1".into(), available: true, lines, language: None, part }
    }

    #[test]
    fn recordings_of_a_leg_follow_each_other_and_the_providers_own_words_stand_first() {
        let stamp = |millis, authority| Stamp { authority, at: Timestamp::from_millis(millis) };
        let (second, first) = (fact(Some("r2"), 60_000, "later"), fact(Some("r1"), 1_000, "sooner"));
        let mut doc = TranscriptDoc::default();
        doc.apply(stamp(5, Authority::Derived), &second);
        doc.apply(stamp(6, Authority::Derived), &first);
        let said = |doc: &TranscriptDoc| -> Vec<String> {
            doc.lines().into_iter().flatten().map(|line| line.content).collect()
        };
        assert_eq!(said(&doc), ["sooner", "later"]);
        doc.apply(stamp(7, Authority::Derived), &fact(Some("r1"), 1_000, "again"));
        assert_eq!(said(&doc), ["again", "later"]);
        doc.apply(stamp(1, Authority::Provider), &fact(None, 0, "the provider's"));
        assert_eq!(said(&doc), ["the provider's"]);
    }
}

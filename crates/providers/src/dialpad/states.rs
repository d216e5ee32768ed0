//! The words that Dialpad has for what happens on a call leg, and what each means.
//!
//! The list is `call_states` of Dialpad's own OpenAPI file (32 words); a test compares the two. A word that is not in
//! the list becomes a line of the leg's timeline and nothing else: Dialpad adds states now and then, and a call must
//! not be lost, or ended, over a word we have not met.

use switchboard_domain::{call::Phase, fact::MomentFact};

/// What a state says of the course of the leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// This, always.
    Is(Phase),
    /// Sent minutes after a call, and so a proof of its end wherever it carries one: hang-up events do go missing.
    AfterEnd,
}

/// One state.
#[derive(Debug, Clone, Copy)]
pub struct State {
    pub name: &'static str,
    pub course: Course,
}

const fn is(name: &'static str, phase: Phase) -> State {
    State { name, course: Course::Is(phase) }
}

const fn after_end(name: &'static str) -> State {
    State { name, course: Course::AfterEnd }
}

/// Every state of the provider's list.
pub static STATES: [State; 32] = [
    // On the way to somebody.
    is("calling", Phase::Ringing),
    is("preanswer", Phase::Ringing),
    is("queued", Phase::Ringing),
    is("ringing", Phase::Ringing),
    // Somebody (or a menu) has it. Being on hold or parked is still being connected.
    is("connected", Phase::Active),
    is("hold", Phase::Active),
    is("parked", Phase::Active),
    is("merged", Phase::Active),
    is("barge", Phase::Active),
    is("eavesdrop", Phase::Active),
    is("monitor", Phase::Active),
    is("takeover", Phase::Active),
    // Over. `hangup` comes for every leg, answered or not, also beside `missed`.
    is("hangup", Phase::Over),
    is("missed", Phase::Missed),
    is("blocked", Phase::Rejected),
    // The greeting was reached. That somebody left a message is said by `voicemail_uploaded`.
    is("voicemail", Phase::Voicemail),
    // What is ready afterwards.
    after_end("voicemail_uploaded"),
    after_end("transcription"),
    after_end("recording"),
    after_end("admin_recording"),
    after_end("call_transcription"),
    after_end("recap_summary"),
    after_end("recap_outcome"),
    after_end("recap_purposes"),
    after_end("recap_action_items"),
    after_end("csat"),
    after_end("pcsat"),
    after_end("postcall"),
    after_end("dispositions"),
    // Remarks.
    is("admin", Phase::Note),
    is("ai_playbook", Phase::Note),
    // A subscription's word for all of them; no event carries it.
    is("all", Phase::Note),
];

/// The longest name of a moment.
const MAX_NAME_CHARS: usize = 40;

/// What a leg in `state` goes through. `has_ended`: the event carries the date of the end.
pub fn moment(state: &str, has_ended: bool) -> MomentFact {
    let Some(known) = STATES.iter().find(|known| known.name == state) else {
        let name = format!("unknown:{state}").chars().take(MAX_NAME_CHARS).collect();
        return MomentFact { phase: Phase::Note, name };
    };
    let phase = match known.course {
        Course::Is(phase) => phase,
        Course::AfterEnd if has_ended => Phase::Over,
        Course::AfterEnd => Phase::Note,
    };
    MomentFact { phase, name: known.name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_we_have_never_met_is_a_remark() {
        let moment = moment(&"x".repeat(100), true);
        assert_eq!((moment.phase, moment.name.chars().count()), (Phase::Note, 40));
    }

    #[test]
    fn what_comes_afterwards_ends_a_call_only_if_it_says_when() {
        assert_eq!(moment("recap_summary", true).phase, Phase::Over);
        assert_eq!(moment("recap_summary", false).phase, Phase::Note);
    }

    #[test]
    fn no_state_is_listed_twice() {
        let mut names: Vec<_> = STATES.iter().map(|state| state.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STATES.len());
    }
}

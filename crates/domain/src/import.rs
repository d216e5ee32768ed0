//! Call records out of files: the forms they come in, what a column of such a file can hold, and how an import stands.

use crate::text_enum;

text_enum! {
    /// Whose way of writing call records a file has.
    pub enum ImportFormat {
        /// Grandstream UCM and CloudUCM: what their API and their web page export.
        Ucm "ucm",
        /// Asterisk's `Master.csv`, and the report of FreePBX.
        Asterisk "asterisk",
        /// 3CX: its log of call records, and the export of its call log.
        ThreeCx "3cx",
        /// Any other: somebody says what its columns are.
        Columns "columns",
    }
}

impl ImportFormat {
    /// The provider whose events its rows become.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::Ucm => "clouducm",
            Self::Asterisk | Self::ThreeCx | Self::Columns => "generic",
        }
    }
}

text_enum! {
    /// What a column of a file of call records holds, where somebody says so.
    pub enum ImportField {
        /// What tells this row from all others.
        Id "id",
        /// What the rows of one call have in common.
        CallId "call_id",
        StartedAt "started_at",
        AnsweredAt "answered_at",
        EndedAt "ended_at",
        /// From start to end.
        DurationSeconds "duration_seconds",
        /// From the answer to the end.
        TalkSeconds "talk_seconds",
        /// From start to answer.
        RingSeconds "ring_seconds",
        Direction "direction",
        From "from",
        FromName "from_name",
        To "to",
        ToName "to_name",
        Outcome "outcome",
        /// The extension of ours that took the call or made it.
        Agent "agent",
        AgentName "agent_name",
        Queue "queue",
        RingGroup "ring_group",
        Ivr "ivr",
        Trunk "trunk",
        /// The number of ours that was called.
        Did "did",
        AccountCode "account_code",
    }
}

text_enum! {
    /// How an import stands.
    pub enum ImportState {
        /// The file is here; nobody has said what to do with it.
        Uploaded "uploaded",
        /// Every row is being read, and nothing is written.
        Checking "checking",
        /// Every row was read, and nothing was written.
        Checked "checked",
        Importing "importing",
        Done "done",
        /// Somebody ended it; what was written stays.
        Cancelled "cancelled",
        /// It could not go on; what was written stays.
        Failed "failed",
    }
}

impl ImportState {
    /// A job is at it.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Importing)
    }
}

text_enum! {
    /// What a record says came of it.
    pub enum RecordOutcome {
        /// Somebody talked.
        Answered "answered",
        NoAnswer "no_answer",
        Busy "busy",
        Failed "failed",
        Congestion "congestion",
        /// A mailbox took it.
        Voicemail "voicemail",
        /// A menu or an announcement took it, and nobody else did.
        Machine "machine",
    }
}

//! An event: one item of a delivery, as the log keeps it. What it says is a matter of facts ([`crate::fact`]).

use crate::text_enum;

text_enum! {
    /// How an event came to us.
    pub enum Source {
        /// A provider sent it.
        Push "push",
        /// We asked a provider and kept the answer, so that records depend on nothing outside the log.
        Pull "pull",
        /// Somebody brought it in a file.
        Import "import",
        /// We did it ourselves.
        Own "own",
    }
}

text_enum! {
    /// What became of an event.
    pub enum EventStatus {
        /// Its facts are in the records.
        Processed "processed",
        /// It has not been read yet.
        Pending "pending",
        /// It failed, and is tried again.
        Retrying "retrying",
        /// It failed for the last time, or cannot be understood.
        Dead "dead",
    }
}

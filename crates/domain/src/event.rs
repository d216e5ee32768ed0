//! An event: one item of a delivery, as the log keeps it. What it says is a matter of facts ([`crate::fact`]).

use crate::text_enum;

text_enum! {
    /// How an event came to us.
    pub enum Source {
        /// A provider sent it.
        Push "push",
        /// We asked a provider and kept the answer, so that records depend on nothing outside the log.
        Pull "pull",
        /// We did it ourselves.
        Own "own",
    }
}


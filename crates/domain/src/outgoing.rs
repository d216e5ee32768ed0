//! A text that we were asked to send, on its way to the provider. Once the provider took it, it is a message
//! ([`crate::message`]) like any other.

use crate::text_enum;

text_enum! {
    /// How far it came.
    pub enum OutgoingStatus {
        /// Nobody has tried, or a try ended before anything was handed over.
        Queued "queued",
        /// Being handed over right now, or when the process ended.
        Sending "sending",
        /// The provider took it.
        Sent "sent",
        /// It did not go out.
        Failed "failed",
        /// Handed over, and nobody knows whether it was taken.
        Unknown "unknown",
    }
}

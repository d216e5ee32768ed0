//! What of a call is shown to whoever holds a link to it.

use crate::text_enum;

text_enum! {
    /// One part of a call that a link may show.
    pub enum ShareItem {
        Recording "recording",
        Transcript "transcript",
        Summary "summary",
    }
}

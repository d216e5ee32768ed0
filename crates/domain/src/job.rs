//! A job: something to do once, later or again. What each job does is the application's; here is only where one stands.

use crate::text_enum;

text_enum! {
    /// Where a job stands.
    pub enum JobState {
        /// It waits for its time, or for its turn.
        Ready "ready",
        Running "running",
        Done "done",
        /// It failed for the last time, or cannot succeed; a person may requeue it.
        Dead "dead",
        /// Dead, and a person put it aside.
        Discarded "discarded",
    }
}

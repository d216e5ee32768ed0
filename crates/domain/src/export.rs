//! An archive that somebody asked for.

use crate::text_enum;

text_enum! {
    /// Where an export stands.
    pub enum ExportState {
        /// Its job waits or runs.
        Making "making",
        Ready "ready",
        /// It could not be made; ask for a new one.
        Failed "failed",
        /// Its file was removed, or is about to be.
        Expired "expired",
    }
}

//! A connection: a tenant's account at one provider.

use crate::text_enum;

text_enum! {
    /// How a connection stands.
    pub enum ConnectionStatus {
        /// Made, and nothing has been heard from or asked of the provider yet.
        Pending "pending",
        /// The provider accepted our credentials the last time they were used.
        Connected "connected",
        /// The provider refused our credentials, or something is missing: a person must act.
        Failing "failing",
        /// Switched off by a person. Its deliveries are refused and nothing is asked of the provider.
        Disabled "disabled",
    }
}

//! Renews a connection's OAuth token before it ends, so that no call has to wait for it.
//!
//! May run twice: `oauth` claims the refresh token in the database before it is used, and renews nothing that is not due.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::ConnectionId;

use super::{Context, Failure, Job, Kind};
use crate::oauth;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RefreshToken {
    pub connection: ConnectionId,
}

impl Job for RefreshToken {
    const KIND: Kind = Kind::RefreshToken;
    // The sweep of the next minute asks again.
    const MAX_ATTEMPTS: i32 = 2;

    fn lane(&self) -> String {
        format!("refresh_token:{}", self.connection.uuid())
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let outcome = oauth::refresh_if_due(context.app, context.scope, self.connection).await;
        outcome.map(drop).map_err(|error| Failure::of(&error))
    }
}

//! Looks whether a connection's webhooks and subscriptions at the provider are still as we made them, and notes on the
//! connection what is not. It repairs nothing: somebody may have changed it on purpose, and repairing is one command.
//!
//! May run twice: it only reads from the provider.

use serde::{Deserialize, Serialize};
use switchboard_domain::{connection::ConnectionStatus, ids::ConnectionId};

use super::{Context, Failure, Job, Kind};
use crate::{
    connections::{self, ConnectionsError},
    provisioning,
};

/// Sentences about drift that are kept on the connection.
const SENTENCES: usize = 5;

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CheckDrift {
    pub connection: ConnectionId,
}

impl Job for CheckDrift {
    const KIND: Kind = Kind::CheckDrift;
    // The sweep of the next hour asks again.
    const MAX_ATTEMPTS: i32 = 3;

    fn lane(&self) -> String {
        format!("check_drift:{}", self.connection.uuid())
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        let connection = match connections::find(app, scope, self.connection).await {
            Ok(connection) => connection,
            Err(ConnectionsError::NotFound) => return Ok(()),
            Err(error) => return Err(Failure::of(&error)),
        };
        if connection.status == ConnectionStatus::Disabled {
            return Ok(());
        }
        let standings = match provisioning::check_connection(app, scope, &connection).await {
            Ok(standings) => standings,
            Err(error) if error.is_missing_credentials() => return Ok(()),
            Err(error) => return Err(Failure::of(&error)),
        };
        let drift: Vec<String> = standings.into_iter().flat_map(|standing| standing.drift).take(SENTENCES).collect();
        if drift.is_empty() {
            return Ok(());
        }
        let found = format!("webhooks at the provider differ from what was set up; repair them: {}", drift.join("; "));
        tracing::warn!(connection = %self.connection, "webhooks at the provider differ from what was set up");
        connections::set_checked(app, scope, self.connection, ConnectionStatus::Failing, Some(found)).await?;
        Ok(())
    }
}

//! The sandbox: stand-ins for the providers, where this server runs with them. Elsewhere only [`get`] answers, and says so.

use serde::Serialize;
use switchboard_app::sandbox::{SandboxError, StandIns};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use crate::{
    problem::{Code, Problem},
    state::Web,
};

pub mod connect;
pub mod get;
pub mod play_call;
pub mod play_history;
pub mod send_message;

/// The stand-ins beside this server, or that there are none.
fn stand_ins(web: &Web) -> Result<&dyn StandIns, Problem> {
    web.options.stand_ins.as_deref().ok_or_else(|| {
        let detail = "this server runs without a sandbox; start one with `switchboard serve --sandbox`";
        Problem::new(Code::NotFound, detail)
    })
}

/// What was set going. It arrives the way of all events, through the webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct SandboxPlayed {
    /// Where it comes in.
    #[schema(value_type = String)]
    pub connection_id: ConnectionId,
    /// The provider's ids of the legs or the message; none for a history.
    pub external_ids: Vec<String>,
}

impl From<(ConnectionId, Vec<String>)> for SandboxPlayed {
    fn from((connection_id, external_ids): (ConnectionId, Vec<String>)) -> Self {
        Self { connection_id, external_ids }
    }
}

impl From<SandboxError> for Problem {
    fn from(error: SandboxError) -> Self {
        let detail = error.to_string();
        match error {
            SandboxError::NotConnected | SandboxError::NotSandbox => Self::new(Code::Conflict, detail),
            SandboxError::Refused(_) | SandboxError::BadNumber(_) | SandboxError::BadText | SandboxError::BadAmount => {
                Self::new(Code::InvalidBody, detail)
            }
            SandboxError::Connection(error) => error.into(),
            SandboxError::Provision(error) => error.into(),
            SandboxError::Store(error) => error.into(),
        }
    }
}

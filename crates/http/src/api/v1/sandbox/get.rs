//! `GET /api/v1/sandbox`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::sandbox::{self, MOST_CALLS, MOST_DAYS, Scenario};
use switchboard_domain::ids::ConnectionId;
use utoipa::ToSchema;

use crate::{extract::TenantAuth, problem::Problem, state::Web};

#[derive(Debug, Serialize, ToSchema)]
pub struct SandboxView {
    /// This server runs with a sandbox.
    pub available: bool,
    /// The workspace's connection to it; null until there is one.
    #[schema(value_type = Option<String>)]
    pub connection_id: Option<ConnectionId>,
    /// Calls that can be played; empty without a sandbox.
    pub scenarios: Vec<&'static str>,
    /// The workspace's connection to a telephone system of it; null until there is one.
    #[schema(value_type = Option<String>)]
    pub telephones_connection_id: Option<ConnectionId>,
    /// Calls that can be played there; empty without a sandbox.
    pub telephone_scenarios: Vec<&'static str>,
    /// The most calls, and the most days, that a history can have.
    pub most_calls: u32,
    pub most_days: u32,
}

/// What can be tried out here.
#[utoipa::path(get, path = "/api/v1/sandbox", operation_id = "get_sandbox", tag = "sandbox",
    responses((status = 200, description = "The sandbox, or that there is none", body = SandboxView)))]
pub async fn handler(State(web): State<Web>, auth: TenantAuth) -> Result<Json<SandboxView>, Problem> {
    let stand_ins = web.options.stand_ins.as_deref();
    let connection = match stand_ins {
        Some(stand_ins) => sandbox::find(&web.app, stand_ins, auth.scope, None).await?,
        None => None,
    };
    let telephones = match stand_ins {
        Some(stand_ins) => sandbox::find_telephones(&web.app, stand_ins, auth.scope).await?,
        None => None,
    };
    let words = |scenarios: &[Scenario]| {
        let words = scenarios.iter().map(|scenario| scenario.as_str());
        words.filter(|_| stand_ins.is_some()).collect::<Vec<_>>()
    };
    Ok(Json(SandboxView {
        available: stand_ins.is_some(),
        connection_id: connection.map(|(connection, _)| connection.id),
        scenarios: words(&Scenario::DIALPAD),
        telephones_connection_id: telephones.map(|(connection, _)| connection.id),
        telephone_scenarios: words(&Scenario::TELEPHONES),
        most_calls: MOST_CALLS,
        most_days: MOST_DAYS,
    }))
}

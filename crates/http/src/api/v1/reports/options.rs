//! `GET /api/v1/reports/options`

use axum::{Json, extract::State};
use serde::Serialize;
use switchboard_app::reports::{self, Choice, Options};
use utoipa::ToSchema;

use super::ReportQuery;
use crate::{
    extract::{QueryString, TenantAuth},
    problem::Problem,
    state::Web,
};

/// Something that reports can be narrowed to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportChoice)]
pub struct ChoiceView {
    /// What the filter takes.
    pub id: String,
    pub name: Option<String>,
}

/// What the calls of a period name, at most 1,000 of each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportOptions)]
pub struct OptionsView {
    pub agents: Vec<ChoiceView>,
    pub queues: Vec<ChoiceView>,
    pub ring_groups: Vec<ChoiceView>,
    pub trunks: Vec<ChoiceView>,
    pub dids: Vec<ChoiceView>,
}

impl From<Options> for OptionsView {
    fn from(options: Options) -> Self {
        let shown = |choices: Vec<Choice>| {
            choices.into_iter().map(|choice| ChoiceView { id: choice.key, name: choice.name }).collect()
        };
        Self {
            agents: shown(options.agents),
            queues: shown(options.queues),
            ring_groups: shown(options.ring_groups),
            trunks: shown(options.trunks),
            dids: shown(options.dids),
        }
    }
}

/// What reports of a period can be narrowed to: the agents, queues, ring groups, trunks and numbers that its calls name.
/// Filters besides the period say nothing here.
#[utoipa::path(get, path = "/api/v1/reports/options", operation_id = "list_report_options", tag = "reports",
    params(ReportQuery), responses((status = 200, description = "The choices", body = OptionsView)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    QueryString(asked): QueryString<ReportQuery>,
) -> Result<Json<OptionsView>, Problem> {
    let (filter, _) = asked.filter(&web, auth.scope).await?;
    Ok(Json(reports::options(&web.app, auth.scope, filter.from, filter.to).await?.into()))
}

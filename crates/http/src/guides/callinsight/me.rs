//! `GET /api/auth/me`

use axum::{Json, extract::State};
use serde_json::Value;
use switchboard_app::{accounts, features};
use switchboard_domain::feature::Feature;

use super::{error::GuideError, shapes};
use crate::{extract::UserAuth, problem::Problem, state::Web};

/// The person, with the tenant that they work in and what is switched on for it.
pub(super) async fn handler(
    State(web): State<Web>,
    auth: Result<UserAuth, Problem>,
) -> Result<Json<Value>, GuideError> {
    let UserAuth(access) = auth?;
    let me = accounts::me(&web.app, &access).await?.ok_or_else(|| Problem::not_found("user"))?;
    let mut shape = shapes::user(&me.user, me.current.as_ref());
    if let Some(membership) = &me.current {
        let features = features::effective(&web.app, membership.scope()).await?;
        for feature in [Feature::Transcription, Feature::Sentiment] {
            shape["tenant"][feature.as_str()] = features.is_on(feature).into();
        }
    }
    Ok(Json(shape))
}

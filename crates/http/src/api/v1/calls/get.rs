//! `GET /api/v1/calls/{id}`

use axum::{Json, extract::State};
use switchboard_app::transcripts;
use switchboard_domain::{call_work::WorkDoc, ids::CallId};
use switchboard_store::{
    calls,
    page::Window,
    recordings,
    voicemails::{self, VoicemailFilter},
};

use super::{CallDetail, CallView, LegView, timeline, work};
use crate::{
    api::v1::{
        recordings::{RecordingView, TranscriptView},
        voicemails::VoicemailView,
    },
    extract::{IdPath, TenantAuth},
    problem::Problem,
    state::Web,
};

/// One call with its legs, timeline, recordings, voicemail, transcript and notes.
///
/// An id that the call had before it turned out to be part of another finds it as well.
#[utoipa::path(get, path = "/api/v1/calls/{id}", operation_id = "get_call", tag = "calls",
    params(("id" = String, Path, description = "A call's id, prefixed or bare")),
    responses((status = 200, description = "The call", body = CallDetail)))]
pub async fn handler(
    State(web): State<Web>,
    auth: TenantAuth,
    IdPath(id): IdPath<CallId>,
) -> Result<Json<CallDetail>, Problem> {
    let scope = auth.scope;
    let mut reader = web.app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let call = calls::lookup(conn, scope, id).await?.ok_or_else(|| Problem::not_found("call"))?;
    let id = call.record.id;
    let legs = calls::legs(conn, scope, id).await?;
    let recordings = recordings::of_call(conn, scope, id).await?;
    let of_call = VoicemailFilter { call_id: Some(id), ..VoicemailFilter::default() };
    let voicemail = voicemails::list(conn, scope, &of_call, Window::After { cursor: None, limit: 1 }).await?;
    let spoken = transcripts::whole(conn, scope, id).await?;
    let done = WorkDoc::of_legs(legs.iter().map(|kept| &kept.leg.doc));
    Ok(Json(CallDetail {
        call: CallView::from(call),
        timeline: timeline(&legs),
        legs: legs.iter().map(LegView::from).collect(),
        recordings: recordings.into_iter().map(RecordingView::from).collect(),
        voicemail: voicemail.items.into_iter().next().map(VoicemailView::from),
        transcript: spoken.map(|spoken| TranscriptView::from(spoken.transcript)),
        notes: work::notes(&done),
        resolved: work::resolved(&done),
    }))
}

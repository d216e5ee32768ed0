//! What ids in paths look like, for the API's description: handlers declare them as text, because the domain's types know
//! nothing of OpenAPI, and which id a path wants is said by its noun.

use switchboard_domain::ids::{
    ApiKeyId, AppId, CallId, ConnectionId, ContactId, EventId, ExportId, Id, ImportId, InvitationId, JobId,
    KeywordListId, MessageId, NoteId, NotificationId, NotificationRuleId, OutgoingId, RecordingId, ReportScheduleId,
    ScorecardId, SessionId, ShareId, TenantId, UserId, ViewId, VoicemailId,
};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, Parameter, ParameterIn},
    schema::{ObjectBuilder, Schema, Type},
};

/// The nouns of paths, and what their `{id}` begins with.
const NOUNS: &[(&str, &str)] = &[
    ("/api/v1/admin/tenants/", TenantId::PREFIX),
    ("/api/v1/apps/", AppId::PREFIX),
    ("/api/v1/calls/", CallId::PREFIX),
    ("/api/v1/connections/", ConnectionId::PREFIX),
    ("/api/v1/contacts/", ContactId::PREFIX),
    ("/api/v1/events/", EventId::PREFIX),
    ("/api/v1/exports/", ExportId::PREFIX),
    ("/api/v1/imports/", ImportId::PREFIX),
    ("/api/v1/invitations/", InvitationId::PREFIX),
    ("/api/v1/jobs/", JobId::PREFIX),
    ("/api/v1/keyword-lists/", KeywordListId::PREFIX),
    ("/api/v1/me/sessions/", SessionId::PREFIX),
    ("/api/v1/members/", UserId::PREFIX),
    ("/api/v1/messages/", MessageId::PREFIX),
    ("/api/v1/notification-rules/", NotificationRuleId::PREFIX),
    ("/api/v1/notifications/", NotificationId::PREFIX),
    ("/api/v1/outgoing-messages/", OutgoingId::PREFIX),
    ("/api/v1/recordings/", RecordingId::PREFIX),
    ("/api/v1/report-schedules/", ReportScheduleId::PREFIX),
    ("/api/v1/scorecards/", ScorecardId::PREFIX),
    ("/api/v1/views/", ViewId::PREFIX),
    ("/api/v1/voicemails/", VoicemailId::PREFIX),
    // Of what hangs on something else.
    ("key_id", ApiKeyId::PREFIX),
    ("note_id", NoteId::PREFIX),
    ("share_id", ShareId::PREFIX),
];

/// Says of each id in a path what it looks like.
pub fn describe(openapi: &mut OpenApi) {
    for (path, item) in &mut openapi.paths.paths {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in all.into_iter().flatten() {
            describe_operation(path, operation);
        }
    }
}

fn describe_operation(path: &str, operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.parameter_in == ParameterIn::Path
            && let Some(prefix) = prefix(path, parameter)
        {
            let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern(prefix)));
            parameter.schema = Some(RefOr::T(Schema::Object(text.build())));
        }
    }
}

fn prefix(path: &str, parameter: &Parameter) -> Option<&'static str> {
    let is_own = parameter.name == "id";
    let fits = |(noun, _): &&(&str, &str)| if is_own { path.starts_with(noun) } else { parameter.name == *noun };
    NOUNS.iter().find(fits).map(|(_, prefix)| *prefix)
}

/// With the prefix or without, with hyphens or without.
fn pattern(prefix: &str) -> String {
    format!("^({prefix}_)?([0-9a-fA-F]{{32}}|[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}})$")
}

//! The five kinds of subscription; they differ in their documented fields only, which the document has already checked.

use serde_json::{Map, Value};

use super::super::{error::ApiError, event::Kind, gate::Request, subscription::Subscription};

/// The five verbs of one kind, under the names the list of operations uses.
macro_rules! verbs {
    ($($kind:ident: $list:ident $create:ident $get:ident $update:ident $delete:ident;)*) => {$(
        pub(super) fn $list(request: &Request<'_>) -> Result<Value, ApiError> {
            list(request, Kind::$kind)
        }
        pub(super) fn $create(request: &Request<'_>) -> Result<Value, ApiError> {
            create(request, Kind::$kind)
        }
        pub(super) fn $get(request: &Request<'_>) -> Result<Value, ApiError> {
            get(request, Kind::$kind)
        }
        pub(super) fn $update(request: &Request<'_>) -> Result<Value, ApiError> {
            update(request, Kind::$kind)
        }
        pub(super) fn $delete(request: &Request<'_>) -> Result<Value, ApiError> {
            delete(request, Kind::$kind)
        }
    )*};
}

verbs! {
    Call: list_call create_call get_call update_call delete_call;
    Sms: list_sms create_sms get_sms update_sms delete_sms;
    AgentStatus: list_agent_status create_agent_status get_agent_status update_agent_status delete_agent_status;
    Contact: list_contact create_contact get_contact update_contact delete_contact;
    ChangeLog: list_changelog create_changelog get_changelog update_changelog delete_changelog;
}

const WHAT: &str = "subscription";

fn list(request: &Request<'_>, kind: Kind) -> Result<Value, ApiError> {
    let ledger = request.company.ledger();
    let wanted = |subscription: &&Subscription| {
        ["target_type", "target_id"]
            .iter()
            .all(|name| request.query.get(*name).is_none_or(|value| subscription.settings.get(*name) == Some(value)))
    };
    let found = ledger.of_kind(kind).filter(wanted);
    request.page(found.map(|found| ((found.id, 0), found.proto(ledger.webhooks.get(&found.endpoint_id)))))
}

fn create(request: &Request<'_>, kind: Kind) -> Result<Value, ApiError> {
    if kind == Kind::ChangeLog {
        request.require("change_log")?;
    }
    let mut settings = request.body.clone();
    let endpoint_id = settings.remove("endpoint_id").and_then(|id| id.as_i64());
    let endpoint_id = endpoint_id.ok_or_else(|| ApiError::bad_request("field \"endpoint_id\" is required"))?;
    fill_defaults(&mut settings, kind);
    check_target(request, &settings)?;
    let id = request.company.dice.id();
    store(request, &Subscription { id, kind, endpoint_id, settings, scopes: request.scopes.clone() })
}

fn get(request: &Request<'_>, kind: Kind) -> Result<Value, ApiError> {
    let id = request.id(WHAT)?;
    let ledger = request.company.ledger();
    let found = ledger.subscriptions.get(&id).filter(|found| found.kind == kind);
    let found = found.ok_or_else(|| ApiError::not_found(WHAT))?;
    Ok(found.proto(ledger.webhooks.get(&found.endpoint_id)))
}

fn update(request: &Request<'_>, kind: Kind) -> Result<Value, ApiError> {
    let id = request.id(WHAT)?;
    let known = request.company.ledger().subscriptions.get(&id).filter(|found| found.kind == kind).cloned();
    let mut changed = known.ok_or_else(|| ApiError::not_found(WHAT))?;
    let mut settings = request.body.clone();
    if let Some(endpoint) = settings.remove("endpoint_id").and_then(|id| id.as_i64()) {
        changed.endpoint_id = endpoint;
    }
    changed.settings.extend(settings);
    check_target(request, &changed.settings)?;
    store(request, &changed)
}

fn delete(request: &Request<'_>, kind: Kind) -> Result<Value, ApiError> {
    let id = request.id(WHAT)?;
    let mut ledger = request.company.ledger();
    if ledger.subscriptions.get(&id).is_none_or(|found| found.kind != kind) {
        return Err(ApiError::not_found(WHAT));
    }
    let removed = ledger.subscriptions.remove(&id).ok_or_else(|| ApiError::not_found(WHAT))?;
    Ok(removed.proto(ledger.webhooks.get(&removed.endpoint_id)))
}

fn store(request: &Request<'_>, subscription: &Subscription) -> Result<Value, ApiError> {
    let mut ledger = request.company.ledger();
    ledger.put_subscription(subscription.clone())?;
    Ok(subscription.proto(ledger.webhooks.get(&subscription.endpoint_id)))
}

/// The defaults the document names: on, every status off, internal texts off; no call states listed means none were chosen,
/// which Dialpad takes as all.
fn fill_defaults(settings: &mut Map<String, Value>, kind: Kind) {
    let mut default = |name: &str, value: Value| {
        settings.entry(name).or_insert(value);
    };
    default("enabled", true.into());
    match kind {
        Kind::Call => {
            default("group_calls_only", false.into());
            default("call_states", vec!["all"].into());
        }
        Kind::Sms => {
            default("include_internal", false.into());
            default("status", false.into());
        }
        Kind::AgentStatus | Kind::Contact | Kind::ChangeLog => {}
    }
}

/// A target is named by type and id together, and must exist.
fn check_target(request: &Request<'_>, settings: &Map<String, Value>) -> Result<(), ApiError> {
    let kind = settings.get("target_type").and_then(Value::as_str);
    match (kind, settings.get("target_id").and_then(Value::as_i64)) {
        (None, None) => Ok(()),
        (Some(kind), Some(id)) if request.company.people.by_target(kind, id).is_some() => Ok(()),
        (Some(_), Some(_)) => Err(ApiError::bad_request("\"target_id\": no such target")),
        (Some(_), None) => Err(ApiError::bad_request("field \"target_id\" is required with \"target_type\"")),
        (None, Some(_)) => Err(ApiError::bad_request("field \"target_type\" is required with \"target_id\"")),
    }
}

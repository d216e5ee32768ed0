//! The same redaction for what providers of calls send: their transcripts, the texts of voicemails, recaps. It stands before
//! the log, so that nothing holds what was said: not the event, not the records, not the search, no replay.
//!
//! What makes two deliveries the same was computed from the bytes as they came, so a retry is still known as one.

use bytes::Bytes;
use switchboard_domain::{ids::TenantId, transcription::TranscriptionSettings};
use switchboard_providers::contract::{Item, Provider};
use switchboard_rules::redact::redact_json;
use switchboard_store::{StoreError, transcriptions};

use crate::App;

/// Takes secrets out of items that hold what somebody said, where the tenant has it so. Most items hold nothing of the kind
/// and cost a comparison.
pub(crate) async fn redact(
    app: &App,
    tenant: TenantId,
    provider: &dyn Provider,
    items: &mut [Item],
) -> Result<(), StoreError> {
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let members = provider.spoken(&item.kind);
        if members.is_empty() {
            continue;
        }
        if let Some((body, counts)) = redact_json(&item.body, members) {
            found.push((index, body, counts));
        }
    }
    // Asked only where there is something to take out.
    if found.is_empty() || !Box::pin(is_on(app, tenant)).await? {
        return Ok(());
    }
    for (index, body, counts) in found {
        note(tenant, &items[index].kind, &counts);
        items[index].body = Bytes::from(body);
    }
    Ok(())
}

async fn is_on(app: &App, tenant: TenantId) -> Result<bool, StoreError> {
    let said = transcriptions::redacts_provider(&app.db, tenant).await?;
    Ok(said.unwrap_or(TranscriptionSettings::default().redact_provider))
}

fn note(tenant: TenantId, kind: &str, counts: &switchboard_rules::redact::Counts) {
    tracing::info!(%tenant, kind, ?counts, "secrets were taken out of what a provider sent");
}

//! What people do with voicemails.

use switchboard_domain::{
    audit::Action,
    fact::{Fact, FactBody, VoicemailFact},
    ids::VoicemailId,
    merge::Authority,
    voicemail::Voicemail,
};
use switchboard_store::{
    StoreError, TenantScope, record,
    voicemails::{self, KeptVoicemail},
};

use crate::{
    App,
    audit::{self, Entry, Origin},
    merge::{self, Own},
};

/// Takes a voicemail out of the lists: an event of our own, so that a late event of the provider does not bring it back.
/// False if there is none, or it was taken out before.
pub async fn remove(app: &App, scope: TenantScope, id: VoicemailId) -> Result<bool, StoreError> {
    let found: Option<KeptVoicemail> = {
        let mut reader = app.db.read(scope).await?;
        record::lookup(&mut reader.conn(), scope, id.uuid()).await?
    };
    let Some(voicemail) = found.map(|kept| kept.record).filter(|voicemail| !voicemail.is_removed) else {
        return Ok(false);
    };
    let lane = lane_of(&voicemail);
    let body = VoicemailFact { removed: Some(true), ..about(&voicemail) };
    let fact = Fact { at: app.now(), authority: Authority::Person, body: FactBody::Voicemail(Box::new(body)) };
    merge::apply_own(app, scope, voicemail.connection_id, vec![fact], "voicemail.removed", &lane).await?;
    Ok(true)
}

/// Marks a voicemail as listened to, or as new again. `None` if there is none.
pub async fn set_heard(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: VoicemailId,
    is_heard: bool,
) -> Result<Option<KeptVoicemail>, StoreError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let found = voicemails::lookup(&mut tx.conn(), scope, id).await?;
    let Some(kept) = found.filter(|kept| !kept.record.is_removed) else { return Ok(None) };
    if kept.record.is_heard == is_heard {
        return Ok(Some(kept));
    }
    let action = if is_heard { Action::VoicemailHeard } else { Action::VoicemailUnheard };
    let lane = lane_of(&kept.record);
    let body = VoicemailFact { heard: Some(is_heard), ..about(&kept.record) };
    let fact = Fact { at: app.now(), authority: Authority::Person, body: FactBody::Voicemail(Box::new(body)) };
    let connection_id = kept.record.connection_id;
    let own = Own { connection_id, facts: vec![fact], kind: action.as_str(), lane: &lane };
    let has_jobs = merge::apply_own_in(app, &mut tx, own).await?;
    let changed = voicemails::lookup(&mut tx.conn(), scope, id).await?;
    audit::record(&mut tx, app, Entry::new(by, action).on("voicemail", id)).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok(changed)
}

/// The lane of the leg's own events.
fn lane_of(voicemail: &Voicemail) -> String {
    format!("call:{}", voicemail.leg_external_id)
}

fn about(voicemail: &Voicemail) -> VoicemailFact {
    VoicemailFact { leg_external_id: voicemail.leg_external_id.clone(), ..VoicemailFact::default() }
}

//! What people do with voicemails.

use switchboard_domain::{
    fact::{Fact, FactBody, VoicemailFact},
    ids::VoicemailId,
    merge::Authority,
};
use switchboard_store::{StoreError, TenantScope, record, voicemails::KeptVoicemail};

use crate::{App, merge};

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
    // That of the leg's own events.
    let lane = format!("call:{}", voicemail.leg_external_id);
    let body =
        VoicemailFact { leg_external_id: voicemail.leg_external_id, removed: Some(true), ..VoicemailFact::default() };
    let fact = Fact { at: app.now(), authority: Authority::Person, body: FactBody::Voicemail(Box::new(body)) };
    merge::apply_own(app, scope, voicemail.connection_id, vec![fact], "voicemail.removed", &lane).await?;
    Ok(true)
}

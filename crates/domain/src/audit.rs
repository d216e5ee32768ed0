//! The audit log's words and its chain: what can be done that is written down, and the hash that ties each entry to the
//! one before it.
//!
//! A hash over text that is glued together would let two different entries look the same (`ab` + `c`, `a` + `bc`); here every
//! column goes in behind its length, and one that is missing differs from one that is empty.

use aws_lc_rs::digest;
use uuid::Uuid;

use crate::{clock::Timestamp, ids::TenantId, text_enum};

text_enum! {
    /// What was done. A closed list: what is filtered by must be spelt one way.
    pub enum Action {
        // The workspace and what it is entitled to.
        TenantCreated "tenant.created",
        TenantUpdated "tenant.updated",
        TenantSuspended "tenant.suspended",
        TenantResumed "tenant.resumed",
        TenantDeleted "tenant.deleted",
        TenantPlanChanged "tenant.plan_changed",
        FeatureSwitched "feature.switched",
        RetentionChanged "retention.changed",
        HoursChanged "hours.changed",
        NotificationRuleCreated "notification_rule.created",
        NotificationRuleUpdated "notification_rule.updated",
        NotificationRuleDeleted "notification_rule.deleted",
        NotificationRuleTested "notification_rule.tested",
        KeywordListCreated "keyword_list.created",
        KeywordListUpdated "keyword_list.updated",
        KeywordListDeleted "keyword_list.deleted",
        ScorecardCreated "scorecard.created",
        ScorecardUpdated "scorecard.updated",
        ScorecardDeleted "scorecard.deleted",
        ChatSettingsChanged "chat_settings.changed",
        /// What is read off calls' words is computed again for a range of them.
        InsightsRefreshed "insights.refreshed",
        /// A call was sent to the chat server because somebody wanted it.
        AnalysisAsked "analysis.asked",
        // People and their sign-ins.
        UserCreated "user.created",
        UserSignedUp "user.signed_up",
        UserSignedIn "user.signed_in",
        UserSignInFailed "user.sign_in_failed",
        UserSignedOut "user.signed_out",
        UserDeactivated "user.deactivated",
        UserReactivated "user.reactivated",
        UserUpdated "user.updated",
        UserEmailVerified "user.email_verified",
        UserPasswordChanged "user.password_changed",
        UserPasswordResetAsked "user.password_reset_asked",
        UserPasswordReset "user.password_reset",
        UserTotpEnabled "user.totp_enabled",
        UserTotpDisabled "user.totp_disabled",
        UserRecoveryCodesMade "user.recovery_codes_made",
        UserRecoveryCodeUsed "user.recovery_code_used",
        UserIdentityLinked "user.identity_linked",
        SessionRevoked "session.revoked",
        /// A refresh token came back that had been used: its session was ended.
        SessionTokenReused "session.token_reused",
        ImpersonationStarted "impersonation.started",
        ImpersonationEnded "impersonation.ended",
        PlatformAdminGranted "platform_admin.granted",
        PlatformAdminRevoked "platform_admin.revoked",
        // Who works here.
        MemberInvited "member.invited",
        InvitationRevoked "invitation.revoked",
        MemberJoined "member.joined",
        MemberRoleChanged "member.role_changed",
        MemberRemoved "member.removed",
        // Client programs.
        AppCreated "app.created",
        AppSwitchedOn "app.switched_on",
        AppSwitchedOff "app.switched_off",
        KeyCreated "key.created",
        KeyUpdated "key.updated",
        KeyRotated "key.rotated",
        KeyRevoked "key.revoked",
        // Accounts at providers.
        ConnectionCreated "connection.created",
        ConnectionUpdated "connection.updated",
        ConnectionDeleted "connection.deleted",
        ConnectionSwitchedOn "connection.switched_on",
        ConnectionSwitchedOff "connection.switched_off",
        ConnectionBackfilled "connection.backfilled",
        ConnectionCredentialsChanged "connection.credentials_changed",
        ConnectionSecretReplaced "connection.secret_replaced",
        ConnectionTested "connection.tested",
        ConnectionProvisioned "connection.provisioned",
        ConnectionSignedIn "connection.signed_in",
        ConnectionSignedOut "connection.signed_out",
        /// Something was made to happen at a stand-in; `what` says which.
        SandboxPlayed "sandbox.played",
        // What people do with records.
        CallNoteAdded "call.note_added",
        CallNoteEdited "call.note_edited",
        CallNoteRemoved "call.note_removed",
        CallTagged "call.tagged",
        CallResolved "call.resolved",
        CallReopened "call.reopened",
        CallShared "call.shared",
        CallShareRevoked "call.share_revoked",
        TranscriptExported "transcript.exported",
        TranscriptionAsked "transcription.asked",
        TranscriptionChanged "transcription.changed",
        VoicemailHeard "voicemail.heard",
        VoicemailUnheard "voicemail.unheard",
        MessageQueued "message.queued",
        /// The provider took it, refused it, or nobody knows; `result` says which.
        MessageSettled "message.settled",
        // What touches records in bulk.
        EventReplayed "event.replayed",
        RecordsRebuilt "records.rebuilt",
        JobRequeued "job.requeued",
        JobDiscarded "job.discarded",
        ContactCreated "contact.created",
        ContactUpdated "contact.updated",
        ContactMerged "contact.merged",
        ContactSplit "contact.split",
        ContactsImported "contacts.imported",
        ViewSaved "view.saved",
        ViewRemoved "view.removed",
        /// A list was taken out as a file.
        RecordsExported "records.exported",
        /// A report was taken out as a file; `report` says which.
        ReportExported "report.exported",
        ReportSettingsChanged "report_settings.changed",
        ReportScheduleCreated "report_schedule.created",
        ReportScheduleUpdated "report_schedule.updated",
        ReportScheduleDeleted "report_schedule.deleted",
        /// Its mails were sent at once, because somebody wanted it.
        ReportScheduleSent "report_schedule.sent",
        /// Somebody wants no more of its mails.
        ReportScheduleLeft "report_schedule.left",
        // Call records out of files.
        ImportUploaded "import.uploaded",
        ImportStarted "import.started",
        ImportCancelled "import.cancelled",
        ImportRemoved "import.removed",
        ContactExported "contact.exported",
        ContactErased "contact.erased",
        ExportDownloaded "export.downloaded",
        AuditExported "audit.exported",
        // The installation.
        KeysRotated "keys.rotated",
        PlanSaved "plan.saved",
    }
}

/// Bytes of a hash in the chain.
pub const HASH_LEN: usize = 32;
/// What the first entry of a chain names as the hash before it.
pub const NO_HASH: [u8; HASH_LEN] = [0; HASH_LEN];

/// All columns of an entry but its own hash.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    pub id: Uuid,
    /// `None` in the installation's own chain.
    pub tenant: Option<TenantId>,
    /// From 1, without gaps.
    pub seq: i64,
    pub actor_kind: &'a str,
    pub actor_id: Option<&'a str>,
    pub actor_name: &'a str,
    pub on_behalf_of: Option<&'a str>,
    pub action: &'a str,
    pub target_kind: Option<&'a str>,
    pub target_id: Option<&'a str>,
    /// JSON with sorted keys and without spaces: databases keep its meaning, not its text.
    pub details: &'a str,
    pub address: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub at: Timestamp,
    pub previous: &'a [u8],
}

impl Link<'_> {
    /// SHA-256 over all columns. A change of this encoding needs a new first line, and a verifier that knows both.
    pub fn hash(&self) -> [u8; HASH_LEN] {
        let mut columns = Columns(digest::Context::new(&digest::SHA256));
        columns.text(Some("switchboard audit 1"));
        columns.bytes(Some(self.id.as_bytes()));
        columns.bytes(self.tenant.map(TenantId::uuid).as_ref().map(|id| id.as_bytes().as_slice()));
        columns.bytes(Some(&self.seq.to_be_bytes()));
        columns.text(Some(self.actor_kind));
        columns.text(self.actor_id);
        columns.text(Some(self.actor_name));
        columns.text(self.on_behalf_of);
        columns.text(Some(self.action));
        columns.text(self.target_kind);
        columns.text(self.target_id);
        columns.text(Some(self.details));
        columns.text(self.address);
        columns.text(self.request_id);
        columns.bytes(Some(&self.at.as_micros().to_be_bytes()));
        columns.bytes(Some(self.previous));
        let mut hash = NO_HASH;
        hash.copy_from_slice(columns.0.finish().as_ref());
        hash
    }
}

struct Columns(digest::Context);

impl Columns {
    fn text(&mut self, value: Option<&str>) {
        self.bytes(value.map(str::as_bytes));
    }

    fn bytes(&mut self, value: Option<&[u8]>) {
        let Some(value) = value else { return self.0.update(&[0]) };
        self.0.update(&[1]);
        self.0.update(&u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link<'static> {
        Link {
            id: Uuid::from_u128(1),
            tenant: Some(TenantId::from_uuid(Uuid::from_u128(2))),
            seq: 1,
            actor_kind: "user",
            actor_id: Some("usr_1"),
            actor_name: "ab",
            on_behalf_of: None,
            action: Action::MemberRoleChanged.as_str(),
            target_kind: Some("user"),
            target_id: Some("usr_2"),
            details: "{}",
            address: None,
            request_id: Some("req"),
            at: Timestamp::from_micros(5),
            previous: &NO_HASH,
        }
    }

    #[test]
    fn every_column_counts_and_none_runs_into_the_next() {
        let one = link();
        let others = [
            Link { id: Uuid::from_u128(3), ..one },
            Link { tenant: None, ..one },
            Link { seq: 2, ..one },
            Link { actor_kind: "app", ..one },
            Link { actor_id: None, ..one },
            Link { actor_name: "abc", ..one },
            Link { on_behalf_of: Some(""), ..one },
            Link { action: "member.removed", ..one },
            Link { target_kind: Some("use"), target_id: Some("rusr_2"), ..one },
            Link { target_id: Some("usr_3"), ..one },
            Link { details: "{ }", ..one },
            Link { address: Some("192.0.2.1"), ..one },
            Link { request_id: None, ..one },
            Link { at: Timestamp::from_micros(6), ..one },
            Link { previous: &[1; 32], ..one },
        ];
        let mut hashes: Vec<[u8; HASH_LEN]> = others.iter().chain([&one]).map(Link::hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), others.len() + 1);
    }
}

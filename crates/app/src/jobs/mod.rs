//! Jobs: what is done later, again, or because something changed. THE list is [`jobs!`](self) below; what is in it has a
//! name, a way to be read from the table and a way to be run, and what is not cannot be enqueued.
//!
//! A job is a small struct of ids. It re-reads whatever it needs when it runs, because the world has moved on since it was
//! added, and it may run twice: a node can die between the deed and the note of it. All jobs here only read from the
//! provider, or do something that is the same when done twice; each says which. A job that sends something is a different
//! animal (intent, compare-and-set, look before repeating) and must not be written like these.

mod analyse_call;
mod backfill;
mod catch_up;
mod check_drift;
mod check_rules;
mod count_reports;
mod count_usage;
mod erase_contact;
mod event;
mod export_contact;
mod failure;
mod fetch_recording;
mod fetch_transcript;
mod housekeeping;
mod import_records;
mod read_insights;
pub mod recurring;
mod refresh_insights;
mod refresh_token;
mod remove_files;
mod replay_events;
mod retention;
mod send_mail;
mod send_message;
mod send_reports;
mod send_slack;
mod silence_recording;
mod sweep;
mod tell_voicemail;
mod transcribe_recording;
mod watch_rules;

use std::{future::Future, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use switchboard_domain::{
    Timestamp,
    ids::{EventId, TenantId},
    tenant::TenantStatus,
};
use switchboard_store::{
    StoreError, TenantScope, platform,
    work::{self, Claimed, HeldLane, NewWork},
};
use tokio_util::sync::CancellationToken;

pub use self::{
    analyse_call::AnalyseCall,
    backfill::{Backfill, Progress as BackfillProgress, Range as BackfillRange},
    catch_up::CatchUp,
    check_drift::CheckDrift,
    check_rules::CheckRules,
    count_reports::CountReports,
    count_usage::CountUsage,
    erase_contact::EraseContact,
    event::Event,
    export_contact::{CONTENT_TYPE as EXPORT_CONTENT_TYPE, ExportContact},
    failure::Failure,
    fetch_recording::FetchRecording,
    fetch_transcript::FetchTranscript,
    housekeeping::Housekeeping,
    import_records::ImportRecords,
    read_insights::ReadInsights,
    refresh_insights::RefreshInsights,
    refresh_token::RefreshToken,
    remove_files::RemoveFiles,
    replay_events::ReplayEvents,
    retention::Retention,
    send_mail::SendMail,
    send_message::SendMessage,
    send_reports::SendReports,
    send_slack::SendSlack,
    silence_recording::SilenceRecording,
    sweep::Sweep,
    tell_voicemail::TellVoicemail,
    transcribe_recording::TranscribeRecording,
    watch_rules::WatchRules,
};
use crate::{App, wake::Signal};

/// Something to do once, later or again.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its line in the list.
    const KIND: Kind;
    /// How often it is tried before it is dead.
    const MAX_ATTEMPTS: i32 = work::MAX_ATTEMPTS;
    /// Gives way to work that somebody waits for.
    const IS_BULK: bool = false;

    /// It sends nothing and asks nobody outside, so it is done for a suspended tenant as well. Others wait until the tenant is
    /// resumed.
    const RUNS_WHILE_SUSPENDED: bool = false;

    /// What it must not overtake.
    fn lane(&self) -> String;

    /// While a job of this key waits or runs, another one is not added.
    fn unique_key(&self) -> Option<String>;

    /// The event that it is about.
    fn event(&self) -> Option<EventId> {
        None
    }

    /// Does it.
    fn run(&self, context: &Context<'_>) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// What a running job has at hand.
pub struct Context<'a> {
    pub app: &'a Arc<App>,
    /// The right to act for the job's tenant. For the installation's own jobs it opens nothing.
    pub scope: TenantScope,
    /// The row that is being worked on.
    pub work: &'a Claimed,
    pub lane: &'a HeldLane,
    /// Cancelled when the node stops; long jobs look at it between steps.
    pub stop: &'a CancellationToken,
}

impl Context<'_> {
    /// No further attempt follows this one.
    pub fn is_last_attempt(&self) -> bool {
        self.work.attempts >= self.work.max_attempts
    }

    /// Notes how far the job has come: for people, and for its own next attempt.
    pub async fn set_progress(&self, progress: &impl Serialize) -> Result<(), Failure> {
        let progress = serde_json::to_value(progress).map_err(|error| Failure::give_up(error.to_string()))?;
        work::set_progress(&self.app.db, self.lane, self.work.id, &progress, self.app.now()).await?;
        Ok(())
    }
}

/// Declares the jobs: one line each.
macro_rules! jobs {
    ($($(#[$doc:meta])* $variant:ident $name:literal at most $limit:expr;)*) => {
        /// The kinds of work.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $variant,)* }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As the table keeps it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// The longest that one attempt may take; then it is stopped and counts as failed.
            pub const fn time_limit(self) -> Duration {
                match self { $(Self::$variant => $limit,)* }
            }

            /// Gives way to work that somebody waits for.
            pub const fn is_bulk(self) -> bool {
                match self { $(Self::$variant => <$variant as Job>::IS_BULK,)* }
            }

            const fn runs_while_suspended(self) -> bool {
                match self { $(Self::$variant => <$variant as Job>::RUNS_WHILE_SUSPENDED,)* }
            }

            /// Reads the row's payload and runs the job.
            async fn run(self, context: &Context<'_>) -> Result<(), Failure> {
                match self { $(Self::$variant => run_as::<$variant>(context).await,)* }
            }
        }

        // A job whose line names another kind would never be run as itself.
        $(const _: () = assert!(matches!(<$variant as Job>::KIND, Kind::$variant));)*
    };
}

jobs! {
    /// An event that must be merged again.
    Event "event" at most Duration::from_mins(1);
    /// All events that fit a filter, merged again.
    ReplayEvents "replay_events" at most Duration::from_hours(2);
    /// An own copy of a recording.
    FetchRecording "fetch_recording" at most Duration::from_mins(15);
    /// The lines of a transcript.
    FetchTranscript "fetch_transcript" at most Duration::from_mins(2);
    /// What the rules find in a call's words.
    ReadInsights "read_insights" at most Duration::from_mins(2);
    /// The same for all calls, once more.
    RefreshInsights "refresh_insights" at most Duration::from_hours(4);
    /// What a chat server makes of a call.
    AnalyseCall "analyse_call" at most Duration::from_hours(1);
    /// A recording into words.
    TranscribeRecording "transcribe_recording" at most Duration::from_hours(1);
    /// Silence in the place of secrets that were spoken.
    SilenceRecording "silence_recording" at most Duration::from_mins(10);
    /// What the provider's call log has and ours has not.
    CatchUp "catch_up" at most Duration::from_mins(30);
    /// What a telephone system's list of calls has and ours has not.
    Backfill "backfill" at most Duration::from_hours(2);
    /// A connection's OAuth token, before it ends.
    RefreshToken "refresh_token" at most Duration::from_mins(2);
    /// Whether a connection's webhooks and subscriptions are still as we made them.
    CheckDrift "check_drift" at most Duration::from_mins(5);
    /// A mail to a person.
    SendMail "send_mail" at most Duration::from_mins(3);
    /// A text to a person.
    SendMessage "send_message" at most Duration::from_mins(2);
    /// The reports of all workspaces whose time has come.
    SendReports "send_reports" at most Duration::from_mins(5);
    /// A notification into a Slack channel.
    SendSlack "send_slack" at most Duration::from_mins(2);
    /// Whether a rule of a tenant must fire, after a change.
    CheckRules "check_rules" at most Duration::from_mins(2);
    /// Whether a rule of any tenant must fire, now and then.
    WatchRules "watch_rules" at most Duration::from_mins(6);
    /// A voicemail, to those who want to hear of each.
    TellVoicemail "tell_voicemail" at most Duration::from_mins(2);
    /// One of the jobs above for each connection that needs it.
    Sweep "sweep" at most Duration::from_mins(5);
    /// What tenants use, from their changes.
    CountUsage "count_usage" at most Duration::from_mins(5);
    /// The sums that reports are built from.
    CountReports "count_reports" at most Duration::from_mins(5);
    /// What a tenant no longer wants to keep.
    Retention "retention" at most Duration::from_hours(2);
    /// A file of call records, taken in.
    ImportRecords "import_records" at most Duration::from_hours(12);
    /// Everything about one contact, taken out.
    ExportContact "export_contact" at most Duration::from_hours(2);
    /// Everything about one contact, forgotten.
    EraseContact "erase_contact" at most Duration::from_hours(2);
    /// Files whose records are gone.
    RemoveFiles "remove_files" at most Duration::from_mins(10);
    /// Removes what nobody needs any more.
    Housekeeping "housekeeping" at most Duration::from_mins(30);
}

async fn run_as<J: Job>(context: &Context<'_>) -> Result<(), Failure> {
    let job: J = serde_json::from_value(context.work.payload.clone())
        .map_err(|error| Failure::give_up(format!("this version cannot read the job's payload: {error}")))?;
    job.run(context).await
}

/// Runs a row of the table, whatever it is, inside its time limit.
pub(crate) async fn run(context: &Context<'_>) -> Result<(), Failure> {
    let Some(kind) = Kind::parse(&context.work.kind) else {
        return Err(Failure::give_up(format!("this version knows no job `{}`", context.work.kind)));
    };
    if !kind.runs_while_suspended()
        && let Some(after) = wait_of_suspended(context).await?
    {
        return Err(Failure::NotTried { after });
    }
    match tokio::time::timeout(kind.time_limit(), kind.run(context)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::retry(format!("it was stopped after {} s", kind.time_limit().as_secs()))),
    }
}

/// How long work of a tenant that is not served waits before it asks again; `None` if the tenant is served. The longer it
/// has been out, the rarer the question: a quarter of that time, so that whoever is resumed soon goes on soon, and a
/// hundred thousand jobs of one that stays away cost next to nothing.
async fn wait_of_suspended(context: &Context<'_>) -> Result<Option<Duration>, StoreError> {
    let tenant = context.scope.tenant();
    if tenant == work::installation() {
        return Ok(None);
    }
    let Some((status, since)) = platform::standing(&context.app.db, tenant).await? else { return Ok(None) };
    if status == TenantStatus::Active {
        return Ok(None);
    }
    let out = since.map_or(Duration::ZERO, |since| context.app.now().since(since));
    Ok(Some((out / 4).clamp(Duration::from_secs(15), Duration::from_hours(1))))
}

/// A job as a row, for a transaction that adds it.
pub fn row<J: Job>(app: &App, tenant: TenantId, job: &J, run_at: Timestamp) -> NewWork {
    NewWork {
        id: app.id(),
        tenant_id: tenant,
        kind: J::KIND.as_str().to_owned(),
        lane: job.lane(),
        payload: serde_json::to_value(job).unwrap_or_default(),
        event_id: job.event(),
        dead_because: None,
        is_bulk: J::IS_BULK,
        run_at,
        attempts: 0,
        max_attempts: J::MAX_ATTEMPTS,
        unique_key: job.unique_key(),
    }
}

/// Adds a job in a transaction of its own, due now. `false` when the same one waits or runs already.
pub async fn add<J: Job>(app: &App, scope: TenantScope, job: &J) -> Result<bool, StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let added = work::insert(&mut tx.conn(), &[row(app, scope.tenant(), job, now)], now).await?;
    tx.commit(now).await?;
    if added > 0 {
        app.wake.send(Signal::Work);
    }
    Ok(added > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Kind::Event.as_str(), work::EVENT);
        assert_eq!(Kind::parse("unheard_of"), None);
    }
}

//! Looks at a tenant and tells what must be told.
//!
//! First everything is read, outside any transaction; then each rule takes its step. Only a step that changes something is
//! written, in a transaction of its own which first moves the rule's standing by compare-and-set: of two nodes that look at
//! once, one tells.

use std::time::Duration;

use switchboard_domain::{
    Timestamp,
    connection::ConnectionStatus,
    hours::Hours,
    ids::VoicemailId,
    insight::Sentiment,
    notification::{Condition, Finding, Reading, Step, Tally, Watch, read_rate, read_spike},
    silence,
};
use switchboard_providers::registry;
use switchboard_store::{
    StoreError, TenantScope, activity,
    notifications::{
        pulses::{self, Ending, Pulse},
        rules::{self, Rule},
        watches::{self, KeptWatch},
    },
    record,
    voicemails::KeptVoicemail,
};

use super::{
    rules::MAX_RULES,
    tell::{self, Telling},
};
use crate::{
    App,
    hours::{self, OpeningHours},
    insights, oauth,
};

/// A token that renews itself and is over for this long was not renewed.
const LATE: Duration = Duration::from_mins(15);
/// No silence of less is unusual: habits are known by the hour.
const SHORT: Duration = Duration::from_mins(90);

/// A rule's reading of one of its subjects.
struct Read {
    reading: Reading,
    finding: Finding,
}

/// What rules are read against.
struct Sight {
    now: Timestamp,
    hours: OpeningHours,
    pulses: Vec<Pulse>,
    endings: Vec<Ending>,
}

/// Looks at a tenant. Returns how many notifications were made.
pub async fn look(app: &App, scope: TenantScope) -> Result<usize, StoreError> {
    let (rules, watches, hours) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let rules: Vec<Rule> =
            rules::list(conn, scope, MAX_RULES).await?.into_iter().filter(|rule| rule.is_on).collect();
        if rules.is_empty() {
            return Ok(0);
        }
        (rules, watches::list(conn, scope).await?, hours::read(conn, scope).await?)
    };
    let sight = sight(app, scope, &rules, hours).await?;
    let mut told = 0;
    for rule in &rules {
        let reads = read_rule(app, scope, &sight, rule, &watches).await?;
        for read in &reads {
            told += usize::from(step(app, scope, &sight, rule, read, &watches).await?);
        }
        close_gone(app, scope, rule, &reads, &watches).await?;
    }
    Ok(told)
}

async fn sight(app: &App, scope: TenantScope, rules: &[Rule], hours: OpeningHours) -> Result<Sight, StoreError> {
    let now = app.now();
    let needs = |wanted: fn(&Condition) -> bool| rules.iter().any(|rule| wanted(&rule.condition));
    let needs_pulses =
        needs(|of| matches!(of, Condition::ConnectionSilent { .. } | Condition::CredentialExpiring { .. }));
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let pulses = if needs_pulses { pulses::list(conn, scope).await? } else { Vec::new() };
    let days = |rule: &Rule| match rule.condition {
        Condition::CredentialExpiring { days } => Some(days),
        _ => None,
    };
    let endings = match rules.iter().filter_map(days).max() {
        None => Vec::new(),
        Some(days) => pulses::endings(conn, scope, now + in_days(days), oauth::REFRESH_TOKEN).await?,
    };
    Ok(Sight { now, hours, pulses, endings })
}

fn in_days(days: u32) -> Duration {
    Duration::from_hours(24) * days
}

impl Sight {
    /// The hours that a rule keeps to, where it keeps to any and there are some.
    fn hours_of(&self, rule: &Rule) -> Option<&Hours> {
        self.hours.hours.as_ref().filter(|_| rule.only_in_hours)
    }

    fn may_tell(&self, rule: &Rule) -> bool {
        !rule.only_in_hours || self.hours.is_open(self.now)
    }

    /// From when on a rule counts calls: none of before the doors opened. `None` while they are closed.
    fn window(&self, rule: &Rule, minutes: u32) -> Option<Timestamp> {
        let from = self.now - Duration::from_secs(u64::from(minutes) * 60);
        match self.hours_of(rule) {
            None => Some(from),
            Some(hours) => Some(from.max(hours.in_zone(&self.hours.time_zone).open_since(self.now)?)),
        }
    }

    /// How long nothing was heard, by the clock that counts for the rule.
    fn silence(&self, rule: &Rule, since: Timestamp) -> Duration {
        match self.hours_of(rule) {
            None => self.now.since(since),
            Some(hours) => hours.in_zone(&self.hours.time_zone).open_time(since, self.now),
        }
    }
}

/// What a rule reads of all its subjects.
async fn read_rule(
    app: &App,
    scope: TenantScope,
    sight: &Sight,
    rule: &Rule,
    watches: &[KeptWatch],
) -> Result<Vec<Read>, StoreError> {
    Ok(match rule.condition {
        Condition::MissedCallSpike { calls, within_minutes } => {
            let tally = tally(app, scope, sight, rule, within_minutes).await?;
            let missed = tally.not_answered;
            let finding = Finding::MissedCallSpike { calls: missed, within_minutes };
            vec![Read { reading: read_spike(missed, calls), finding }]
        }
        Condition::LowAnswerRate { below_percent, within_minutes, least_calls } => {
            let tally = tally(app, scope, sight, rule, within_minutes).await?;
            let finding = Finding::LowAnswerRate { percent: tally.percent(), calls: tally.calls(), within_minutes };
            vec![Read { reading: read_rate(tally, below_percent, least_calls), finding }]
        }
        Condition::ConnectionSilent { minutes } => {
            let mut reads = Vec::new();
            for pulse in &sight.pulses {
                reads.extend(read_silence(app, scope, sight, rule, (pulse, minutes), watches).await?);
            }
            reads
        }
        Condition::CredentialExpiring { days } => {
            sight.pulses.iter().map(|pulse| read_credential(sight, pulse, in_days(days))).collect()
        }
        // Told one by one, when they come: see `tell_voicemail` and `tell_call`.
        Condition::VoicemailReceived {} | Condition::KeywordHeard { .. } | Condition::NegativeSentiment { .. } => {
            Vec::new()
        }
    })
}

async fn tally(app: &App, scope: TenantScope, sight: &Sight, rule: &Rule, minutes: u32) -> Result<Tally, StoreError> {
    let Some(from) = sight.window(rule, minutes) else { return Ok(Tally::default()) };
    let mut reader = app.db.read(scope).await?;
    pulses::tally(&mut reader.conn(), scope, from, sight.now).await
}

/// `None` for a connection that is not expected to speak: its kind delivers nothing, or it was never heard of. Setting
/// that right is what its own page is for.
async fn read_silence(
    app: &App,
    scope: TenantScope,
    sight: &Sight,
    rule: &Rule,
    (pulse, minutes): (&Pulse, Option<u32>),
    watches: &[KeptWatch],
) -> Result<Option<Read>, StoreError> {
    let (Some(_), Some(last_event_at)) = (registry::by_slug(&pulse.provider), pulse.last_event_at) else {
        return Ok(None);
    };
    let finding = Finding::ConnectionSilent {
        connection_id: pulse.id,
        connection_name: pulse.name.clone(),
        silent_minutes: i64::try_from(sight.now.since(last_event_at).as_secs() / 60).unwrap_or(i64::MAX),
        last_event_at,
    };
    let is_silent = match minutes {
        Some(minutes) => sight.silence(rule, last_event_at) >= Duration::from_secs(u64::from(minutes) * 60),
        // Habits are told by the hour. Of an incident that goes on, only that nothing came since is asked.
        None if sight.now.since(last_event_at) < SHORT => false,
        None => {
            let told_at = watch_of(rule, &finding.subject(), watches).open_since();
            told_at.is_some_and(|told_at| last_event_at < told_at) || is_unusual(app, scope, sight, pulse).await?
        }
    };
    Ok(Some(Read { reading: if is_silent { Reading::Bad } else { Reading::Good }, finding }))
}

/// Whether it was silent for longer than it usually stays quiet.
async fn is_unusual(app: &App, scope: TenantScope, sight: &Sight, pulse: &Pulse) -> Result<bool, StoreError> {
    let since = sight.now - Duration::from_hours(24 * 7) * u32::try_from(silence::WEEKS).unwrap_or(1);
    let mut reader = app.db.read(scope).await?;
    let heard = activity::hours(&mut reader.conn(), scope, pulse.id, since).await?;
    Ok(silence::judge(&heard, sight.now, &sight.hours.time_zone).is_unusual)
}

fn read_credential(sight: &Sight, pulse: &Pulse, ahead: Duration) -> Read {
    let ends = |ending: &&Ending| {
        let horizon = if ending.is_renewed { sight.now - LATE } else { sight.now + ahead };
        ending.connection_id == pulse.id && ending.expires_at < horizon
    };
    let ending = sight.endings.iter().find(ends);
    let is_failing = pulse.status == ConnectionStatus::Failing;
    let expires_at = ending.map(|ending| ending.expires_at).filter(|at| *at > sight.now && !is_failing);
    let finding =
        Finding::CredentialExpiring { connection_id: pulse.id, connection_name: pulse.name.clone(), expires_at };
    Read { reading: if is_failing || ending.is_some() { Reading::Bad } else { Reading::Good }, finding }
}

fn watch_of(rule: &Rule, subject: &str, watches: &[KeptWatch]) -> Watch {
    let found = watches.iter().find(|watch| watch.rule_id == rule.id && watch.subject == subject);
    found.map(KeptWatch::watch).unwrap_or_default()
}

fn quiet(rule: &Rule) -> Duration {
    Duration::from_secs(u64::try_from(rule.quiet_minutes).unwrap_or(0) * 60)
}

/// Takes a rule's step with one subject. True if people were told.
async fn step(
    app: &App,
    scope: TenantScope,
    sight: &Sight,
    rule: &Rule,
    read: &Read,
    watches: &[KeptWatch],
) -> Result<bool, StoreError> {
    let subject = read.finding.subject();
    let before = watch_of(rule, &subject, watches);
    match before.step(read.reading, sight.may_tell(rule), quiet(rule), sight.now) {
        Step::Nothing => Ok(false),
        Step::Close => close(app, scope, rule, &subject).await.map(|()| false),
        Step::Fire => fire(app, scope, rule, &subject, before, read.finding.clone(), None).await,
    }
}

/// Moves the rule's standing and tells, in one transaction.
async fn fire(
    app: &App,
    scope: TenantScope,
    rule: &Rule,
    subject: &str,
    before: Watch,
    finding: Finding,
    once_key: Option<String>,
) -> Result<bool, StoreError> {
    let people = tell::recipients(app, scope, rule).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    // A single thing that is told once is no incident that goes on.
    let is_open = once_key.is_none();
    if !watches::fire(&mut tx.conn(), scope, rule.id, subject, before, is_open, now).await? {
        return Ok(false);
    }
    let telling = Telling { rule, finding, is_test: false, once_key };
    if tell::tell(app, &mut tx, telling, &people).await?.is_none() {
        return Ok(false);
    }
    rules::set_fired(&mut tx.conn(), scope, rule.id, now).await?;
    let has_changes = tx.commit(now).await?.is_some();
    tell::announce(app, scope, has_changes);
    metrics::counter!("switchboard_notifications_total", "kind" => rule.condition.kind().as_str()).increment(1);
    Ok(true)
}

async fn close(app: &App, scope: TenantScope, rule: &Rule, subject: &str) -> Result<(), StoreError> {
    let mut tx = app.db.begin(scope).await?;
    watches::close(&mut tx.conn(), scope, rule.id, subject).await?;
    tx.commit(app.now()).await?;
    Ok(())
}

/// Ends the incidents of subjects that are no more: a connection that was removed or switched off.
async fn close_gone(
    app: &App,
    scope: TenantScope,
    rule: &Rule,
    reads: &[Read],
    watches: &[KeptWatch],
) -> Result<(), StoreError> {
    for watch in watches.iter().filter(|watch| watch.rule_id == rule.id && watch.is_open) {
        if !reads.iter().any(|read| read.finding.subject() == watch.subject) {
            close(app, scope, rule, &watch.subject).await?;
        }
    }
    Ok(())
}

/// Tells of one voicemail, by each rule about voicemails, once.
pub async fn tell_voicemail(app: &App, scope: TenantScope, id: VoicemailId) -> Result<usize, StoreError> {
    let (rules, watches, hours, kept) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let is_about = |rule: &Rule| rule.is_on && rule.condition == Condition::VoicemailReceived {};
        let rules: Vec<Rule> = rules::list(conn, scope, MAX_RULES).await?.into_iter().filter(is_about).collect();
        if rules.is_empty() {
            return Ok(0);
        }
        let kept: Option<KeptVoicemail> = record::lookup(conn, scope, id.uuid()).await?;
        (rules, watches::list(conn, scope).await?, hours::read(conn, scope).await?, kept)
    };
    let Some(voicemail) = kept.map(|kept| kept.record).filter(|voicemail| !voicemail.is_removed) else { return Ok(0) };
    let finding = Finding::VoicemailReceived {
        voicemail_id: id,
        call_id: voicemail.call_id,
        duration_seconds: voicemail.duration_ms.map(|millis| (millis + 500) / 1_000),
    };
    let now_or_never = NowOrNever { app, scope, sight: sight_of_one(app, hours), watches };
    let mut told = 0;
    for rule in &rules {
        told += usize::from(now_or_never.tell(rule, finding.clone(), id.to_string()).await?);
    }
    Ok(told)
}

fn sight_of_one(app: &App, hours: OpeningHours) -> Sight {
    Sight { now: app.now(), hours, pulses: Vec::new(), endings: Vec::new() }
}

/// What a single thing is told by: at once, or not at all.
struct NowOrNever<'a> {
    app: &'a App,
    scope: TenantScope,
    sight: Sight,
    watches: Vec<KeptWatch>,
}

impl NowOrNever<'_> {
    async fn tell(&self, rule: &Rule, finding: Finding, once_key: String) -> Result<bool, StoreError> {
        let Self { app, scope, sight, watches } = self;
        // One standing for all of the rule's things, so that the quiet period is the rule's.
        let before = watch_of(rule, "", watches);
        match before.step(Reading::Bad, sight.may_tell(rule), quiet(rule), sight.now) {
            Step::Fire => fire(app, *scope, rule, "", before, finding, Some(once_key)).await,
            Step::Nothing | Step::Close => Ok(false),
        }
    }
}

/// Phrases that are named.
const NAMED: usize = 5;

/// Tells of what was heard in a call, and of how it ended, by each rule about those, once.
pub async fn tell_call(app: &App, scope: TenantScope, read: &insights::Reading) -> Result<usize, StoreError> {
    let (rules, watches, hours) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let rules = rules::list(conn, scope, MAX_RULES).await?;
        let found =
            |rule: Rule| rule.is_on.then(|| finding_of_call(&rule.condition, read)).flatten().map(|it| (rule, it));
        let rules: Vec<(Rule, Finding)> = rules.into_iter().filter_map(found).collect();
        if rules.is_empty() {
            return Ok(0);
        }
        (rules, watches::list(conn, scope).await?, hours::read(conn, scope).await?)
    };
    let now_or_never = NowOrNever { app, scope, sight: sight_of_one(app, hours), watches };
    let mut told = 0;
    for (rule, finding) in rules {
        told += usize::from(now_or_never.tell(&rule, finding, read.call.id.to_string()).await?);
    }
    Ok(told)
}

fn finding_of_call(condition: &Condition, read: &insights::Reading) -> Option<Finding> {
    let call_id = read.call.id;
    match *condition {
        Condition::KeywordHeard { list_id } => {
            let hits = read.hits(list_id);
            let phrases = read.phrases(list_id).into_iter().take(NAMED).map(str::to_owned).collect();
            (hits > 0).then_some(Finding::KeywordHeard { call_id, phrases, hits })
        }
        Condition::NegativeSentiment { strength } => {
            let score = read.insight.customer_sentiment.filter(|score| *score <= -i64::from(strength))?;
            // Somebody who began in anger and was helped is nobody to be called back.
            (read.insight.sentiment == Sentiment::Negative).then_some(Finding::NegativeSentiment { call_id, score })
        }
        _ => None,
    }
}

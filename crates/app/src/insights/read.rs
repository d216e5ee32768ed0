//! Reads a call's transcript by the rules, and stores what they say.
//!
//! May be done twice and at any time: the same words, lists and switches give the same rows, and rows that are the same
//! already are not written, so no change is told of that is none.

use std::collections::{BTreeMap, HashMap};

use switchboard_domain::{
    Timestamp,
    analysis::Analysis,
    audit::Action,
    call::Call,
    change::{NewChange, RecordKind, Verb},
    feature::Feature,
    ids::{CallId, KeywordId, KeywordListId, TranscriptId},
    insight::{Sentiment, Speaker},
    transcript::Transcript,
};
use switchboard_rules::speech::{self, Hit, Phrase, Turn};
use switchboard_store::{
    Conn, StoreError, TenantScope, analyses,
    insights::{self, Heard, Insight},
    keywords::{self, Keyword},
    record::{self, Kept},
    transcripts::KeptTranscript,
    work,
};

use super::lists::{MAX_LISTS, MAX_WORDS};
use crate::{
    App,
    audit::{self, Entry, Origin},
    features,
    jobs::{self, RefreshInsights},
    transcripts::{self, Spoken},
    wake::Signal,
};

/// Lines that are named of one phrase on one side.
const MOST_TURNS: usize = 50;

/// What was read of a call.
#[derive(Debug, Clone)]
pub struct Reading {
    pub call: Call,
    pub insight: Insight,
    pub heard: Vec<Heard>,
    /// What was listened for, with the list of each.
    pub words: Vec<Keyword>,
    /// A chat server has answered about it, all of it.
    pub is_analysed: bool,
    /// More words of it are on their way.
    pub is_partial: bool,
}

/// Whether an analysis is of all that was said, as far as it is here. What is said of a leg that was written down later is
/// not in it.
pub(super) fn is_of(analysis: &Analysis, spoken: &Spoken) -> bool {
    analysis.answered_at >= spoken.came_at
}

impl Reading {
    /// How often phrases of this list (of any, without one) were heard.
    pub fn hits(&self, list: Option<KeywordListId>) -> i64 {
        let is_wanted = |heard: &&Heard| {
            let word = self.words.iter().find(|word| word.id == heard.keyword_id);
            word.is_some_and(|word| list.is_none_or(|list| word.list_id == list))
        };
        self.heard.iter().filter(is_wanted).map(|heard| heard.hits).sum()
    }

    /// The phrases of this list (of any, without one) that were heard.
    pub fn phrases(&self, list: Option<KeywordListId>) -> Vec<&str> {
        let is_heard = |word: &&Keyword| {
            list.is_none_or(|list| word.list_id == list) && self.heard.iter().any(|heard| heard.keyword_id == word.id)
        };
        self.words.iter().filter(is_heard).map(|word| word.phrase.as_str()).collect()
    }
}

/// Reads the call of a transcript. `None` where nothing was said, or the transcript is gone.
pub async fn of_transcript(app: &App, scope: TenantScope, id: TranscriptId) -> Result<Option<Reading>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let kept: Option<KeptTranscript> = record::lookup(&mut reader.conn(), scope, id.uuid()).await?;
    drop(reader);
    match kept {
        Some(kept) => read_call(app, scope, kept.record.call_id).await,
        None => Ok(None),
    }
}

/// Reads a call, and stores what differs. `None` where nothing was said, or the call is gone.
pub async fn read_call(app: &App, scope: TenantScope, id: CallId) -> Result<Option<Reading>, StoreError> {
    let is_felt = features::effective(app, scope).await?.is_on(Feature::Sentiment);
    let mut reader = app.db.read(scope).await?;
    let Some(mut reading) = look(&mut reader.conn(), scope, id, is_felt, app.now()).await? else { return Ok(None) };
    let stored = stored(&mut reader.conn(), scope, id).await?;
    drop(reader);
    if is_same(&reading, stored.as_ref()) {
        return Ok(Some(reading));
    }
    let mut tx = app.db.begin(scope).await?;
    // Erasing and merging hold this lock: a call that is gone by now gets no insight.
    tx.lock_tenant().await?;
    let calls: Vec<Kept<Call>> = record::find(&mut tx.conn(), scope.tenant(), &[id.uuid()]).await?;
    if calls.is_empty() {
        return Ok(None);
    }
    let now = app.now();
    let verb = if stored.is_some() { Verb::Updated } else { Verb::Created };
    if let Some((before, _)) = stored {
        reading.insight.created_at = before.created_at;
    }
    let moved = insights::save(&mut tx.conn(), scope, &reading.insight, &reading.heard).await?;
    for call in moved {
        tx.push_change(NewChange::of(RecordKind::Insight, call, Verb::Deleted, now));
    }
    tx.push_change(NewChange::of(RecordKind::Insight, id, verb, reading.insight.occurred_at));
    tx.commit(now).await?;
    app.wake.send(Signal::Changes(scope.tenant()));
    Ok(Some(reading))
}

type Stored = (Insight, Vec<Heard>);

async fn stored(conn: &mut Conn<'_>, scope: TenantScope, call: CallId) -> Result<Option<Stored>, StoreError> {
    let Some(insight) = insights::find(conn, scope, call).await? else { return Ok(None) };
    Ok(Some((insight, insights::heard(conn, scope, call).await?)))
}

fn is_same(reading: &Reading, stored: Option<&Stored>) -> bool {
    stored.is_some_and(|(insight, heard)| insight.is_same(&reading.insight) && *heard == reading.heard)
}

async fn look(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    id: CallId,
    is_felt: bool,
    now: Timestamp,
) -> Result<Option<Reading>, StoreError> {
    let calls: Vec<Kept<Call>> = record::find(conn, scope.tenant(), &[id.uuid()]).await?;
    let Some(call) = calls.into_iter().next().map(|kept| kept.record) else { return Ok(None) };
    let Some(spoken) = transcripts::whole(conn, scope, id).await? else { return Ok(None) };
    let transcript = &spoken.transcript;
    let lists = keywords::lists(conn, scope, MAX_LISTS).await?;
    let words = keywords::all(conn, scope, MAX_WORDS).await?;
    let analysis = analyses::of_call(conn, scope, id).await?.into_iter().next();
    let turns = speech::turns(&transcript.lines);
    let speakers: HashMap<KeywordListId, Option<Speaker>> =
        lists.iter().filter(|list| list.is_on).map(|list| (list.id, list.speaker)).collect();
    let words: Vec<Keyword> = words.into_iter().filter(|word| speakers.contains_key(&word.list_id)).collect();
    let heard = heard(&turns, &words, &speakers);
    let mut insight = insight(&call, transcript, &turns, is_felt, now);
    insight.score = analysis.as_ref().and_then(|kept| kept.record.score);
    let is_analysed = analysis.as_ref().is_some_and(|kept| is_of(&kept.record, &spoken));
    Ok(Some(Reading { call, insight, heard, words, is_analysed, is_partial: spoken.is_partial }))
}

fn insight(call: &Call, transcript: &Transcript, turns: &[Turn<'_>], is_felt: bool, now: Timestamp) -> Insight {
    let mood = speech::judge(turns, transcript.language.as_deref());
    let measures = speech::measure(turns);
    Insight {
        call_id: call.id,
        transcript_id: transcript.id,
        language: mood.language,
        sentiment: if is_felt { mood.sentiment } else { Sentiment::Unknown },
        customer_sentiment: mood.customer.filter(|_| is_felt),
        agent_sentiment: mood.agent.filter(|_| is_felt),
        agent_talk_percent: measures.agent_talk_percent,
        silence_seconds: measures.silence_seconds,
        interruptions: measures.interruptions,
        agent_wpm: measures.agent_wpm,
        customer_wpm: measures.customer_wpm,
        turns: if is_felt { mood.turns } else { Vec::new() },
        score: None,
        version: speech::VERSION,
        occurred_at: call.occurred_at,
        created_at: now,
        updated_at: now,
    }
}

/// What was heard, by phrase and side, in the order in which it is stored.
fn heard(turns: &[Turn<'_>], words: &[Keyword], speakers: &HashMap<KeywordListId, Option<Speaker>>) -> Vec<Heard> {
    let known = words.iter().filter_map(|word| Some((word, Phrase::new(&word.phrase)?)));
    let (words, phrases): (Vec<&Keyword>, Vec<Phrase>) = known.unzip();
    let mut found: BTreeMap<(KeywordId, &'static str), Heard> = BTreeMap::new();
    for Hit { phrase, turn, speaker, at } in speech::spot(turns, &phrases) {
        let Some(word) = words.get(phrase) else { continue };
        let wanted = speakers.get(&word.list_id).copied().flatten();
        // Where the sides are not told apart, it may have been the one that is meant.
        if wanted.is_some_and(|wanted| speaker != wanted && speaker != Speaker::Unknown) {
            continue;
        }
        let turn = i64::try_from(turn).unwrap_or(i64::MAX);
        let first =
            || Heard { keyword_id: word.id, speaker, hits: 0, first_turn: turn, first_at: at, turns: Vec::new() };
        let heard = found.entry((word.id, speaker.as_str())).or_insert_with(first);
        heard.hits += 1;
        if heard.turns.len() < MOST_TURNS && heard.turns.last() != Some(&turn) {
            heard.turns.push(turn);
        }
    }
    found.into_values().collect()
}

/// Has all calls read once more, because lists or rules changed. False while that is under way already.
pub async fn refresh(app: &App, scope: TenantScope, by: &Origin) -> Result<bool, StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let added = work::insert(&mut tx.conn(), &[jobs::row(app, scope.tenant(), &RefreshInsights {}, now)], now).await?;
    if added > 0 {
        audit::record(&mut tx, app, Entry::new(by, Action::InsightsRefreshed)).await?;
    }
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(added > 0)
}

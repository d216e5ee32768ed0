//! Has a chat server read a call: a summary, topics, what somebody said they would do, and the answers to the scorecards.
//!
//! What goes out has no card numbers and the like in it, whatever is stored. The answer becomes an event of our own, so that a
//! rebuild gives the same without asking, and paying, again.

use std::time::Instant;

use switchboard_domain::{
    analysis::{AnalysisAnswer, AnalysisOrigin},
    audit::Action,
    fact::{AnalysisFact, Fact, FactBody},
    ids::CallId,
    merge::Authority,
    transcript::Transcript,
};
use switchboard_providers::speech::chat::{self, ChatError, Question, Usage};
use switchboard_rules::{
    redact::{Said, redact},
    speech::{self, Turn},
};
use switchboard_store::{
    StoreError, TenantScope,
    analyses::{self, Used},
    scorecards::{self, Scorecard},
    work,
};

use super::{
    cards::MAX_CARDS,
    prompt::{self, Part},
    read::is_of,
    server::{self, ChatServer},
    settings::{chat_state, month},
};
use crate::{
    App,
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError},
    jobs::{self, AnalyseCall, Failure},
    merge, transcripts,
    wake::Signal,
};

/// A call with fewer lines holds nothing to sum up.
const LEAST_TURNS: usize = 2;
/// Characters of a token, where a server does not say what it counted.
const TOKEN_CHARS: usize = 4;

/// A call cannot be sent to a chat server.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseError {
    #[error("there is no such call")]
    NoSuchCall,
    #[error("this call has no transcript (yet)")]
    NoTranscript,
    #[error("no chat server is connected; connect one under Connections and give it a chat model")]
    NoServer,
    #[error(
        "this month's tokens are used up; raise the limit in the settings of call analysis, or wait for the next month"
    )]
    UsedUp,
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
    #[error("the call could not be read")]
    Store(#[from] StoreError),
}

/// Has a call read (again), because somebody wants it. False while that is under way.
pub async fn ask(app: &App, scope: TenantScope, id: CallId, by: &Origin) -> Result<bool, AnalyseError> {
    let call = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        // First of all: what belongs to somebody else is not there, whatever else is the matter.
        let call = switchboard_store::calls::lookup(conn, scope, id).await?.ok_or(AnalyseError::NoSuchCall)?.record;
        transcripts::whole(conn, scope, call.id).await?.ok_or(AnalyseError::NoTranscript)?;
        call.id
    };
    let state = chat_state(app, scope).await?;
    if !state.is_connected() {
        return Err(AnalyseError::NoServer);
    }
    if state.is_used_up() {
        return Err(AnalyseError::UsedUp);
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let job = AnalyseCall { call, is_asked: true };
    let added = work::insert(&mut tx.conn(), &[jobs::row(app, scope.tenant(), &job, now)], now).await?;
    if added > 0 {
        audit::record(&mut tx, app, Entry::new(by, Action::AnalysisAsked).on("call", call)).await?;
    }
    tx.commit(now).await?;
    app.wake.send(Signal::Work);
    Ok(added > 0)
}

/// What the job does. Unless somebody asked for it, a call that was read is not read again.
pub async fn run(app: &App, scope: TenantScope, call: CallId, is_asked: bool) -> Result<(), Failure> {
    let state = chat_state(app, scope).await.map_err(|error| Failure::of(&error))?;
    let may = is_asked || state.settings.is_on;
    let Some(server) = server::find(app, scope).await.map_err(|error| Failure::of(&error))?.filter(|_| may) else {
        return Ok(());
    };
    if state.is_used_up() {
        return Err(Failure::give_up(AnalyseError::UsedUp.to_string()));
    }
    let (transcript, cards) = {
        let mut reader = app.db.read(scope).await?;
        let conn = &mut reader.conn();
        let Some(spoken) = transcripts::whole(conn, scope, call).await? else { return Ok(()) };
        let before = analyses::of_call(conn, scope, call).await?.into_iter().next();
        if !is_asked && before.is_some_and(|kept| is_of(&kept.record, &spoken)) {
            return Ok(());
        }
        let cards = scorecards::list(conn, scope, MAX_CARDS).await?;
        (spoken.transcript, cards.into_iter().filter(|card| card.is_on).collect::<Vec<_>>())
    };
    let mut asking = Asking { app, scope, server: &server, spent: Spent::default() };
    let Some(answer) = asking.read(&transcript, &cards).await? else { return Ok(()) };
    say(app, scope, &transcript, answer).await?;
    Ok(())
}

/// Logs the answer as an event of our own, and makes the record of it.
async fn say(app: &App, scope: TenantScope, transcript: &Transcript, answer: AnalysisAnswer) -> Result<(), StoreError> {
    let leg = transcript.leg_external_id.clone();
    let fact = AnalysisFact { leg_external_id: leg.clone(), answer };
    let fact = Fact { at: app.now(), authority: Authority::Derived, body: FactBody::Analysis(Box::new(fact)) };
    merge::apply_own(app, scope, transcript.connection_id, vec![fact], "call.analysed", &leg).await
}

#[derive(Default)]
struct Spent {
    requests: i64,
    input: Option<i64>,
    output: Option<i64>,
    model: Option<String>,
}

impl Spent {
    fn add(&mut self, usage: Usage) {
        let sum = |a: Option<i64>, b: Option<i64>| a.zip(b).map(|(a, b)| a + b).or(a).or(b);
        self.requests += 1;
        self.input = sum(self.input, usage.input_tokens);
        self.output = sum(self.output, usage.output_tokens);
    }
}

struct Asking<'a> {
    app: &'a App,
    scope: TenantScope,
    server: &'a ChatServer,
    spent: Spent,
}

impl Asking<'_> {
    /// Reads a call part by part, and puts the parts together. `None` where too little was said.
    async fn read(&mut self, transcript: &Transcript, cards: &[Scorecard]) -> Result<Option<AnalysisAnswer>, Failure> {
        let turns = speech::turns(&transcript.lines);
        if turns.len() < LEAST_TURNS {
            return Ok(None);
        }
        let clean = redacted(&turns);
        let turns: Vec<Turn<'_>> =
            turns.into_iter().zip(&clean).map(|(turn, text)| Turn { text: text.as_str(), ..turn }).collect();
        let sections = prompt::parts(&turns);
        if sections.len() > prompt::MOST_PARTS {
            return Err(Failure::give_up("the call is too long to be sent to a chat server"));
        }
        let begun = Instant::now();
        let schema = prompt::schema(cards);
        let mut parts: Vec<Part> = Vec::with_capacity(sections.len());
        for (place, section) in sections.iter().enumerate() {
            let text = prompt::question(section, (place, sections.len()), cards, &self.word());
            let answer = self.ask("call_analysis", &text, &schema).await?;
            parts.push(prompt::read(&answer, section).ok_or_else(not_of_the_form)?);
        }
        let (summary, topics) = self.whole(&parts).await?;
        Ok(Some(AnalysisAnswer {
            summary,
            topics,
            action_items: parts.iter().flat_map(|part| part.action_items.iter().cloned()).collect(),
            scorecards: prompt::judged(cards, &parts),
            origin: AnalysisOrigin {
                model: self.spent.model.clone().unwrap_or_else(|| self.server.model.clone()),
                prompt_version: prompt::VERSION,
                requests: self.spent.requests,
                input_tokens: self.spent.input,
                output_tokens: self.spent.output,
                latency_ms: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
            },
        }))
    }

    async fn whole(&mut self, parts: &[Part]) -> Result<(String, Vec<String>), Failure> {
        if let [part] = parts {
            return Ok((part.summary.clone(), part.topics.clone()));
        }
        let summaries: Vec<String> = parts.iter().map(|part| part.summary.clone()).collect();
        let text = prompt::merging(&summaries, &self.word());
        let answer = self.ask("call_summary", &text, &prompt::merged_schema()).await?;
        let merged = prompt::read(&answer, &[]).ok_or_else(not_of_the_form)?;
        Ok((merged.summary, merged.topics))
    }

    /// A word that nobody who spoke can have known.
    fn word(&self) -> String {
        hex::encode(self.app.random.array::<8>())
    }

    /// Asks, and writes down what it cost, whatever came of it.
    async fn ask(&mut self, name: &str, text: &str, schema: &serde_json::Value) -> Result<serde_json::Value, Failure> {
        let server = self.server;
        let question = Question {
            model: &server.model,
            system: prompt::SYSTEM,
            user: text,
            name,
            schema,
            max_tokens: prompt::ANSWER_TOKENS,
        };
        let asked = chat::ask(&server.http, &server.route, &question).await;
        let outcome = match &asked {
            Err(ChatError::Outbound(error)) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        };
        connections::note_outcome(self.app, self.scope, server.connection, outcome).await?;
        match asked {
            Ok(answer) => {
                self.count(answer.usage, text.len()).await?;
                self.spent.model = answer.model.or(self.spent.model.take());
                Ok(answer.value)
            }
            Err(ChatError::Outbound(error)) => Err(error.into()),
            Err(error) => {
                self.count(error.usage(), text.len()).await?;
                // Another answer of the same model may be one.
                Err(Failure::retry(error.to_string()))
            }
        }
    }

    async fn count(&mut self, usage: Usage, sent: usize) -> Result<(), Failure> {
        self.spent.add(usage);
        let told = usage.input_tokens.unwrap_or(0) + usage.output_tokens.unwrap_or(0);
        let guessed = i64::try_from(sent / TOKEN_CHARS).unwrap_or(i64::MAX);
        let used = Used { requests: 1, tokens: if told > 0 { told } else { guessed } };
        let now = self.app.now();
        let mut tx = self.app.db.begin(self.scope).await?;
        analyses::count(&mut tx.conn(), self.scope, &month(self.app), used).await?;
        tx.commit(now).await?;
        Ok(())
    }
}

/// What was said without card numbers and the like. A provider's own transcripts are kept as they are where a workspace wants
/// that; they are not sent on so.
fn redacted(turns: &[Turn<'_>]) -> Vec<String> {
    let said: Vec<Said<'_>> =
        turns.iter().map(|turn| Said { speaker: Some(turn.speaker.as_str()), text: turn.text }).collect();
    redact(&said).lines
}

fn not_of_the_form() -> Failure {
    Failure::retry("the model's answer is not of the form that it was asked for; choose a model that keeps to one")
}

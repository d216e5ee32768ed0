//! Forgets one contact: their records, what the log says of them, and the files.
//!
//! First the hashes are left, then everything that they name is removed: from the first transaction on, no merge brings
//! anything of them back, so what is removed stays removed however long the rest takes. A conversation is forgotten whole,
//! also where somebody else took part in it: a recording, a transcript and a recap hold everybody's words, and no part of
//! them can be cut out.
//!
//! May run twice and be broken off anywhere: each step looks for what is still there.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Timestamp,
    change::RecordKind as R,
    ids::{ConnectionId, ContactId, EventId, MessageId, deterministic},
};
use switchboard_store::{
    TenantTx, calls,
    events::{self, EventFilter, StoredEvent},
    exports,
    media::MediaKey,
    messages::KeptMessage,
    outgoing, record,
    removal::{self, Gone, Voicemails},
    voicemails::KeptVoicemail,
    withheld, work,
};
use uuid::Uuid;

use super::{Context, Failure, Job, Kind, RemoveFiles, row};
use crate::{
    App, idempotency,
    merge::Understood,
    pipeline,
    privacy::{
        self,
        person::Person,
        subject::{self, Hasher, Subject},
        withhold,
    },
    views,
    wake::Signal,
};

/// Calls that one transaction removes, with all that hangs on them.
const CALLS: usize = 20;
/// Messages or voicemails that one transaction removes.
const RECORDS: usize = 100;
/// Events that are read in one go.
const EVENTS: i64 = 200;
/// Pages of the log between two notes of how far it has come.
const PAGES_PER_NOTE: usize = 20;
/// Times that the log is read until nothing more is drawn in. Each further one needs a call that only an earlier event tied
/// to one that is erased.
const PASSES: usize = 10;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseContact {
    pub contact: ContactId,
    /// The contact was erased before; an event that came late showed that the log holds more of theirs.
    #[serde(default)]
    pub is_late: bool,
}

impl EraseContact {
    pub const fn new(contact: ContactId) -> Self {
        Self { contact, is_late: false }
    }

    pub const fn late(contact: ContactId) -> Self {
        Self { contact, is_late: true }
    }
}

/// How far it has come: numbers only. Shown to people; a run that is broken off goes on where the log was read to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    calls: u64,
    messages: u64,
    voicemails: u64,
    files: u64,
    /// Events of the log that were looked at, and those whose contents were removed.
    events_read: u64,
    events_emptied: u64,
    /// The log is read up to here.
    read_to: Option<EventId>,
    is_done: bool,
}

impl Job for EraseContact {
    const KIND: Kind = Kind::EraseContact;
    const IS_BULK: bool = true;
    const RUNS_WHILE_SUSPENDED: bool = true;

    fn lane(&self) -> String {
        format!("contact:{}", self.contact)
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("erase:{}{}", self.contact, if self.is_late { ":late" } else { "" }))
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let done = context.work.progress.clone().and_then(|progress| serde_json::from_value(progress).ok());
        let mut erasure = Erasure { context, done: done.unwrap_or_default() };
        let person = if self.is_late { None } else { Person::lookup(context.app, context.scope, self.contact).await? };
        if let Some(person) = &person {
            erasure.leave_hashes(person).await?;
            erasure.records(person).await?;
        }
        erasure.log(person.as_ref()).await?;
        if let Some(person) = &person {
            erasure.exports(person).await?;
            idempotency::forget_answers(context.app, context.scope, &texts(person)).await?;
            views::forget_mentions(context.app, context.scope, &texts(person)).await?;
            erasure.finish(person).await?;
        }
        erasure.done.is_done = true;
        erasure.show().await?;
        tracing::info!(tenant = %context.scope.tenant(), contact = %self.contact, "a contact is erased");
        Ok(())
    }
}

/// What names the person in an answer that somebody got.
fn texts(person: &Person) -> Vec<String> {
    let ids = person.contacts.iter().flat_map(|kept| [kept.record.id.to_string(), kept.record.id.uuid().to_string()]);
    person.wanted.numbers.iter().cloned().chain(ids).collect()
}

/// Later than anything: while the job runs, all that is said of them is withheld.
fn for_now() -> Timestamp {
    Timestamp::from_millis(i64::MAX)
}

struct Erasure<'a> {
    context: &'a Context<'a>,
    done: Progress,
}

impl Erasure<'_> {
    fn app(&self) -> &Arc<App> {
        self.context.app
    }

    fn pause(&self) -> Result<(), Failure> {
        if self.context.stop.is_cancelled() {
            return Err(Failure::NotTried { after: Duration::ZERO });
        }
        Ok(())
    }

    async fn show(&self) -> Result<(), Failure> {
        self.context.set_progress(&self.done).await
    }

    /// A transaction in which nobody else merges.
    async fn begin(&self) -> Result<TenantTx, Failure> {
        self.pause()?;
        let mut tx = self.app().db.begin(self.context.scope).await?;
        tx.lock_tenant().await?;
        Ok(tx)
    }

    async fn commit(&mut self, mut tx: TenantTx, gone: &Gone) -> Result<(), Failure> {
        let app = self.context.app;
        let has_files = privacy::settle(app, &mut tx, gone).await?;
        let numbered = tx.commit(app.now()).await?;
        if numbered.is_some() {
            app.wake.send(Signal::Changes(self.context.scope.tenant()));
        }
        if has_files {
            app.wake.send(Signal::Work);
        }
        let count = |wanted| gone.records.iter().filter(|(kind, _)| *kind == wanted).count() as u64;
        self.done.calls += count(R::Call);
        self.done.messages += count(R::Message);
        self.done.voicemails += count(R::Voicemail);
        self.done.files += gone.files.len() as u64;
        Ok(())
    }

    async fn leave_hashes(&self, person: &Person) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        let mut tx = self.begin().await?;
        let held = tx.withheld().erasure_key.clone();
        let sealed = if let Some(sealed) = held {
            sealed
        } else {
            let sealed = Hasher::seal_new(app, scope);
            withheld::keep_erasure_key(&mut tx.conn(), scope, &sealed).await?;
            sealed
        };
        let hashes = hashes(&Hasher::open(app, scope, &sealed)?, person);
        withheld::insert(&mut tx.conn(), scope, &hashes, for_now()).await?;
        tx.commit(app.now()).await?;
        Ok(())
    }

    async fn records(&mut self, person: &Person) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        for ids in person.calls(app, scope).await?.chunks(CALLS) {
            let mut tx = self.begin().await?;
            let gone = remove_calls(app, &mut tx, ids).await?;
            self.commit(tx, &gone).await?;
        }
        for ids in person.messages(app, scope).await?.chunks(RECORDS) {
            let mut tx = self.begin().await?;
            let found: Vec<KeptMessage> = record::find(&mut tx.conn(), scope.tenant(), ids).await?;
            let about =
                |kept: &KeptMessage| Subject::Message(kept.record.connection_id, kept.record.external_id.clone());
            forget(app, &mut tx, &found.iter().map(about).collect()).await?;
            let gone = removal::messages(&mut tx.conn(), scope, ids).await?;
            self.commit(tx, &gone).await?;
        }
        // Texts to them that became no message.
        let mut tx = self.begin().await?;
        outgoing::remove_to_numbers(&mut tx.conn(), scope, &person.wanted.numbers).await?;
        tx.commit(app.now()).await?;
        // Those whose call is gone already.
        for ids in person.voicemails(app, scope).await?.chunks(RECORDS) {
            let mut tx = self.begin().await?;
            let found: Vec<KeptVoicemail> = record::find(&mut tx.conn(), scope.tenant(), ids).await?;
            let about =
                |kept: &KeptVoicemail| Subject::Leg(kept.record.connection_id, kept.record.leg_external_id.clone());
            forget(app, &mut tx, &found.iter().map(about).collect()).await?;
            let gone = removal::voicemails(&mut tx.conn(), scope, ids).await?;
            self.commit(tx, &gone).await?;
        }
        self.show().await
    }

    /// Reads the whole log, until a reading draws nothing more in.
    async fn log(&mut self, person: Option<&Person>) -> Result<(), Failure> {
        for _ in 0..PASSES {
            let drawn_in = self.pass(person).await?;
            self.done.read_to = None;
            if !drawn_in {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn pass(&mut self, person: Option<&Person>) -> Result<bool, Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        let mut drawn_in = false;
        for page_number in 1.. {
            self.pause()?;
            let filter = EventFilter { cursor: self.done.read_to, oldest_first: true, ..EventFilter::default() };
            let mut reader = app.db.read(scope).await?;
            let page = events::list(&mut reader.conn(), scope, &filter, EVENTS).await?;
            let Some(last) = page.last().map(|event| event.id) else { return Ok(drawn_in) };
            let (understood, named) = read(&page, person);
            let known = withheld::load(&mut reader.conn(), scope).await?;
            let erased = withhold::erased_among(app, &mut reader.conn(), scope, &known, &understood).await?;
            drop(reader);
            let hits: Vec<EventId> = erased.events.iter().copied().chain(named).collect();
            if !hits.is_empty() {
                if !erased.drawn_in.is_empty() && !drawn_in {
                    // The next run must read from the beginning, however this one ends.
                    drawn_in = true;
                    let read_to = self.done.read_to.take();
                    self.show().await?;
                    self.done.read_to = read_to;
                }
                let about = understood.iter().filter(|event| erased.events.contains(&event.event_id));
                self.empty(&hits, about, &erased.drawn_in).await?;
            }
            self.done.events_read += page.len() as u64;
            self.done.read_to = Some(last);
            if page_number % PAGES_PER_NOTE == 0 && !drawn_in {
                self.show().await?;
            }
        }
        Ok(drawn_in)
    }

    /// Empties events, and removes what was made of them.
    async fn empty(
        &mut self,
        hits: &[EventId],
        about: impl Iterator<Item = &Understood>,
        drawn_in: &BTreeSet<Subject>,
    ) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        let tenant = scope.tenant();
        let things: BTreeSet<Subject> =
            about.flat_map(|event| subject::of_event(tenant, event)).map(|(subject, _)| subject).collect();
        let mut tx = self.begin().await?;
        self.done.events_emptied += withheld::empty_events(&mut tx.conn(), scope, hits).await?;
        forget(app, &mut tx, drawn_in).await?;
        let mut found: BTreeSet<Uuid> = BTreeSet::new();
        for (connection, legs) in withhold::legs_of(&things) {
            let links = calls::links_of_ids(&mut tx.conn(), tenant, connection, &legs).await?;
            found.extend(links.into_iter().map(|link| link.call_id.uuid()));
        }
        let found: Vec<Uuid> = found.into_iter().collect();
        let mut gone = remove_calls(app, &mut tx, &found).await?;
        let messages: Vec<Uuid> = things.iter().filter_map(message_id).collect();
        gone.merge(removal::messages(&mut tx.conn(), scope, &messages).await?);
        self.commit(tx, &gone).await
    }

    /// Exports that were made of them.
    async fn exports(&self, person: &Person) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        for kept in &person.contacts {
            let subject = kept.record.id.to_string();
            let made = exports::about(&mut app.db.read(scope).await?.conn(), scope, &subject).await?;
            for export in made {
                let mut tx = self.begin().await?;
                exports::remove(&mut tx.conn(), scope, export.id).await?;
                let keys = vec![MediaKey::export(scope.tenant(), export.id).as_str().to_owned()];
                let now = app.now();
                work::insert(&mut tx.conn(), &[row(app, scope.tenant(), &RemoveFiles { keys }, now)], now).await?;
                tx.commit(now).await?;
                app.wake.send(Signal::Work);
            }
        }
        Ok(())
    }

    /// The contact itself goes last: until then a run that is broken off knows whom to look for. From here on, what they do
    /// anew is met as a stranger's.
    async fn finish(&mut self, person: &Person) -> Result<(), Failure> {
        let (app, scope) = (self.context.app, self.context.scope);
        let mut tx = self.begin().await?;
        let mut gone = Gone::default();
        for kept in &person.contacts {
            gone.merge(removal::contact(&mut tx.conn(), scope, kept.record.id).await?);
        }
        if let Some(sealed) = tx.withheld().erasure_key.clone() {
            let hashes = hashes(&Hasher::open(app, scope, &sealed)?, person);
            withheld::settle(&mut tx.conn(), scope, &hashes, app.now()).await?;
        }
        self.commit(tx, &gone).await
    }
}

fn hashes(hasher: &Hasher, person: &Person) -> Vec<Vec<u8>> {
    person.wanted.contacts.iter().map(|contact| hasher.hash(&Subject::Contact(*contact))).collect()
}

async fn forget(app: &App, tx: &mut TenantTx, things: &BTreeSet<Subject>) -> Result<(), Failure> {
    let known = tx.withheld().clone();
    Ok(withhold::forget(app, tx, &known, things).await?)
}

/// Leaves the hashes of all ids of these calls, and removes the calls.
async fn remove_calls(app: &App, tx: &mut TenantTx, ids: &[Uuid]) -> Result<Gone, Failure> {
    if ids.is_empty() {
        return Ok(Gone::default());
    }
    let scope = tx.scope();
    let links = calls::links_of_calls(&mut tx.conn(), scope.tenant(), ids).await?;
    forget(app, tx, &links.into_iter().map(|link| Subject::Leg(link.connection_id, link.external_id)).collect())
        .await?;
    Ok(removal::calls(&mut tx.conn(), scope, ids, Voicemails::Remove).await?)
}

/// What a page of the log says, and those events of it that say nothing we understand but name the person.
fn read(page: &[StoredEvent], person: Option<&Person>) -> (Vec<Understood>, Vec<EventId>) {
    let (mut understood, mut named) = (Vec::with_capacity(page.len()), Vec::new());
    for event in page.iter().filter(|event| event.event_type != withheld::ERASED) {
        match pipeline::understand(&event.clone().into()) {
            Ok(read) if !read.facts.is_empty() => understood.push(read),
            _ if person.is_some_and(|person| person.is_named_in(&event.body)) => named.push(event.id),
            _ => {}
        }
    }
    (understood, named)
}

fn message_id(thing: &Subject) -> Option<Uuid> {
    let id = |connection: &ConnectionId, external: &str| deterministic::<MessageId>(connection.uuid(), external).uuid();
    match thing {
        Subject::Message(connection, external) => Some(id(connection, external)),
        Subject::Contact(_) | Subject::Leg(..) => None,
    }
}

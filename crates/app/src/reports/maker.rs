//! Making a report: which sums each kind needs, read one after the other and handed to its formula.

use std::collections::BTreeMap;

use jiff::civil::Date;
use switchboard_domain::{
    Timestamp,
    call::Call,
    ids::{ContactId, deterministic},
};
use switchboard_rules::report::{
    Report, ReportKind,
    answers::{Against, CallersReport, DataHealthReport, MissedReport, Source, SpeechReport},
    book::Book,
    build::{self, Days, Frame, Keys, KnownConnection},
    day::{self, Slice},
    health::Health,
    tally::Tally,
};
use switchboard_store::{
    Conn, StoreError, TenantScope, contacts, hours,
    record::{self, Kept as KeptRecord},
    reports::{self as store, Grain, Narrowing, SumsOf},
};

use super::{
    Asked, MOST_CALLS, dimensions,
    gather::{self, Stretch, Wanted},
    ground::Ground,
    kept,
};
use crate::{App, overview};

/// Names of keywords.
const KEYWORDS: i64 = 10_000;

/// What reads for one report.
pub(super) struct Maker<'c, 'd> {
    pub conn: &'c mut Conn<'d>,
    pub scope: TenantScope,
    pub frame: Frame,
    pub ground: Ground,
    pub asked: Asked,
    /// How many it is of.
    pub days: i64,
}

impl Maker<'_, '_> {
    /// Reads what the report needs, and builds it.
    pub(super) async fn make(mut self, app: &App, kind: ReportKind) -> Result<Report, StoreError> {
        Ok(match kind {
            ReportKind::Volume => {
                let days = self.days().await?;
                let step = self.asked.step.unwrap_or_else(|| build::usual_step(self.days));
                Report::Volume(build::volume(&self.frame, &days, step))
            }
            ReportKind::Heatmap => {
                let days = self.days().await?;
                Report::Heatmap(build::heatmap(&self.frame, &days))
            }
            ReportKind::Answering => {
                let days = self.days().await?;
                Report::Answering(Box::new(build::answering(&self.frame, &days)))
            }
            ReportKind::Durations => {
                let days = self.days().await?;
                Report::Durations(Box::new(build::durations(&self.frame, &days)))
            }
            ReportKind::Missed => Report::Missed(self.missed().await?),
            ReportKind::Callers => Report::Callers(self.callers().await?),
            ReportKind::Extensions => {
                let (days, agents) = (self.days().await?, self.keys(Slice::Agent).await?);
                Report::Extensions(build::extensions(&self.frame, &days, agents))
            }
            ReportKind::Trunks => {
                let trunks = self.keys(Slice::Trunk).await?;
                let trunk = self.frame.filter.trunk.clone().unwrap_or_default();
                let days = self.ground.days(self.conn, Slice::Trunk, &trunk, self.period()).await?;
                Report::Trunks(Box::new(build::trunks(&self.frame, trunks, &days)))
            }
            ReportKind::Queues => {
                let (queues, agents) = (self.keys(Slice::Queue).await?, self.keys(Slice::QueueAgent).await?);
                Report::Queues(Box::new(build::queues(&self.frame, queues, agents)))
            }
            ReportKind::Groups => {
                let (groups, agents) = (self.keys(Slice::Group).await?, self.keys(Slice::GroupAgent).await?);
                let menus = self.keys(Slice::Menu).await?;
                Report::Groups(build::groups(&self.frame, groups, agents, menus))
            }
            ReportKind::Countries => {
                let (days, countries) = (self.days().await?, self.keys(Slice::Country).await?);
                Report::Countries(build::countries(&self.frame, &days, countries))
            }
            ReportKind::Transfers => {
                let (days, agents) = (self.days().await?, self.keys(Slice::Agent).await?);
                let queues = self.keys(Slice::Queue).await?;
                Report::Transfers(Box::new(build::transfers(&self.frame, &days, agents, queues)))
            }
            ReportKind::Speech => Report::Speech(self.speech().await?),
            ReportKind::Compare => {
                let against = self.asked.against.unwrap_or(Against::Previous);
                let (from, to) = self.period();
                let now = self.days().await?;
                let before = self.days_of(build::other_period(from, to, against)).await?;
                Report::Compare(Box::new(build::compare(&self.frame, &now, &before, against)))
            }
            ReportKind::Anomalies => {
                let (from, to) = self.period();
                let days = self.days_of((day::plus(from, -7 * build::WEEKS), to)).await?;
                let kept = hours::find(self.conn, self.scope).await?;
                Report::Anomalies(build::anomalies(&self.frame, &days, kept.as_ref().map(|kept| &kept.hours)))
            }
            ReportKind::DataHealth => Report::DataHealth(self.data_health(app).await?),
        })
    }

    const fn period(&self) -> (Date, Date) {
        (self.frame.filter.from, self.frame.filter.to)
    }

    fn narrowed(&self, tally: Tally) -> Tally {
        let filter = &self.frame.filter;
        tally.narrowed(filter.direction.map(build::way_of), filter.outcome)
    }

    /// The days of what the filter narrows to.
    async fn days(&mut self) -> Result<Days, StoreError> {
        self.days_of(self.period()).await
    }

    async fn days_of(&mut self, period: (Date, Date)) -> Result<Days, StoreError> {
        // Where calls were read, the filter is in them already.
        let of_calls = self.frame.about.source == Source::Calls;
        let focus = dimensions(&self.frame.filter).pop().filter(|_| !of_calls);
        let (slice, key) = focus.unwrap_or((Slice::All, String::new()));
        let days = self.ground.days(self.conn, slice, &key, period).await?;
        Ok(days.into_iter().map(|(date, tally)| (date, self.narrowed(tally))).collect())
    }

    /// What is counted of each key of a slice.
    async fn keys(&mut self, slice: Slice) -> Result<Keys<Tally>, StoreError> {
        let filter = &self.frame.filter;
        let key = match slice {
            Slice::Agent => filter.agent.clone(),
            Slice::Trunk => filter.trunk.clone(),
            Slice::Queue => filter.queue.clone(),
            _ => None,
        };
        let mut keys = self.ground.keys(self.conn, slice, key.as_deref(), self.period()).await?;
        for kept in keys.values_mut() {
            kept.sums = self.narrowed(std::mem::take(&mut kept.sums));
        }
        // All that are asked for are the one.
        if let (Some(key), Slice::Queue | Slice::Trunk) = (&key, slice)
            && let Some(kept) = keys.get(key).cloned()
        {
            keys.insert(String::new(), kept);
        }
        Ok(keys)
    }

    async fn missed(&mut self) -> Result<MissedReport, StoreError> {
        let days = self.ground.missed(self.conn, self.period()).await?;
        let mut report = build::missed(&self.frame, &days);
        let ids: Vec<_> = report.callers.iter().map(|caller| caller.last_call_id.uuid()).collect();
        let calls = self.shown(&ids).await?;
        for caller in &mut report.callers {
            if let Some(call) = calls.iter().find(|call| call.record.id == caller.last_call_id) {
                caller.contact_id = call.record.contact_id;
                caller.name.clone_from(&call.record.contact_name);
            }
        }
        Ok(report)
    }

    /// Calls, each with its contact as it is now.
    async fn shown(&mut self, ids: &[uuid::Uuid]) -> Result<Vec<KeptRecord<Call>>, StoreError> {
        let mut calls: Vec<KeptRecord<Call>> = record::find(self.conn, self.scope.tenant(), ids).await?;
        contacts::present(self.conn, self.scope.tenant(), &mut calls).await?;
        Ok(calls)
    }

    async fn callers(&mut self) -> Result<CallersReport, StoreError> {
        let book = self.ground.book(self.conn, self.period()).await?;
        let from = self.frame.filter.from;
        // Who called before is asked of all calls, whatever the filter: that is what makes somebody known.
        let before = self.before((day::plus(from, -build::LOOK_BACK), day::plus(from, -1))).await?;
        let mut report = build::callers(&self.frame, &book, &before);
        let rows = report.top_callers.iter().chain(&report.top_called);
        let numbers: Vec<String> = rows.map(|row| row.number.clone()).collect();
        // A number's own contact has an id that is made from it.
        let tenant = self.scope.tenant();
        let contact = |number: &str| -> ContactId { deterministic(tenant.uuid(), number) };
        let names = contacts::shown(self.conn, tenant, numbers.iter().map(|number| contact(number))).await?;
        for row in report.top_callers.iter_mut().chain(&mut report.top_called) {
            if let Some(shown) = names.get(&contact(&row.number)) {
                row.contact_id = Some(shown.id);
                row.name.clone_from(&shown.name);
            }
        }
        Ok(report)
    }

    /// Who called in earlier days: out of the sums that are kept, or of the calls while there are none.
    async fn before(&mut self, period: (Date, Date)) -> Result<Book, StoreError> {
        if self.ground.kept.is_some() {
            return self.ground.book(self.conn, period).await;
        }
        if let Some(kept) = kept(self.conn, self.scope).await? {
            return Ground { fresh: BTreeMap::new(), kept: Some(kept) }.book(self.conn, period).await;
        }
        let stretch = Stretch::of(period.0, period.1, &self.frame.zone);
        let (wanted, all) = (Wanted { contacts: false, rings: false, speech: false }, Narrowing::default());
        let settings = &self.frame.settings;
        let found = gather::material(self.conn, self.scope, &stretch, &all, settings, wanted, MOST_CALLS).await?;
        Ok(found.map(|material| Book::of(&material.calls)).unwrap_or_default())
    }

    async fn speech(&mut self) -> Result<SpeechReport, StoreError> {
        let period = self.period();
        let days = self.ground.speech_days(self.conn, period).await?;
        let agents = self.ground.speech_keys(self.conn, Slice::SpeechAgent, period).await?;
        let keywords = self.ground.speech_keys(self.conn, Slice::Keyword, period).await?;
        let names = store::keyword_names(self.conn, self.scope, KEYWORDS).await?;
        let names = names.into_iter().map(|(id, phrase, list)| (id.to_string(), (phrase, list))).collect();
        Ok(build::speech(&self.frame, &days, agents, keywords, &names))
    }

    async fn data_health(&mut self, app: &App) -> Result<DataHealthReport, StoreError> {
        let (from, to) = self.period();
        let mut health = self.ground.health(self.conn, (from, to)).await?;
        let states = overview::health(self.conn, self.scope, app.now(), &self.frame.about.time_zone).await?;
        let wanted = self.frame.filter.connection;
        let mut known = Vec::new();
        for state in states {
            let connection = state.connection;
            if wanted.is_some_and(|wanted| wanted != connection.id) {
                continue;
            }
            let key = connection.id.to_string();
            let known_at = health.get(&connection.id).map_or(0, |health| health.last_at);
            let reach = (day::plus(from, -7 * build::WEEKS), to);
            let days = self.ground.days(self.conn, Slice::Connection, &key, reach).await?;
            known.push(KnownConnection {
                id: connection.id,
                name: connection.name,
                provider: connection.provider,
                state: state.state,
                last_received_at: state.silence.last_at,
                last_call_at: self.last_call(&key, known_at).await?,
                days,
                health: health.remove(&connection.id).unwrap_or_default(),
            });
        }
        Ok(build::data_health(&self.frame, known))
    }

    /// When the last call of a connection began, also behind the period; `known_at` is the last one in it.
    async fn last_call(&mut self, connection: &str, known_at: i64) -> Result<Option<Timestamp>, StoreError> {
        let mut last = known_at;
        if let Some(kept) = kept(self.conn, self.scope).await? {
            let slice = Slice::Health.as_str();
            let (grain, key) = (Grain::Day, Some(connection));
            let of = SumsOf { epoch: kept.epoch, grain, slice, key, from: 0, to: i64::MAX };
            let sum = store::last_sum(self.conn, self.scope, of).await?;
            last = sum.and_then(|sum| Health::decode(&sum.body)).map_or(last, |health| health.last_at.max(last));
        }
        Ok((last > 0).then(|| Timestamp::from_micros(last * 1_000_000)))
    }
}

//! What a report is counted from: the sums that are kept, with the days that changed a moment ago counted on the spot; or,
//! where no sums are kept for its filters together, the calls themselves. Both give the same numbers, and say so in tests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use switchboard_domain::ids::ConnectionId;
use switchboard_rules::report::{
    book::Book,
    build::{Days, Keys},
    day::{self, DaySums, Labelled, Slice},
    health::Health,
    returns::Missed,
    speech::Speech,
    tally::Tally,
};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    reports::{self, Grain, Sum, SumsOf},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Ground {
    /// Days that were counted just now, and stand in for what is kept of them.
    pub(super) fresh: BTreeMap<Date, DaySums>,
    pub(super) kept: Option<Kept>,
}

/// Where the kept sums are.
#[derive(Debug)]
pub(super) struct Kept {
    pub scope: TenantScope,
    pub epoch: i64,
    /// Months whose sums are those of their days.
    pub months: BTreeSet<i64>,
}

/// One row of a slice.
struct Row {
    date: Option<Date>,
    sum: Sum,
}

fn unreadable(slice: Slice) -> StoreError {
    StoreError::Inconsistent { what: "sum of a report", why: format!("one of `{slice}` cannot be read") }
}

/// Adds up labelled sums. What was heard last is what it is called.
fn add<T: Default>(keys: &mut Keys<T>, key: String, label: Option<String>, merge: impl FnOnce(&mut T)) {
    let entry: &mut Labelled<T> = keys.entry(key).or_default();
    if label.is_some() {
        entry.label = label;
    }
    merge(&mut entry.sums);
}

/// A stretch of whole months or of days.
type Piece = (Grain, i64, i64);

impl Kept {
    /// Takes a period apart into months that are added up and the days that are left, in order.
    fn pieces(&self, fresh: &BTreeMap<Date, DaySums>, from: Date, to: Date) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut date = from;
        while date <= to {
            let (month, last) = (day::month_of(date), date.last_of_month());
            let is_whole = date.day() == 1 && last <= to && self.months.contains(&month);
            let (piece, end) = if is_whole && fresh.range(date..=last).next().is_none() {
                ((Grain::Month, month, month), last)
            } else {
                ((Grain::Day, day::number_of(date), day::number_of(last.min(to))), last.min(to))
            };
            match pieces.last_mut() {
                Some((grain, _, until)) if *grain == piece.0 && *until + 1 == piece.1 => *until = piece.2,
                _ => pieces.push(piece),
            }
            date = day::next(end);
        }
        pieces
    }

    async fn rows(
        &self,
        conn: &mut Conn<'_>,
        slice: Slice,
        key: Option<&str>,
        pieces: &[Piece],
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for (grain, from, to) in pieces {
            let of = SumsOf { epoch: self.epoch, grain: *grain, slice: slice.as_str(), key, from: *from, to: *to };
            for sum in reports::sums(conn, self.scope, of).await? {
                let date = (*grain == Grain::Day).then(|| day::date_at(sum.bucket));
                rows.push(Row { date, sum });
            }
        }
        Ok(rows)
    }
}

impl Ground {
    /// Rows that are kept, without those that fresh days stand in for. `by_day`: no months.
    async fn rows(
        &self,
        conn: &mut Conn<'_>,
        slice: Slice,
        key: Option<&str>,
        (from, to): (Date, Date),
        by_day: bool,
    ) -> Result<Vec<Row>, StoreError> {
        let Some(kept) = &self.kept else { return Ok(Vec::new()) };
        let pieces = if by_day {
            vec![(Grain::Day, day::number_of(from), day::number_of(to))]
        } else {
            kept.pieces(&self.fresh, from, to)
        };
        let mut rows = kept.rows(conn, slice, key, &pieces).await?;
        rows.retain(|row| row.date.is_none_or(|date| !self.fresh.contains_key(&date)));
        Ok(rows)
    }

    fn fresh(&self, (from, to): (Date, Date)) -> impl Iterator<Item = (Date, &DaySums)> {
        self.fresh.range(from..=to).map(|(date, sums)| (*date, sums))
    }

    /// One key, day by day.
    pub(super) async fn days(
        &self,
        conn: &mut Conn<'_>,
        slice: Slice,
        key: &str,
        period: (Date, Date),
    ) -> Result<Days, StoreError> {
        let mut days = Days::new();
        for Row { date, sum } in self.rows(conn, slice, Some(key), period, true).await? {
            let Some(date) = date else { continue };
            days.insert(date, Tally::decode(&sum.body).ok_or_else(|| unreadable(slice))?);
        }
        for (date, sums) in self.fresh(period) {
            if let Some(kept) = sums.tallies.get(&(slice, key.to_owned())) {
                days.insert(date, kept.sums.clone());
            }
        }
        Ok(days)
    }

    /// All keys of a slice, or one, over the whole period.
    pub(super) async fn keys(
        &self,
        conn: &mut Conn<'_>,
        slice: Slice,
        key: Option<&str>,
        period: (Date, Date),
    ) -> Result<Keys<Tally>, StoreError> {
        let mut keys = Keys::new();
        for Row { sum, .. } in self.rows(conn, slice, key, period, false).await? {
            let tally = Tally::decode(&sum.body).ok_or_else(|| unreadable(slice))?;
            add(&mut keys, sum.key, sum.label, |sums: &mut Tally| sums.merge_days(&tally));
        }
        for (_, sums) in self.fresh(period) {
            let first = (slice, String::new());
            for ((_, k), kept) in sums.tallies.range(first..).take_while(|((s, _), _)| *s == slice) {
                if key.is_none_or(|key| key == k) {
                    add(&mut keys, k.clone(), kept.label.clone(), |sums: &mut Tally| sums.merge_days(&kept.sums));
                }
            }
        }
        Ok(keys)
    }

    /// Who called and was called.
    pub(super) async fn book(&self, conn: &mut Conn<'_>, period: (Date, Date)) -> Result<Book, StoreError> {
        let mut books = Vec::new();
        for Row { sum, .. } in self.rows(conn, Slice::Book, Some(""), period, false).await? {
            books.push(Book::decode(&sum.body).ok_or_else(|| unreadable(Slice::Book))?);
        }
        books.extend(self.fresh(period).map(|(_, sums)| sums.book.clone()));
        Ok(Book::join(books))
    }

    /// Missed calls, day by day.
    pub(super) async fn missed(
        &self,
        conn: &mut Conn<'_>,
        period: (Date, Date),
    ) -> Result<BTreeMap<Date, Missed>, StoreError> {
        let mut days = BTreeMap::new();
        for Row { date, sum } in self.rows(conn, Slice::Missed, Some(""), period, true).await? {
            let Some(date) = date else { continue };
            days.insert(date, Missed::decode(&sum.body).ok_or_else(|| unreadable(Slice::Missed))?);
        }
        days.extend(self.fresh(period).map(|(date, sums)| (date, sums.missed.clone())));
        Ok(days)
    }

    /// What the records of each connection say of it.
    pub(super) async fn health(
        &self,
        conn: &mut Conn<'_>,
        period: (Date, Date),
    ) -> Result<BTreeMap<ConnectionId, Health>, StoreError> {
        let mut all: BTreeMap<ConnectionId, Health> = BTreeMap::new();
        for Row { sum, .. } in self.rows(conn, Slice::Health, None, period, true).await? {
            let health = Health::decode(&sum.body).ok_or_else(|| unreadable(Slice::Health))?;
            let id = sum.key.parse().map_err(|_| unreadable(Slice::Health))?;
            all.entry(id).or_default().merge(&health);
        }
        for (_, sums) in self.fresh(period) {
            for (id, health) in &sums.health {
                all.entry(*id).or_default().merge(health);
            }
        }
        Ok(all)
    }

    /// What was said, day by day.
    pub(super) async fn speech_days(
        &self,
        conn: &mut Conn<'_>,
        period: (Date, Date),
    ) -> Result<BTreeMap<Date, Speech>, StoreError> {
        let mut days = BTreeMap::new();
        for Row { date, sum } in self.rows(conn, Slice::Speech, Some(""), period, true).await? {
            let Some(date) = date else { continue };
            days.insert(date, Speech::decode(&sum.body).ok_or_else(|| unreadable(Slice::Speech))?);
        }
        for (date, sums) in self.fresh(period) {
            if let Some(kept) = sums.speech.get(&(Slice::Speech, String::new())) {
                days.insert(date, kept.sums);
            }
        }
        Ok(days)
    }

    /// By agent, or by keyword.
    pub(super) async fn speech_keys(
        &self,
        conn: &mut Conn<'_>,
        slice: Slice,
        period: (Date, Date),
    ) -> Result<Keys<Speech>, StoreError> {
        let mut keys = Keys::new();
        for Row { sum, .. } in self.rows(conn, slice, None, period, false).await? {
            let speech = Speech::decode(&sum.body).ok_or_else(|| unreadable(slice))?;
            add(&mut keys, sum.key, sum.label, |sums: &mut Speech| sums.merge(&speech));
        }
        for (_, sums) in self.fresh(period) {
            let first = (slice, String::new());
            for ((_, key), kept) in sums.speech.range(first..).take_while(|((s, _), _)| *s == slice) {
                add(&mut keys, key.clone(), kept.label.clone(), |sums: &mut Speech| sums.merge(&kept.sums));
            }
        }
        Ok(keys)
    }
}

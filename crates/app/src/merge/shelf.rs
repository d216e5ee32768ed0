//! One kind of record in memory: what facts have said of each, what they come to, and which must be written.

use std::collections::{BTreeSet, HashMap};

use switchboard_domain::{
    Timestamp,
    change::{NewChange, RecordKind, Verb},
};
use switchboard_store::{
    insert::Insert,
    record::{self, Columns, KeptDoc},
};
use uuid::Uuid;

use super::diff;

/// One record on the shelf.
pub struct Slot<T, D> {
    pub doc: D,
    /// What it came to so far; `None` before its first event is settled.
    pub record: Option<T>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// What people see of it changed.
    is_changed: bool,
    is_dirty: bool,
    /// As it was loaded.
    stored: Option<KeptDoc<T, D>>,
}

/// All loaded records of one kind.
pub struct Shelf<T, D> {
    slots: HashMap<Uuid, Slot<T, D>>,
    touched: BTreeSet<Uuid>,
}

impl<T, D> Default for Shelf<T, D> {
    fn default() -> Self {
        Self { slots: HashMap::new(), touched: BTreeSet::new() }
    }
}

impl<T, D> Shelf<T, D>
where
    T: Columns + Clone + PartialEq + serde::Serialize,
    D: Default + Clone + serde::Serialize,
{
    pub fn load(rows: Vec<KeptDoc<T, D>>, id_of: impl Fn(&T) -> Uuid) -> Self {
        let slot = |row: KeptDoc<T, D>| {
            let id = id_of(&row.record);
            let slot = Slot {
                doc: row.doc.clone(),
                record: Some(row.record.clone()),
                created_at: row.created_at,
                updated_at: row.updated_at,
                is_changed: false,
                is_dirty: false,
                stored: Some(row),
            };
            (id, slot)
        };
        Self { slots: rows.into_iter().map(slot).collect(), touched: BTreeSet::new() }
    }

    /// The document of this record, for a fact to change; it counts as touched by the present event.
    pub fn doc_for(&mut self, id: Uuid, received_at: Timestamp) -> &mut D {
        self.touched.insert(id);
        let slot = self.slots.entry(id).or_insert_with(|| Slot {
            doc: D::default(),
            record: None,
            created_at: received_at,
            updated_at: received_at,
            is_changed: true,
            is_dirty: true,
            stored: None,
        });
        if received_at < slot.created_at {
            slot.created_at = received_at;
            slot.is_dirty = true;
        }
        &mut slot.doc
    }

    /// Marks one, because what it is computed from changed.
    pub fn touch(&mut self, id: Uuid) {
        self.touched.insert(id);
    }

    /// What facts have said of one.
    pub fn doc(&self, id: Uuid) -> Option<&D> {
        self.slots.get(&id).map(|slot| &slot.doc)
    }

    /// What facts have said of each.
    pub fn docs(&self) -> impl Iterator<Item = (Uuid, &D)> {
        self.slots.iter().map(|(id, slot)| (*id, &slot.doc))
    }

    /// Marks those whose record fits, because what they are computed from changed.
    pub fn touch_where(&mut self, fits: impl Fn(&T) -> bool) {
        let matching = self.slots.iter().filter(|(_, slot)| slot.record.as_ref().is_some_and(&fits)).map(|(id, _)| *id);
        self.touched.extend(matching);
    }

    /// Computes what the touched records have come to by the event of time `at`, and returns the differences.
    pub fn settle(
        &mut self,
        kind: RecordKind,
        at: Timestamp,
        project: impl Fn(Uuid, &D, Option<&T>) -> Option<T>,
        state: impl Fn(&T) -> Option<String>,
    ) -> Vec<(NewChange, T)> {
        let mut changes = Vec::new();
        for id in std::mem::take(&mut self.touched) {
            let Some(slot) = self.slots.get_mut(&id) else { continue };
            let Some(record) = project(id, &slot.doc, slot.record.as_ref()) else { continue };
            // Written whenever touched: the document may know more although nothing visible differs.
            slot.is_dirty = true;
            if slot.record.as_ref() == Some(&record) {
                continue;
            }
            let change = NewChange {
                kind,
                record_id: id,
                verb: if slot.record.is_none() { Verb::Created } else { Verb::Updated },
                from_state: slot.record.as_ref().and_then(&state),
                to_state: state(&record),
                fields: slot.record.as_ref().map(|before| diff::fields(before, &record)).unwrap_or_default(),
                occurred_at: at,
            };
            changes.push((change, record.clone()));
            slot.is_changed = true;
            slot.record = Some(record);
        }
        changes
    }

    /// What is to be written.
    pub fn save(self, now: Timestamp) -> Insert {
        let kept = |slot: Slot<T, D>| {
            let Slot { doc, record, created_at, updated_at, is_changed, stored, .. } = slot;
            let updated_at = if is_changed { now } else { updated_at };
            record.map(|record| (stored, KeptDoc { record, doc, created_at, updated_at }))
        };
        let rows: Vec<_> = self.slots.into_values().filter(|slot| slot.is_dirty).filter_map(kept).collect();
        record::upsert(&rows.iter().map(|(stored, row)| (stored.as_ref(), row)).collect::<Vec<_>>())
    }
}

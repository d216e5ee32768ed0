//! A company and all it has: one per accepted key, kept in memory, every collection bounded.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};

use serde_json::{Value, json};

use super::{
    error::ApiError,
    event::{Event, Kind},
    leg::Leg,
    message::Text,
    people::{FIRST_CONTACTS, Party, People, national},
    subscription::{MAX_COMPANY_WIDE, MAX_PER_KIND, Subscription, Webhook},
};
use crate::dice::Dice;

/// Oldest legs and texts go first when a company has more; far above what a trial or a test makes.
const MAX_LEGS: usize = 20_000;
const MAX_TEXTS: usize = 20_000;
/// Bound for what only API clients create; past it a create is refused.
pub(crate) const MAX_ITEMS: usize = 10_000;

#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) key: String,
    pub(crate) people: People,
    pub(crate) dice: Dice,
    ledger: Mutex<Ledger>,
    /// A past is being told; see `history`.
    pub(crate) is_telling: AtomicBool,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) webhooks: BTreeMap<i64, Webhook>,
    pub(crate) subscriptions: BTreeMap<i64, Subscription>,
    pub(crate) legs: BTreeMap<i64, Leg>,
    /// Ids of `legs` in the order they were made, to drop the oldest.
    leg_order: std::collections::VecDeque<i64>,
    pub(crate) texts: std::collections::VecDeque<Text>,
    pub(crate) contacts: BTreeMap<i64, Contact>,
    pub(crate) links: BTreeMap<String, Link>,
    pub(crate) stats: BTreeMap<String, Value>,
    /// (call centre, number) pairs that wait for a call-back.
    pub(crate) callbacks: Vec<(i64, String)>,
    pub(crate) do_not_disturb: BTreeSet<i64>,
    /// Duty word and the instant it began, per user.
    pub(crate) duty: BTreeMap<i64, (String, Option<String>, i64)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) id: i64,
    /// Shared contacts belong to the company, local ones to a user.
    pub(crate) owner_id: Option<String>,
    pub(crate) uid: Option<String>,
    /// The documented fields as given.
    pub(crate) fields: serde_json::Map<String, Value>,
}

/// A share link of a recording or of a call's review page.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) call_review: bool,
    pub(crate) body: Value,
}

impl Company {
    pub(crate) fn new(key: &str, seed: u64, run: u64) -> Self {
        let dice = Dice::for_key(seed, key);
        let people = People::new(&dice);
        let mut ledger = Ledger::default();
        for (first, last, number) in FIRST_CONTACTS {
            let id = dice.id();
            let fields = json!({"first_name": first, "last_name": last, "phones": [number], "emails": []});
            let Value::Object(fields) = fields else { continue };
            ledger.contacts.insert(id, Contact { id, owner_id: None, uid: None, fields });
        }
        // Who they are stays; what happens to them is new in each run.
        let dice = if run == 0 { dice } else { Dice::for_key(seed ^ run, key) };
        Self { key: key.to_owned(), people, dice, ledger: Mutex::new(ledger), is_telling: AtomicBool::new(false) }
    }

    /// The company's state. Held for the length of one request and never across an await.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outside party behind a number: a known contact, or somebody without a name.
    pub(crate) fn outside(&self, number: &str) -> Party {
        let known = self.ledger().contacts.values().find(|contact| contact.has_number(number)).map(Contact::party);
        known
            .unwrap_or_else(|| Party {
                // The same stranger keeps one id, or every call of theirs would be another person's.
                id: Dice::for_key(0, &format!("{}/{number}", self.key)).id(),
                kind: "local",
                name: national(number),
                email: String::new(),
                phone: number.to_owned(),
                office_id: None,
            })
            .with_phone(number)
    }

    /// The (webhook, subscription) pairs an event goes to.
    pub(crate) fn receivers(&self, event: &Event) -> Vec<(Webhook, Subscription)> {
        let ledger = self.ledger();
        let covering = ledger.subscriptions.values().filter(|subscription| subscription.covers(event));
        covering
            .filter_map(|subscription| {
                let webhook = ledger.webhooks.get(&subscription.endpoint_id)?;
                Some((webhook.clone(), subscription.clone()))
            })
            .collect()
    }
}

impl Party {
    fn with_phone(mut self, number: &str) -> Self {
        number.clone_into(&mut self.phone);
        self
    }
}

impl Contact {
    fn has_number(&self, number: &str) -> bool {
        let phones = self.fields.get("phones").and_then(Value::as_array);
        phones.is_some_and(|phones| phones.iter().any(|phone| phone == number))
    }

    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn first(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_array()?.first()?.as_str()
    }

    pub(crate) fn display_name(&self) -> String {
        format!("{} {}", self.text("first_name"), self.text("last_name")).trim().to_owned()
    }

    /// Dialpad prints a shared contact's API-given uid as its id.
    pub(crate) fn shown_id(&self) -> String {
        self.uid.clone().unwrap_or_else(|| self.id.to_string())
    }

    pub(crate) fn proto(&self) -> Value {
        let mut body = self.fields.clone();
        body.insert("id".to_owned(), self.shown_id().into());
        body.insert("type".to_owned(), if self.owner_id.is_some() { "local" } else { "shared" }.into());
        body.insert("display_name".to_owned(), self.display_name().into());
        body.insert("primary_phone".to_owned(), self.first("phones").into());
        body.insert("primary_email".to_owned(), self.first("emails").into());
        body.insert("owner_id".to_owned(), self.owner_id.clone().into());
        Value::Object(body)
    }

    fn party(&self) -> Party {
        Party {
            id: self.id,
            kind: if self.owner_id.is_some() { "local" } else { "shared" },
            name: self.display_name(),
            email: self.first("emails").unwrap_or_default().to_owned(),
            phone: self.first("phones").unwrap_or_default().to_owned(),
            office_id: None,
        }
    }
}

impl Ledger {
    pub(crate) fn put_leg(&mut self, leg: Leg) {
        let call_id = leg.call_id;
        if self.legs.insert(call_id, leg).is_none() {
            self.leg_order.push_back(call_id);
        }
        while self.leg_order.len() > MAX_LEGS {
            if let Some(oldest) = self.leg_order.pop_front() {
                self.legs.remove(&oldest);
            }
        }
    }

    pub(crate) fn put_text(&mut self, text: Text) {
        match self.texts.iter_mut().rev().find(|known| known.id == text.id) {
            Some(known) => *known = text,
            None => self.texts.push_back(text),
        }
        while self.texts.len() > MAX_TEXTS {
            self.texts.pop_front();
        }
    }

    /// Adds a subscription if its webhook exists and Dialpad's caps allow it.
    pub(crate) fn put_subscription(&mut self, subscription: Subscription) -> Result<(), ApiError> {
        if !self.webhooks.contains_key(&subscription.endpoint_id) {
            return Err(ApiError::bad_request(format!("\"endpoint_id\": no webhook {}", subscription.endpoint_id)));
        }
        let others = || self.of_kind(subscription.kind).filter(|other| other.id != subscription.id);
        if others().count() >= MAX_PER_KIND {
            return Err(ApiError::bad_request(format!(
                "a company has at most {MAX_PER_KIND} subscriptions of one type"
            )));
        }
        if subscription.is_company_wide()
            && others().filter(|other| other.is_company_wide()).count() >= MAX_COMPANY_WIDE
        {
            return Err(ApiError::bad_request(format!(
                "a company has at most {MAX_COMPANY_WIDE} subscriptions of one type without a target"
            )));
        }
        self.subscriptions.insert(subscription.id, subscription);
        Ok(())
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.values().filter(move |subscription| subscription.kind == kind)
    }

    /// Removes a webhook and the subscriptions that would have nowhere to send.
    pub(crate) fn remove_webhook(&mut self, id: i64) -> Option<Webhook> {
        let removed = self.webhooks.remove(&id)?;
        self.subscriptions.retain(|_, subscription| subscription.endpoint_id != id);
        Some(removed)
    }
}

//! Scorecards: questions that a chat server answers about each call, with the lines that show it.
//!
//! Yes or no with a weight, and not marks from one to a hundred: a mark cannot be checked against what was said.

use switchboard_domain::{audit::Action, ids::ScorecardId};
use switchboard_store::{
    StoreError, TenantScope,
    scorecards::{self, Scorecard, ScorecardItem},
};

use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
};

/// Scorecards of one tenant. All that are on are asked about each call.
pub const MAX_CARDS: i64 = 10;
const MAX_ITEMS: usize = 30;
/// Characters of one question.
const MAX_CHARS: usize = 300;
const MAX_WEIGHT: i64 = 100;

/// What somebody wants of a scorecard; what is left out stays, or is as in a new one.
#[derive(Debug, Clone, Default)]
pub struct CardWish {
    pub name: Option<String>,
    pub items: Option<Vec<ScorecardItem>>,
    pub is_on: Option<bool>,
}

/// An operation on a scorecard failed.
#[derive(Debug, thiserror::Error)]
pub enum CardsError {
    #[error("there is no such scorecard")]
    NotFound,
    #[error("a workspace has at most {MAX_CARDS} scorecards; remove one, or put questions into one that you have")]
    TooMany,
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("the scorecards could not be read or written")]
    Store(#[from] StoreError),
}

/// A tenant's scorecards, oldest first.
pub async fn list(app: &App, scope: TenantScope) -> Result<Vec<Scorecard>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    scorecards::list(&mut reader.conn(), scope, MAX_CARDS).await
}

/// One scorecard.
pub async fn find(app: &App, scope: TenantScope, id: ScorecardId) -> Result<Scorecard, CardsError> {
    list(app, scope).await?.into_iter().find(|card| card.id == id).ok_or(CardsError::NotFound)
}

/// Makes a scorecard. It must have a name and a question.
pub async fn create(app: &App, scope: TenantScope, wish: CardWish, by: &Origin) -> Result<Scorecard, CardsError> {
    let now = app.now();
    let id = app.id();
    let blank = Scorecard { id, name: String::new(), items: Vec::new(), is_on: true, created_at: now, updated_at: now };
    let wish = CardWish { name: wish.name.or(Some(String::new())), items: wish.items.or(Some(Vec::new())), ..wish };
    let card = applied(blank, wish)?;
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let held = scorecards::list(&mut tx.conn(), scope, MAX_CARDS).await?.len();
    if i64::try_from(held).unwrap_or(i64::MAX) >= MAX_CARDS {
        return Err(CardsError::TooMany);
    }
    scorecards::insert(&mut tx.conn(), scope, &card).await?;
    audit::record(&mut tx, app, entry(by, Action::ScorecardCreated, &card)).await?;
    tx.commit(now).await?;
    Ok(card)
}

/// Changes a scorecard. Calls that were judged by it keep their questions and answers.
pub async fn update(
    app: &App,
    scope: TenantScope,
    id: ScorecardId,
    wish: CardWish,
    by: &Origin,
) -> Result<Scorecard, CardsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let held = scorecards::list(&mut tx.conn(), scope, MAX_CARDS).await?;
    let card = held.into_iter().find(|card| card.id == id).ok_or(CardsError::NotFound)?;
    let card = Scorecard { updated_at: now, ..applied(card, wish)? };
    scorecards::update(&mut tx.conn(), scope, &card).await?;
    audit::record(&mut tx, app, entry(by, Action::ScorecardUpdated, &card)).await?;
    tx.commit(now).await?;
    Ok(card)
}

/// Removes a scorecard. Calls that were judged by it keep their answers.
pub async fn remove(app: &App, scope: TenantScope, id: ScorecardId, by: &Origin) -> Result<(), CardsError> {
    let card = find(app, scope, id).await?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if !scorecards::remove(&mut tx.conn(), scope, id).await? {
        return Err(CardsError::NotFound);
    }
    audit::record(&mut tx, app, entry(by, Action::ScorecardDeleted, &card)).await?;
    tx.commit(now).await?;
    Ok(())
}

fn entry<'a>(by: &'a Origin, action: Action, card: &Scorecard) -> Entry<'a> {
    let questions = i64::try_from(card.items.len()).unwrap_or(i64::MAX);
    let entry = Entry::new(by, action).on("scorecard", card.id).with("name", card.name.as_str());
    entry.with("is_on", card.is_on).with("questions", questions)
}

fn applied(mut card: Scorecard, wish: CardWish) -> Result<Scorecard, CardsError> {
    let mut faults = Vec::new();
    if let Some(name) = wish.name {
        card.name = fault::name("name", &name, &mut faults).unwrap_or_default();
    }
    card.is_on = wish.is_on.unwrap_or(card.is_on);
    if let Some(items) = wish.items {
        card.items = items.into_iter().map(tidy).collect();
        faults.extend(wrong(&card.items));
    }
    if faults.is_empty() { Ok(card) } else { Err(CardsError::Invalid(faults)) }
}

fn tidy(mut item: ScorecardItem) -> ScorecardItem {
    item.question = item.question.split_whitespace().collect::<Vec<_>>().join(" ");
    item
}

fn wrong(items: &[ScorecardItem]) -> Option<FieldFault> {
    let fault = |code, why: String| Some(FieldFault::new("items", code, why));
    if items.is_empty() || items.len() > MAX_ITEMS {
        return fault("required", format!("a scorecard has 1 to {MAX_ITEMS} questions"));
    }
    for ScorecardItem { question, weight } in items {
        if question.is_empty() || question.chars().count() > MAX_CHARS {
            return fault("invalid", format!("a question has 1 to {MAX_CHARS} characters"));
        }
        if !(1..=MAX_WEIGHT).contains(weight) {
            return fault("out_of_bounds", format!("a weight is a number from 1 to {MAX_WEIGHT}"));
        }
    }
    None
}

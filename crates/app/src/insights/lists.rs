//! Lists of words and phrases that a tenant listens for.
//!
//! A changed list counts for calls that come, and for earlier ones once somebody has them read again
//! ([`super::refresh`]): that may be a year of calls, and nobody should start it by mending a typing error.

use std::collections::BTreeMap;

use switchboard_domain::{
    audit::Action,
    ids::{KeywordId, KeywordListId},
    insight::Speaker,
};
use switchboard_rules::speech::Phrase;
use switchboard_store::{
    Conn, StoreError, TenantScope, TenantTx,
    keywords::{self, Keyword, KeywordList},
};

use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
};

/// Lists of one tenant, and words of all of them.
pub const MAX_LISTS: i64 = 50;
pub const MAX_WORDS: i64 = 1_000;
/// Characters of one phrase.
const MAX_CHARS: usize = 100;

/// A list with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub list: KeywordList,
    pub words: Vec<Keyword>,
}

/// What somebody wants of a list; what is left out stays, or is as in a new list.
#[derive(Debug, Clone, Default)]
pub struct ListWish {
    pub name: Option<String>,
    /// `Some(None)`: everybody's words count.
    pub speaker: Option<Option<Speaker>>,
    pub is_on: Option<bool>,
    pub phrases: Option<Vec<String>>,
}

/// An operation on a list failed.
#[derive(Debug, thiserror::Error)]
pub enum ListsError {
    #[error("there is no such keyword list")]
    NotFound,
    #[error("a workspace has at most {MAX_LISTS} keyword lists; put words into one that you have")]
    TooMany,
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error("the keyword lists could not be read or written")]
    Store(#[from] StoreError),
}

/// A tenant's lists, oldest first.
pub async fn list(app: &App, scope: TenantScope) -> Result<Vec<Listed>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    read(&mut reader.conn(), scope).await
}

async fn read(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Vec<Listed>, StoreError> {
    let lists = keywords::lists(conn, scope, MAX_LISTS).await?;
    let mut words: BTreeMap<KeywordListId, Vec<Keyword>> = BTreeMap::new();
    for word in keywords::all(conn, scope, MAX_WORDS).await? {
        words.entry(word.list_id).or_default().push(word);
    }
    for phrases in words.values_mut() {
        phrases.sort_by_cached_key(|word| word.phrase.to_lowercase());
    }
    Ok(lists.into_iter().map(|list| Listed { words: words.remove(&list.id).unwrap_or_default(), list }).collect())
}

/// One list.
pub async fn find(app: &App, scope: TenantScope, id: KeywordListId) -> Result<Listed, ListsError> {
    list(app, scope).await?.into_iter().find(|held| held.list.id == id).ok_or(ListsError::NotFound)
}

/// Makes a list. It must have a name and a word.
pub async fn create(app: &App, scope: TenantScope, wish: ListWish, by: &Origin) -> Result<Listed, ListsError> {
    let now = app.now();
    let id = app.id();
    let blank = KeywordList { id, name: String::new(), speaker: None, is_on: true, created_at: now, updated_at: now };
    let wish = ListWish { name: wish.name.or(Some(String::new())), phrases: wish.phrases.or(Some(Vec::new())), ..wish };
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let held = read(&mut tx.conn(), scope).await?;
    if i64::try_from(held.len()).unwrap_or(i64::MAX) >= MAX_LISTS {
        return Err(ListsError::TooMany);
    }
    let (list, phrases) = applied(blank, wish, &held)?;
    keywords::insert(&mut tx.conn(), scope, &list).await?;
    set_words(app, &mut tx, &list, &[], phrases.unwrap_or_default()).await?;
    audit::record(&mut tx, app, entry(by, Action::KeywordListCreated, &list)).await?;
    tx.commit(now).await?;
    find(app, scope, list.id).await
}

/// Changes a list. A phrase that stays keeps where it was heard.
pub async fn update(
    app: &App,
    scope: TenantScope,
    id: KeywordListId,
    wish: ListWish,
    by: &Origin,
) -> Result<Listed, ListsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let mut held = read(&mut tx.conn(), scope).await?;
    let place = held.iter().position(|held| held.list.id == id).ok_or(ListsError::NotFound)?;
    let Listed { list, words } = held.swap_remove(place);
    let (mut list, phrases) = applied(list, wish, &held)?;
    list.updated_at = now;
    keywords::update(&mut tx.conn(), scope, &list).await?;
    if let Some(phrases) = phrases {
        set_words(app, &mut tx, &list, &words, phrases).await?;
    }
    audit::record(&mut tx, app, entry(by, Action::KeywordListUpdated, &list)).await?;
    tx.commit(now).await?;
    find(app, scope, id).await
}

/// Removes a list, and where its words were heard.
pub async fn remove(app: &App, scope: TenantScope, id: KeywordListId, by: &Origin) -> Result<(), ListsError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let held = read(&mut tx.conn(), scope).await?;
    let gone = held.into_iter().find(|held| held.list.id == id).ok_or(ListsError::NotFound)?;
    for word in &gone.words {
        keywords::remove_word(&mut tx.conn(), scope, word.id).await?;
    }
    keywords::remove(&mut tx.conn(), scope, id).await?;
    audit::record(&mut tx, app, entry(by, Action::KeywordListDeleted, &gone.list)).await?;
    tx.commit(now).await?;
    Ok(())
}

fn entry<'a>(by: &'a Origin, action: Action, list: &KeywordList) -> Entry<'a> {
    Entry::new(by, action).on("keyword_list", list.id).with("name", list.name.as_str()).with("is_on", list.is_on)
}

/// Puts these phrases in place of the words that a list has.
async fn set_words(
    app: &App,
    tx: &mut TenantTx,
    list: &KeywordList,
    held: &[Keyword],
    phrases: Vec<String>,
) -> Result<(), StoreError> {
    let (scope, now) = (tx.scope(), app.now());
    for word in held.iter().filter(|word| !phrases.contains(&word.phrase)) {
        keywords::remove_word(&mut tx.conn(), scope, word.id).await?;
    }
    for phrase in phrases.into_iter().filter(|phrase| !held.iter().any(|word| word.phrase == *phrase)) {
        let word = Keyword { id: app.id::<KeywordId>(), list_id: list.id, phrase };
        keywords::insert_word(&mut tx.conn(), scope, &word, now).await?;
    }
    Ok(())
}

/// The list with what is wanted, and its phrases; or all that is wrong with that. `others` are the tenant's other lists.
fn applied(
    mut list: KeywordList,
    wish: ListWish,
    others: &[Listed],
) -> Result<(KeywordList, Option<Vec<String>>), ListsError> {
    let mut faults = Vec::new();
    if let Some(name) = wish.name {
        list.name = fault::name("name", &name, &mut faults).unwrap_or_default();
    }
    list.speaker = wish.speaker.unwrap_or(list.speaker);
    if list.speaker == Some(Speaker::Unknown) {
        faults.push(FieldFault::new("speaker", "invalid", "it is agent, customer or null"));
    }
    list.is_on = wish.is_on.unwrap_or(list.is_on);
    let phrases = wish.phrases.map(|phrases| tidy(&phrases, &mut faults));
    let elsewhere: usize = others.iter().map(|held| held.words.len()).sum();
    let room = usize::try_from(MAX_WORDS).unwrap_or(0).saturating_sub(elsewhere);
    if phrases.as_ref().is_some_and(|phrases| phrases.len() > room) {
        let why =
            format!("a workspace listens for at most {MAX_WORDS} phrases in all its lists; there is room for {room}");
        faults.push(FieldFault::new("phrases", "too_long", why));
    }
    if faults.is_empty() { Ok((list, phrases)) } else { Err(ListsError::Invalid(faults)) }
}

/// Phrases with single blanks, each once.
fn tidy(given: &[String], faults: &mut Vec<FieldFault>) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    for phrase in given {
        let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_held = phrases.iter().any(|held| held.to_lowercase() == phrase.to_lowercase());
        if phrase.is_empty() || is_held {
            continue;
        }
        if phrase.chars().count() > MAX_CHARS {
            let why = format!("a phrase has at most {MAX_CHARS} characters");
            faults.push(FieldFault::new("phrases", "too_long", why));
            return phrases;
        }
        if Phrase::new(&phrase).is_none() {
            faults.push(FieldFault::new("phrases", "invalid", format!("`{phrase}` has no letter or digit in it")));
            return phrases;
        }
        phrases.push(phrase);
    }
    if phrases.is_empty() {
        faults.push(FieldFault::new("phrases", "required", "a list needs a word or phrase"));
    }
    phrases
}

//! Whether a tenant has its calls read by a chat server, and how much that may cost in a month.

use serde_json::json;
use switchboard_domain::audit::Action;
use switchboard_store::{
    StoreError, TenantScope,
    analyses::{self, ChatRow, Used},
};

use super::server;
use crate::{
    App,
    accounts::{FieldFault, fault},
    audit::{self, Entry, Origin},
    connections::ConnectionsError,
};

/// Tokens a month that a tenant may use which set no number: some 3,000 calls of five minutes.
pub const USUAL_TOKENS: i64 = 5_000_000;
const MOST_TOKENS: i64 = 10_000_000_000;

/// What a tenant has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatSettings {
    /// New calls are sent to the server by themselves.
    pub is_on: bool,
    pub monthly_tokens: i64,
}

/// Whether there is a chat server that may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatState {
    pub settings: ChatSettings,
    /// The model that is asked; `None`: no connection has one.
    pub model: Option<String>,
    /// In this month (UTC).
    pub used: Used,
}

impl ChatState {
    pub const fn is_connected(&self) -> bool {
        self.model.is_some()
    }

    /// The month's tokens are used up.
    pub const fn is_used_up(&self) -> bool {
        self.used.tokens >= self.settings.monthly_tokens
    }

    /// New calls are sent by themselves.
    pub const fn is_ready(&self) -> bool {
        self.settings.is_on && self.is_connected() && !self.is_used_up()
    }
}

/// The settings could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ChatSettingsError {
    #[error("{}", fault::list(.0))]
    Invalid(Vec<FieldFault>),
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
    #[error("the settings could not be read or written")]
    Store(#[from] StoreError),
}

/// How things stand.
pub async fn chat_state(app: &App, scope: TenantScope) -> Result<ChatState, ConnectionsError> {
    let model = server::find(app, scope).await?.map(|server| server.model);
    let mut reader = app.db.read(scope).await?;
    let conn = &mut reader.conn();
    let row = analyses::settings(conn, scope).await?;
    let used = analyses::used(conn, scope, &month(app)).await?;
    Ok(ChatState { settings: settings(row), model, used })
}

fn settings(row: Option<ChatRow>) -> ChatSettings {
    ChatSettings {
        is_on: row.as_ref().is_none_or(|row| row.is_on),
        monthly_tokens: row.and_then(|row| row.monthly_tokens).unwrap_or(USUAL_TOKENS),
    }
}

/// `2026-11`, UTC.
pub(super) fn month(app: &App) -> String {
    app.now().to_string().chars().take(7).collect()
}

/// Changes what is given.
pub async fn change_settings(
    app: &App,
    scope: TenantScope,
    is_on: Option<bool>,
    monthly_tokens: Option<i64>,
    by: &Origin,
) -> Result<ChatState, ChatSettingsError> {
    if monthly_tokens.is_some_and(|tokens| !(0..=MOST_TOKENS).contains(&tokens)) {
        let why = format!("a number from 0 to {MOST_TOKENS}");
        return Err(ChatSettingsError::Invalid(vec![FieldFault::new("monthly_tokens", "out_of_bounds", why)]));
    }
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let before = settings(analyses::settings(&mut tx.conn(), scope).await?);
    let after = ChatSettings {
        is_on: is_on.unwrap_or(before.is_on),
        monthly_tokens: monthly_tokens.unwrap_or(before.monthly_tokens),
    };
    if after != before {
        let row = ChatRow { is_on: after.is_on, monthly_tokens: Some(after.monthly_tokens) };
        analyses::set_settings(&mut tx.conn(), scope, &row, now).await?;
        let entry = Entry::new(by, Action::ChatSettingsChanged)
            .with("is_on", json!(after.is_on))
            .with("monthly_tokens", json!(after.monthly_tokens));
        audit::record(&mut tx, app, entry).await?;
    }
    tx.commit(now).await?;
    Ok(chat_state(app, scope).await?)
}

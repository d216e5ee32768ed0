//! Opening a session: the one way to tokens, whatever proved who somebody is.
//!
//! Each sign-in opens a new one. Nothing that a client held before is taken over, so a session that somebody else planted
//! is never the one that gets signed in.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{
    Timestamp,
    ids::{SessionId, TenantId, UserId},
    role::Role,
};
use switchboard_store::{
    PlatformTx, StoreError,
    people::{
        refresh_tokens,
        sessions::{self, Session},
        users,
    },
};

use super::{
    Client,
    token::{ACCESS_LIFE, Bearer},
};
use crate::{App, vault::sha256};

/// How long a session lives on after its last refresh: what the guide promises of a refresh token.
pub(super) const SESSION_IDLE: Duration = Duration::from_hours(30 * 24);
/// How long a session lives in all. A stolen browser profile must not stay signed in for years.
pub(super) const SESSION_LIFE: Duration = Duration::from_hours(180 * 24);
/// How long a platform admin works under somebody's name; there is no refreshing.
const IMPERSONATION_LIFE: Duration = Duration::from_hours(1);
/// What every refresh token starts with, so that scanners recognise a leaked one.
const REFRESH_PREFIX: &str = "srt_";

/// Who gets a session, and where they work in it.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    pub user: UserId,
    /// The tenant and their role in it, as a membership says.
    pub place: Option<(TenantId, Role)>,
    /// The tokens will live in a browser's cookies.
    pub is_browser: bool,
    /// The platform admin who will work under this person's name. They do so for an hour.
    pub impersonated_by: Option<UserId>,
}

/// What a client holds. The only place where they can be read.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub session: SessionId,
    pub access_token: SecretString,
    /// How long the access token is good for.
    pub expires_in: Duration,
    /// None for an impersonation, and where the one that the client holds goes on being good.
    pub refresh_token: Option<SecretString>,
    /// When the session ends unless it is refreshed before.
    pub session_expires_at: Timestamp,
}

/// Opens a session in a transaction of its own.
pub async fn open_session(app: &App, opening: Opening, client: &Client) -> Result<Tokens, StoreError> {
    let mut tx = app.db.begin_platform().await?;
    let tokens = open_session_in(app, &mut tx, opening, client).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// Opens a session together with what else the transaction does.
pub async fn open_session_in(
    app: &App,
    tx: &mut PlatformTx,
    opening: Opening,
    client: &Client,
) -> Result<Tokens, StoreError> {
    let now = app.now();
    let life = if opening.impersonated_by.is_some() { IMPERSONATION_LIFE } else { SESSION_IDLE };
    let session = Session {
        id: app.id(),
        user_id: opening.user,
        tenant_id: opening.place.map(|(tenant, _)| tenant),
        impersonated_by: opening.impersonated_by,
        is_browser: opening.is_browser,
        user_agent: client.user_agent(),
        address: client.address(),
        created_at: now,
        last_used_at: now,
        expires_at: now + life,
    };
    sessions::insert(tx, &session).await?;
    let refresh_token = if opening.impersonated_by.is_some() {
        None
    } else {
        users::note_login(tx, opening.user, client.language, now).await?;
        Some(fresh_refresh_token(app, tx, session.id).await?)
    };
    let bearer = Bearer {
        user: opening.user,
        session: session.id,
        tenant: session.tenant_id,
        role: opening.place.map(|(_, role)| role),
        impersonated_by: opening.impersonated_by,
    };
    Ok(Tokens {
        session: session.id,
        access_token: app.accounts.tokens.sign(bearer, now),
        expires_in: ACCESS_LIFE,
        refresh_token,
        session_expires_at: session.expires_at,
    })
}

/// A new refresh token of a session: 256 random bits, of which the SHA-256 is kept.
pub(super) async fn fresh_refresh_token(
    app: &App,
    tx: &mut PlatformTx,
    session: SessionId,
) -> Result<SecretString, StoreError> {
    let token = SecretString::from(format!("{REFRESH_PREFIX}{}", BASE64.encode(app.random.array::<32>())));
    refresh_tokens::insert(tx, &sha256(token.expose_secret().as_bytes()), session, app.now()).await?;
    Ok(token)
}

/// When a session that was opened at `created_at` and is used now ends.
pub(super) fn extended(created_at: Timestamp, now: Timestamp) -> Timestamp {
    (now + SESSION_IDLE).min(created_at + SESSION_LIFE)
}

//! Connecting to Dialpad with OAuth, and keeping the tokens fresh.
//!
//! The state of a sign-in is random, good for one use and fifteen minutes, and kept as a hash; the PKCE verifier is
//! sealed. A sign-in is tied to the browser that began it, by a cookie: otherwise somebody could begin one for a connection
//! of theirs, send the address of the consent page to another company's admin, and get that company's tokens. Which company
//! it is, the token answer does not say: it is asked of Dialpad with the new token, and an app that belongs to one company
//! cannot be pointed at another without being disconnected first.
//!
//! Refresh tokens rotate: of two refreshes with one token the second is refused, and Dialpad may take the whole sign-in
//! back. So a refresh is claimed in the database before Dialpad is asked ([`secrets::claim_credential`]), and runs in a
//! task of its own: whoever asked for it may go away, the new pair is stored all the same.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    connection::ConnectionStatus,
    ids::{AppId, ConnectionId},
};
use switchboard_providers::{
    OutboundError,
    dialpad::{
        DialpadClient,
        oauth::{self, DEFAULT_SCOPES, OAuthApp, TokenSet},
    },
};
use switchboard_store::{
    StoreError, TenantScope,
    connections::Connection,
    oauth_states::{self, NewState, TakenState},
    secrets::{self, Credential},
};

use crate::{
    App,
    accounts::oidc::is_own_path,
    audit::{self, Entry, Origin},
    connections::{self, ConnectionsError, credential, sealed_credential},
    turns::Turn,
    vault::{Place, VaultError, sha256},
};

/// How long a person may take at Dialpad.
pub const STATE_LIFETIME: Duration = Duration::from_mins(15);
/// A token with less left is refreshed; with half of its life left, if that is shorter.
const REFRESH_AHEAD: Duration = Duration::from_mins(10);
/// After this long a claim is taken to be left behind by a node that died. Longer than any call to Dialpad may take.
const CLAIM_LIFETIME: Duration = Duration::from_mins(1);
/// How often, and how long in all, a caller without a usable token looks whether another node has refreshed it.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOKS: usize = 20;

const ACCESS_TOKEN: &str = "oauth_access_token";
pub(crate) const REFRESH_TOKEN: &str = "oauth_refresh_token";
const CLIENT_SECRET: &str = "oauth_client_secret";
pub(crate) const VERIFIER_FIELD: &str = "oauth_verifier";
/// How long a link for the browser is good.
const LINK_LIFETIME: Duration = Duration::from_mins(15);
/// Where a sign-in begins, on this server.
pub const CONNECT_PATH: &str = "/auth/dialpad/connect";
/// Where Dialpad sends people back to, on this server.
pub const CALLBACK_PATH: &str = "/auth/dialpad/callback";

/// Something about a sign-in or its tokens failed.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    #[error(
        "OAuth is not set up: set the client id and secret that Dialpad gave you (DIALPAD_CLIENT_ID and \
         DIALPAD_CLIENT_SECRET, or the connection's own), or use an API key instead"
    )]
    NotConfigured,
    #[error("this sign-in is unknown, was finished already, or took longer than 15 minutes; start it again")]
    UnknownState,
    #[error(
        "this sign-in was begun in another browser, and nothing was connected; begin it again in the browser in which you \
         sign in at Dialpad, and let it keep cookies"
    )]
    OtherBrowser,
    #[error("Dialpad did not exchange the code; start the sign-in again")]
    Exchange(#[source] OutboundError),
    #[error("this app belongs to {held}, and the sign-in was for {offered}; disconnect it first to move it")]
    OtherCompany { held: String, offered: String },
    #[error("the app is not connected to Dialpad with OAuth")]
    NotConnected,
    #[error("Dialpad did not renew the token; connect again if it persists")]
    Refresh(#[source] OutboundError),
    #[error("the token has expired and cannot be renewed; connect again")]
    Expired,
    #[error("another node is renewing the token; try again in a moment")]
    Busy,
    #[error("the renewal was interrupted; try again")]
    Interrupted,
    #[error("a stored secret cannot be opened")]
    Vault(#[from] VaultError),
    #[error("the connection could not be read or changed")]
    Connection(#[from] ConnectionsError),
    #[error("the sign-in could not be stored or read")]
    Store(#[from] StoreError),
}

/// What came of looking at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    NotDue,
    Done,
    /// Another node is at it.
    Elsewhere,
    /// There is no OAuth sign-in, or one whose token cannot be renewed.
    NotPossible,
}

/// A finished sign-in.
#[derive(Debug, Clone)]
pub struct Connected {
    pub app_id: Option<AppId>,
    pub connection_id: ConnectionId,
    /// The company, where Dialpad told.
    pub account_name: Option<String>,
}

/// What came of a sign-in, and where the person goes now, on this server, if whoever began it said so.
#[derive(Debug)]
pub struct Finished {
    pub return_to: Option<String>,
    pub outcome: Result<Connected, OAuthError>,
}

async fn oauth_app(app: &App, scope: TenantScope, connection: &Connection) -> Result<OAuthApp, OAuthError> {
    let setting = |name: &str| connection.settings.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let installation = &app.settings.dialpad;
    let own_secret = credential(app, scope, connection, CLIENT_SECRET).await?.map(|(secret, _)| secret);
    let client_secret = own_secret.or_else(|| installation.client_secret.clone()).ok_or(OAuthError::NotConfigured)?;
    let client_id =
        setting("oauth_client_id").or_else(|| installation.client_id.clone()).ok_or(OAuthError::NotConfigured)?;
    let redirect_uri = setting("oauth_redirect_uri").or_else(|| installation.redirect_uri.clone());
    let scopes = setting("oauth_scopes").unwrap_or_else(|| installation.scopes.clone());
    Ok(OAuthApp {
        base_url: installation.api_url.clone(),
        client_id,
        client_secret,
        redirect_uri: callback_url(redirect_uri.as_deref(), &app.settings.backend_url),
        scopes: if scopes.trim().is_empty() { DEFAULT_SCOPES.to_owned() } else { scopes },
    })
}

/// The guide sets `DIALPAD_PROD_REDIRECT_URI` to the bare domain, which Dialpad would send people to: an address without
/// a path gets ours.
fn callback_url(given: Option<&str>, backend_url: &str) -> String {
    let given = given.map(str::trim).filter(|given| !given.is_empty()).unwrap_or(backend_url).trim_end_matches('/');
    let after_scheme = given.split_once("://").map_or(given, |(_, rest)| rest);
    if after_scheme.contains('/') { given.to_owned() } else { format!("{given}{CALLBACK_PATH}") }
}

/// A link with which a person can begin a sign-in in a browser.
#[derive(Debug, Clone)]
pub struct ConnectLink {
    pub url: String,
    pub expires_at: Timestamp,
}

/// Makes a link that begins a sign-in for this app. It holds a signed ticket instead of a row: opening it twice (a chat
/// program that fetches previews does) begins two sign-ins and harms nothing.
pub fn connect_link(app: &App, id: AppId) -> ConnectLink {
    let expires_at = app.now() + LINK_LIFETIME;
    let expires = expires_at.as_seconds();
    let signature = hex::encode(ticket_signature(app, id, expires));
    let url = format!("{}{CONNECT_PATH}?app_id={}&ticket={expires}.{signature}", app.settings.backend_url, id.uuid());
    ConnectLink { url, expires_at: Timestamp::from_millis(expires * 1_000) }
}

/// Whether this is the ticket of a link for this app that is still good.
pub fn is_ticket(app: &App, id: AppId, ticket: &str) -> bool {
    let Some((expires, signature)) = ticket.split_once('.') else { return false };
    let (Ok(expires), Ok(signature)) = (expires.parse::<i64>(), hex::decode(signature)) else { return false };
    let is_ours = bool::from(ticket_signature(app, id, expires).ct_eq(&signature));
    is_ours && app.now().as_seconds() < expires
}

fn ticket_signature(app: &App, id: AppId, expires: i64) -> Vec<u8> {
    app.vault.fingerprint(&SecretString::from(format!("connect link\n{}\n{expires}", id.uuid())))
}

/// A sign-in that begins.
#[derive(Debug)]
pub struct Begun {
    /// At Dialpad: send the person there.
    pub url: String,
    /// For a cookie of this browser; without it nobody finishes the sign-in.
    pub binding: SecretString,
}

/// Begins a sign-in.
pub async fn start(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    return_to: Option<String>,
) -> Result<Begun, OAuthError> {
    let oauth_app = oauth_app(app, scope, connection).await?;
    let binding = URL_SAFE_NO_PAD.encode(app.random.array::<32>());
    let state = hex::encode(app.random.array::<32>());
    let verifier = oauth::pkce_verifier(app.random.array());
    let url = oauth_app.authorize_url(&state, &verifier).map_err(OAuthError::Exchange)?;
    let now = app.now();
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: VERIFIER_FIELD };
    let new = NewState {
        hash: sha256(state.as_bytes()),
        connection_id: connection.id,
        verifier: app.vault.seal(&*app.random, place, &verifier),
        redirect_uri: oauth_app.redirect_uri,
        return_to: return_to.filter(|path| is_own_path(path)),
        binding_hash: sha256(binding.as_bytes()),
        created_at: now,
        expires_at: now + STATE_LIFETIME,
    };
    let mut tx = app.db.begin(scope).await?;
    oauth_states::insert(&mut tx.conn(), scope, &new).await?;
    tx.commit(now).await?;
    Ok(Begun { url, binding: SecretString::from(binding) })
}

/// Ends a sign-in that its person declined: its state is used up. Returns where they go now, if that was said.
pub async fn decline(app: &App, state: &str) -> Result<Option<String>, OAuthError> {
    let taken = oauth_states::take(&app.db, &sha256(state.as_bytes()), app.now()).await?;
    Ok(taken.and_then(|taken| taken.return_to))
}

/// Finishes a sign-in with what Dialpad sent the person back with, and the cookie of their browser. Runs to its end even if
/// the person goes away.
pub async fn callback(app: &Arc<App>, code: &str, state: &str, binding: Option<&str>) -> Finished {
    let (app, code, state) = (Arc::clone(app), code.to_owned(), state.to_owned());
    let binding = binding.map(|binding| sha256(binding.as_bytes()));
    let finishing = tokio::spawn(async move {
        match take(&app, &state, binding.as_deref()).await {
            Ok(taken) => Finished { return_to: taken.return_to.clone(), outcome: finish(&app, &code, taken).await },
            Err(error) => Finished { return_to: None, outcome: Err(error) },
        }
    });
    finishing.await.unwrap_or(Finished { return_to: None, outcome: Err(OAuthError::Interrupted) })
}

/// Used up before anything is looked at: there is no second try with one state.
async fn take(app: &App, state: &str, binding: Option<&[u8]>) -> Result<TakenState, OAuthError> {
    let taken = oauth_states::take(&app.db, &sha256(state.as_bytes()), app.now()).await?;
    let taken = taken.ok_or(OAuthError::UnknownState)?;
    let is_bound = match (&taken.binding_hash, binding) {
        (Some(begun), Some(came)) => bool::from(begun.as_slice().ct_eq(came)),
        _ => false,
    };
    if is_bound { Ok(taken) } else { Err(OAuthError::OtherBrowser) }
}

async fn finish(app: &App, code: &str, taken: TakenState) -> Result<Connected, OAuthError> {
    let scope = taken.scope();
    let connection = connections::find(app, scope, taken.connection_id).await?;
    let place = Place { tenant: connection.tenant_id, owner: connection.id.uuid(), field: VERIFIER_FIELD };
    let verifier = app.vault.open(place, &taken.verifier)?;
    let mut oauth_app = oauth_app(app, scope, &connection).await?;
    oauth_app.redirect_uri = taken.redirect_uri;
    let tokens = oauth_app.exchange(&app.http, code, &verifier).await.map_err(OAuthError::Exchange)?;
    let account = learn_account(app, &connection, &tokens.access_token).await;
    if let Some((held, offered)) = other_company(&connection, account.as_ref()) {
        give_up(app, &tokens.access_token).await;
        return Err(OAuthError::OtherCompany { held, offered });
    }
    store_sign_in(app, scope, &connection, &tokens, account.as_ref()).await?;
    Ok(Connected {
        app_id: connection.app_id,
        connection_id: connection.id,
        account_name: account.map(|account| account.name),
    })
}

struct Account {
    id: String,
    name: String,
}

/// Whose token it is. Not to be told is no reason to throw it away: a person who is no admin may not ask.
async fn learn_account(app: &App, connection: &Connection, token: &SecretString) -> Option<Account> {
    let base = &app.settings.dialpad.api_url;
    let client = DialpadClient::new(app.http.clone(), base, token.clone(), connection.id.to_string()).ok()?;
    match client.company().await {
        Ok(company) => Some(Account { id: company.id.to_string(), name: company.name.unwrap_or_default() }),
        Err(error) => {
            tracing::info!(connection = %connection.id, %error, "dialpad did not tell whose account was connected");
            None
        }
    }
}

fn other_company(connection: &Connection, account: Option<&Account>) -> Option<(String, String)> {
    let (held, account) = (connection.account_id.as_ref()?, account?);
    let name = |id: &str, name: Option<&str>| match name {
        Some(name) if !name.is_empty() => format!("{name} ({id})"),
        _ => format!("company {id}"),
    };
    (*held != account.id)
        .then(|| (name(held, connection.account_name.as_deref()), name(&account.id, Some(&account.name))))
}

async fn store_sign_in(
    app: &App,
    scope: TenantScope,
    connection: &Connection,
    tokens: &TokenSet,
    account: Option<&Account>,
) -> Result<(), OAuthError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    // First, because both may be there from an earlier sign-in, and the new one may bring no refresh token.
    secrets::delete_credentials(&mut tx.conn(), scope, connection.id, &[ACCESS_TOKEN, REFRESH_TOKEN]).await?;
    for credential in token_rows(app, connection, tokens, now) {
        secrets::set_credential(&mut tx.conn(), scope, connection.id, &credential).await?;
    }
    if let Some(account) = account {
        let account = Some((account.id.as_str(), account.name.as_str()));
        switchboard_store::connections::set_account(&mut tx.conn(), scope, connection.id, account, now).await?;
    }
    // Who the person at Dialpad was, Dialpad does not say; whose account it is, it does.
    let by = Origin::system("dialpad sign-in");
    let entry = Entry::new(&by, Action::ConnectionSignedIn).on("connection", connection.id);
    audit::record(&mut tx, app, entry.with("account", account.map(|account| account.name.as_str()))).await?;
    tx.commit(now).await?;
    connections::set_checked(app, scope, connection.id, ConnectionStatus::Connected, None).await?;
    Ok(())
}

fn token_rows(app: &App, connection: &Connection, tokens: &TokenSet, now: Timestamp) -> Vec<Credential> {
    let expires_at = tokens.expires_in.map(|lifetime| now + lifetime);
    let mut rows = vec![sealed_credential(app, connection, ACCESS_TOKEN, &tokens.access_token, expires_at, now)];
    if let Some(refresh) = &tokens.refresh_token {
        rows.push(sealed_credential(app, connection, REFRESH_TOKEN, refresh, None, now));
    }
    rows
}

/// Gives the tokens up at Dialpad as well as that goes, and forgets them here.
pub async fn disconnect(app: &App, scope: TenantScope, connection: &Connection, by: &Origin) -> Result<(), OAuthError> {
    let Some((token, _)) = credential(app, scope, connection, ACCESS_TOKEN).await? else {
        return Err(OAuthError::NotConnected);
    };
    give_up(app, &token).await;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    secrets::delete_credentials(&mut tx.conn(), scope, connection.id, &[ACCESS_TOKEN, REFRESH_TOKEN]).await?;
    switchboard_store::connections::set_account(&mut tx.conn(), scope, connection.id, None, now).await?;
    audit::record(&mut tx, app, Entry::new(by, Action::ConnectionSignedOut).on("connection", connection.id)).await?;
    tx.commit(now).await?;
    connections::set_checked(app, scope, connection.id, ConnectionStatus::Pending, None).await?;
    Ok(())
}

async fn give_up(app: &App, token: &SecretString) {
    if let Err(error) = oauth::deauthorize(&app.http, &app.settings.dialpad.api_url, token).await {
        tracing::warn!(%error, "dialpad was not told that its token is given up; it ends there by itself");
    }
}

/// The token to call Dialpad with, fresh; `None` if the connection did not sign in with OAuth.
pub async fn access_token(
    app: &Arc<App>,
    scope: TenantScope,
    connection: &Connection,
) -> Result<Option<SecretString>, OAuthError> {
    for _ in 0..LOOKS {
        let Some((token, row)) = credential(app, scope, connection, ACCESS_TOKEN).await? else { return Ok(None) };
        let now = app.now();
        if !is_due(&row, now) {
            return Ok(Some(token));
        }
        let is_over = row.expires_at.is_some_and(|at| at <= now);
        match refresh_if_due(app, scope, connection.id).await {
            Ok(Refresh::Done | Refresh::NotDue) => {}
            Ok(Refresh::Elsewhere | Refresh::NotPossible) | Err(_) if !is_over => return Ok(Some(token)),
            Ok(Refresh::Elsewhere) => tokio::time::sleep(LOOK_EVERY).await,
            Ok(Refresh::NotPossible) => return Err(OAuthError::Expired),
            Err(error) => return Err(error),
        }
    }
    Err(OAuthError::Busy)
}

fn is_due(row: &Credential, now: Timestamp) -> bool {
    row.expires_at.is_some_and(|at| at.since(now) < REFRESH_AHEAD.min(at.since(row.updated_at) / 2))
}

/// Renews the token of a connection if it ends soon. Called on use, and ahead of need by a recurring job.
pub async fn refresh_if_due(
    app: &Arc<App>,
    scope: TenantScope,
    connection: ConnectionId,
) -> Result<Refresh, OAuthError> {
    let app = Arc::clone(app);
    tokio::spawn(async move { refresh(&app, scope, connection).await }).await.unwrap_or(Err(OAuthError::Interrupted))
}

async fn refresh(app: &App, scope: TenantScope, id: ConnectionId) -> Result<Refresh, OAuthError> {
    let _turn = app.turns.wait(id, Turn::Refresh).await;
    let connection = connections::find(app, scope, id).await?;
    let Some((_, access)) = credential(app, scope, &connection, ACCESS_TOKEN).await? else {
        return Ok(Refresh::NotPossible);
    };
    if !is_due(&access, app.now()) {
        return Ok(Refresh::NotDue);
    }
    let Some((token, held)) = credential(app, scope, &connection, REFRESH_TOKEN).await? else {
        return Ok(Refresh::NotPossible);
    };
    let Some(claim) = Claim::take(app, scope, &connection, &access, &held).await? else {
        return Ok(Refresh::Elsewhere);
    };
    let oauth_app = oauth_app(app, scope, &connection).await?;
    match oauth_app.refresh(&app.http, &token).await {
        Ok(tokens) => {
            claim.store(app, scope, &connection, &tokens).await?;
            connections::set_checked(app, scope, id, ConnectionStatus::Connected, None).await?;
            Ok(Refresh::Done)
        }
        Err(error) => {
            // Uncertain: Dialpad may have rotated. The claim is left to lapse, so that nobody hurries after it.
            if !error.may_have_taken_effect() {
                claim.release(app, scope, id).await?;
            }
            if matches!(error.status(), Some(400 | 401 | 403)) {
                let why = "Dialpad no longer accepts the sign-in; connect again".to_owned();
                connections::set_checked(app, scope, id, ConnectionStatus::Failing, Some(why)).await?;
            }
            Err(OAuthError::Refresh(error))
        }
    }
}

/// The right to use the refresh token, which works once. Both tokens are always written with one time; a refresh token
/// whose time is later than the access token's is claimed.
struct Claim {
    /// The refresh token's time while it is claimed.
    at: Timestamp,
    /// Its time before.
    before: Timestamp,
}

impl Claim {
    async fn take(
        app: &App,
        scope: TenantScope,
        connection: &Connection,
        access: &Credential,
        held: &Credential,
    ) -> Result<Option<Self>, StoreError> {
        let now = app.now();
        if held.updated_at > access.updated_at && now.since(held.updated_at) < CLAIM_LIFETIME {
            return Ok(None);
        }
        let at = later(now, held.updated_at);
        let mut tx = app.db.begin(scope).await?;
        let is_ours =
            secrets::claim_credential(&mut tx.conn(), scope, connection.id, REFRESH_TOKEN, held.updated_at, at).await?;
        tx.commit(now).await?;
        Ok(is_ours.then_some(Self { at, before: access.updated_at }))
    }

    /// Stores the new pair, unless somebody signed in anew meanwhile: then theirs stands.
    async fn store(
        &self,
        app: &App,
        scope: TenantScope,
        connection: &Connection,
        tokens: &TokenSet,
    ) -> Result<(), StoreError> {
        let now = later(app.now(), self.at);
        let mut tx = app.db.begin(scope).await?;
        if secrets::claim_credential(&mut tx.conn(), scope, connection.id, REFRESH_TOKEN, self.at, now).await? {
            for credential in token_rows(app, connection, tokens, now) {
                secrets::set_credential(&mut tx.conn(), scope, connection.id, &credential).await?;
            }
        }
        tx.commit(now).await?;
        Ok(())
    }

    async fn release(&self, app: &App, scope: TenantScope, connection: ConnectionId) -> Result<(), StoreError> {
        let mut tx = app.db.begin(scope).await?;
        secrets::claim_credential(&mut tx.conn(), scope, connection, REFRESH_TOKEN, self.at, self.before).await?;
        tx.commit(app.now()).await?;
        Ok(())
    }
}

/// `now`, or the moment after `than` where the clock has not moved on.
fn later(now: Timestamp, than: Timestamp) -> Timestamp {
    now.max(Timestamp::from_micros(than.as_micros() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_domain_gets_the_callback_path() {
        let backend = "https://calls.example.com";
        let full = "https://calls.example.com/auth/dialpad/callback";
        assert_eq!(callback_url(None, backend), full);
        assert_eq!(callback_url(Some("https://calls.example.com/"), "http://x"), full);
        assert_eq!(callback_url(Some("https://a.example/own/path"), backend), "https://a.example/own/path");
    }

    #[test]
    fn a_token_is_due_ten_minutes_ahead_or_at_half_of_a_short_life() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        let row = |lifetime: i64| Credential {
            name: ACCESS_TOKEN.into(),
            sealed: Vec::new(),
            expires_at: Some(at(lifetime)),
            updated_at: at(0),
        };
        assert!(!is_due(&row(3_600), at(2_999)));
        assert!(is_due(&row(3_600), at(3_001)));
        assert!(!is_due(&row(60), at(29)));
        assert!(is_due(&row(60), at(31)));
        assert!(is_due(&row(60), at(61)));
    }
}

//! Signing in at an OpenID Connect provider.
//!
//! A sign-in is tied to the browser that began it, by a cookie whose hash is sealed beside nonce and verifier: otherwise an
//! attacker could begin one, finish it at the provider as themselves, and have a victim's browser open the last step, which
//! would leave the victim working, unknowingly, in the attacker's account.
//!
//! **Which account it is.** Issuer and subject decide, once they are tied to a person. The first time, the e-mail address is
//! all there is, and it counts only if the provider has verified it, *and* if on our side it was verified too or the account
//! has no password. Somebody may have registered the victim's address here before, with a password of their own; tying
//! the victim's identity to that account would let both in, the attacker first. Who owns the mailbox sets a new password,
//! which ends the other's sessions and verifies the address, and comes back.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use switchboard_domain::{
    Timestamp,
    audit::Action,
    ids::TenantId,
    role::Role,
    tenant::{Tenant, checked_name, subdomain_of},
};
use switchboard_providers::{
    dialpad::oauth::pkce_verifier,
    oidc::{Expected, IdTokenError, Identity, Keys, Metadata, OidcClient, OidcError, verify},
};
use switchboard_store::{
    PlatformTx, StoreError,
    people::{
        identities, invitations,
        login_attempts::{self, LoginAttempt},
        memberships,
        users::{self, NewUser, User},
    },
    platform,
};
use uuid::Uuid;

use super::{
    Client, SignIn, SignInError, finish_sign_in,
    invitations::{InvitationError, accept_all},
    sign_up::FIRST_PLAN,
    trail::{Trail, themselves},
};
use crate::{
    App,
    audit::Entry,
    record_webhook,
    settings::OidcSettings,
    vault::{Place, VaultError, sha256},
};

/// How long a person may take at the provider.
pub const SIGN_IN_LIFE: Duration = Duration::from_mins(10);
/// Where the provider sends people back to, on this server.
pub const CALLBACK_PATH: &str = "/api/auth/callback";
/// How long what the provider publishes is used without asking again.
const KEEP: Duration = Duration::from_hours(1);
/// How soon keys are asked for again when a token is signed with one that is not among them.
const ASK_AGAIN: Duration = Duration::from_mins(1);
const PURPOSE: &str = "oidc";

/// A sign-in at the provider was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum OidcSignInError {
    #[error("signing in elsewhere is not set up here; set OIDC_ISSUER and OIDC_CLIENT_ID")]
    NotConfigured,
    #[error(
        "this sign-in is unknown, was finished already, took longer than ten minutes, or was begun in another browser"
    )]
    UnknownState,
    #[error("the sign-in provider did not sign you in")]
    Declined,
    #[error("the sign-in provider has not verified your e-mail address; confirm it there first")]
    EmailNotVerified,
    #[error(
        "an account with your address exists here, and nobody has shown yet that the address is theirs; set a new \
         password for it (that shows it), then sign in here again"
    )]
    AccountNotVerified,
    #[error("nobody has invited {email} yet; ask an owner or admin of your workspace for an invitation")]
    NotInvited { email: String },
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error("the sign-in provider could not be asked or believed")]
    Provider(#[from] OidcError),
    #[error("the kept half of the sign-in cannot be opened")]
    Vault(#[from] VaultError),
    #[error("the invitation could not be accepted")]
    Invitation(#[from] InvitationError),
    #[error("the sign-in could not be kept or read")]
    Store(#[from] StoreError),
}

/// What the provider publishes, for a while: one provider, so one entry.
#[derive(Default)]
pub struct Published(Mutex<Option<Kept>>);

#[derive(Clone)]
struct Kept {
    metadata: Metadata,
    keys: Keys,
    fetched_at: Timestamp,
}

impl Published {
    fn get(&self, now: Timestamp, for_at_most: Duration) -> Option<Kept> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|kept| now.since(kept.fetched_at) < for_at_most).cloned()
    }

    fn put(&self, fresh: Kept) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
    }
}

/// A sign-in that begins.
#[derive(Debug)]
pub struct Begun {
    /// At the provider: send the person there.
    pub url: String,
    /// For a cookie of this browser; without it nobody finishes the sign-in.
    pub binding: SecretString,
}

/// A sign-in that came back.
#[derive(Debug)]
pub struct Finished {
    pub sign_in: SignIn,
    /// Where the person goes, on our own site.
    pub return_to: Option<String>,
}

/// What must be remembered until the person comes back.
#[derive(Serialize, Deserialize)]
struct Remembered {
    nonce: String,
    verifier: String,
    /// SHA-256 of the cookie, in hex.
    binding: String,
}

/// Begins a sign-in.
pub async fn begin_oidc(app: &App, return_to: Option<&str>) -> Result<Begun, OidcSignInError> {
    let client = client(app)?;
    let published = published(app, &client, KEEP).await?;
    let [state, nonce, binding] = std::array::from_fn(|_| BASE64.encode(app.random.array::<32>()));
    let verifier = pkce_verifier(app.random.array());
    let url = client.authorize_url(&published.metadata, &state, &nonce, &verifier);
    let hash = sha256(state.as_bytes());
    let remembered = Remembered {
        nonce,
        verifier: verifier.expose_secret().to_owned(),
        binding: hex::encode(sha256(binding.as_bytes())),
    };
    let remembered = SecretString::from(serde_json::to_string(&remembered).unwrap_or_default());
    let now = app.now();
    let attempt = LoginAttempt {
        purpose: PURPOSE.to_owned(),
        user_id: None,
        sealed: Some(app.vault.seal(&*app.random, place(&hash), &remembered)),
        return_to: return_to.filter(|path| is_own_path(path)).map(str::to_owned),
        failures: 0,
        created_at: now,
        expires_at: now + SIGN_IN_LIFE,
    };
    let mut tx = app.db.begin_platform().await?;
    login_attempts::insert(&mut tx, &hash, &attempt).await?;
    tx.commit().await?;
    Ok(Begun { url, binding: SecretString::from(binding) })
}

/// A path on our own site: browsers read `//host` and `/\host` as another one, and drop tabs and line ends before they look.
/// In an address everything else is escaped, and what is not would not go into a header.
pub(crate) fn is_own_path(path: &str) -> bool {
    path.len() <= 1_000
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

/// Ends a sign-in that the provider refused or the person declined.
pub async fn decline_oidc(app: &App, state: &str) -> Result<(), OidcSignInError> {
    let mut tx = app.db.begin_platform().await?;
    login_attempts::take(&mut tx, &sha256(state.as_bytes()), PURPOSE, app.now()).await?;
    Ok(tx.commit().await?)
}

/// Finishes a sign-in with what the provider sent the person back with, and the cookie of their browser.
pub async fn finish_oidc(
    app: &App,
    code: &str,
    state: &str,
    binding: Option<&str>,
    from: &Client,
) -> Result<Finished, OidcSignInError> {
    let client = client(app)?;
    let hash = sha256(state.as_bytes());
    let mut tx = app.db.begin_platform().await?;
    // Used up before anything is looked at: there is no second try with one state.
    let taken = login_attempts::take(&mut tx, &hash, PURPOSE, app.now()).await?;
    tx.commit().await?;
    let taken = taken.ok_or(OidcSignInError::UnknownState)?;
    let remembered = remembered(app, &hash, &taken)?;
    let given = binding.map(|binding| hex::encode(sha256(binding.as_bytes()))).unwrap_or_default();
    if !bool::from(given.as_bytes().ct_eq(remembered.binding.as_bytes())) {
        return Err(OidcSignInError::UnknownState);
    }
    let identity = ask(app, &client, code, &remembered).await?;
    let user = person(app, &client, identity, from).await?;
    let sign_in = finish_sign_in(app, user, None, true, from).await?;
    Ok(Finished { sign_in, return_to: taken.return_to })
}

fn remembered(app: &App, hash: &[u8], taken: &LoginAttempt) -> Result<Remembered, OidcSignInError> {
    let sealed = taken.sealed.as_deref().ok_or(OidcSignInError::UnknownState)?;
    let text = app.vault.open(place(hash), sealed)?;
    serde_json::from_str(text.expose_secret()).map_err(|_| OidcSignInError::Vault(VaultError::Damaged))
}

/// Whom the provider says this is.
async fn ask(app: &App, client: &OidcClient, code: &str, remembered: &Remembered) -> Result<Identity, OidcSignInError> {
    let published = published(app, client, KEEP).await?;
    let verifier = SecretString::from(remembered.verifier.as_str());
    let exchanged = client.exchange(&app.http, &published.metadata, code, &verifier).await?;
    let expected = Expected {
        issuer: &published.metadata.issuer,
        client_id: &client.client_id,
        nonce: &remembered.nonce,
        now: app.now(),
    };
    let token = exchanged.id_token.expose_secret();
    let mut identity = match verify(token, &published.keys, &expected) {
        // The provider has new keys. Asked for at most once a minute: anybody can send a token with an unknown key.
        Err(IdTokenError::UnknownKey) => {
            let fresh = self::published(app, client, ASK_AGAIN).await?;
            verify(token, &fresh.keys, &expected).map_err(OidcError::IdToken)?
        }
        other => other.map_err(OidcError::IdToken)?,
    };
    if identity.email.is_none()
        && let Some(profile) = client.profile(&app.http, &published.metadata, &exchanged, &identity.subject).await?
    {
        identity.complete(profile);
    }
    Ok(identity)
}

/// The account of an identity: tied already, tied now, or made.
async fn person(app: &App, client: &OidcClient, identity: Identity, from: &Client) -> Result<User, OidcSignInError> {
    if let Some(id) = identities::find(&app.db, &client.issuer, &identity.subject).await? {
        return users::find(&app.db, id).await?.ok_or(OidcSignInError::UnknownState);
    }
    let email = identity.email.clone().filter(|_| identity.email_verified).ok_or(OidcSignInError::EmailNotVerified)?;
    let email = switchboard_domain::email::Email::parse(&email).map_err(|_| OidcSignInError::EmailNotVerified)?;
    match users::find_by_email(&app.db, email.as_str()).await? {
        Some(user) => {
            let has_password = users::password_hash(&app.db, user.id).await?.is_some();
            if user.email_verified_at.is_none() && has_password {
                return Err(OidcSignInError::AccountNotVerified);
            }
            tie(app, client, &identity, user, from).await
        }
        None => make(app, client, &identity, email.into_string(), from).await,
    }
}

async fn tie(
    app: &App,
    client: &OidcClient,
    identity: &Identity,
    user: User,
    from: &Client,
) -> Result<User, OidcSignInError> {
    let open = invitations::open_of_email(&app.db, &user.email, app.now()).await?;
    let trail = Trail::of(app, user.id).await?;
    let mut tx = app.db.begin_platform().await?;
    users::mark_email_verified(&mut tx, user.id, &user.email, app.now()).await?;
    accept_all(app, &mut tx, &open, &user, from).await?;
    link_in(app, &mut tx, client, identity, &user, (&trail, from)).await?;
    tx.commit().await?;
    app.accounts.forget();
    Ok(user)
}

/// Somebody new: invited, or allowed to begin a workspace of their own.
async fn make(
    app: &App,
    client: &OidcClient,
    identity: &Identity,
    email: String,
    from: &Client,
) -> Result<User, OidcSignInError> {
    let now = app.now();
    let open = invitations::open_of_email(&app.db, &email, now).await?;
    let allows_sign_up = settings(app)?.allows_sign_up;
    if open.is_empty() && !allows_sign_up {
        return Err(OidcSignInError::NotInvited { email });
    }
    let full_name = identity.name.as_deref().and_then(|name| checked_name(name).ok());
    let new = NewUser {
        id: app.id(),
        full_name: full_name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned()),
        email,
        password_hash: None,
        is_platform_admin: false,
        email_verified_at: Some(now),
        created_at: now,
    };
    let prepared = record_webhook::prepare(app).await.map_err(SignInError::Password)?;
    let mut tx = app.db.begin_platform().await?;
    if !users::insert(&mut tx, &new).await? {
        // Made at the same moment by another way in: the next try finds it.
        return Err(OidcSignInError::UnknownState);
    }
    let user = User {
        id: new.id,
        email: new.email,
        full_name: new.full_name,
        is_platform_admin: false,
        is_active: true,
        email_verified_at: new.email_verified_at,
        totp_enabled_at: None,
        last_login_at: None,
        password_changed_at: None,
        created_at: now,
        updated_at: now,
    };
    if open.is_empty() {
        let name = format!("{}'s workspace", user.full_name);
        let subdomain = subdomain_of(&user.full_name);
        let tenant = Tenant { id: app.id(), name, subdomain, created_at: now };
        let (scope, subdomain) = platform::insert_tenant_with_plan(&mut tx, &tenant, FIRST_PLAN).await?;
        // Nobody sees this password; the owner replaces it when they set their telephone system up.
        record_webhook::install(app, &mut tx, scope, &subdomain, prepared, &themselves(&user, from)).await?;
        memberships::insert(&mut tx, tenant.id, user.id, Role::Owner, now).await?;
    }
    accept_all(app, &mut tx, &open, &user, from).await?;
    link_in(app, &mut tx, client, identity, &user, (&Trail::of_nobody(), from)).await?;
    tx.commit().await?;
    Ok(user)
}

async fn link_in(
    app: &App,
    tx: &mut PlatformTx,
    client: &OidcClient,
    identity: &Identity,
    user: &User,
    (trail, from): (&Trail, &Client),
) -> Result<(), OidcSignInError> {
    if !identities::insert(tx, &client.issuer, &identity.subject, user.id, &user.email, app.now()).await? {
        return Err(OidcSignInError::UnknownState);
    }
    let by = themselves(user, from);
    let entry = Entry::new(&by, Action::UserIdentityLinked).on("user", user.id).with("issuer", client.issuer.clone());
    Ok(trail.write(app, tx, entry).await?)
}

fn settings(app: &App) -> Result<&OidcSettings, OidcSignInError> {
    app.settings.oidc.as_ref().ok_or(OidcSignInError::NotConfigured)
}

fn client(app: &App) -> Result<OidcClient, OidcSignInError> {
    let settings = settings(app)?;
    Ok(OidcClient {
        issuer: settings.issuer.clone(),
        client_id: settings.client_id.clone(),
        client_secret: settings.client_secret.clone(),
        redirect_uri: format!("{}{CALLBACK_PATH}", app.settings.backend_url),
    })
}

/// What the provider publishes, no older than that.
async fn published(app: &App, client: &OidcClient, no_older_than: Duration) -> Result<Kept, OidcError> {
    let now = app.now();
    if let Some(kept) = app.accounts.published.get(now, no_older_than) {
        return Ok(kept);
    }
    let metadata = client.discover(&app.http).await?;
    let keys = client.keys(&app.http, &metadata).await?;
    let fresh = Kept { metadata, keys, fetched_at: now };
    app.accounts.published.put(fresh.clone());
    Ok(fresh)
}

/// What is remembered of a sign-in is sealed for its state.
pub(crate) fn place(hash: &[u8]) -> Place<'static> {
    let mut owner = [0; 16];
    owner.copy_from_slice(&hash[..16]);
    Place { tenant: TenantId::from_uuid(Uuid::nil()), owner: Uuid::from_bytes(owner), field: PURPOSE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_sent_back_to_our_own_pages_only() {
        for own in ["/", "/calls?status=missed", "/a/b#c"] {
            assert!(is_own_path(own), "{own}");
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\\b",
            "x",
            "/ñ",
            "/a b",
        ] {
            assert!(!is_own_path(foreign), "{foreign}");
        }
    }
}

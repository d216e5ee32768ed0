//! The second factor: an authenticator's codes, and recovery codes for the day it is lost.
//!
//! A code counts once, and neither it nor an older one counts again. Guessing is held up twice: a sign-in that is under way
//! bears few wrong codes, and each one makes the person's next try wait ([`super::slow_down`]).

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::{
    audit::Action,
    ids::{TenantId, UserId},
};
use switchboard_store::{
    PlatformTx, StoreError,
    people::{
        login_attempts::{self, SECOND_FACTOR},
        second_factor::{self, Totp},
        users::{self, User},
    },
};
use uuid::Uuid;

use super::{
    Client, SignInError, SignedIn, UserAccess, link,
    password::{PasswordError, Verdict},
    sign_in::{enter, may_enter},
    slow_down::{SlowDown, Try, TryError},
    totp,
    trail::{self, Trail, themselves},
};
use crate::{
    App,
    audit::Entry,
    mail::{self, Letter, NOTICE_LIFETIME, Posting},
    vault::{Place, VaultError, sha256},
    wake::Signal,
};

/// What the authenticator's secret is sealed under.
pub const FIELD: &str = "totp";
/// What authenticator apps list the account under.
const ISSUER: &str = "Switchboard";
/// Recovery codes of a person.
const CODES: usize = 10;
/// Wrong codes that one sign-in bears.
const MOST_WRONG: i32 = 5;

/// Something about a second factor was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    #[error("this sign-in is unknown or took longer than ten minutes; sign in again")]
    UnknownSignIn,
    #[error("the code is not right, or was used already; wait for the next one")]
    WrongCode,
    #[error("the password is not right")]
    WrongPassword,
    #[error("two-factor sign-in is on already; switch it off first to set up another authenticator")]
    AlreadyOn,
    #[error("two-factor sign-in is not on")]
    NotOn,
    #[error("no authenticator waits to be confirmed; begin again")]
    NotBegun,
    #[error("this is somebody else's account; only they can do that")]
    Impersonating,
    #[error(transparent)]
    SlowDown(#[from] SlowDown),
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("the authenticator's secret cannot be opened")]
    Vault(#[from] VaultError),
    #[error("the second factor could not be read or changed")]
    Store(#[from] StoreError),
}

impl From<TryError> for SecondFactorError {
    fn from(error: TryError) -> Self {
        match error {
            TryError::SlowDown(slow_down) => Self::SlowDown(slow_down),
            TryError::Store(error) => Self::Store(error),
        }
    }
}

/// What a person sets their authenticator up with. Shown once.
#[derive(Debug)]
pub struct Enrolment {
    /// To be typed in: base 32.
    pub secret: SecretString,
    /// `otpauth://…`, to be opened on the phone.
    pub address: SecretString,
    /// The address as a picture to be scanned, SVG.
    pub picture: SecretString,
}

/// How a person's second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactor {
    pub is_on: bool,
    pub recovery_codes_left: i64,
}

/// How the person's second factor stands.
pub async fn second_factor(app: &App, access: &UserAccess) -> Result<SecondFactor, SecondFactorError> {
    let totp = second_factor::find(&app.db, access.user).await?;
    let is_on = totp.is_some_and(|totp| totp.enabled_at.is_some());
    Ok(SecondFactor { is_on, recovery_codes_left: second_factor::recovery_codes_left(&app.db, access.user).await? })
}

/// Begins to set an authenticator up; it counts once its first code is shown. Begun anew, the earlier secret is void.
pub async fn enrol(app: &App, access: &UserAccess) -> Result<Enrolment, SecondFactorError> {
    let user = person(app, access).await?;
    let secret: [u8; totp::SECRET_LEN] = app.random.array();
    let sealed = app.vault.seal(&*app.random, place(user.id), &SecretString::from(BASE64.encode(secret)));
    let mut tx = app.db.begin_platform().await?;
    if !second_factor::propose(&mut tx, user.id, &sealed, app.now()).await? {
        return Err(SecondFactorError::AlreadyOn);
    }
    tx.commit().await?;
    let address = totp::address(&secret, ISSUER, &user.email);
    let picture = totp::picture(&address).unwrap_or_default();
    Ok(Enrolment {
        secret: SecretString::from(totp::base32(&secret)),
        address: SecretString::from(address),
        picture: SecretString::from(picture),
    })
}

/// Switches two-factor sign-in on, by a first code. Returns the recovery codes, the only time that they can be read.
pub async fn confirm(
    app: &App,
    access: &UserAccess,
    code: &str,
    client: &Client,
) -> Result<Vec<SecretString>, SecondFactorError> {
    let user = person(app, access).await?;
    let totp = second_factor::find(&app.db, user.id).await?.ok_or(SecondFactorError::NotBegun)?;
    if totp.enabled_at.is_some() {
        return Err(SecondFactorError::AlreadyOn);
    }
    let attempt = Try::begin(app, &subject(user.id), client).await?;
    let Some(step) = matching_step(app, user.id, &totp, code)? else {
        attempt.was_wrong(app).await?;
        return Err(SecondFactorError::WrongCode);
    };
    attempt.was_right(app).await?;
    let now = app.now();
    let (codes, hashes) = fresh_codes(app);
    let trail = Trail::of(app, user.id).await?;
    let mut tx = app.db.begin_platform().await?;
    let is_new = second_factor::use_step(&mut tx, user.id, step).await?;
    if !is_new || !second_factor::enable(&mut tx, user.id, now).await? {
        return Err(SecondFactorError::AlreadyOn);
    }
    second_factor::set_recovery_codes(&mut tx, user.id, &hashes).await?;
    notice(app, &mut tx, &user, true, client).await?;
    let by = trail::signed_in(access, &user, client);
    trail.write(app, &mut tx, Entry::new(&by, Action::UserTotpEnabled).on("user", user.id)).await?;
    tx.commit().await?;
    app.wake.send(Signal::Work);
    Ok(codes)
}

/// Switches two-factor sign-in off. Takes the password (where there is one) and a code: a session that somebody found open
/// must not be enough.
pub async fn disable(
    app: &App,
    access: &UserAccess,
    password: &SecretString,
    code: &str,
    client: &Client,
) -> Result<(), SecondFactorError> {
    let user = person(app, access).await?;
    let now = app.now();
    let Proved { mut tx, trail } = prove(app, &user, Some(password), code, client).await?;
    if !second_factor::disable(&mut tx, user.id, now).await? {
        return Err(SecondFactorError::NotOn);
    }
    notice(app, &mut tx, &user, false, client).await?;
    let by = trail::signed_in(access, &user, client);
    trail.write(app, &mut tx, Entry::new(&by, Action::UserTotpDisabled).on("user", user.id)).await?;
    tx.commit().await?;
    app.wake.send(Signal::Work);
    Ok(())
}

/// Replaces the recovery codes; the old ones count no more. Takes a code.
pub async fn renew_recovery_codes(
    app: &App,
    access: &UserAccess,
    code: &str,
    client: &Client,
) -> Result<Vec<SecretString>, SecondFactorError> {
    let user = person(app, access).await?;
    let (codes, hashes) = fresh_codes(app);
    let Proved { mut tx, trail } = prove(app, &user, None, code, client).await?;
    second_factor::set_recovery_codes(&mut tx, user.id, &hashes).await?;
    let by = trail::signed_in(access, &user, client);
    trail.write(app, &mut tx, Entry::new(&by, Action::UserRecoveryCodesMade).on("user", user.id)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Finishes a sign-in that waits for its second factor, with a code of the authenticator or a recovery code.
pub async fn finish_second_factor(
    app: &App,
    token: &str,
    code: &str,
    tenant: Option<TenantId>,
    is_browser: bool,
    client: &Client,
) -> Result<SignedIn, SecondFactorError> {
    let now = app.now();
    let hash = link::hash(token);
    let found = login_attempts::find(&app.db, &hash, SECOND_FACTOR, now).await?;
    let id = found.and_then(|found| found.user_id).ok_or(SecondFactorError::UnknownSignIn)?;
    let user = users::find(&app.db, id).await?.ok_or(SecondFactorError::UnknownSignIn)?;
    let attempt = Try::begin(app, &subject(id), client).await?;
    let (kept, trail) = (Kept::of(app, &user, code).await?, Trail::of(app, id).await?);
    let mut tx = app.db.begin_platform().await?;
    if login_attempts::take(&mut tx, &hash, SECOND_FACTOR, now).await?.is_none() {
        return Err(SecondFactorError::UnknownSignIn);
    }
    match kept.use_up(app, &mut tx, &user, &trail, client).await {
        Ok(()) => tx.commit().await?,
        Err(error) => {
            drop(tx);
            if matches!(error, SecondFactorError::WrongCode) {
                attempt.was_wrong(app).await?;
                count_wrong(app, &hash).await?;
            }
            return Err(error);
        }
    }
    attempt.was_right(app).await?;
    let membership = may_enter(app, &user, tenant).await?;
    Ok(enter(app, user, membership, is_browser, client).await?)
}

/// One more wrong code; the sign-in ends with the last that it bears.
async fn count_wrong(app: &App, hash: &[u8]) -> Result<(), StoreError> {
    let mut tx = app.db.begin_platform().await?;
    if login_attempts::note_failure(&mut tx, hash).await?.is_some_and(|wrong| wrong >= MOST_WRONG) {
        login_attempts::take(&mut tx, hash, SECOND_FACTOR, app.now()).await?;
    }
    tx.commit().await
}

/// The person, if it is they who are here.
async fn person(app: &App, access: &UserAccess) -> Result<User, SecondFactorError> {
    if access.impersonated_by.is_some() {
        return Err(SecondFactorError::Impersonating);
    }
    users::find(&app.db, access.user).await?.ok_or(SecondFactorError::NotBegun)
}

/// A transaction in which the person's code, and their password where it is asked for, turned out right.
struct Proved {
    tx: PlatformTx,
    trail: Trail,
}

async fn prove(
    app: &App,
    user: &User,
    password: Option<&SecretString>,
    code: &str,
    client: &Client,
) -> Result<Proved, SecondFactorError> {
    if user.totp_enabled_at.is_none() {
        return Err(SecondFactorError::NotOn);
    }
    let attempt = Try::begin(app, &subject(user.id), client).await?;
    let hash = users::password_hash(&app.db, user.id).await?;
    if let (Some(password), Some(hash)) = (password, hash)
        && app.accounts.passwords.verify(password, Some(&hash)).await? == Verdict::Wrong
    {
        attempt.was_wrong(app).await?;
        return Err(SecondFactorError::WrongPassword);
    }
    let (kept, trail) = (Kept::of(app, user, code).await?, Trail::of(app, user.id).await?);
    let mut tx = app.db.begin_platform().await?;
    if let Err(error) = kept.use_up(app, &mut tx, user, &trail, client).await {
        drop(tx);
        if matches!(error, SecondFactorError::WrongCode) {
            attempt.was_wrong(app).await?;
        }
        return Err(error);
    }
    // Counting begins anew with the next sign-in: forgetting here would want the one writer that `tx` holds.
    Ok(Proved { tx, trail })
}

/// A code that was given, as it will be found.
enum Kept {
    /// The step of the authenticator whose code it is; `None` if it is none of late.
    Step(Option<i64>),
    Recovery(Vec<u8>),
}

impl Kept {
    async fn of(app: &App, user: &User, code: &str) -> Result<Self, SecondFactorError> {
        if !totp::is_code(code) {
            return Ok(Self::Recovery(code_hash(code)));
        }
        let totp = second_factor::find(&app.db, user.id).await?;
        let totp = totp.filter(|totp| totp.enabled_at.is_some()).ok_or(SecondFactorError::NotOn)?;
        Ok(Self::Step(matching_step(app, user.id, &totp, code)?))
    }

    /// Uses the code up.
    async fn use_up(
        &self,
        app: &App,
        tx: &mut PlatformTx,
        user: &User,
        trail: &Trail,
        client: &Client,
    ) -> Result<(), SecondFactorError> {
        let is_right = match self {
            Self::Step(Some(step)) => second_factor::use_step(tx, user.id, *step).await?,
            Self::Step(None) => false,
            Self::Recovery(hash) => second_factor::use_recovery_code(tx, user.id, hash, app.now()).await?,
        };
        if !is_right {
            return Err(SecondFactorError::WrongCode);
        }
        if matches!(self, Self::Recovery(_)) {
            let by = themselves(user, client);
            trail.write(app, tx, Entry::new(&by, Action::UserRecoveryCodeUsed).on("user", user.id)).await?;
        }
        Ok(())
    }
}

fn matching_step(app: &App, user: UserId, totp: &Totp, code: &str) -> Result<Option<i64>, VaultError> {
    let secret = app.vault.open(place(user), &totp.sealed)?;
    let secret = BASE64.decode(secret.expose_secret()).map_err(|_| VaultError::Damaged)?;
    Ok(totp::matching_step(&secret, code, app.now()))
}

/// Where a person's secret is sealed for: they belong to no tenant.
pub fn place(user: UserId) -> Place<'static> {
    Place { tenant: TenantId::from_uuid(Uuid::nil()), owner: user.uuid(), field: FIELD }
}

/// What wrong codes are counted under, apart from wrong passwords.
fn subject(user: UserId) -> String {
    format!("second factor of {user}")
}

async fn notice(app: &App, tx: &mut PlatformTx, user: &User, is_on: bool, client: &Client) -> Result<(), StoreError> {
    let letter = Letter::SecondFactor { is_on };
    let expires_at = app.now() + NOTICE_LIFETIME;
    let posting = Posting { to: &user.email, letter: &letter, language: client.language, expires_at };
    mail::post_platform(app, tx, None, &posting).await
}

/// New recovery codes, and what is kept of them: 80 random bits each, so that nobody finds one by its hash.
fn fresh_codes(app: &App) -> (Vec<SecretString>, Vec<Vec<u8>>) {
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let letters = totp::base32(&app.random.array::<10>()).to_lowercase();
        let groups: Vec<&str> = [0, 4, 8, 12].iter().map(|at| &letters[*at..at + 4]).collect();
        codes.push(groups.join("-"));
    }
    let hashes = codes.iter().map(|code| code_hash(code)).collect();
    (codes.into_iter().map(SecretString::from).collect(), hashes)
}

/// Whatever way a person types it.
fn code_hash(code: &str) -> Vec<u8> {
    const MOST_CHARACTERS: usize = 64;
    let plain: String = code
        .chars()
        .take(MOST_CHARACTERS)
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    sha256(plain.as_bytes())
}

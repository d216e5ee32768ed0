//! People who sign in. An e-mail address is one person in the whole installation.

use sqlx::FromRow;
use switchboard_domain::{Timestamp, ids::UserId, mail::Language};
use uuid::Uuid;

use crate::{
    Db, PlatformTx, StoreError,
    conn::{execute, fetch_all, fetch_optional},
};

/// A person, without anything that opens a door.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct User {
    pub id: UserId,
    /// Lower-case.
    pub email: String,
    pub full_name: String,
    pub is_platform_admin: bool,
    pub is_active: bool,
    pub email_verified_at: Option<Timestamp>,
    /// Since when signing in takes a second factor; `None` if it does not.
    pub totp_enabled_at: Option<Timestamp>,
    pub last_login_at: Option<Timestamp>,
    pub password_changed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A person on the way into the table.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: UserId,
    /// Lower-case.
    pub email: String,
    pub full_name: String,
    /// `None` for somebody who signs in elsewhere.
    pub password_hash: Option<String>,
    pub is_platform_admin: bool,
    pub email_verified_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Adds a person. False if the e-mail address is somebody's already.
pub async fn insert(tx: &mut PlatformTx, user: &NewUser) -> Result<bool, StoreError> {
    let password_changed_at = user.password_hash.as_ref().map(|_| user.created_at);
    let inserted = execute!(
        &mut tx.conn(),
        "INSERT INTO users (id, email, full_name, password_hash, is_platform_admin, email_verified_at, \
         password_changed_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) \
         ON CONFLICT (email) DO NOTHING",
        user.id,
        &user.email,
        &user.full_name,
        &user.password_hash,
        user.is_platform_admin,
        user.email_verified_at,
        password_changed_at,
        user.created_at
    )?;
    Ok(inserted == 1)
}

/// One person.
pub async fn find(db: &Db, id: UserId) -> Result<Option<User>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        User,
        "SELECT id, email, full_name, is_platform_admin, is_active, email_verified_at, totp_enabled_at, last_login_at, \
         password_changed_at, created_at, updated_at FROM users WHERE id = $1",
        id
    )?)
}

/// The person with this address, which must be lower-case.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_optional!(
        &mut reader.conn(),
        User,
        "SELECT id, email, full_name, is_platform_admin, is_active, email_verified_at, totp_enabled_at, last_login_at, \
         password_changed_at, created_at, updated_at FROM users WHERE email = $1",
        email
    )?)
}

/// The kept form of a person's password; `None` if there is no such person or no password.
pub async fn password_hash(db: &Db, id: UserId) -> Result<Option<String>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row =
        fetch_optional!(&mut reader.conn(), (Option<String>,), "SELECT password_hash FROM users WHERE id = $1", id)?;
    Ok(row.and_then(|(hash,)| hash))
}

/// Everybody, oldest first, after `after`; at most `limit`.
pub async fn list(db: &Db, after: Option<UserId>, limit: i64) -> Result<Vec<User>, StoreError> {
    let mut reader = db.read_platform().await?;
    Ok(fetch_all!(
        &mut reader.conn(),
        User,
        "SELECT id, email, full_name, is_platform_admin, is_active, email_verified_at, totp_enabled_at, last_login_at, \
         password_changed_at, created_at, updated_at FROM users WHERE id > $1 ORDER BY id LIMIT $2",
        after.map_or(Uuid::nil(), UserId::uuid),
        limit
    )?)
}

/// Gives a person another password. False if there is no such person.
pub async fn set_password(tx: &mut PlatformTx, id: UserId, hash: &str, now: Timestamp) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET password_hash = $2, password_changed_at = $3, updated_at = $3 WHERE id = $1",
        id,
        hash,
        now
    )?;
    Ok(touched == 1)
}

/// Keeps the same password in another form, unless it was changed meanwhile.
pub async fn rehash_password(tx: &mut PlatformTx, id: UserId, from: &str, to: &str) -> Result<(), StoreError> {
    execute!(&mut tx.conn(), "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2", id, from, to)?;
    Ok(())
}

/// Notes a sign-in, and what the person reads.
pub async fn note_login(tx: &mut PlatformTx, id: UserId, language: Language, now: Timestamp) -> Result<(), StoreError> {
    execute!(&mut tx.conn(), "UPDATE users SET last_login_at = $2, language = $3 WHERE id = $1", id, now, language)?;
    Ok(())
}

/// Notes what the person reads, if it is another language than before.
pub async fn note_language(tx: &mut PlatformTx, id: UserId, language: Language) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "UPDATE users SET language = $2 WHERE id = $1 AND (language IS NULL OR language <> $2)",
        id,
        language
    )?;
    Ok(())
}

/// Notes that the person reads mail at `email`. False if the address is another by now.
pub async fn mark_email_verified(
    tx: &mut PlatformTx,
    id: UserId,
    email: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET email_verified_at = coalesce(email_verified_at, $3), updated_at = $3 \
         WHERE id = $1 AND email = $2",
        id,
        email,
        now
    )?;
    Ok(touched == 1)
}

/// Changes what the person is called. False if there is no such person.
pub async fn set_name(tx: &mut PlatformTx, id: UserId, full_name: &str, now: Timestamp) -> Result<bool, StoreError> {
    let touched =
        execute!(&mut tx.conn(), "UPDATE users SET full_name = $2, updated_at = $3 WHERE id = $1", id, full_name, now)?;
    Ok(touched == 1)
}

/// Lets a person in, or keeps them out. False if there is no such person.
pub async fn set_active(tx: &mut PlatformTx, id: UserId, is_active: bool, now: Timestamp) -> Result<bool, StoreError> {
    let touched =
        execute!(&mut tx.conn(), "UPDATE users SET is_active = $2, updated_at = $3 WHERE id = $1", id, is_active, now)?;
    Ok(touched == 1)
}

/// Gives or takes the installation's administration. False if there is no such person.
pub async fn set_platform_admin(
    tx: &mut PlatformTx,
    id: UserId,
    is_platform_admin: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = execute!(
        &mut tx.conn(),
        "UPDATE users SET is_platform_admin = $2, updated_at = $3 WHERE id = $1",
        id,
        is_platform_admin,
        now
    )?;
    Ok(touched == 1)
}

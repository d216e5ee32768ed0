//! Who a person is at an OpenID Connect provider. Issuer and subject name them for good; an e-mail address there can pass
//! to somebody else.

use switchboard_domain::{Timestamp, ids::UserId};

use crate::{
    Db, PlatformTx, StoreError,
    conn::{execute, fetch_optional},
};

/// Whose identity it is.
pub async fn find(db: &Db, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
    let mut reader = db.read_platform().await?;
    let row = fetch_optional!(
        &mut reader.conn(),
        (UserId,),
        "SELECT user_id FROM user_identities WHERE issuer = $1 AND subject = $2",
        issuer,
        subject
    )?;
    Ok(row.map(|(user,)| user))
}

/// Ties an identity to a person. False if it is tied already.
pub async fn insert(
    tx: &mut PlatformTx,
    issuer: &str,
    subject: &str,
    user: UserId,
    email: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = execute!(
        &mut tx.conn(),
        "INSERT INTO user_identities (issuer, subject, user_id, email, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (issuer, subject) DO NOTHING",
        issuer,
        subject,
        user,
        email,
        now
    )?;
    Ok(inserted == 1)
}

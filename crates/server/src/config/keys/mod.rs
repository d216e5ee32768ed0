//! The installation's keys: what somebody set, what an earlier start left in the data folder, or what can be derived.
//!
//! | | encryption key | `/internal` secret |
//! |---|---|---|
//! | set | `ENCRYPTION_KEY` | `INTERNAL_API_SECRET` |
//! | SQLite | kept in the data folder | kept in the data folder |
//! | PostgreSQL | derived from `INTERNAL_API_SECRET`, else from `JWT_SECRET` | none: `/internal` is closed if there is a `JWT_SECRET` |
//! | otherwise | the start is refused | the start is refused |
//!
//! Nothing is made on PostgreSQL, because each node would make its own and none could read the others' credentials.
//! Whatever key would have been used without `ENCRYPTION_KEY` still decrypts when one is set, so that setting it later
//! loses nothing.

mod file;

use std::{io, path::PathBuf};

use aws_lc_rs::{hkdf, rand::SecureRandom};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};

use super::{
    Settings,
    database::DatabaseTarget,
    secrets::{Key, SECRET_CHARACTERS, SecretSettings},
};

/// The keys in force.
#[derive(Debug)]
pub struct Keys {
    pub encryption: EncryptionKeys,
    /// Opens `/internal`; `None` closes it.
    pub internal_api_secret: Option<SecretString>,
    /// Signs the tokens of signed-in people: `JWT_SECRET`, or derived from the encryption key.
    pub token_secret: SecretString,
    /// What a person should be told about the keys, once, at the start.
    pub notices: Vec<String>,
}

/// The key that encrypts, and those that still decrypt.
#[derive(Debug)]
pub struct EncryptionKeys {
    pub current: Key,
    pub old: Vec<Key>,
    pub source: KeySource,
}

/// Where the encryption key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// `ENCRYPTION_KEY`.
    Setting,
    /// The file in the data folder.
    KeyFile { path: PathBuf, made_now: bool },
    /// HKDF from the secret of this variable.
    Derived { from: &'static str },
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Setting => f.write_str("ENCRYPTION_KEY"),
            Self::KeyFile { path, .. } => write!(f, "{}", path.display()),
            Self::Derived { from } => write!(f, "derived from {from}"),
        }
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "INTERNAL_API_SECRET: it is not set, and on PostgreSQL every node must have the same one; \
         set it to 32 random characters or more (openssl rand -hex 32)"
    )]
    NoInternalSecret,
    #[error(
        "ENCRYPTION_KEY: it is not set, and on PostgreSQL nothing else gives one; set it to 64 hex digits \
         (openssl rand -hex 32), or set INTERNAL_API_SECRET"
    )]
    NoEncryptionKey,
    #[error(
        "JWT_SECRET: the encryption key would come from it, and it has fewer than {SECRET_CHARACTERS} characters; \
         set ENCRYPTION_KEY to 64 hex digits (openssl rand -hex 32)"
    )]
    ShortJwtSecret,
    #[error("could not make the data folder {}; set DATA_DIR to a folder that this user may write", path.display())]
    MakeFolder { path: PathBuf, source: io::Error },
    #[error("could not write the made secrets to {}; set DATA_DIR to a folder that this user may write", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("could not read the kept secrets in {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// Never made anew: that would make every stored credential unreadable.
    #[error(
        "{} is damaged: {what}; put its backup back, or set ENCRYPTION_KEY and INTERNAL_API_SECRET and move it away",
        path.display()
    )]
    Damaged { path: PathBuf, what: &'static str },
    #[error("the machine gave no random bytes")]
    Random,
}

/// Finds or makes the keys. On SQLite the first call creates `secrets.json` in the data folder where something is
/// missing; two processes that start at once end with the same file.
pub fn resolve(settings: &Settings, random: &dyn SecureRandom) -> Result<Keys, KeyError> {
    let secrets = &settings.secrets;
    match &settings.database.target {
        DatabaseTarget::Sqlite { .. } => on_sqlite(&settings.database.data_dir, secrets, random),
        DatabaseTarget::Postgres { .. } => on_postgres(secrets),
    }
}

fn on_sqlite(
    data_dir: &std::path::Path,
    secrets: &SecretSettings,
    random: &dyn SecureRandom,
) -> Result<Keys, KeyError> {
    let all_set = secrets.encryption_key.is_some() && secrets.internal_api_secret.is_some();
    let kept = if all_set { file::read(data_dir)? } else { Some(file::read_or_make(data_dir, random)?) };
    let mut notices = Vec::new();
    if let Some(kept) = kept.as_ref().filter(|kept| kept.made_now) {
        // The file has both whatever was set; a person is told of what the server goes by.
        let made = match (&secrets.encryption_key, &secrets.internal_api_secret) {
            (None, None) => "an encryption key and an internal API secret and kept them",
            (None, Some(_)) => "an encryption key and kept it",
            (Some(_), _) => "an internal API secret and kept it",
        };
        let path = kept.path.display();
        notices.push(format!("made {made} in {path}; back that file up with the database"));
    }
    let source = match (&secrets.encryption_key, &kept) {
        (None, Some(kept)) => KeySource::KeyFile { path: kept.path.clone(), made_now: kept.made_now },
        _ => KeySource::Setting,
    };
    let (fallback, internal) =
        kept.map_or((None, None), |kept| (Some(kept.encryption_key), Some(kept.internal_api_secret)));
    let internal = secrets.internal_api_secret.clone().or(internal);
    finish(secrets, fallback, source, internal, notices)
}

fn on_postgres(secrets: &SecretSettings) -> Result<Keys, KeyError> {
    let (fallback, from) = match (&secrets.internal_api_secret, &secrets.jwt_secret) {
        (Some(secret), _) => (Some(derived_key(secret)), "INTERNAL_API_SECRET"),
        (None, None) => return Err(KeyError::NoInternalSecret),
        (None, Some(secret)) if secret.expose_secret().chars().count() >= SECRET_CHARACTERS => {
            (Some(derived_key(secret)), "JWT_SECRET")
        }
        (None, Some(_)) if secrets.encryption_key.is_none() => return Err(KeyError::ShortJwtSecret),
        (None, Some(_)) => (None, "JWT_SECRET"),
    };
    let source = if secrets.encryption_key.is_some() { KeySource::Setting } else { KeySource::Derived { from } };
    let mut notices = Vec::new();
    if secrets.internal_api_secret.is_none() {
        notices.push("INTERNAL_API_SECRET is not set, so the /internal routes are closed".to_owned());
    }
    finish(secrets, fallback, source, secrets.internal_api_secret.clone(), notices)
}

/// `fallback` is the key that holds without `ENCRYPTION_KEY`.
fn finish(
    secrets: &SecretSettings,
    fallback: Option<Key>,
    source: KeySource,
    internal_api_secret: Option<SecretString>,
    notices: Vec<String>,
) -> Result<Keys, KeyError> {
    let mut old: Vec<Key> = secrets.encryption_keys_old.iter().map(copy).collect();
    let current = match (&secrets.encryption_key, fallback) {
        (Some(set), fallback) => {
            old.extend(fallback);
            copy(set)
        }
        (None, Some(fallback)) => fallback,
        (None, None) => return Err(KeyError::NoEncryptionKey),
    };
    let encryption = EncryptionKeys { current, old, source };
    let token_secret = secrets.jwt_secret.clone().unwrap_or_else(|| {
        let key = encryption.derive("tokens of signed-in people");
        SecretString::from(hex::encode(key.expose_secret()))
    });
    Ok(Keys { encryption, internal_api_secret, token_secret, notices })
}

impl EncryptionKeys {
    /// A key for one purpose, made from the current one: signed URLs, tokens. It changes when the key is rotated.
    pub fn derive(&self, purpose: &str) -> Key {
        hkdf_sha256(self.current.expose_secret(), &format!("switchboard {purpose}"))
    }
}

fn derived_key(secret: &SecretString) -> Key {
    hkdf_sha256(secret.expose_secret().as_bytes(), "switchboard encryption key")
}

fn copy(key: &Key) -> Key {
    SecretBox::new(Box::new(*key.expose_secret()))
}

/// HKDF with SHA-256, no salt: the inputs are long random secrets, and every node must come to the same key.
fn hkdf_sha256(secret: &[u8], purpose: &str) -> Key {
    let mut bytes = Box::new([0; 32]);
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
    #[expect(clippy::expect_used, reason = "HKDF only refuses outputs over 255 times the digest; this is one digest")]
    extracted
        .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|output| output.fill(bytes.as_mut_slice()))
        .expect("one digest can always be filled");
    SecretBox::new(bytes)
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;

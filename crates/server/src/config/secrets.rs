//! The installation's own secrets as somebody set them. What they come to when nobody did: [`super::keys`].

use secrecy::{ExposeSecret as _, SecretBox, SecretString};

use super::{
    catalogue::{
        ENCRYPTION_KEY, ENCRYPTION_KEY_OLD, INTERNAL_API_SECRET, JWT_SECRET, MEDIA_ENCRYPTION_KEY,
        MEDIA_ENCRYPTION_KEY_OLD, Variable,
    },
    fault::Wrong,
    reader::Reader,
};

/// Fewest characters of a secret from which access or keys depend.
pub const SECRET_CHARACTERS: usize = 32;

/// 256 bits that are wiped when they are dropped and never printed.
pub type Key = SecretBox<[u8; 32]>;

#[derive(Debug)]
pub struct SecretSettings {
    /// `INTERNAL_API_SECRET`: opens the `/internal` routes, over every tenant. 32 characters at least.
    pub internal_api_secret: Option<SecretString>,
    /// `ENCRYPTION_KEY`: 64 hex digits.
    pub encryption_key: Option<Key>,
    /// `ENCRYPTION_KEY_OLD`: former keys, which still decrypt.
    pub encryption_keys_old: Vec<Key>,
    /// `JWT_SECRET` or `JWT_SECRET_KEY`: signs the tokens of signed-in people.
    pub jwt_secret: Option<SecretString>,
    /// `MEDIA_ENCRYPTION_KEY`: seals recordings at rest. 64 hex digits.
    pub media_key: Option<Key>,
    /// `MEDIA_ENCRYPTION_KEY_OLD`: former ones, which still open.
    pub media_keys_old: Vec<Key>,
}

impl SecretSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let internal_api_secret = reader.secret(&INTERNAL_API_SECRET).filter(|secret| long_enough(reader, secret));
        let encryption_key = keys(reader, &ENCRYPTION_KEY).pop();
        let encryption_keys_old = keys(reader, &ENCRYPTION_KEY_OLD);
        Self {
            internal_api_secret,
            encryption_key,
            encryption_keys_old,
            jwt_secret: reader.secret(&JWT_SECRET),
            media_key: keys(reader, &MEDIA_ENCRYPTION_KEY).pop(),
            media_keys_old: keys(reader, &MEDIA_ENCRYPTION_KEY_OLD),
        }
    }
}

fn long_enough(reader: &mut Reader<'_>, secret: &SecretString) -> bool {
    let characters = secret.expose_secret().chars().count();
    if characters < SECRET_CHARACTERS {
        reader.fault(
            &INTERNAL_API_SECRET,
            Wrong::new(
                format!("it has {characters} characters"),
                format!("use {SECRET_CHARACTERS} random ones at least (openssl rand -hex 32)"),
            ),
        );
    }
    characters >= SECRET_CHARACTERS
}

/// The keys of a variable; the one that is no key faults the variable.
fn keys(reader: &mut Reader<'_>, variable: &'static Variable) -> Vec<Key> {
    let Some(held) = reader.secret(variable) else { return Vec::new() };
    let many = [ENCRYPTION_KEY_OLD.name, MEDIA_ENCRYPTION_KEY_OLD.name].contains(&variable.name);
    let texts: Vec<&str> = if many { held.expose_secret().split(',').collect() } else { vec![held.expose_secret()] };
    let mut keys = Vec::with_capacity(texts.len());
    for text in texts.into_iter().map(str::trim) {
        if let Some(key) = key_from_hex(text) {
            keys.push(key);
        } else {
            let right = "use exactly 64 hex digits (openssl rand -hex 32)";
            reader.fault(variable, Wrong::new(not_a_key(text), right));
        }
    }
    keys
}

fn not_a_key(text: &str) -> String {
    let characters = text.chars().count();
    if characters == 64 {
        "it has characters other than 0-9 and a-f".to_owned()
    } else {
        format!("it has {characters} characters")
    }
}

/// 64 hex digits, in either case.
pub(super) fn key_from_hex(text: &str) -> Option<Key> {
    let mut bytes = Box::new([0; 32]);
    hex::decode_to_slice(text, bytes.as_mut_slice()).ok()?;
    Some(SecretBox::new(bytes))
}

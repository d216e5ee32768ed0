//! Seals the secrets that must be used again: provider keys, tokens, webhook secrets.
//!
//! AES-256-GCM, with tenant, owner and field as associated data, so that a sealed value copied to another row does not
//! open. The sealed form starts with the id of its key: keys rotate while old values stay readable. Secrets that are only
//! ever compared (API keys) are hashed instead and never come here.

use std::collections::HashMap;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, hmac,
};
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::ids::TenantId;
use uuid::Uuid;

use crate::env::Random;

/// Layout version of the sealed form: version, 4 bytes key id, 12 bytes nonce, ciphertext with tag.
const VERSION: u8 = 1;
const KEY_ID_LEN: usize = switchboard_store::sealed::KEY_ID_LEN;

/// A sealed value cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the secret was sealed with another ENCRYPTION_KEY; set that one as ENCRYPTION_KEY_OLD to read it")]
    UnknownKey,
    #[error("the sealed secret is damaged, or was sealed for another place")]
    Damaged,
    #[error("an encryption key has 64 hex digits")]
    NotAKey,
}

/// What a sealed value belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub tenant: TenantId,
    /// The connection or other row that holds it.
    pub owner: Uuid,
    pub field: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(40 + self.field.len());
        data.extend_from_slice(self.tenant.uuid().as_bytes());
        data.extend_from_slice(self.owner.as_bytes());
        data.extend_from_slice(self.field.as_bytes());
        data
    }
}

/// The keys of the installation.
pub struct Vault {
    current: [u8; KEY_ID_LEN],
    keys: HashMap<[u8; KEY_ID_LEN], LessSafeKey>,
    /// Of each key, the current one first.
    fingerprints: Vec<hmac::Key>,
    /// Sign what leaves the house and comes back: links. Of each key, the current one first.
    signatures: Vec<hmac::Key>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({} keys)", self.keys.len())
    }
}

impl Vault {
    /// `current` seals; `old` ones only open.
    pub fn new(current: [u8; 32], old: &[[u8; 32]]) -> Result<Self, VaultError> {
        let mut keys = HashMap::new();
        for key in old.iter().chain([&current]) {
            let unbound = UnboundKey::new(&AES_256_GCM, key).map_err(|_| VaultError::NotAKey)?;
            keys.insert(key_id(key), LessSafeKey::new(unbound));
        }
        let of_each = |purpose: &[u8]| std::iter::once(&current).chain(old).map(|key| derived(purpose, key)).collect();
        Ok(Self {
            current: key_id(&current),
            keys,
            fingerprints: of_each(b"switchboard fingerprint"),
            signatures: of_each(b"switchboard signature"),
        })
    }

    /// The value, sealed for one place.
    #[expect(clippy::expect_used, reason = "sealing a short value in memory with a present key has no failing case")]
    pub fn seal(&self, random: &dyn Random, place: Place<'_>, value: &SecretString) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random.array();
        let mut text = value.expose_secret().as_bytes().to_vec();
        let key = self.keys.get(&self.current).expect("the current key is among the keys");
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.associated_data()),
            &mut text,
        )
        .expect("a value below 64 GiB can be sealed");
        [&[VERSION], self.current.as_slice(), nonce.as_slice(), text.as_slice()].concat()
    }

    /// The value that was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let (head, text) = sealed.split_at_checked(1 + KEY_ID_LEN + NONCE_LEN).ok_or(VaultError::Damaged)?;
        if head[0] != VERSION {
            return Err(VaultError::Damaged);
        }
        let key = self.keys.get(&head[1..=KEY_ID_LEN]).ok_or(VaultError::UnknownKey)?;
        let nonce = Nonce::try_assume_unique_for_key(&head[1 + KEY_ID_LEN..]).map_err(|_| VaultError::Damaged)?;
        let mut text = text.to_vec();
        let opened =
            key.open_in_place(nonce, Aad::from(place.associated_data()), &mut text).map_err(|_| VaultError::Damaged)?;
        let opened = std::str::from_utf8(opened).map_err(|_| VaultError::Damaged)?;
        Ok(SecretString::from(opened))
    }

    /// Sealed with the current key, rather than one that is being phased out.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.get(1..=KEY_ID_LEN) == Some(self.current.as_slice())
    }

    /// The value sealed anew with the current key, for the same place.
    pub fn reseal(&self, random: &dyn Random, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(self.seal(random, place, &self.open(place, sealed)?))
    }

    /// What the current key is known by.
    pub const fn current_id(&self) -> [u8; KEY_ID_LEN] {
        self.current
    }

    /// Whether there is a key of this id.
    pub fn knows(&self, id: &[u8]) -> bool {
        self.keys.contains_key(id)
    }

    /// A keyed hash: says whether two secrets are equal without telling either.
    pub fn fingerprint(&self, value: &SecretString) -> Vec<u8> {
        hmac::sign(&self.fingerprints[0], value.expose_secret().as_bytes()).as_ref().to_vec()
    }

    /// The same with the keys that are being phased out: what was kept before the current key has one of these.
    pub fn older_fingerprints(&self, value: &SecretString) -> Vec<Vec<u8>> {
        let hash = |key| hmac::sign(key, value.expose_secret().as_bytes()).as_ref().to_vec();
        self.fingerprints[1..].iter().map(hash).collect()
    }

    /// A signature over `parts`, good for one purpose.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
        hmac::sign(&self.signatures[0], &signed_bytes(purpose, parts)).as_ref().to_vec()
    }

    /// Whether a signature is ours, in constant time. One by a key that is being phased out still counts, so that a link
    /// outlives a rotation.
    pub fn verify_mac(&self, purpose: &str, parts: &[&[u8]], signature: &[u8]) -> bool {
        let bytes = signed_bytes(purpose, parts);
        self.signatures.iter().any(|key| hmac::verify(key, &bytes, signature).is_ok())
    }
}

fn derived(purpose: &[u8], key: &[u8; 32]) -> hmac::Key {
    let bytes = digest::digest(&digest::SHA256, &[purpose, key.as_slice()].concat());
    hmac::Key::new(hmac::HMAC_SHA256, bytes.as_ref())
}

/// Each part behind its length, so that no two lists run together into the same bytes.
fn signed_bytes(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn key_id(key: &[u8; 32]) -> [u8; KEY_ID_LEN] {
    let hash = digest::digest(&digest::SHA256, &[b"switchboard key id", key.as_slice()].concat());
    let mut id = [0; KEY_ID_LEN];
    id.copy_from_slice(&hash.as_ref()[..KEY_ID_LEN]);
    id
}

/// SHA-256, for secrets that are only compared.
pub fn sha256(value: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, value).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SystemRandom;

    fn place(field: &str) -> Place<'_> {
        Place { tenant: TenantId::from_uuid(Uuid::from_u128(1)), owner: Uuid::from_u128(2), field }
    }

    #[test]
    fn a_value_opens_only_in_its_place() {
        let vault = Vault::new([7; 32], &[]).unwrap();
        let sealed = vault.seal(&SystemRandom::default(), place("api_key"), &SecretString::from("top"));
        assert_eq!(vault.open(place("api_key"), &sealed).unwrap().expose_secret(), "top");
        assert_eq!(vault.open(place("token"), &sealed).unwrap_err(), VaultError::Damaged);
        assert!(!sealed.windows(3).any(|bytes| bytes == b"top"));
    }

    #[test]
    fn old_keys_open_and_only_the_current_one_seals() {
        let before = Vault::new([1; 32], &[]).unwrap();
        let sealed = before.seal(&SystemRandom::default(), place("x"), &SecretString::from("v"));
        let after = Vault::new([2; 32], &[[1; 32]]).unwrap();
        assert!(after.open(place("x"), &sealed).is_ok());
        assert!(!after.is_current(&sealed));
        let resealed = after.reseal(&SystemRandom::default(), place("x"), &sealed).unwrap();
        assert!(after.is_current(&resealed));
        assert!(after.older_fingerprints(&"v".into()).contains(&before.fingerprint(&"v".into())));
        assert!(after.verify_mac("link", &[b"1"], &before.mac("link", &[b"1"])));
        assert!(!before.verify_mac("link", &[b"1"], &after.mac("link", &[b"1"])));
        assert_eq!(Vault::new([2; 32], &[]).unwrap().open(place("x"), &sealed).unwrap_err(), VaultError::UnknownKey);
    }
}

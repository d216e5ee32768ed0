//! Files that nobody can read who only has the disk or the bucket.
//!
//! A file is cut into pieces of 64 KiB, each sealed by itself with AES-256-GCM, so that a player that jumps to the
//! middle makes us open one or two pieces and not an hour of audio. Sealing the file as a whole would be simpler and
//! would make every range request read all that lies before it; and nothing could be handed on before the end had been
//! checked.
//!
//! The key of a file is derived from the installation's media key and sixteen random bytes at the beginning of the
//! file, so the pieces can count their nonces from nought and no two files ever use one twice. A piece is bound to its
//! file's name, its place and to whether it is the last: pieces that are swapped, left out, or cut off at the end do
//! not open.

use std::sync::Arc;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use bytes::Bytes;

/// What a sealed file begins with. No audio does.
const MAGIC: &[u8; 4] = b"SBM1";
const KEY_ID: usize = 4;
const SALT: usize = 16;
/// Bytes before the first piece.
pub(super) const HEADER: usize = MAGIC.len() + KEY_ID + SALT;
/// Bytes of a file in one piece.
pub(super) const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
/// Bytes that a whole piece takes up.
pub(super) const SEALED_PIECE: usize = PIECE + TAG;

/// A file cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error(
        "the file was sealed with another MEDIA_ENCRYPTION_KEY; name that one in MEDIA_ENCRYPTION_KEY_OLD to read it"
    )]
    UnknownKey,
    #[error("the file is damaged, or is not the one that it was stored as")]
    Damaged,
}

/// Fills bytes at random.
pub type Fill = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// The installation's keys for files.
#[derive(Clone)]
pub struct MediaKeys {
    keys: Vec<([u8; KEY_ID], [u8; 32])>,
    /// The first one of them seals; else files are kept as they are.
    seals: bool,
    random: Fill,
}

impl std::fmt::Debug for MediaKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MediaKeys({} keys)", self.keys.len())
    }
}

impl MediaKeys {
    /// `current` seals what is written from now on, if there is one; `old` ones only open.
    pub fn new(current: Option<[u8; 32]>, old: &[[u8; 32]], random: Fill) -> Self {
        let keys = current.iter().chain(old).map(|key| (id_of(key), *key)).collect();
        Self { keys, seals: current.is_some(), random }
    }

    /// Begins a file: its header, and what seals its pieces. `None` where files are kept as they are.
    pub(super) fn begin(&self, name: &str) -> Option<(Vec<u8>, FileKey)> {
        let (id, key) = self.keys.first().filter(|_| self.seals)?;
        let mut salt = [0; SALT];
        (self.random)(&mut salt);
        let header = [&MAGIC[..], id, &salt].concat();
        FileKey::new(key, &salt, name).ok().map(|key| (header, key))
    }

    /// What opens a file that begins like this.
    pub(super) fn open(&self, header: &[u8], name: &str) -> Result<FileKey, SealError> {
        let rest = header.strip_prefix(MAGIC).ok_or(SealError::Damaged)?;
        let (id, salt) = rest.split_at_checked(KEY_ID).ok_or(SealError::Damaged)?;
        let salt = salt.get(..SALT).ok_or(SealError::Damaged)?;
        let (_, key) = self.keys.iter().find(|(known, _)| known == id).ok_or(SealError::UnknownKey)?;
        FileKey::new(key, salt, name)
    }
}

/// Whether a file that begins like this is sealed.
pub(super) fn is_sealed(start: &[u8]) -> bool {
    start.starts_with(MAGIC)
}

/// Bytes of the file that so many stored bytes hold.
pub(super) fn plain_size(stored: u64) -> Result<u64, SealError> {
    let pieces = stored.checked_sub(HEADER as u64).ok_or(SealError::Damaged)?;
    let whole = pieces / SEALED_PIECE as u64;
    let rest = pieces % SEALED_PIECE as u64;
    match rest {
        // Only an empty file has an empty last piece, and that piece is there.
        0 if whole > 0 => Ok(whole * PIECE as u64),
        0 => Err(SealError::Damaged),
        rest => Ok(whole * PIECE as u64 + rest.checked_sub(TAG as u64).ok_or(SealError::Damaged)?),
    }
}

/// How many pieces a file of so many bytes has; an empty one has one.
pub(super) fn pieces(size: u64) -> u64 {
    size.div_ceil(PIECE as u64).max(1)
}

fn id_of(key: &[u8; 32]) -> [u8; KEY_ID] {
    let mut id = [0; KEY_ID];
    id.copy_from_slice(&derived(key, &[b"switchboard media key id"])[..KEY_ID]);
    id
}

fn derived(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &parts.concat());
    let mut derived = [0; 32];
    derived.copy_from_slice(tag.as_ref());
    derived
}

/// What seals and opens the pieces of one file.
#[derive(Clone)]
pub(super) struct FileKey {
    key: Arc<LessSafeKey>,
    name: Arc<str>,
}

impl FileKey {
    fn new(key: &[u8; 32], salt: &[u8], name: &str) -> Result<Self, SealError> {
        let own = derived(key, &[b"switchboard media file", salt]);
        let key = UnboundKey::new(&AES_256_GCM, &own).map_err(|_| SealError::Damaged)?;
        Ok(Self { key: Arc::new(LessSafeKey::new(key)), name: name.into() })
    }

    fn bound_to(&self, place: u64, is_last: bool) -> (Nonce, Aad<Vec<u8>>) {
        let mut nonce = [0; NONCE_LEN];
        nonce[..8].copy_from_slice(&place.to_be_bytes());
        nonce[NONCE_LEN - 1] = u8::from(is_last);
        (Nonce::assume_unique_for_key(nonce), Aad::from(self.name.as_bytes().to_vec()))
    }

    /// Seals the piece at `place`.
    pub(super) fn seal(&self, place: u64, is_last: bool, mut piece: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let (nonce, aad) = self.bound_to(place, is_last);
        self.key.seal_in_place_append_tag(nonce, aad, &mut piece).map_err(|_| SealError::Damaged)?;
        Ok(piece)
    }

    /// Opens the piece at `place`.
    pub(super) fn open(&self, place: u64, is_last: bool, mut sealed: Vec<u8>) -> Result<Bytes, SealError> {
        let (nonce, aad) = self.bound_to(place, is_last);
        let length = self.key.open_in_place(nonce, aad, &mut sealed).map_err(|_| SealError::Damaged)?.len();
        sealed.truncate(length);
        Ok(sealed.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(current: u8, old: &[[u8; 32]]) -> MediaKeys {
        MediaKeys::new(Some([current; 32]), old, Arc::new(|bytes: &mut [u8]| bytes.fill(9)))
    }

    #[test]
    fn a_piece_opens_only_where_it_was() {
        let (header, key) = keys(1, &[]).begin("a/b").unwrap();
        assert!(is_sealed(&header) && header.len() == HEADER);
        let sealed = key.seal(3, false, b"sound".to_vec()).unwrap();
        assert_eq!(&key.open(3, false, sealed.clone()).unwrap()[..], b"sound");
        for (place, is_last) in [(2, false), (3, true)] {
            assert_eq!(key.open(place, is_last, sealed.clone()), Err(SealError::Damaged));
        }
        let elsewhere = keys(1, &[]).open(&header, "a/c").unwrap();
        assert_eq!(elsewhere.open(3, false, sealed.clone()), Err(SealError::Damaged));
        assert_eq!(keys(2, &[]).open(&header, "a/b").err(), Some(SealError::UnknownKey));
        let later = keys(2, &[[1; 32]]).open(&header, "a/b").unwrap();
        assert_eq!(&later.open(3, false, sealed).unwrap()[..], b"sound");
    }

    #[test]
    fn sizes_are_those_of_what_is_inside() {
        let stored = |size: usize| (HEADER + size + TAG * size.div_ceil(PIECE).max(1)) as u64;
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 5 * PIECE + 7] {
            assert_eq!(plain_size(stored(size)), Ok(size as u64), "{size}");
        }
        for damaged in [0, HEADER as u64, HEADER as u64 + 7] {
            assert!(plain_size(damaged).is_err(), "{damaged}");
        }
    }
}

//! `secrets.json` in the data folder: what the first start made for itself.
//!
//! Both secrets are made together even when one of them is set by hand, so that the file is written exactly once. It is
//! written elsewhere in full and then put in its place unless one is there: a crash leaves no half a file, and of two
//! processes that start at once the slower one reads what the faster one made.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand::SecureRandom;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::KeyError;
use crate::config::secrets::{Key, SECRET_CHARACTERS, key_from_hex};

const NAME: &str = "secrets.json";

/// Readable and writable by the owner alone.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;

pub(super) struct Kept {
    pub path: PathBuf,
    pub made_now: bool,
    pub encryption_key: Key,
    pub internal_api_secret: SecretString,
}

#[derive(Serialize, Deserialize)]
struct Contents {
    encryption_key: String,
    internal_api_secret: String,
}

pub(super) fn read_or_make(data_dir: &Path, random: &dyn SecureRandom) -> Result<Kept, KeyError> {
    if let Some(kept) = read(data_dir)? {
        return Ok(kept);
    }
    let path = data_dir.join(NAME);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(PRIVATE_FOLDER)
        .create(data_dir)
        .map_err(|source| KeyError::MakeFolder { path: data_dir.to_owned(), source })?;
    let contents = Contents { encryption_key: random_hex(random)?, internal_api_secret: random_hex(random)? };
    let made_now =
        create(data_dir, &path, &contents).map_err(|source| KeyError::Write { path: path.clone(), source })?;
    match read(data_dir)? {
        Some(kept) => Ok(Kept { made_now, ..kept }),
        None => Err(KeyError::Read { path, source: io::ErrorKind::NotFound.into() }),
    }
}

/// What an earlier start kept; `None` if there was none.
pub(super) fn read(data_dir: &Path) -> Result<Option<Kept>, KeyError> {
    let path = data_dir.join(NAME);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(KeyError::Read { path, source }),
    };
    close_to_others(&path).map_err(|source| KeyError::Write { path: path.clone(), source })?;
    let damaged = |what| KeyError::Damaged { path: path.clone(), what };
    let contents: Contents = serde_json::from_str(&text).map_err(|_| damaged("it is not the JSON that was written"))?;
    let encryption_key =
        key_from_hex(&contents.encryption_key).ok_or_else(|| damaged("`encryption_key` is not 64 hex digits"))?;
    if contents.internal_api_secret.chars().count() < SECRET_CHARACTERS {
        return Err(damaged("`internal_api_secret` is too short"));
    }
    let internal_api_secret = SecretString::from(contents.internal_api_secret);
    Ok(Some(Kept { path, made_now: false, encryption_key, internal_api_secret }))
}

/// Whether ours became the file.
fn create(folder: &Path, path: &Path, contents: &Contents) -> io::Result<bool> {
    let mut draft = tempfile::Builder::new()
        .prefix(".secrets-")
        .permissions(fs::Permissions::from_mode(PRIVATE_FILE))
        .tempfile_in(folder)?;
    draft.write_all(serde_json::to_string_pretty(contents)?.as_bytes())?;
    draft.write_all(b"\n")?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Ok(_) => fs::File::open(folder)?.sync_all().map(|()| true),
        Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(failed) => Err(failed.error),
    }
}

/// Takes away what a copy or a restore may have opened.
fn close_to_others(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o777 == PRIVATE_FILE {
        Ok(())
    } else {
        fs::set_permissions(path, fs::Permissions::from_mode(PRIVATE_FILE))
    }
}

/// 256 random bits as 64 hex digits.
fn random_hex(random: &dyn SecureRandom) -> Result<String, KeyError> {
    let mut bytes = [0_u8; 32];
    random.fill(&mut bytes).map_err(|_| KeyError::Random)?;
    Ok(hex::encode(bytes))
}

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use aws_lc_rs::rand::SystemRandom;

use super::*;
use crate::config::Sources;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const POSTGRES: (&str, &str) = ("DATABASE_URL", "postgresql://u:p@h/d");

fn settings(data_dir: &Path, pairs: &[(&str, &str)]) -> Settings {
    let mut flags = vec![("DATA_DIR".to_owned(), data_dir.display().to_string())];
    flags.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Settings::load(&Sources::gather(Some(Path::new("/dev/null")), [], flags)).unwrap()
}

fn keys(data_dir: &Path, pairs: &[(&str, &str)]) -> Result<Keys, KeyError> {
    resolve(&settings(data_dir, pairs), &SystemRandom::new())
}

fn hex_of(key: &Key) -> String {
    hex::encode(key.expose_secret())
}

#[test]
fn a_first_start_on_sqlite_makes_its_secrets_and_keeps_them_private() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a/data");
    let first = keys(&data, &[]).unwrap();
    let path = data.join("secrets.json");
    assert_eq!(first.encryption.source, KeySource::KeyFile { path: path.clone(), made_now: true });
    assert_eq!(first.notices.len(), 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "no draft is left behind");

    let second = keys(&data, &[]).unwrap();
    assert_eq!(second.encryption.source, KeySource::KeyFile { path, made_now: false });
    assert_eq!(hex_of(&second.encryption.current), hex_of(&first.encryption.current));
    let secret = |keys: &Keys| keys.internal_api_secret.as_ref().unwrap().expose_secret().to_owned();
    assert_eq!(secret(&second), secret(&first));
    assert_eq!(secret(&first).len(), 64);
    assert!(second.notices.is_empty());
}

#[test]
fn only_what_was_missing_is_said_to_be_made() {
    let hex = "ab".repeat(32);
    let both = [("ENCRYPTION_KEY", hex.as_str()), ("INTERNAL_API_SECRET", SECRET)];
    let told = |pairs: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        keys(folder.path(), pairs).unwrap().notices.join("\n")
    };
    assert!(told(&[]).starts_with("made an encryption key and an internal API secret and kept them in "));
    assert!(told(&both[..1]).starts_with("made an internal API secret and kept it in "));
    assert!(told(&both[1..]).starts_with("made an encryption key and kept it in "));
    assert_eq!(told(&both), "");
}

#[test]
fn processes_that_start_at_once_end_with_the_same_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let barrier = std::sync::Barrier::new(8);
    let found: Vec<(String, usize)> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let keys = keys(folder.path(), &[]).unwrap();
                    (hex_of(&keys.encryption.current), keys.notices.len())
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(found.iter().all(|(key, _)| *key == found[0].0));
    assert_eq!(found.iter().map(|(_, notices)| notices).sum::<usize>(), 1, "one of them made it");
}

#[test]
fn a_set_key_is_used_and_the_kept_one_still_decrypts() {
    let folder = tempfile::tempdir().unwrap();
    let before = keys(folder.path(), &[]).unwrap();
    let key = "ab".repeat(32);
    let old = "cd".repeat(32);
    let pairs = [("ENCRYPTION_KEY", key.as_str()), ("ENCRYPTION_KEY_OLD", &old), ("INTERNAL_API_SECRET", SECRET)];
    let after = keys(folder.path(), &pairs).unwrap();
    assert_eq!(after.encryption.source, KeySource::Setting);
    assert_eq!(hex_of(&after.encryption.current), key);
    let old_keys: Vec<String> = after.encryption.old.iter().map(hex_of).collect();
    assert_eq!(old_keys, [old.clone(), hex_of(&before.encryption.current)]);
    assert_eq!(after.internal_api_secret.unwrap().expose_secret(), SECRET);

    let fresh = tempfile::tempdir().unwrap();
    assert_eq!(keys(fresh.path(), &pairs).unwrap().encryption.old.len(), 1);
    assert_eq!(fs::read_dir(fresh.path()).unwrap().count(), 0, "nothing is made when everything is set");
}

#[test]
fn a_damaged_file_is_not_replaced_and_an_open_one_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    keys(folder.path(), &[]).unwrap();
    let path = folder.path().join("secrets.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    keys(folder.path(), &[]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    fs::write(&path, "{}").unwrap();
    assert!(matches!(keys(folder.path(), &[]), Err(KeyError::Damaged { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}");
}

#[test]
fn postgres_derives_the_same_key_on_every_node_and_makes_no_file() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let pairs = [POSTGRES, ("INTERNAL_API_SECRET", SECRET), ("JWT_SECRET", "another secret of thirty-two chars")];
    let first = keys(one.path(), &pairs).unwrap();
    let second = keys(two.path(), &pairs).unwrap();
    assert_eq!(first.encryption.source, KeySource::Derived { from: "INTERNAL_API_SECRET" });
    assert_eq!(hex_of(&first.encryption.current), hex_of(&second.encryption.current));
    assert_eq!(fs::read_dir(one.path()).unwrap().count(), 0);
    // HKDF-SHA256, no salt, this purpose. Changing it would make stored credentials unreadable.
    assert_eq!(hex_of(&first.encryption.current), EXPECTED_KEY);
}

const EXPECTED_KEY: &str = "83d2d117633d483e6078919a8acdb6b43780ec570117fac3a183ac9e8349035e";

#[test]
fn postgres_with_a_jwt_secret_alone_starts_with_internal_routes_closed() {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(folder.path(), &[POSTGRES, ("JWT_SECRET_KEY", SECRET)]).unwrap();
    assert_eq!(keys.encryption.source, KeySource::Derived { from: "JWT_SECRET" });
    assert!(keys.internal_api_secret.is_none());
    assert_eq!(keys.token_secret.expose_secret(), SECRET);
    assert!(keys.notices[0].contains("/internal routes are closed"));
}

#[test]
fn postgres_without_a_secret_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |pairs: &[(&str, &str)]| keys(folder.path(), pairs).unwrap_err().to_string();
    assert!(refusal(&[POSTGRES]).starts_with("INTERNAL_API_SECRET: it is not set"));
    let key = "ab".repeat(32);
    assert!(refusal(&[POSTGRES, ("ENCRYPTION_KEY", &key)]).starts_with("INTERNAL_API_SECRET: it is not set"));
    let short = refusal(&[POSTGRES, ("JWT_SECRET", "hunter2")]);
    assert!(short.starts_with("JWT_SECRET: ") && !short.contains("hunter2"), "{short}");
}

#[test]
fn each_purpose_has_its_own_key_and_nothing_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(folder.path(), &[]).unwrap();
    assert_ne!(hex_of(&keys.encryption.derive("one")), hex_of(&keys.encryption.derive("two")));
    assert_eq!(hex_of(&keys.encryption.derive("one")), hex_of(&keys.encryption.derive("one")));
    let printed = format!("{keys:?}");
    assert!(!printed.contains(&hex_of(&keys.encryption.current)), "{printed}");
    assert!(!printed.contains(keys.token_secret.expose_secret()), "{printed}");
}

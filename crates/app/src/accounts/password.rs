//! Passwords: what is a good one, and how they are kept.
//!
//! Kept as argon2id with OWASP's parameters (19 MiB, two passes, one lane). bcrypt hashes of imported accounts are checked as
//! well, and replaced by argon2id at the first sign-in. Hashing is slow on purpose, so it runs on threads of its own and only
//! a few at once: a flood of sign-ins must take neither the memory nor the processors from webhooks.

use std::{
    collections::HashSet,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash::phc::PasswordHash,
};
use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::email::Email;
use tokio::sync::Semaphore;

use super::FieldFault;
use crate::env::Random;

/// Characters of a password.
pub const LEAST: usize = 8;
pub const MOST: usize = 128;
/// KiB of memory, passes and lanes: OWASP's recommendation for argon2id, its second choice of equal strength.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// How many may wait for their turn. At some 20 ms each, the last one waits for a second or two.
const MOST_WAITING: usize = 128;

/// What a password is compared with whose account does not exist, so that the answer takes as long as for one that does.
/// Made with the parameters above from random bytes that nobody kept.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$b2Zubm9ib2R5b2Zubm9iZA$1d0rNnPtkCqYq1qnYyqS2n5Z0m3vS3w5l0Q2m9c8E7o";

/// Passwords of eight characters and more that lead the lists of leaked ones, lower-case, sorted.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("too many people are signing in at this moment; try again in a few seconds")]
    Busy,
    #[error("the password could not be hashed")]
    Hash(#[source] argon2::password_hash::Error),
    #[error("the task that hashes passwords ended early")]
    Interrupted,
}

/// What comparing a password showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right {
        /// It is kept in an older form and should be hashed anew.
        is_outdated: bool,
    },
}

/// Hashes and compares, a few at once.
pub struct Passwords {
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    computed: AtomicU64,
}

impl Default for Passwords {
    /// Those of people.
    fn default() -> Self {
        // Half of the processors, because the other half has webhooks to take.
        let at_once = std::thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2));
        Self::bounded(at_once, MOST_WAITING)
    }
}

impl Passwords {
    /// So many at once, and so many that wait for their turn.
    pub fn bounded(at_once: usize, most_waiting: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(at_once)),
            waiting: AtomicUsize::new(0),
            most_waiting,
            computed: AtomicU64::new(0),
        }
    }

    /// A password as it is kept.
    pub async fn hash(&self, random: &dyn Random, password: &SecretString) -> Result<String, PasswordError> {
        let salt: [u8; SALT_BYTES] = random.array();
        let password = password.clone();
        self.run(move || hash(&password, &salt)).await?.map_err(PasswordError::Hash)
    }

    /// Compares a password with what is kept of it. `None` is an account that does not exist or has no password; it costs the
    /// same.
    pub async fn verify(&self, password: &SecretString, kept: Option<&str>) -> Result<Verdict, PasswordError> {
        let kept = kept.map(str::to_owned);
        let password = password.clone();
        self.run(move || {
            if let Some(kept) = kept {
                return verify(&password, &kept);
            }
            verify(&password, NOBODY);
            Verdict::Wrong
        })
        .await
    }

    /// How many passwords were hashed or compared by this process.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let waiting = Waiting::enter(&self.waiting, self.most_waiting).ok_or(PasswordError::Busy)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| PasswordError::Interrupted)?;
        drop(waiting);
        self.computed.fetch_add(1, Ordering::Relaxed);
        // The permit goes along: a request that is given up does not make room before its thread is done.
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        task.await.map_err(|_| PasswordError::Interrupted)
    }
}

/// One who waits for a permit.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let waiting = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn params() -> Result<Params, argon2::password_hash::Error> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Into::into)
}

fn hash(password: &SecretString, salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?);
    let hash: PasswordHash = hasher.hash_password_with_salt(password.expose_secret().as_bytes(), salt)?;
    Ok(hash.to_string())
}

fn verify(password: &SecretString, kept: &str) -> Verdict {
    let password = password.expose_secret().as_bytes();
    if is_bcrypt(kept) {
        let fits = bcrypt::verify(password, kept).unwrap_or(false);
        return if fits { Verdict::Right { is_outdated: true } } else { Verdict::Wrong };
    }
    let Ok(hash) = PasswordHash::new(kept) else { return Verdict::Wrong };
    match Argon2::default().verify_password(password, &hash) {
        Ok(()) => Verdict::Right { is_outdated: !has_our_parameters(&hash) },
        Err(_) => Verdict::Wrong,
    }
}

fn has_our_parameters(hash: &PasswordHash) -> bool {
    let is_ours = |params: Params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES);
    hash.algorithm.as_str() == "argon2id" && Params::try_from(hash).is_ok_and(is_ours)
}

/// A hash as other products keep it, fit to be imported.
pub fn is_bcrypt(kept: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|start| kept.starts_with(start))
}

/// What is wrong with a password that somebody wants to have. `near` is what it must not be: the company's name, theirs.
pub fn check(field: &'static str, password: &SecretString, email: Option<&Email>, near: &[&str]) -> Option<FieldFault> {
    let text = password.expose_secret();
    let fault = |code, message: String| Some(FieldFault::new(field, code, message));
    let characters = text.chars().count();
    if characters < LEAST {
        return fault("too_short", format!("it has {characters} characters; use {LEAST} or more"));
    }
    if characters > MOST {
        return fault("too_long", format!("it has {characters} characters; use {MOST} at most"));
    }
    let lower = text.to_lowercase();
    if COMMON.contains(lower.as_str()) || is_monotonous(&lower) {
        return fault("too_common", "it is among the passwords that are tried first; use another".to_owned());
    }
    let bare = letters_of(&lower);
    let is_theirs = email.is_some_and(|email| lower == email.as_str() || bare == letters_of(email.local()))
        || near.iter().any(|name| bare == letters_of(&name.to_lowercase()));
    if is_theirs {
        return fault("too_common", "it is your address or a name that others know; use another".to_owned());
    }
    None
}

/// One or two characters over and over.
fn is_monotonous(password: &str) -> bool {
    password.chars().collect::<HashSet<_>>().len() <= 2
}

/// Without what does not change a word.
fn letters_of(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SystemRandom;

    fn checked(password: &str) -> Option<&'static str> {
        let email = Email::parse("ann.lee@example.com").unwrap();
        check("password", &password.into(), Some(&email), &["Acme Corp", "Ann Lee"]).map(|fault| fault.code)
    }

    #[test]
    fn weak_passwords_are_told_why() {
        assert_eq!(checked("correct horse battery"), None);
        assert_eq!(checked("SecurePass123!"), None);
        assert_eq!(checked("short12"), Some("too_short"));
        assert_eq!(checked(&"x1".repeat(65)), Some("too_long"));
        for common in ["Password123", "12345678", "qwertyuiop", "aaaaaaaaaaaa", "abababababab", "iLoveYou"] {
            assert_eq!(checked(common), Some("too_common"), "{common}");
        }
        for theirs in ["ann.lee@example.com", "Acme-Corp", "acmecorp", "Ann.Lee!"] {
            assert!(checked(theirs).is_some(), "{theirs}");
        }
        // Eight letters, counted as people count.
        assert_eq!(checked("пароль-мой"), None);
    }

    #[test]
    fn the_list_is_as_it_says() {
        let lines: Vec<&str> = include_str!("common_passwords.txt").lines().collect();
        assert!(lines.len() > 1_000);
        assert!(lines.is_sorted() && COMMON.len() == lines.len(), "sorted, without repetition");
        assert!(lines.iter().all(|line| line.chars().count() >= LEAST && line.to_lowercase() == *line));
    }

    #[tokio::test]
    async fn what_is_hashed_is_recognised_and_old_forms_are_outdated() {
        let passwords = Passwords::default();
        let secret = SecretString::from("correct horse");
        let kept = passwords.hash(&SystemRandom::default(), &secret).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let verify = async |kept: Option<&str>| passwords.verify(&secret, kept).await.unwrap();
        assert_eq!(verify(Some(&kept)).await, Verdict::Right { is_outdated: false });
        let bcrypted = bcrypt::hash("correct horse", 4).unwrap();
        for start in ["$2a$", "$2b$", "$2y$"] {
            let kept = format!("{start}{}", &bcrypted[4..]);
            assert_eq!(verify(Some(&kept)).await, Verdict::Right { is_outdated: true });
        }
        let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(1024, 1, 1, None).unwrap());
        let weaker: PasswordHash = weaker.hash_password_with_salt(b"correct horse", &[1; 16]).unwrap();
        assert_eq!(verify(Some(&weaker.to_string())).await, Verdict::Right { is_outdated: true });
        let before = passwords.computed();
        for wrong in [Some("rubbish"), Some("$2b$rubbish"), None] {
            assert_eq!(verify(wrong).await, Verdict::Wrong);
        }
        assert_eq!(passwords.computed(), before + 3);
    }

    #[test]
    fn nobodys_hash_costs_what_everybodys_costs() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert!(has_our_parameters(&hash) && hash.hash.is_some() && hash.salt.is_some());
    }
}

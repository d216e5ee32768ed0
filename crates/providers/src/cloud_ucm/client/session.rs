//! Sign-ins at telephone systems: one for each connection of this process, shared by all who ask there.
//!
//! A device knows few sign-ins at once, ends an idle one after ten minutes, and blocks the address of whoever sends a few
//! wrong passwords. So a cookie is kept and used by everybody, made anew once when the device says that it ended, and a
//! refusal is kept as well, for who was on the way already: ten jobs that begin together send one wrong password, not ten.
//! What holds from then on is the connection's own note of the refusal, which all processes see, and which the caller heeds
//! before it makes a client: a memory of this process that outlived that note would go on refusing after a person had put
//! things right by another one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex as StdMutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use aws_lc_rs::digest;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, Semaphore};

use super::UcmError;
use crate::{
    connect::{CheckError, Given},
    destination::PublicUrl,
    outbound::{Http, OutboundError},
};

/// The port of the HTTPS API on CloudUCM.
const DEFAULT_PORT: &str = "8443";
/// A cookie that was not used for so long is not used any more: the device forgets it after ten minutes.
const IDLE: Duration = Duration::from_mins(9);
/// Who begins so soon after a refusal may have looked before it was noted.
const NOTED: Duration = Duration::from_mins(1);
/// Requests under way at one device. It is a telephone system first.
const AT_ONCE: usize = 2;
/// Above this many connections, those that nobody uses are forgotten.
const REMEMBERED: usize = 1_000;

/// Where a telephone system is and who signs in there.
#[derive(Debug, Clone)]
pub struct UcmAccess {
    pub host: String,
    pub port: String,
    pub user: String,
    pub password: SecretString,
    /// SHA-256 of its certificate, in hex, where that is one of its own.
    pub certificate: Option<String>,
}

impl UcmAccess {
    /// Out of what a connection was told.
    pub fn of(given: &Given) -> Result<Self, CheckError> {
        if given.setting("host").is_err() {
            let why = "this connection names no address of the telephone system's API; records are only pushed to it";
            return Err(CheckError::Unasked(OutboundError::BadUrl(why.to_owned())));
        }
        Ok(Self {
            host: given.setting("host")?.to_owned(),
            port: given.settings.get("port").map_or(DEFAULT_PORT, String::as_str).to_owned(),
            user: given.setting("username")?.to_owned(),
            password: given.credential("password")?.clone(),
            certificate: given.settings.get("certificate_sha256").cloned(),
        })
    }

    /// The same for the same access only.
    fn fingerprint(&self) -> [u8; 32] {
        let mut hash = digest::Context::new(&digest::SHA256);
        let pin = self.certificate.as_deref().unwrap_or_default();
        for part in [&*self.host, &*self.port, &*self.user, self.password.expose_secret(), pin] {
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(hash.finish().as_ref());
        fingerprint
    }
}

/// The sign-ins of this process, by connection. One of it per process.
#[derive(Debug, Default)]
pub struct Sessions(StdMutex<HashMap<String, Arc<Door>>>);

impl Sessions {
    /// The way into the device of a connection. Another password or address is another way in, without what is remembered
    /// of the old one.
    pub(super) fn door(&self, http: &Http, scope: &str, access: &UcmAccess) -> Result<Arc<Door>, UcmError> {
        let made_of = access.fingerprint();
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = doors.get(scope).filter(|door| door.made_of == made_of) {
            return Ok(Arc::clone(door));
        }
        if doors.len() >= REMEMBERED {
            doors.retain(|_, door| Arc::strong_count(door) > 1);
        }
        let door = Arc::new(Door::new(http, access, made_of)?);
        doors.insert(scope.to_owned(), Arc::clone(&door));
        Ok(door)
    }

    /// Forgets what is remembered of a connection: its cookie, and that it was refused.
    pub fn forget(&self, scope: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(scope);
    }
}

/// The way into one device.
#[derive(Debug)]
pub(super) struct Door {
    made_of: [u8; 32],
    pub http: Http,
    pub url: PublicUrl,
    pub user: String,
    pub password: SecretString,
    pub places: Semaphore,
    standing: Mutex<Standing>,
    /// Which of the forms of a recording's place this device answered last.
    form: AtomicUsize,
}

/// How we stand with a device.
#[derive(Debug, Default)]
struct Standing {
    cookie: Option<(String, Instant)>,
    refused_at: Option<Instant>,
}

impl Door {
    fn new(http: &Http, access: &UcmAccess, made_of: [u8; 32]) -> Result<Self, UcmError> {
        let http = match &access.certificate {
            Some(pin) => http.pinned(pin)?,
            None => http.clone(),
        };
        let url = http.public_url(&format!("https://{}:{}/api", access.host, access.port))?;
        Ok(Self {
            made_of,
            http,
            url,
            user: access.user.clone(),
            password: access.password.clone(),
            places: Semaphore::new(AT_ONCE),
            standing: Mutex::default(),
            form: AtomicUsize::new(0),
        })
    }

    /// The cookie that is good now, or one that `sign_in` fetches. Who comes meanwhile waits and gets the same answer. Who
    /// began (`since`) before a refusal, or too soon behind it to know of it, never sends that password again.
    pub async fn cookie(
        &self,
        since: Instant,
        sign_in: impl Future<Output = Result<String, UcmError>>,
    ) -> Result<String, UcmError> {
        let mut standing = self.standing.lock().await;
        if let Some((cookie, used)) = &mut standing.cookie
            && used.elapsed() < IDLE
        {
            *used = Instant::now();
            return Ok(cookie.clone());
        }
        if standing.refused_at.is_some_and(|refused| since < refused + NOTED) {
            return Err(UcmError::HeldBack);
        }
        match sign_in.await {
            Ok(cookie) => {
                *standing = Standing { cookie: Some((cookie.clone(), Instant::now())), refused_at: None };
                Ok(cookie)
            }
            Err(error) => {
                *standing = Standing { cookie: None, refused_at: error.is_refusal().then(Instant::now) };
                Err(error)
            }
        }
    }

    /// The device does not know this cookie any more. Another one, fetched meanwhile, stays.
    pub async fn drop_cookie(&self, ended: &str) {
        let mut standing = self.standing.lock().await;
        if standing.cookie.as_ref().is_some_and(|(cookie, _)| cookie == ended) {
            standing.cookie = None;
        }
    }

    /// Takes the cookie away, to end it.
    pub async fn take_cookie(&self) -> Option<String> {
        self.standing.lock().await.cookie.take().map(|(cookie, _)| cookie)
    }

    pub fn form(&self) -> usize {
        self.form.load(Ordering::Relaxed)
    }

    pub fn set_form(&self, form: usize) {
        self.form.store(form, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> Door {
        let access = UcmAccess {
            host: "pbx.example.com".into(),
            port: DEFAULT_PORT.into(),
            user: "cdrapi".into(),
            password: "wrong".into(),
            certificate: None,
        };
        Door::new(&Http::new(crate::outbound::Limits::default()).unwrap(), &access, [0; 32]).unwrap()
    }

    fn refused() -> std::future::Ready<Result<String, UcmError>> {
        std::future::ready(Err(UcmError::WrongPassword { tries_left: Some(4) }))
    }

    #[tokio::test]
    async fn a_refusal_holds_who_was_on_the_way_and_not_who_comes_once_it_is_noted() {
        let (door, begun) = (door(), Instant::now());
        assert!(matches!(door.cookie(begun, refused()).await, Err(UcmError::WrongPassword { .. })));
        let never = async { panic!("the password was sent again") };
        assert!(matches!(door.cookie(begun, never).await, Err(UcmError::HeldBack)));
        let never = async { panic!("the password was sent again") };
        assert!(matches!(door.cookie(Instant::now(), never).await, Err(UcmError::HeldBack)));

        // The hold was lifted in the database, by whichever process: this one asks again, and is refused again once.
        let later = Instant::now() + NOTED;
        assert!(matches!(door.cookie(later, refused()).await, Err(UcmError::WrongPassword { .. })));
        let good = async { Ok("cookie".to_owned()) };
        assert_eq!(door.cookie(Instant::now() + NOTED, good).await.unwrap(), "cookie");
        // Whoever was held back may go on with a sign-in that works.
        door.drop_cookie("cookie").await;
        let good = async { Ok("another".to_owned()) };
        assert_eq!(door.cookie(begun, good).await.unwrap(), "another");
    }
}

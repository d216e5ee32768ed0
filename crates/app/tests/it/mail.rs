//! Mail goes out at most once, to a server or into a folder, and what is uncertain is said.

use std::{
    os::unix::fs::PermissionsExt as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use switchboard_app::{
    AppSettings,
    mail::{self, Letter, MailSettings, Posting, SmtpSettings, SmtpTls, Way},
    scheduler,
};
use switchboard_domain::mail::Language;
use switchboard_testkit::{TestDb, both_engines};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::support::{TestApp, settings};

/// How the stand-in behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    Takes,
    /// Says no to the recipient, for good.
    RefusesRecipient,
    /// Says "later" to the sender.
    IsBusy,
    /// Takes the mail and is gone before it says so.
    Vanishes,
    /// Offers no TLS.
    Plain,
}

/// A mail server of a few lines.
struct Server {
    port: u16,
    /// What it took, as it came.
    mails: Arc<Mutex<Vec<String>>>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Server {
    async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mails, behaviour) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(behaviour)));
        let (kept, behaves) = (Arc::clone(&mails), Arc::clone(&behaviour));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let behaviour = *behaves.lock().unwrap();
                talk(stream, behaviour, &kept).await;
            }
        });
        Self { port, mails, behaviour }
    }

    fn settings(&self, tls: SmtpTls) -> AppSettings {
        let server = SmtpSettings {
            host: "127.0.0.1".into(),
            port: self.port,
            tls,
            login: Some(("me".into(), "smtp-password".to_owned().into())),
        };
        AppSettings {
            mail: MailSettings { from: "Acme <no-reply@acme.example>".into(), way: Way::Smtp(server) },
            ..settings("http://127.0.0.1:1")
        }
    }

    fn taken(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn talk(stream: TcpStream, behaviour: Behaviour, mails: &Mutex<Vec<String>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 stand-in\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match (word.as_str(), behaviour) {
            ("EHLO", _) => b"250-stand-in\r\n250 AUTH PLAIN LOGIN\r\n",
            ("AUTH", _) => b"235 welcome\r\n",
            ("MAIL", Behaviour::IsBusy) => b"451 come back later\r\n",
            ("RCPT", Behaviour::RefusesRecipient) => b"550 <secret-address@example.com> is unknown\r\n",
            ("DATA", _) => {
                let _ = write.write_all(b"354 go on\r\n").await;
                let mut mail = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                mails.lock().unwrap().push(mail);
                if behaviour == Behaviour::Vanishes {
                    return;
                }
                b"250 taken\r\n"
            }
            ("QUIT", _) => {
                let _ = write.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => b"250 yes\r\n",
        };
        if write.write_all(answer).await.is_err() {
            return;
        }
    }
}

const LINK: &str = "https://switchboard.example/reset-password#token=secret-token";

async fn post(t: &TestDb, app: &TestApp) {
    let mut tx = t.db.begin_platform().await.unwrap();
    let letter = Letter::ResetPassword { link: LINK.into() };
    let expires_at = t.now() + Duration::from_hours(1);
    let posting = Posting { to: "ann@example.com", letter: &letter, language: Language::English, expires_at };
    mail::post_platform(&app.app, &mut tx, None, &posting).await.unwrap();
    tx.commit().await.unwrap();
}

async fn states(t: &TestDb) -> Vec<String> {
    t.query_texts("SELECT state FROM mails ORDER BY id").await
}

async fn problems(t: &TestDb) -> Vec<String> {
    t.query_texts("SELECT coalesce(problem, '') FROM mails ORDER BY id").await
}

both_engines! {
    /// The token of the link is in the mail and nowhere else.
    async fn a_mail_reaches_the_server_once(t: &TestDb) {
        let server = Server::start(Behaviour::Takes).await;
        let app = TestApp::with(t, server.settings(SmtpTls::Off));
        post(t, &app).await;
        let kept = t.query_texts("SELECT CAST(payload AS text) FROM work").await.join("\n");
        assert!(!kept.contains("secret-token"), "{kept}");
        scheduler::run_due(&app.app).await.unwrap();
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        let mail = taken[0].replace("=\n", "");
        assert!(mail.contains("From: Acme <no-reply@acme.example>"), "{mail}");
        assert!(mail.contains("To: ann@example.com"), "{mail}");
        assert!(mail.contains("Subject: Set a new password"), "{mail}");
        assert!(mail.contains("Auto-Submitted: auto-generated"), "{mail}");
        assert!(mail.contains("text/plain") && mail.contains("text/html"), "{mail}");
        assert!(mail.contains("secret-token"), "{mail}");
        assert_eq!(states(t).await, ["sent"]);
        let left = t.query_texts("SELECT CASE WHEN sealed IS NULL THEN 'gone' ELSE 'there' END FROM mails").await;
        assert_eq!(left, ["gone"]);
        t.clock.advance(Duration::from_hours(1));
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!(server.taken().len(), 1);
    }

    /// The mail was handed over and the answer never came: it is not sent again by itself, and a person sees why.
    async fn what_may_have_arrived_is_not_sent_again(t: &TestDb) {
        let server = Server::start(Behaviour::Vanishes).await;
        let app = TestApp::with(t, server.settings(SmtpTls::Off));
        post(t, &app).await;
        scheduler::run_due(&app.app).await.unwrap();
        for _ in 0..3 {
            t.clock.advance(Duration::from_mins(10));
            scheduler::run_due(&app.app).await.unwrap();
        }
        assert_eq!(server.taken().len(), 1);
        assert_eq!(states(t).await, ["unknown"]);
        let dead = t.query_texts("SELECT last_error FROM work WHERE kind = 'send_mail' AND state = 'dead'").await;
        assert!(dead.len() == 1 && dead[0].contains("nobody knows whether this mail went out"), "{dead:?}");
        // A person has decided.
        *server.behaviour.lock().unwrap() = Behaviour::Takes;
        t.execute("UPDATE work SET state = 'ready', attempts = 0 WHERE kind = 'send_mail'").await;
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!((server.taken().len(), states(t).await), (2, vec!["sent".to_owned()]));
    }

    /// The process died while the mail was being handed over.
    async fn a_mail_that_was_being_sent_is_left_to_a_person(t: &TestDb) {
        let server = Server::start(Behaviour::Takes).await;
        let app = TestApp::with(t, server.settings(SmtpTls::Off));
        post(t, &app).await;
        t.execute("UPDATE mails SET state = 'calling'").await;
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!((server.taken().len(), states(t).await), (0, vec!["unknown".to_owned()]));
    }

    /// "Later" is tried again, "never" is not, and neither repeats what the server said.
    async fn what_was_refused_is_tried_again_or_given_up(t: &TestDb) {
        let server = Server::start(Behaviour::IsBusy).await;
        let app = TestApp::with(t, server.settings(SmtpTls::Off));
        post(t, &app).await;
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!(states(t).await, ["waiting"]);
        assert!(problems(t).await[0].contains("451"), "{:?}", problems(t).await);
        *server.behaviour.lock().unwrap() = Behaviour::RefusesRecipient;
        t.clock.advance(Duration::from_secs(10));
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!(states(t).await, ["failed"]);
        let why = problems(t).await;
        assert!(why[0].contains("550") && !why[0].contains("secret-address"), "{why:?}");
        assert_eq!(server.taken().len(), 0);
    }

    /// A server without TLS gets nothing, and a mail whose link is over is not sent any more.
    async fn mail_is_not_sent_in_the_open_nor_too_late(t: &TestDb) {
        let server = Server::start(Behaviour::Plain).await;
        let app = TestApp::with(t, server.settings(SmtpTls::StartTls));
        post(t, &app).await;
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!((server.taken().len(), states(t).await), (0, vec!["waiting".to_owned()]));
        assert!(problems(t).await[0].contains("offers no TLS"), "{:?}", problems(t).await);
        t.clock.advance(Duration::from_hours(2));
        scheduler::run_due(&app.app).await.unwrap();
        assert_eq!(states(t).await, ["failed"]);
        assert!(problems(t).await[0].contains("time was over"), "{:?}", problems(t).await);
    }

    /// Without a server the mail is a file that only the server's user may read.
    async fn without_a_server_the_mail_is_a_file(t: &TestDb) {
        let folder = t.folder.path().join("mail");
        let way = Way::Folder(folder.clone());
        let mail = MailSettings { from: "no-reply@acme.example".into(), way };
        let app = TestApp::with(t, AppSettings { mail, ..settings("http://127.0.0.1:1") });
        post(t, &app).await;
        scheduler::run_due(&app.app).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(files.len() == 1 && files[0].extension().is_some_and(|end| end == "eml"), "{files:?}");
        let text = std::fs::read_to_string(&files[0]).unwrap().replace("=\r\n", "");
        assert!(text.contains("secret-token") && text.contains("To: ann@example.com"), "{text}");
        assert_eq!(std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o077, 0);
    }
}

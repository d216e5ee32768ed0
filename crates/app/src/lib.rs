//! What the product does. The only place that changes several things at once: a handler or a command translates, calls
//! one function here, and shapes the answer.
//!
//! [`App`] carries what those functions need. Time and randomness are among it, so that tests are exact.

use std::sync::Arc;

use switchboard_domain::{
    Clock, Timestamp,
    ids::{self, Id},
};
use switchboard_store::Db;

pub mod access;
pub mod accounts;
pub mod apps;
pub mod archive;
pub mod audit;
pub mod backfilling;
pub mod calls;
pub mod connecting;
pub mod connections;
pub mod contacts;
pub mod csv;
pub mod env;
pub mod events;
pub mod features;
pub mod hooks;
pub mod hours;
pub mod idempotency;
pub mod import;
pub mod insights;
pub mod intake;
pub mod jobs;
pub mod limits;
pub mod live;
pub mod mail;
pub mod media;
pub mod merge;
pub mod messaging;
pub mod notifications;
pub mod oauth;
pub mod overview;
pub mod pipeline;
pub mod plans;
pub mod privacy;
pub mod provisioning;
pub mod reactions;
pub mod rebuild;
pub mod record_stream;
pub mod record_webhook;
pub mod replay;
pub mod report_files;
pub mod report_schedules;
pub mod reports;
pub mod requeue;
pub mod rotation;
pub mod runtime;
pub mod sandbox;
pub mod scheduler;
pub mod settings;
pub mod shares;
pub mod speech;
pub mod tenants;
pub mod traffic;
pub mod transcripts;
pub mod turns;
pub mod usage;
pub mod user_mappings;
pub mod vault;
pub mod views;
pub mod voicemails;
pub mod wake;

pub use env::{Random, SystemRandom};
pub use settings::AppSettings;

/// Everything that the functions of this crate need.
pub struct App {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub settings: AppSettings,
    /// Seals and unseals secrets.
    pub vault: vault::Vault,
    /// Tells waiting parts of this process, and other nodes, that there is something to do.
    pub wake: wake::Wake,
    /// Commits deliveries to the log.
    pub intake: intake::Intake,
    /// Whose URL or secret it is, for the last seconds.
    pub hooks: hooks::HookCache,
    /// Whose key it is, for the last seconds.
    pub access: access::KeyCache,
    /// Passwords, tokens and sign-ins of people.
    pub accounts: accounts::Accounts,
    /// How often somebody may ask.
    pub limits: limits::Limiter,
    /// What one connection does one after another on this node.
    pub turns: turns::Turns,
    /// What this node has of recordings that are being written down.
    pub speech: speech::InHand,
    /// The way out to providers.
    pub http: switchboard_providers::Http,
    /// Sign-ins at telephone systems.
    pub ucm: switchboard_providers::cloud_ucm::Sessions,
    /// Recordings and other files.
    pub media: switchboard_store::media::MediaStore,
    /// This node's name in leases; unique per process.
    pub node: String,
}

/// What an [`App`] is put together from.
pub struct Parts {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub settings: AppSettings,
    pub vault: vault::Vault,
    pub http: switchboard_providers::Http,
    pub media: switchboard_store::media::MediaStore,
    pub node: String,
}

/// An app, and the other ends of its queues, which [`runtime::Runtime::start`] takes.
pub struct Assembled {
    pub app: Arc<App>,
    pub committer: intake::Committer,
    pub remote: Option<tokio::sync::mpsc::Receiver<wake::Signal>>,
}

impl App {
    /// Puts an app together. Nothing runs yet.
    pub fn assemble(parts: Parts) -> Assembled {
        let (wake, remote) = runtime::wake_for(&parts.db);
        let accounts = accounts::Accounts::new(&parts.settings.token_secret);
        let (intake, committer) = intake::Intake::new(parts.settings.intake);
        let limits = limits::Limiter::new(parts.settings.limits.clone());
        let app = Arc::new(Self {
            db: parts.db,
            clock: parts.clock,
            random: parts.random,
            settings: parts.settings,
            vault: parts.vault,
            wake,
            intake,
            hooks: hooks::HookCache::default(),
            access: access::KeyCache::default(),
            accounts,
            limits,
            turns: turns::Turns::default(),
            speech: speech::InHand::default(),
            http: parts.http,
            ucm: switchboard_providers::cloud_ucm::Sessions::default(),
            media: parts.media,
            node: parts.node,
        });
        Assembled { app, committer, remote }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id of something that is born now.
    pub fn id<I: Id>(&self) -> I {
        ids::born(self.now(), self.random.array())
    }
}

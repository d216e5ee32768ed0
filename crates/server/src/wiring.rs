//! From settings to a running product: the one place where the parts are put together.
//!
//! `serve` and every other command get their [`App`] here, so that both see the same database with
//! the same keys. Nothing below this crate reads a setting.

use std::{path::Path, sync::Arc, time::Duration};

use aws_lc_rs::rand::SystemRandom as Generator;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret as _, SecretString};
use switchboard_app::{
    App, AppSettings, Assembled, Parts, SystemRandom,
    limits::LimitSettings,
    mail::{MailSettings, SmtpSettings, SmtpTls, Way},
    settings::{DialpadSettings, IntakeSettings, OidcSettings},
    vault::{Vault, VaultError},
};
use switchboard_domain::{Clock as _, SystemClock};
use switchboard_providers::{BaseUrls, Http, OutboundError, outbound};
use switchboard_store::{
    Db, DbOptions, StoreError,
    media::{BucketOptions, MediaError, MediaKeys, MediaStore},
    migrate::{self, Migrated},
};

use crate::config::{
    Settings,
    database::{DatabaseSettings, DatabaseTarget, Pooling},
    keys::{self, KeyError, Keys},
    mail::{self, MailTls, MailWay},
    media,
};

/// How long a replaced API key or webhook secret goes on working, unless a request says otherwise.
const GRACE_PERIOD: Duration = Duration::from_hours(24);
/// Between two attempts to reach the database: the first wait, doubled up to the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// Upper bounds of histograms, in seconds: from what an idle machine shows to what no provider waits for.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How long to go on trying to reach a database that is away.
#[derive(Debug, Clone, Copy)]
pub struct Patience(pub Duration);

impl Patience {
    /// A server that starts beside its database waits for it.
    pub const SERVER: Self = Self(Duration::from_mins(1));
    /// A person who waits for an answer wants to hear that it is away.
    pub const COMMAND: Self = Self(Duration::ZERO);
}

/// Why the parts could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("could not make the folder {}; set DATA_DIR or DATABASE_URL to a place that this user may write", path.display())]
    Folder { path: std::path::PathBuf, source: std::io::Error },
    #[error("could not reach the database {target}; check that it runs and that DATABASE_URL is right")]
    Unreachable { target: String, source: StoreError },
    #[error("could not open the database {target}; check user, password and name in DATABASE_URL")]
    Open { target: String, source: StoreError },
    #[error(
        "could not bring the schema of {target} up to date; the user of DATABASE_URL must own the tables, or DIRECT_URL must \
         name who does"
    )]
    Migrate { target: String, source: StoreError },
    #[error("{target} holds tables of another program; give DATABASE_URL an empty database")]
    AnotherPrograms { target: String },
    #[error("could not use the encryption key")]
    Vault(#[from] VaultError),
    #[error("could not make a client for outside calls; check the machine's TLS certificates")]
    Client(#[source] OutboundError),
    #[error("could not use the place for recordings; check MEDIA_DIR, or MEDIA_BUCKET and its S3_ variables")]
    Media(#[source] MediaError),
    #[error("could not start collecting metrics, because something else has started it in this process")]
    Metrics(#[source] BuildError),
}

impl WiringError {
    /// The database is away: trying again later may help.
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

/// The parts, put together. Nothing runs yet.
pub struct Wired {
    pub assembled: Assembled,
    pub migrated: Migrated,
    /// What the start made for itself, in sentences.
    pub notices: Vec<String>,
}

/// Reaches the database, brings its schema up to date, and puts the app together.
pub async fn wire(settings: &Settings, patience: Patience) -> Result<Wired, WiringError> {
    let keys = keys::resolve(settings, &Generator::new())?;
    let db = connect(&settings.database, patience).await?;
    let migrated = migrate(&settings.database, &db).await?;
    let parts = Parts {
        db,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom::default()),
        settings: app_settings(settings, &keys),
        vault: vault(&keys)?,
        http: Http::allowing(outbound::Limits::default(), settings.rates.outbound_allow.clone())
            .map_err(WiringError::Client)?,
        media: media(settings)?,
        node: node_name(),
    };
    Ok(Wired { assembled: App::assemble(parts), migrated, notices: keys.notices })
}

/// Opens the database, waiting for one that is away.
pub async fn connect(settings: &DatabaseSettings, patience: Patience) -> Result<Db, WiringError> {
    let options = db_options(settings);
    if let DbOptions::Sqlite { path } = &options {
        make_folder(path.parent().unwrap_or(Path::new(".")))?;
    }
    let target = settings.target.to_string();
    let mut waited = Duration::ZERO;
    let mut wait = FIRST_WAIT;
    loop {
        match Db::connect(&options).await {
            Ok(db) => return Ok(db),
            Err(source) if !source.is_unavailable() => return Err(WiringError::Open { target, source }),
            Err(source) if waited >= patience.0 => return Err(WiringError::Unreachable { target, source }),
            Err(source) => {
                tracing::warn!(
                    database = target,
                    error = %crate::telemetry::chain(&source),
                    "the database is not there yet; trying again"
                );
            }
        }
        tokio::time::sleep(wait).await;
        waited += wait;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Brings the schema up to date; but never among the tables of another program.
pub async fn migrate(settings: &DatabaseSettings, db: &Db) -> Result<Migrated, WiringError> {
    let target = || settings.direct.as_ref().unwrap_or(&settings.target).to_string();
    let failed = |source: StoreError| {
        if source.is_unavailable() {
            WiringError::Unreachable { target: target(), source }
        } else {
            WiringError::Migrate { target: target(), source }
        }
    };
    if migrate::is_another_programs(db).await.map_err(failed)? {
        return Err(WiringError::AnotherPrograms { target: target() });
    }
    migrate::migrate(db, SystemClock.now()).await.map_err(failed)
}

fn db_options(settings: &DatabaseSettings) -> DbOptions {
    match &settings.target {
        DatabaseTarget::Sqlite { path } => DbOptions::Sqlite { path: path.clone() },
        DatabaseTarget::Postgres { url, pooling } => DbOptions::Postgres {
            url: url.expose_secret().to_owned(),
            direct_url: settings.direct.as_ref().and_then(|direct| match direct {
                DatabaseTarget::Postgres { url, .. } => Some(url.expose_secret().to_owned()),
                DatabaseTarget::Sqlite { .. } => None,
            }),
            max_connections: settings.max_connections,
            statement_cache: *pooling == Pooling::Direct,
        },
    }
}

fn make_folder(path: &Path) -> Result<(), WiringError> {
    if path.as_os_str().is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(path).map_err(|source| WiringError::Folder { path: path.to_owned(), source })
}

fn app_settings(settings: &Settings, keys: &Keys) -> AppSettings {
    let dialpad = &settings.dialpad;
    AppSettings {
        environment: settings.public.environment.clone(),
        frontend_url: settings.public.frontend_url.as_str().to_owned(),
        backend_url: settings.dialpad.webhook_base.as_str().to_owned(),
        // No secret opens nothing; see `access::authenticate_internal`.
        internal_api_secret: keys.internal_api_secret.clone().unwrap_or_else(|| SecretString::from("")),
        token_secret: keys.token_secret.clone(),
        maintenance: settings.public.maintenance,
        dialpad: DialpadSettings {
            api_url: dialpad.api_url.as_str().to_owned(),
            api_key: dialpad.api_key.clone(),
            webhook_secret: dialpad.webhook_secret.clone(),
            client_id: dialpad.oauth.as_ref().map(|client| client.id.clone()),
            client_secret: dialpad.oauth.as_ref().map(|client| client.secret.clone()),
            redirect_uri: Some(dialpad.redirect_uri.clone()),
            scopes: dialpad.scopes.join(" "),
        },
        base_urls: BaseUrls {
            vapi: settings.providers.vapi.as_str().to_owned(),
            twilio: settings.providers.twilio.as_str().to_owned(),
            graph: settings.providers.graph.as_str().to_owned(),
            slack: settings.providers.slack.as_str().to_owned(),
            openai: settings.providers.openai.as_str().to_owned(),
            deepgram: settings.providers.deepgram.as_str().to_owned(),
            assemblyai: settings.providers.assemblyai.as_str().to_owned(),
        },
        mail: mail_settings(&settings.mail),
        oidc: settings.oidc.as_ref().map(|oidc| OidcSettings {
            name: oidc.name.clone(),
            issuer: oidc.issuer.clone(),
            client_id: oidc.client_id.clone(),
            client_secret: oidc.client_secret.clone(),
            allows_sign_up: oidc.allows_sign_up,
        }),
        intake: IntakeSettings {
            queue_rows: settings.limits.intake_queue_rows,
            queue_bytes: settings.limits.intake_queue_bytes,
            ..IntakeSettings::default()
        },
        limits: LimitSettings {
            address: settings.rates.address,
            auth: settings.rates.auth,
            signup: settings.rates.signup,
            tenant: settings.rates.tenant,
            caller: settings.rates.caller,
            redis: settings.rates.redis.clone(),
        },
        fetch_recordings: settings.media.fetch_recordings,
        grace_period: GRACE_PERIOD,
    }
}

/// How mail leaves the house.
fn mail_settings(settings: &mail::MailSettings) -> MailSettings {
    let way = match &settings.way {
        MailWay::Folder(folder) => Way::Folder(folder.clone()),
        MailWay::Smtp(server) => Way::Smtp(SmtpSettings {
            host: server.host.clone(),
            port: server.port,
            tls: match server.tls {
                MailTls::StartTls => SmtpTls::StartTls,
                MailTls::Implicit => SmtpTls::Implicit,
                MailTls::Off => SmtpTls::Off,
            },
            login: server.login.clone(),
        }),
    };
    MailSettings { from: settings.from.clone(), way }
}

/// The keys in force, as what seals and opens.
pub fn vault(keys: &Keys) -> Result<Vault, VaultError> {
    let old: Vec<[u8; 32]> = keys.encryption.old.iter().map(|key| *key.expose_secret()).collect();
    Vault::new(*keys.encryption.current.expose_secret(), &old)
}

/// Where recordings are kept.
pub fn media(settings: &Settings) -> Result<MediaStore, WiringError> {
    let store = match &settings.media.store {
        media::MediaStore::Folder(folder) => MediaStore::local(folder),
        media::MediaStore::Bucket(bucket) => MediaStore::s3(&BucketOptions {
            bucket: bucket.name.clone(),
            region: bucket.region.clone(),
            endpoint: bucket.endpoint.as_ref().map(|endpoint| endpoint.as_str().to_owned()),
            credentials: bucket
                .credentials
                .as_ref()
                .map(|(id, secret)| (id.clone(), secret.expose_secret().to_owned())),
        }),
    }
    .map_err(WiringError::Media)?;
    let secrets = &settings.secrets;
    let old: Vec<[u8; 32]> = secrets.media_keys_old.iter().map(|key| *key.expose_secret()).collect();
    let current = secrets.media_key.as_ref().map(|key| *key.expose_secret());
    if current.is_none() && old.is_empty() {
        return Ok(store);
    }
    let random = SystemRandom::default();
    Ok(store.sealing(MediaKeys::new(
        current,
        &old,
        Arc::new(move |bytes: &mut [u8]| switchboard_app::Random::fill(&random, bytes)),
    )))
}

/// A name that no other process has, for leases.
fn node_name() -> String {
    let random: Arc<dyn switchboard_app::Random> = Arc::new(SystemRandom::default());
    format!("{}-{}", std::process::id(), hex::encode(random.array::<6>()))
}

/// Starts collecting metrics for the whole process. They are served at `/metrics`, on the port of everything else.
pub fn metrics() -> Result<PrometheusHandle, WiringError> {
    PrometheusBuilder::new()
        .set_buckets(BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(WiringError::Metrics)
}

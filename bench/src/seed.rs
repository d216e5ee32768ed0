//! Tenants to send to, and calls to list: put into the database by the product's own functions, before the server starts.

use std::{path::Path, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use switchboard_app::{
    App, AppSettings, Parts, SystemRandom, apps,
    audit::Origin,
    hooks::SECRET_FIELD,
    limits::LimitSettings,
    mail::{MailSettings, Way},
    settings::{DialpadSettings, IntakeSettings},
    vault::{Place, Vault},
};
use switchboard_domain::{
    SystemClock, Timestamp,
    call::{Call, CallOutcome, CallStatus, Direction},
    ids::{CallId, ConnectionId, deterministic},
};
use switchboard_providers::{Http, Limits};
use switchboard_store::{
    Db, DbOptions, TenantScope,
    media::MediaStore,
    migrate,
    record::{self, Kept},
    secrets,
};

pub const ENCRYPTION_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
pub const INTERNAL_SECRET: &str = "bench-internal-secret-of-more-than-32-characters";
pub const WEBHOOK_SECRET: &str = "bench-webhook-secret";
/// When the first seeded call began: 2026-01-01.
const FIRST_CALL_MS: i64 = 1_767_225_600_000;

/// A tenant that is ready to receive.
pub struct Seeded {
    pub scope: TenantScope,
    pub connection: ConnectionId,
    pub api_key: String,
    pub hook_path: String,
}

/// The database of a URL as the server reads it.
pub fn options(url: &str) -> DbOptions {
    match url.strip_prefix("sqlite:///") {
        Some(path) => DbOptions::Sqlite { path: format!("/{}", path.trim_start_matches('/')).into() },
        None => {
            DbOptions::Postgres { url: url.to_owned(), direct_url: None, max_connections: 4, statement_cache: true }
        }
    }
}

/// An app over a migrated database, none of whose tasks run.
pub async fn app(url: &str, folder: &Path) -> anyhow::Result<Arc<App>> {
    let db = Db::connect(&options(url)).await?;
    migrate::migrate(&db, switchboard_domain::Clock::now(&SystemClock)).await?;
    let mut key = [0; 32];
    hex::decode_to_slice(ENCRYPTION_KEY, &mut key)?;
    let parts = Parts {
        db,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom::default()),
        settings: settings(),
        vault: Vault::new(key, &[])?,
        http: Http::new(Limits::default())?,
        media: MediaStore::local(&folder.join("media"))?,
        node: "bench".into(),
    };
    Ok(App::assemble(parts).app)
}

fn settings() -> AppSettings {
    AppSettings {
        environment: "bench".into(),
        backend_url: "http://bench".into(),
        frontend_url: "http://bench".into(),
        internal_api_secret: SecretString::from(INTERNAL_SECRET),
        token_secret: SecretString::from("a secret that signs the tokens of the benchmark"),
        limits: LimitSettings::default(),
        base_urls: switchboard_providers::BaseUrls::default(),
        maintenance: false,
        dialpad: DialpadSettings {
            api_url: "http://127.0.0.1:9".into(),
            api_key: None,
            webhook_secret: None,
            client_id: None,
            client_secret: None,
            redirect_uri: None,
            scopes: String::new(),
        },
        mail: MailSettings {
            from: "Switchboard <no-reply@switchboard.example>".into(),
            way: Way::Folder(std::env::temp_dir().join("switchboard-mail")),
        },
        oidc: None,
        intake: IntakeSettings::default(),
        fetch_recordings: false,
        grace_period: Duration::ZERO,
    }
}

/// Makes `count` tenants, each with an app, a key, a connection and a webhook secret.
pub async fn tenants(app: &Arc<App>, count: usize) -> anyhow::Result<Vec<Seeded>> {
    let mut seeded = Vec::with_capacity(count);
    for n in 0..count {
        let by = Origin::operator("bench");
        let made = apps::create(app, &format!("Bench {n}"), &by).await?;
        let secret = SecretString::from(WEBHOOK_SECRET);
        let place = Place { tenant: made.scope.tenant(), owner: made.connection_id.uuid(), field: SECRET_FIELD };
        let new = secrets::NewWebhookSecret {
            id: app.id::<ConnectionId>().uuid(),
            connection_id: made.connection_id,
            provider: "dialpad".into(),
            on_fixed_url: false,
            fingerprint: app.vault.fingerprint(&secret),
            older_fingerprints: Vec::new(),
            sealed: app.vault.seal(&*app.random, place, &secret),
            created_at: app.now(),
        };
        secrets::add(&app.db, made.scope, &new).await?;
        seeded.push(Seeded {
            scope: made.scope,
            connection: made.connection_id,
            api_key: made.api_key.expose_secret().to_owned(),
            hook_path: made.hook_url.trim_start_matches("http://bench").to_owned(),
        });
    }
    Ok(seeded)
}

/// Stores `count` calls of one tenant, a minute apart.
pub async fn calls(app: &App, tenant: &Seeded, count: u32) -> anyhow::Result<()> {
    const CHUNK: u32 = 4_096;
    let mut from = 0;
    while from < count {
        let to = (from + CHUNK).min(count);
        let rows: Vec<Kept<Call>> = (from..to).map(|n| call(tenant, n)).collect();
        let mut tx = app.db.begin(tenant.scope).await?;
        record::save(&mut tx.conn(), &rows.iter().collect::<Vec<_>>()).await?;
        tx.commit(app.now()).await?;
        from = to;
    }
    Ok(())
}

fn call(tenant: &Seeded, n: u32) -> Kept<Call> {
    let at = Timestamp::from_millis(FIRST_CALL_MS + i64::from(n) * 25_000);
    let id: CallId = deterministic(tenant.connection.uuid(), &format!("seed-{n}"));
    let record = Call {
        id,
        tenant_id: tenant.scope.tenant(),
        connection_id: tenant.connection,
        provider: "dialpad".into(),
        external_id: format!("{}", 5_000_000_000_000_000_u64 + u64::from(n)),
        direction: Some(if n.is_multiple_of(3) { Direction::Outbound } else { Direction::Inbound }),
        from_number: Some(format!("+1415{:07}", 2_000_000 + n % 5_000)),
        to_number: Some("+14155550100".into()),
        status: CallStatus::Ended,
        outcome: Some(CallOutcome::Answered),
        agent_id: Some(format!("{}", 5_171_365_938_069_504_u64 + u64::from(n % 40))),
        agent_name: Some("Alex Rivera".into()),
        contact_id: None,
        contact_name: Some("Jordan Lee".into()),
        started_at: Some(at),
        answered_at: Some(at + Duration::from_secs(6)),
        ended_at: Some(at + Duration::from_secs(66)),
        duration_seconds: Some(60),
        ring_seconds: Some(6),
        wait_seconds: Some(6),
        talk_seconds: Some(60),
        start_estimated: false,
        queue: None,
        ring_group: None,
        ivr: None,
        trunk: None,
        did: Some("+14155550100".into()),
        account_code: None,
        country: Some("US".into()),
        recording_url: None,
        is_voicemail: false,
        summary: None,
        is_internal: false,
        is_transferred: false,
        leg_count: 1,
        is_resolved: false,
        tags: Vec::new(),
        note_count: 0,
        noted_at: None,
        occurred_at: at,
    };
    Kept { record, created_at: at, updated_at: at }
}

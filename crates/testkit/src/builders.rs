//! Rows to test with. [`TestDb`] makes what must exist before records can (tenants, apps, keys, connections); [`Build`]
//! makes records with plausible values, which a test then changes where it cares.

use serde_json::json;
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, CallStatus, Direction},
    contact::{Contact, ContactDoc},
    ids::{ApiKeyId, AppId, CallId, ConnectionId, ContactId, LegId, TenantId, deterministic},
    leg::{Leg, LegDoc},
    message::{Message, MessageDoc, MessageStatus},
    recording::{MediaStatus, Recording, RecordingDoc, RecordingKind},
    tenant::{Tenant, subdomain_of},
    transcript::{Transcript, TranscriptDoc},
    voicemail::{Voicemail, VoicemailDoc},
};
use switchboard_store::{
    Conn, TenantScope,
    calls::{KeptLeg, save_legs},
    platform,
    record::{Kept, KeptDoc, Row, save},
    sql::{Arg, Sql},
};

use crate::TestDb;

impl TestDb {
    /// A tenant.
    pub async fn tenant(&self, name: &str) -> TenantScope {
        let tenant =
            Tenant { id: self.id(), name: name.to_owned(), subdomain: subdomain_of(name), created_at: self.now() };
        platform::insert_tenant(&self.db, &tenant).await.unwrap()
    }

    /// An app of a tenant.
    pub async fn app(&self, scope: TenantScope) -> AppId {
        let id: AppId = self.id();
        let mut sql = Sql::new("INSERT INTO apps (id, tenant_id, name, is_active, created_at, updated_at) VALUES ");
        let now = self.now();
        let tenant = scope.tenant().uuid();
        sql.bind_row(true, [id.uuid().into(), tenant.into(), "Test app".into(), true.into(), now.into(), now.into()]);
        self.insert(scope, sql).await;
        id
    }

    /// A key of an app, by the hash that storage keeps of it.
    pub async fn api_key(&self, scope: TenantScope, app: AppId, key_hash: Vec<u8>) -> ApiKeyId {
        let id: ApiKeyId = self.id();
        let mut sql = Sql::new("INSERT INTO api_keys (id, tenant_id, app_id, key_hash, hint, created_at) VALUES ");
        let (tenant, now) = (scope.tenant().uuid(), self.now());
        let row: [Arg; 6] =
            [id.uuid().into(), tenant.into(), app.uuid().into(), key_hash.into(), "raw_test...test".into(), now.into()];
        sql.bind_row(true, row);
        self.insert(scope, sql).await;
        id
    }

    /// A connected Dialpad connection of a tenant, with a random hook token that nobody knows.
    pub async fn connection(&self, scope: TenantScope) -> ConnectionId {
        self.connection_with_hook(scope, self.random.array::<32>().to_vec(), false).await
    }

    /// A connected Dialpad connection whose URL carries the token with this SHA-256. `is_unsigned` connections accept
    /// bodies that nobody signed.
    pub async fn connection_with_hook(
        &self,
        scope: TenantScope,
        hook_token_hash: Vec<u8>,
        is_unsigned: bool,
    ) -> ConnectionId {
        let id: ConnectionId = self.id();
        let now = self.now();
        let mut sql = Sql::new(
            "INSERT INTO connections (id, tenant_id, provider, name, hook_token_hash, hook_token, settings, status, \
             is_unsigned, created_at, updated_at) VALUES ",
        );
        let row: [Arg; 11] = [
            id.uuid().into(),
            scope.tenant().uuid().into(),
            "dialpad".into(),
            "Dialpad".into(),
            hook_token_hash.into(),
            Vec::new().into(),
            json!({}).into(),
            "connected".into(),
            is_unsigned.into(),
            now.into(),
            now.into(),
        ];
        sql.bind_row(true, row);
        self.insert(scope, sql).await;
        id
    }

    /// Stores records of one tenant, without changes.
    pub async fn save<R: Row>(&self, scope: TenantScope, rows: &[R]) {
        let mut tx = self.db.begin(scope).await.unwrap();
        save(&mut tx.conn(), &rows.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit(self.now()).await.unwrap();
    }

    /// Stores legs of one tenant.
    pub async fn save_legs(&self, scope: TenantScope, legs: &[KeptLeg]) {
        let mut tx = self.db.begin(scope).await.unwrap();
        save_legs(&mut tx.conn(), &legs.iter().collect::<Vec<_>>(), self.now()).await.unwrap();
        tx.commit(self.now()).await.unwrap();
    }

    async fn insert(&self, scope: TenantScope, sql: Sql) {
        let mut tx = self.db.begin(scope).await.unwrap();
        let conn: &mut Conn<'_> = &mut tx.conn();
        sql.execute(conn).await.unwrap();
        tx.commit(self.now()).await.unwrap();
    }
}

/// Makes records of one tenant and connection. The number names the record: the same number, the same id.
#[derive(Debug, Clone, Copy)]
pub struct Build {
    pub tenant: TenantId,
    pub connection: ConnectionId,
    pub now: Timestamp,
}

impl Build {
    pub fn new(t: &TestDb, scope: TenantScope, connection: ConnectionId) -> Self {
        Self { tenant: scope.tenant(), connection, now: t.now() }
    }

    /// The id of call `number`.
    pub fn call_id(&self, number: u32) -> CallId {
        deterministic(self.connection.uuid(), &number.to_string())
    }

    fn leg_id(&self, number: u32) -> LegId {
        deterministic(self.connection.uuid(), &number.to_string())
    }

    /// An answered inbound call of 30 seconds that began at `at`.
    pub fn call(&self, number: u32, at: Timestamp) -> Kept<Call> {
        let second = std::time::Duration::from_secs(1);
        let record = Call {
            id: self.call_id(number),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: "dialpad".into(),
            external_id: number.to_string(),
            direction: Some(Direction::Inbound),
            from_number: Some("+14155550123".into()),
            to_number: Some("+14155550999".into()),
            status: CallStatus::Ended,
            outcome: Some(CallOutcome::Answered),
            agent_id: Some("5001".into()),
            agent_name: Some("Dana Reed".into()),
            contact_id: None,
            contact_name: None,
            started_at: Some(at),
            answered_at: Some(at + 5 * second),
            ended_at: Some(at + 35 * second),
            duration_seconds: Some(30),
            ring_seconds: Some(5),
            wait_seconds: Some(5),
            talk_seconds: Some(30),
            start_estimated: false,
            queue: None,
            ring_group: None,
            ivr: None,
            trunk: None,
            did: Some("+14155550999".into()),
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
        Kept { record, created_at: self.now, updated_at: self.now }
    }

    /// A leg of call `call` that has learnt what `doc` says.
    pub fn leg(&self, number: u32, call: u32, doc: LegDoc) -> KeptLeg {
        let leg = Leg {
            id: self.leg_id(number),
            tenant_id: self.tenant,
            connection_id: self.connection,
            call_id: self.call_id(call),
            external_id: number.to_string(),
            doc,
        };
        KeptLeg { leg, created_at: self.now }
    }

    /// A delivered inbound text.
    pub fn message(&self, number: u32, at: Timestamp) -> KeptDoc<Message, MessageDoc> {
        let record = Message {
            id: deterministic(self.connection.uuid(), &number.to_string()),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: "dialpad".into(),
            external_id: number.to_string(),
            direction: Some(Direction::Inbound),
            from_number: Some("+14155550123".into()),
            to_numbers: vec!["+14155550999".into()],
            text: Some(format!("text {number}")),
            media_urls: Vec::new(),
            status: MessageStatus::Received,
            delivery_result: None,
            agent_id: Some("5001".into()),
            target_name: Some("Dana Reed".into()),
            contact_id: None,
            contact_name: None,
            is_internal: false,
            sent_at: Some(at),
            occurred_at: at,
        };
        self.kept(record, MessageDoc::default())
    }

    /// A voicemail on leg and call `number`.
    pub fn voicemail(&self, number: u32, at: Timestamp) -> KeptDoc<Voicemail, VoicemailDoc> {
        let record = Voicemail {
            id: deterministic(self.connection.uuid(), &number.to_string()),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: "dialpad".into(),
            call_id: self.call_id(number),
            leg_id: self.leg_id(number),
            leg_external_id: number.to_string(),
            contact_id: None,
            contact_name: None,
            from_number: Some("+14155550123".into()),
            to_number: Some("+14155550999".into()),
            agent_id: Some("5001".into()),
            agent_name: Some("Dana Reed".into()),
            recording_external_id: None,
            recording_url: Some("https://dialpad.com/blob/vm.mp3".into()),
            transcript: Some("please call me back".into()),
            duration_ms: Some(12_000),
            is_removed: false,
            is_heard: false,
            occurred_at: at,
        };
        self.kept(record, VoicemailDoc::default())
    }

    /// A recording on leg and call `number` of which only the provider has the audio.
    pub fn recording(&self, number: u32, at: Timestamp) -> KeptDoc<Recording, RecordingDoc> {
        let record = Recording {
            id: deterministic(self.connection.uuid(), &number.to_string()),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: "dialpad".into(),
            call_id: self.call_id(number),
            leg_id: self.leg_id(number),
            leg_external_id: number.to_string(),
            external_id: number.to_string(),
            kind: RecordingKind::Call,
            url: Some("https://dialpad.com/blob/rec.mp3".into()),
            duration_ms: Some(30_000),
            status: MediaStatus::Remote,
            media: None,
            occurred_at: at,
        };
        self.kept(record, RecordingDoc::default())
    }

    /// A transcript on leg and call `number`, whose lines have not been fetched.
    pub fn transcript(&self, number: u32, at: Timestamp) -> KeptDoc<Transcript, TranscriptDoc> {
        let record = Transcript {
            id: deterministic(self.connection.uuid(), &number.to_string()),
            tenant_id: self.tenant,
            connection_id: self.connection,
            provider: "dialpad".into(),
            call_id: self.call_id(number),
            leg_id: self.leg_id(number),
            leg_external_id: number.to_string(),
            is_complete: false,
            lines: Vec::new(),
            language: None,
            occurred_at: at,
        };
        self.kept(record, TranscriptDoc::default())
    }

    /// A contact known by its number.
    pub fn contact(&self, number: u32, at: Timestamp) -> KeptDoc<Contact, ContactDoc> {
        let phone = format!("+1415555{number:04}");
        let id: ContactId = deterministic(self.tenant.uuid(), &phone);
        let record = Contact {
            id,
            tenant_id: self.tenant,
            natural_key: phone.clone(),
            name: Some(format!("Contact {number}")),
            company: None,
            numbers: vec![phone.clone()],
            phone: Some(phone),
            emails: Vec::new(),
            kind: None,
            external_ids: Vec::new(),
            merged_into: None,
            occurred_at: at,
        };
        self.kept(record, ContactDoc::default())
    }

    fn kept<T, D>(&self, record: T, doc: D) -> KeptDoc<T, D> {
        KeptDoc { record, doc, created_at: self.now, updated_at: self.now }
    }
}

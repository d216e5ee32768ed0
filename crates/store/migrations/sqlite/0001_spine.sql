-- The first schema. Ids are 16-byte BLOBs, times are INTEGER microseconds, JSON is text.

-- Customer companies.
CREATE TABLE tenants (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    subdomain TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- The last change number of each tenant. Locking this row orders the tenant's transactions.
CREATE TABLE tenant_counters (
    tenant_id BLOB PRIMARY KEY REFERENCES tenants (id),
    change_seq INTEGER NOT NULL DEFAULT 0
);

-- Client programs of a tenant.
CREATE TABLE apps (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT 1,
    api_key_rotated_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX apps_tenant_id_id ON apps (tenant_id, id);

-- Keys of apps. Only the SHA-256 of a key is kept.
CREATE TABLE api_keys (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    app_id BLOB NOT NULL REFERENCES apps (id),
    key_hash BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
);
CREATE INDEX api_keys_tenant_id_app_id_created_at ON api_keys (tenant_id, app_id, created_at);

-- Who made, rotated or revoked which key. Rows are only added.
CREATE TABLE api_key_audit_log (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    app_id BLOB NOT NULL,
    action TEXT NOT NULL,
    old_key_hint TEXT,
    new_key_hint TEXT,
    actor TEXT NOT NULL,
    address TEXT,
    performed_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX api_key_audit_log_tenant_id_app_id_created_at_id ON api_key_audit_log (tenant_id, app_id, created_at, id);

-- Accounts of a tenant at a provider.
CREATE TABLE connections (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    app_id BLOB REFERENCES apps (id),
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    hook_token_hash BLOB NOT NULL UNIQUE,
    hook_token BLOB NOT NULL,
    settings TEXT NOT NULL,
    status TEXT NOT NULL,
    is_unsigned BOOLEAN NOT NULL DEFAULT 0,
    account_id TEXT,
    account_name TEXT,
    last_error TEXT,
    last_checked_at INTEGER,
    caught_up_to INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX connections_tenant_id_id ON connections (tenant_id, id);
CREATE INDEX connections_app_id ON connections (app_id);

-- Sealed secrets that a connection uses to call its provider.
CREATE TABLE connection_credentials (
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    name TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires_at INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (connection_id, name)
);

-- Sealed secrets that deliveries are verified with. A fixed-URL secret belongs to one connection of the installation.
CREATE TABLE webhook_secrets (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    provider TEXT NOT NULL,
    on_fixed_url BOOLEAN NOT NULL,
    fingerprint BLOB NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
);
CREATE INDEX webhook_secrets_connection_id ON webhook_secrets (connection_id);
CREATE UNIQUE INDEX webhook_secrets_provider_fingerprint ON webhook_secrets (provider, fingerprint) WHERE on_fixed_url;

-- Webhooks that we made at a provider, with the subscriptions on them.
CREATE TABLE registered_webhooks (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    app_id BLOB,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    hook_url TEXT NOT NULL,
    is_signed BOOLEAN NOT NULL,
    subscriptions TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (connection_id, external_id)
);
CREATE INDEX registered_webhooks_tenant_id_app_id ON registered_webhooks (tenant_id, app_id);

-- One-time states of OAuth sign-ins under way.
CREATE TABLE oauth_states (
    state_hash BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    verifier BLOB NOT NULL,
    redirect_uri TEXT NOT NULL,
    return_to TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX oauth_states_expires_at ON oauth_states (expires_at);

-- Dialpad users paired with users of the customer's own system.
CREATE TABLE dialpad_user_mappings (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    app_id BLOB NOT NULL REFERENCES apps (id),
    dialpad_user_id INTEGER NOT NULL,
    crm_user_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (app_id, dialpad_user_id)
);
CREATE INDEX dialpad_user_mappings_tenant_id_app_id_crm_user_id ON dialpad_user_mappings (tenant_id, app_id, crm_user_id);

-- What makes two deliveries the same: beside the log, because a partitioned table cannot carry this constraint. The key
-- begins with the provider's time, and stands before the connection, so that the index of all connections together grows
-- at one end.
CREATE TABLE event_keys (
    connection_id BLOB NOT NULL,
    dedup_key BLOB NOT NULL,
    event_id BLOB NOT NULL,
    PRIMARY KEY (dedup_key, connection_id)
) WITHOUT ROWID;

-- The log in. Append-only. position grows in commit order because SQLite has one writer; the cursor goes by it.
CREATE TABLE webhook_events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    delivery_id BLOB NOT NULL,
    item_index INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    lane TEXT NOT NULL,
    lane_group INTEGER NOT NULL,
    external_id TEXT,
    source TEXT NOT NULL,
    occurred_at INTEGER,
    received_at INTEGER NOT NULL,
    normalize_version INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX webhook_events_tenant_id_id ON webhook_events (tenant_id, id);

-- Deliveries that were refused, for people who wonder why nothing arrives. Never processed.
CREATE TABLE rejected_deliveries (
    id BLOB PRIMARY KEY,
    tenant_id BLOB,
    connection_id BLOB,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    address TEXT,
    headers TEXT NOT NULL,
    body_bytes INTEGER NOT NULL,
    received_at INTEGER NOT NULL
);
CREATE INDEX rejected_deliveries_tenant_id_id ON rejected_deliveries (tenant_id, id);

-- Deliveries whose signature is right but that no connection owns.
CREATE TABLE unrouted_deliveries (
    id BLOB PRIMARY KEY,
    provider TEXT NOT NULL,
    reason TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at INTEGER NOT NULL
);

-- How far each lane group of the log has been merged, and which node may go on. Moves in the merge transaction.
CREATE TABLE lane_cursors (
    lane_group INTEGER PRIMARY KEY,
    position INTEGER NOT NULL DEFAULT 0,
    event_id BLOB,
    batch_position INTEGER,
    batch_event_id BLOB,
    tenants_done TEXT NOT NULL,
    owner TEXT,
    epoch INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER
);

-- Jobs, and events that must be tried again.
CREATE TABLE work (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT NOT NULL,
    event_id BLOB,
    state TEXT NOT NULL,
    is_bulk BOOLEAN NOT NULL DEFAULT 0,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    last_error TEXT,
    progress TEXT,
    unique_key TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX work_tenant_id_unique_key ON work (tenant_id, unique_key) WHERE unique_key IS NOT NULL AND state IN ('ready', 'running');
CREATE INDEX work_run_at ON work (run_at) WHERE state = 'ready';
CREATE INDEX work_tenant_id_state_id ON work (tenant_id, state, id);
CREATE INDEX work_tenant_id_event_id ON work (tenant_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX work_state_updated_at ON work (state, updated_at);

-- Which lanes of work are held, by whom and until when. The fence grows with each claim.
CREATE TABLE lanes (
    tenant_id BLOB NOT NULL,
    lane TEXT NOT NULL,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, lane)
);

-- The log out: one row per committed difference of a record, numbered per tenant without gaps.
CREATE TABLE changes (
    tenant_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    record_id BLOB NOT NULL,
    verb TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT,
    fields TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, seq)
) WITHOUT ROWID;

-- Calls as people see them, computed from their legs.
CREATE TABLE calls (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    direction TEXT,
    from_number TEXT,
    to_number TEXT,
    status TEXT NOT NULL,
    outcome TEXT,
    agent_id TEXT,
    agent_name TEXT,
    contact_id BLOB,
    contact_name TEXT,
    started_at INTEGER,
    answered_at INTEGER,
    ended_at INTEGER,
    duration_seconds INTEGER,
    recording_url TEXT,
    is_voicemail BOOLEAN NOT NULL,
    summary TEXT,
    is_internal BOOLEAN NOT NULL,
    is_transferred BOOLEAN NOT NULL,
    leg_count INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX calls_tenant_id_occurred_at_id ON calls (tenant_id, occurred_at, id);
CREATE INDEX calls_tenant_id_updated_at_id ON calls (tenant_id, updated_at, id);
CREATE INDEX calls_tenant_id_status_occurred_at_id ON calls (tenant_id, status, occurred_at, id);
CREATE INDEX calls_tenant_id_contact_id_occurred_at_id ON calls (tenant_id, contact_id, occurred_at, id);
CREATE INDEX calls_tenant_id_from_number_occurred_at_id ON calls (tenant_id, from_number, occurred_at, id);
CREATE INDEX calls_tenant_id_to_number_occurred_at_id ON calls (tenant_id, to_number, occurred_at, id);
CREATE INDEX calls_tenant_id_agent_id_occurred_at_id ON calls (tenant_id, agent_id, occurred_at, id);

-- Legs as providers report them: everything that facts have said, in doc.
CREATE TABLE call_legs (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    call_id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX call_legs_tenant_id_call_id ON call_legs (tenant_id, call_id);

-- Which call each of a provider's ids belongs to.
CREATE TABLE call_links (
    connection_id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    tenant_id BLOB NOT NULL,
    call_id BLOB NOT NULL,
    PRIMARY KEY (connection_id, external_id)
) WITHOUT ROWID;
CREATE INDEX call_links_tenant_id_call_id ON call_links (tenant_id, call_id);

-- Ids that a call may have had before it turned out to be part of another: those of all its links but its own.
CREATE TABLE call_aliases (
    tenant_id BLOB NOT NULL,
    alias_id BLOB NOT NULL,
    call_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, alias_id)
);
CREATE INDEX call_aliases_tenant_id_call_id ON call_aliases (tenant_id, call_id);

-- Text messages.
CREATE TABLE messages (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    direction TEXT,
    from_number TEXT,
    to_number TEXT,
    to_numbers TEXT NOT NULL,
    text TEXT,
    media_urls TEXT NOT NULL,
    status TEXT NOT NULL,
    delivery_result TEXT,
    agent_id TEXT,
    target_name TEXT,
    contact_id BLOB,
    contact_name TEXT,
    is_internal BOOLEAN NOT NULL,
    sent_at INTEGER,
    occurred_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX messages_tenant_id_occurred_at_id ON messages (tenant_id, occurred_at, id);
CREATE INDEX messages_tenant_id_updated_at_id ON messages (tenant_id, updated_at, id);
CREATE INDEX messages_tenant_id_contact_id_occurred_at_id ON messages (tenant_id, contact_id, occurred_at, id);
CREATE INDEX messages_tenant_id_from_number_occurred_at_id ON messages (tenant_id, from_number, occurred_at, id);
CREATE INDEX messages_tenant_id_to_number_occurred_at_id ON messages (tenant_id, to_number, occurred_at, id);

-- Messages left after the tone.
CREATE TABLE voicemails (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    call_id BLOB NOT NULL,
    leg_id BLOB NOT NULL,
    leg_external_id TEXT NOT NULL,
    contact_id BLOB,
    from_number TEXT,
    to_number TEXT,
    agent_id TEXT,
    agent_name TEXT,
    recording_external_id TEXT,
    recording_url TEXT,
    transcript TEXT,
    duration_ms INTEGER,
    is_removed BOOLEAN NOT NULL,
    occurred_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX voicemails_tenant_id_occurred_at_id ON voicemails (tenant_id, occurred_at, id);
CREATE INDEX voicemails_tenant_id_updated_at_id ON voicemails (tenant_id, updated_at, id);
CREATE INDEX voicemails_tenant_id_call_id ON voicemails (tenant_id, call_id);
CREATE INDEX voicemails_tenant_id_contact_id_occurred_at_id ON voicemails (tenant_id, contact_id, occurred_at, id);

-- Audio files of calls: where the provider keeps them, and our own copies.
CREATE TABLE recordings (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    call_id BLOB NOT NULL,
    leg_id BLOB NOT NULL,
    leg_external_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT,
    duration_ms INTEGER,
    status TEXT NOT NULL,
    media TEXT,
    occurred_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX recordings_tenant_id_call_id ON recordings (tenant_id, call_id);
CREATE INDEX recordings_tenant_id_occurred_at_id ON recordings (tenant_id, occurred_at, id);

-- What was said in calls.
CREATE TABLE transcripts (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    call_id BLOB NOT NULL,
    leg_id BLOB NOT NULL,
    leg_external_id TEXT NOT NULL,
    is_complete BOOLEAN NOT NULL,
    lines TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX transcripts_tenant_id_call_id ON transcripts (tenant_id, call_id);

-- People and companies on the other side.
CREATE TABLE contacts (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    natural_key TEXT NOT NULL,
    name TEXT,
    phone TEXT,
    emails TEXT NOT NULL,
    kind TEXT,
    external_ids TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX contacts_tenant_id_occurred_at_id ON contacts (tenant_id, occurred_at, id);
CREATE INDEX contacts_tenant_id_updated_at_id ON contacts (tenant_id, updated_at, id);
CREATE INDEX contacts_tenant_id_phone ON contacts (tenant_id, phone);

-- Answers already given to POSTs that carried an Idempotency-Key.
CREATE TABLE idempotency_keys (
    tenant_id BLOB NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER,
    body BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

-- The guide's name for it, with ids as people write them. The secret is never shown.
CREATE VIEW dialpad_webhooks AS
SELECT lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' ||
             substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS id,
       lower(substr(hex(app_id), 1, 8) || '-' || substr(hex(app_id), 9, 4) || '-' || substr(hex(app_id), 13, 4) || '-' ||
             substr(hex(app_id), 17, 4) || '-' || substr(hex(app_id), 21)) AS app_id,
       CAST(external_id AS INTEGER) AS webhook_id, hook_url, '***' AS secret, 'HS256' AS algo, 'jwt' AS signature_type,
       subscriptions,
       lower(substr(hex(connection_id), 1, 8) || '-' || substr(hex(connection_id), 9, 4) || '-' || substr(hex(connection_id), 13, 4) || '-' ||
             substr(hex(connection_id), 17, 4) || '-' || substr(hex(connection_id), 21)) AS connection_id,
       lower(substr(hex(tenant_id), 1, 8) || '-' || substr(hex(tenant_id), 9, 4) || '-' || substr(hex(tenant_id), 13, 4) || '-' ||
             substr(hex(tenant_id), 17, 4) || '-' || substr(hex(tenant_id), 21)) AS tenant_id,
       created_at, updated_at
FROM registered_webhooks
WHERE provider = 'dialpad';

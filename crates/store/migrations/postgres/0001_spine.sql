-- The first schema. PostgreSQL 14 or newer.

-- Customer companies.
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    subdomain text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The last change number of each tenant. Locking this row orders the tenant's transactions.
CREATE TABLE tenant_counters (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id),
    change_seq bigint NOT NULL DEFAULT 0
);

-- Client programs of a tenant.
CREATE TABLE apps (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    name text NOT NULL,
    is_active boolean NOT NULL DEFAULT TRUE,
    api_key_rotated_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX apps_tenant_id_id ON apps (tenant_id, id);

-- Keys of apps. Only the SHA-256 of a key is kept.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    app_id uuid NOT NULL REFERENCES apps (id),
    key_hash bytea NOT NULL UNIQUE,
    hint text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_keys_tenant_id_app_id_created_at ON api_keys (tenant_id, app_id, created_at);

-- Who made, rotated or revoked which key. Rows are only added.
CREATE TABLE api_key_audit_log (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    app_id uuid NOT NULL,
    action text NOT NULL,
    old_key_hint text,
    new_key_hint text,
    actor text NOT NULL,
    address text,
    performed_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX api_key_audit_log_tenant_id_app_id_created_at_id ON api_key_audit_log (tenant_id, app_id, created_at, id);

-- Accounts of a tenant at a provider.
CREATE TABLE connections (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    app_id uuid REFERENCES apps (id),
    provider text NOT NULL,
    name text NOT NULL,
    hook_token_hash bytea NOT NULL UNIQUE,
    hook_token bytea NOT NULL,
    settings jsonb NOT NULL,
    status text NOT NULL,
    is_unsigned boolean NOT NULL DEFAULT FALSE,
    account_id text,
    account_name text,
    last_error text,
    last_checked_at timestamptz,
    caught_up_to timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX connections_tenant_id_id ON connections (tenant_id, id);
CREATE INDEX connections_app_id ON connections (app_id);

-- Sealed secrets that a connection uses to call its provider.
CREATE TABLE connection_credentials (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connections (id),
    name text NOT NULL,
    sealed bytea NOT NULL,
    expires_at timestamptz,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (connection_id, name)
);

-- Sealed secrets that deliveries are verified with. A fixed-URL secret belongs to one connection of the installation.
CREATE TABLE webhook_secrets (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connections (id),
    provider text NOT NULL,
    on_fixed_url boolean NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);
CREATE INDEX webhook_secrets_connection_id ON webhook_secrets (connection_id);
CREATE UNIQUE INDEX webhook_secrets_provider_fingerprint ON webhook_secrets (provider, fingerprint) WHERE on_fixed_url;

-- Webhooks that we made at a provider, with the subscriptions on them.
CREATE TABLE registered_webhooks (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    app_id uuid,
    connection_id uuid NOT NULL REFERENCES connections (id),
    provider text NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    hook_url text NOT NULL,
    is_signed boolean NOT NULL,
    subscriptions jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (connection_id, external_id)
);
CREATE INDEX registered_webhooks_tenant_id_app_id ON registered_webhooks (tenant_id, app_id);

-- One-time states of OAuth sign-ins under way.
CREATE TABLE oauth_states (
    state_hash bytea PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connections (id),
    verifier bytea NOT NULL,
    redirect_uri text NOT NULL,
    return_to text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX oauth_states_expires_at ON oauth_states (expires_at);

-- Dialpad users paired with users of the customer's own system.
CREATE TABLE dialpad_user_mappings (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    app_id uuid NOT NULL REFERENCES apps (id),
    dialpad_user_id bigint NOT NULL,
    crm_user_id text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (app_id, dialpad_user_id)
);
CREATE INDEX dialpad_user_mappings_tenant_id_app_id_crm_user_id ON dialpad_user_mappings (tenant_id, app_id, crm_user_id);

-- What makes two deliveries the same: beside the log, because a partitioned table cannot carry this constraint. The key
-- begins with the provider's time, and stands before the connection, so that the index of all connections together grows
-- at one end.
CREATE TABLE event_keys (
    connection_id uuid NOT NULL,
    dedup_key bytea NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (dedup_key, connection_id)
);

-- The log in. Append-only; partitioned by month on the time inside its UUIDv7 id (store::partitions makes the months).
-- position is the writing transaction's id: ids become visible out of order, so the cursor goes by it and stays below
-- pg_snapshot_xmin. There is no primary key on id alone to look up by: every look-up names the tenant.
CREATE TABLE webhook_events (
    position bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    delivery_id uuid NOT NULL,
    item_index integer NOT NULL,
    event_type text NOT NULL,
    lane text COLLATE "C" NOT NULL,
    lane_group integer NOT NULL,
    external_id text COLLATE "C",
    source text NOT NULL,
    occurred_at timestamptz,
    received_at timestamptz NOT NULL,
    normalize_version integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE webhook_events_other PARTITION OF webhook_events DEFAULT;
CREATE INDEX webhook_events_cursor ON webhook_events (lane_group, position, id);
CREATE INDEX webhook_events_tenant_id_id ON webhook_events (tenant_id, id);

-- Deliveries that were refused, for people who wonder why nothing arrives. Never processed.
CREATE TABLE rejected_deliveries (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    connection_id uuid,
    path text NOT NULL,
    reason text NOT NULL,
    address text,
    headers jsonb NOT NULL,
    body_bytes bigint NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX rejected_deliveries_tenant_id_id ON rejected_deliveries (tenant_id, id);

-- Deliveries whose signature is right but that no connection owns.
CREATE TABLE unrouted_deliveries (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    reason text NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz NOT NULL
);

-- How far each lane group of the log has been merged, and which node may go on. Moves in the merge transaction.
CREATE TABLE lane_cursors (
    lane_group integer PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0,
    event_id uuid,
    batch_position bigint,
    batch_event_id uuid,
    tenants_done jsonb NOT NULL,
    owner text,
    epoch bigint NOT NULL DEFAULT 0,
    lease_until timestamptz
);

-- Jobs, and events that must be tried again.
CREATE TABLE work (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    lane text COLLATE "C" NOT NULL,
    payload jsonb NOT NULL,
    event_id uuid,
    state text NOT NULL,
    is_bulk boolean NOT NULL DEFAULT FALSE,
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    last_error text,
    progress jsonb,
    unique_key text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX work_tenant_id_unique_key ON work (tenant_id, unique_key) WHERE unique_key IS NOT NULL AND state IN ('ready', 'running');
CREATE INDEX work_run_at ON work (run_at) WHERE state = 'ready';
CREATE INDEX work_tenant_id_state_id ON work (tenant_id, state, id);
CREATE INDEX work_tenant_id_event_id ON work (tenant_id, event_id) WHERE event_id IS NOT NULL;
CREATE INDEX work_state_updated_at ON work (state, updated_at);

-- Which lanes of work are held, by whom and until when. The fence grows with each claim.
CREATE TABLE lanes (
    tenant_id uuid NOT NULL,
    lane text COLLATE "C" NOT NULL,
    owner text NOT NULL,
    fence bigint NOT NULL,
    lease_until timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, lane)
);

-- The log out: one row per committed difference of a record, numbered per tenant without gaps.
CREATE TABLE changes (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    record_id uuid NOT NULL,
    verb text NOT NULL,
    from_state text,
    to_state text,
    fields jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    committed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

-- Calls as people see them, computed from their legs.
CREATE TABLE calls (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    direction text,
    from_number text,
    to_number text,
    status text NOT NULL,
    outcome text,
    agent_id text,
    agent_name text,
    contact_id uuid,
    contact_name text,
    started_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    duration_seconds bigint,
    recording_url text,
    is_voicemail boolean NOT NULL,
    summary text,
    is_internal boolean NOT NULL,
    is_transferred boolean NOT NULL,
    leg_count bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX calls_tenant_id_occurred_at_id ON calls (tenant_id, occurred_at, id);
CREATE INDEX calls_tenant_id_updated_at_id ON calls (tenant_id, updated_at, id);
CREATE INDEX calls_tenant_id_status_occurred_at_id ON calls (tenant_id, status, occurred_at, id);
CREATE INDEX calls_tenant_id_contact_id_occurred_at_id ON calls (tenant_id, contact_id, occurred_at, id);
CREATE INDEX calls_tenant_id_from_number_occurred_at_id ON calls (tenant_id, from_number, occurred_at, id);
CREATE INDEX calls_tenant_id_to_number_occurred_at_id ON calls (tenant_id, to_number, occurred_at, id);
CREATE INDEX calls_tenant_id_agent_id_occurred_at_id ON calls (tenant_id, agent_id, occurred_at, id);

-- Legs as providers report them: everything that facts have said, in doc.
CREATE TABLE call_legs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    call_id uuid NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX call_legs_tenant_id_call_id ON call_legs (tenant_id, call_id);

-- Which call each of a provider's ids belongs to.
CREATE TABLE call_links (
    connection_id uuid NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    PRIMARY KEY (connection_id, external_id)
);
CREATE INDEX call_links_tenant_id_call_id ON call_links (tenant_id, call_id);

-- Ids that a call may have had before it turned out to be part of another: those of all its links but its own.
CREATE TABLE call_aliases (
    tenant_id uuid NOT NULL,
    alias_id uuid NOT NULL,
    call_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, alias_id)
);
CREATE INDEX call_aliases_tenant_id_call_id ON call_aliases (tenant_id, call_id);

-- Text messages.
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    direction text,
    from_number text,
    to_number text,
    to_numbers jsonb NOT NULL,
    text text,
    media_urls jsonb NOT NULL,
    status text NOT NULL,
    delivery_result text,
    agent_id text,
    target_name text,
    contact_id uuid,
    contact_name text,
    is_internal boolean NOT NULL,
    sent_at timestamptz,
    occurred_at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX messages_tenant_id_occurred_at_id ON messages (tenant_id, occurred_at, id);
CREATE INDEX messages_tenant_id_updated_at_id ON messages (tenant_id, updated_at, id);
CREATE INDEX messages_tenant_id_contact_id_occurred_at_id ON messages (tenant_id, contact_id, occurred_at, id);
CREATE INDEX messages_tenant_id_from_number_occurred_at_id ON messages (tenant_id, from_number, occurred_at, id);
CREATE INDEX messages_tenant_id_to_number_occurred_at_id ON messages (tenant_id, to_number, occurred_at, id);

-- Messages left after the tone.
CREATE TABLE voicemails (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    call_id uuid NOT NULL,
    leg_id uuid NOT NULL,
    leg_external_id text NOT NULL,
    contact_id uuid,
    from_number text,
    to_number text,
    agent_id text,
    agent_name text,
    recording_external_id text,
    recording_url text,
    transcript text,
    duration_ms bigint,
    is_removed boolean NOT NULL,
    occurred_at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX voicemails_tenant_id_occurred_at_id ON voicemails (tenant_id, occurred_at, id);
CREATE INDEX voicemails_tenant_id_updated_at_id ON voicemails (tenant_id, updated_at, id);
CREATE INDEX voicemails_tenant_id_call_id ON voicemails (tenant_id, call_id);
CREATE INDEX voicemails_tenant_id_contact_id_occurred_at_id ON voicemails (tenant_id, contact_id, occurred_at, id);

-- Audio files of calls: where the provider keeps them, and our own copies.
CREATE TABLE recordings (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    call_id uuid NOT NULL,
    leg_id uuid NOT NULL,
    leg_external_id text NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    url text,
    duration_ms bigint,
    status text NOT NULL,
    media jsonb,
    occurred_at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX recordings_tenant_id_call_id ON recordings (tenant_id, call_id);
CREATE INDEX recordings_tenant_id_occurred_at_id ON recordings (tenant_id, occurred_at, id);

-- What was said in calls.
CREATE TABLE transcripts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    call_id uuid NOT NULL,
    leg_id uuid NOT NULL,
    leg_external_id text NOT NULL,
    is_complete boolean NOT NULL,
    lines jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX transcripts_tenant_id_call_id ON transcripts (tenant_id, call_id);

-- People and companies on the other side.
CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    natural_key text COLLATE "C" NOT NULL,
    name text,
    phone text,
    emails jsonb NOT NULL,
    kind text,
    external_ids jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX contacts_tenant_id_occurred_at_id ON contacts (tenant_id, occurred_at, id);
CREATE INDEX contacts_tenant_id_updated_at_id ON contacts (tenant_id, updated_at, id);
CREATE INDEX contacts_tenant_id_phone ON contacts (tenant_id, phone);

-- Answers already given to POSTs that carried an Idempotency-Key.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    body bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

-- The guide's name for it. A view of the owner's: the secret is never shown, and the application's role may not read it.
CREATE VIEW dialpad_webhooks AS
SELECT id, app_id, external_id::bigint AS webhook_id, hook_url, '***'::text AS secret, 'HS256'::text AS algo,
       'jwt'::text AS signature_type, subscriptions, connection_id, tenant_id, created_at, updated_at
FROM registered_webhooks
WHERE provider = 'dialpad';

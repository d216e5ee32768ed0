-- People and what they may do, what tenants are entitled to, and who did what.

-- A tenant's standing. A suspended one's deliveries are still stored; its people and apps are refused.
ALTER TABLE tenants ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE tenants ADD COLUMN status_reason TEXT;
ALTER TABLE tenants ADD COLUMN status_at INTEGER;
ALTER TABLE tenants ADD COLUMN plan TEXT NOT NULL DEFAULT 'starter';
ALTER TABLE tenants ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

-- What a key may do (NULL: all that an app may), and how often a minute (NULL: as the installation says).
ALTER TABLE api_keys ADD COLUMN name TEXT;
ALTER TABLE api_keys ADD COLUMN scopes TEXT;
ALTER TABLE api_keys ADD COLUMN requests_per_minute INTEGER;

-- People. An e-mail address is one person in the whole installation; email is lower-case.
CREATE TABLE users (
    id BLOB PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    password_hash TEXT,
    is_platform_admin BOOLEAN NOT NULL DEFAULT 0,
    is_active BOOLEAN NOT NULL DEFAULT 1,
    email_verified_at INTEGER,
    totp_sealed BLOB,
    totp_enabled_at INTEGER,
    totp_last_step INTEGER,
    last_login_at INTEGER,
    password_changed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- Codes that stand in for a lost authenticator, each good once. Only the SHA-256 is kept.
CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, code_hash)
);

-- Who a person is at an OpenID Connect provider.
CREATE TABLE user_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    email TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX user_identities_user_id ON user_identities (user_id);

-- A person's role in a tenant.
CREATE TABLE memberships (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_user_id ON memberships (user_id);

-- Invitations to a tenant. Only the SHA-256 of the link's token is kept.
CREATE TABLE invitations (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    invited_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX invitations_tenant_id_id ON invitations (tenant_id, id);

-- Sign-ins. tenant_id is the tenant that the person works in; impersonated_by names the platform admin behind it.
CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    tenant_id BLOB REFERENCES tenants (id),
    impersonated_by BLOB,
    is_browser BOOLEAN NOT NULL,
    user_agent TEXT,
    address TEXT,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_reason TEXT
);
CREATE INDEX sessions_user_id_id ON sessions (user_id, id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Refresh tokens. Each is used once and leaves its successor; one that comes back ends its session.
CREATE TABLE refresh_tokens (
    token_hash BLOB PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

-- Links in mails: to verify an address, to set a new password. Only the SHA-256 of the token is kept.
CREATE TABLE user_tokens (
    token_hash BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX user_tokens_user_id ON user_tokens (user_id);
CREATE INDEX user_tokens_expires_at ON user_tokens (expires_at);

-- Sign-ins at an OpenID Connect provider that are under way, and sign-ins that wait for their second factor.
CREATE TABLE login_attempts (
    token_hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id BLOB,
    sealed BLOB,
    return_to TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX login_attempts_expires_at ON login_attempts (expires_at);

-- Wrong passwords and codes of late, per account and per address (as keyed hashes), which slow the next try down.
CREATE TABLE login_failures (
    subject BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL
);
CREATE INDEX login_failures_last_at ON login_failures (last_at);

-- What tenants can be entitled to. limits names numbers, included names what is part of it.
CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    currency TEXT NOT NULL,
    position INTEGER NOT NULL,
    limits TEXT NOT NULL,
    included TEXT NOT NULL,
    past_limit TEXT NOT NULL,
    is_offered BOOLEAN NOT NULL DEFAULT 1
);

-- What a tenant used, by calendar month of UTC (2026-11). The period 'total' has how many calls there are now.
CREATE TABLE usage_counters (
    tenant_id BLOB NOT NULL,
    period TEXT NOT NULL,
    metric TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, period, metric)
);

-- What each record counts for in usage_counters, so that counting it again changes nothing. Kept until its month is closed.
CREATE TABLE usage_marks (
    tenant_id BLOB NOT NULL,
    record_id BLOB NOT NULL,
    metric TEXT NOT NULL,
    period TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, record_id, metric)
) WITHOUT ROWID;
CREATE INDEX usage_marks_period ON usage_marks (period);

-- How far a tenant's changes are counted in usage_counters.
CREATE TABLE usage_cursors (
    tenant_id BLOB PRIMARY KEY,
    seq INTEGER NOT NULL
);

-- Warnings that were given, so that each is given once.
CREATE TABLE usage_warnings (
    tenant_id BLOB NOT NULL,
    period TEXT NOT NULL,
    metric TEXT NOT NULL,
    percent INTEGER NOT NULL,
    warned_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, period, metric, percent)
);

-- Features that are switched for one tenant, against what the installation says.
CREATE TABLE feature_flags (
    tenant_id BLOB NOT NULL,
    flag TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, flag)
);

-- Who did what to which record, from where. Rows are only added; hash covers the row and the hash before it. tenant_id is NULL for the
-- installation's own chain.
CREATE TABLE audit_log (
    id BLOB PRIMARY KEY,
    tenant_id BLOB,
    seq INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    on_behalf_of TEXT,
    action TEXT NOT NULL,
    target_kind TEXT,
    target_id TEXT,
    details TEXT NOT NULL,
    address TEXT,
    request_id TEXT,
    at INTEGER NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE UNIQUE INDEX audit_log_tenant_id_seq ON audit_log (tenant_id, seq) WHERE tenant_id IS NOT NULL;
CREATE UNIQUE INDEX audit_log_seq ON audit_log (seq) WHERE tenant_id IS NULL;
CREATE INDEX audit_log_tenant_id_actor_id_seq ON audit_log (tenant_id, actor_id, seq);
CREATE INDEX audit_log_tenant_id_target_id_seq ON audit_log (tenant_id, target_id, seq);
CREATE INDEX audit_log_tenant_id_action_seq ON audit_log (tenant_id, action, seq);

-- Where each chain of the audit log ends. Writers queue here, and a chain that was cut at its end is found by it. tenant_id is
-- all zeros for the installation's own chain.
CREATE TABLE audit_heads (
    tenant_id BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
);

-- Nobody changes or removes an entry by a statement, by mistake least of all, and no head goes back.
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_heads WHEN NEW.seq < OLD.seq OR NEW.tenant_id <> OLD.tenant_id BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- What must not come back. Both are read with the row that every merge locks, so tenants that erased nothing pay nothing for it.
-- erasure_key is the sealed key of the hashes in erasures; removed_before says up to when records of a kind were removed.
ALTER TABLE tenant_counters ADD COLUMN erasure_key BLOB;
ALTER TABLE tenant_counters ADD COLUMN removed_before TEXT;

-- The voxanne guides' name for it. A view of the owner's: secrets are never shown, and the application's role may not read it.
CREATE VIEW org_credentials AS
SELECT c.id, c.tenant_id AS org_id, c.provider, '***' AS encrypted_config, c.status <> 'disabled' AS is_active, FALSE AS is_managed,
       'inbound' AS type, c.settings AS metadata, CASE WHEN c.status = 'connected' THEN c.last_checked_at END AS last_verified_at,
       c.created_at, c.updated_at
FROM connections c
WHERE EXISTS (SELECT 1 FROM connection_credentials s WHERE s.connection_id = c.id);

-- How long a tenant keeps records of a kind. Without a row: for ever.
CREATE TABLE retention_rules (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    days INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);

-- Keyed hashes of what was erased, so that a late retry does not bring it back.
CREATE TABLE erasures (
    tenant_id BLOB NOT NULL,
    subject BLOB NOT NULL,
    erased_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);

-- Exports that were asked for, and where their files are until they expire.
CREATE TABLE exports (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT,
    requested_by TEXT NOT NULL,
    job_id BLOB,
    media_key TEXT,
    bytes INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER
);
CREATE INDEX exports_tenant_id_id ON exports (tenant_id, id);

-- Mails on their way. Contents are sealed, and removed as soon as they are sent. tenant_id is NULL for the installation's own mails.
CREATE TABLE mails (
    id BLOB PRIMARY KEY,
    tenant_id BLOB,
    letter TEXT NOT NULL,
    recipient TEXT NOT NULL,
    sealed BLOB,
    state TEXT NOT NULL,
    problem TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX mails_expires_at ON mails (expires_at);

-- Prices in USD a month.
INSERT INTO plans (id, name, price_cents, currency, position, limits, included, past_limit) VALUES
    ('starter', 'Starter', 24900, 'USD', 1, '{"minutes": 2500, "retention_months": 12, "requests_per_hour": 5000}', '["transcription", "sentiment", "dashboard", "email_support"]', 'warn'),
    ('professional', 'Professional', 49900, 'USD', 2, '{"minutes": 10000, "retention_months": 24, "requests_per_hour": 5000}', '["transcription", "sentiment", "dashboard", "email_support", "priority_support", "custom_reporting", "api_access", "crm_integration"]', 'warn'),
    ('enterprise', 'Enterprise', 99900, 'USD', 3, '{"requests_per_hour": 10000}', '["transcription", "sentiment", "dashboard", "email_support", "priority_support", "custom_reporting", "api_access", "crm_integration", "dedicated_support", "custom_integrations", "sla", "white_label", "multi_location"]', 'warn');

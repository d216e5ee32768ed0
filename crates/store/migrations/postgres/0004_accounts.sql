-- People and what they may do, what tenants are entitled to, and who did what. PostgreSQL 14 or newer.

-- A tenant's standing. A suspended one's deliveries are still stored; its people and apps are refused.
ALTER TABLE tenants ADD COLUMN status text NOT NULL DEFAULT 'active';
ALTER TABLE tenants ADD COLUMN status_reason text;
ALTER TABLE tenants ADD COLUMN status_at timestamptz;
ALTER TABLE tenants ADD COLUMN plan text NOT NULL DEFAULT 'starter';
ALTER TABLE tenants ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';

-- What a key may do (NULL: all that an app may), and how often a minute (NULL: as the installation says).
ALTER TABLE api_keys ADD COLUMN name text;
ALTER TABLE api_keys ADD COLUMN scopes jsonb;
ALTER TABLE api_keys ADD COLUMN requests_per_minute integer;

-- People. An e-mail address is one person in the whole installation; email is lower-case.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text COLLATE "C" NOT NULL UNIQUE,
    full_name text NOT NULL,
    password_hash text,
    is_platform_admin boolean NOT NULL DEFAULT FALSE,
    is_active boolean NOT NULL DEFAULT TRUE,
    email_verified_at timestamptz,
    totp_sealed bytea,
    totp_enabled_at timestamptz,
    totp_last_step bigint,
    last_login_at timestamptz,
    password_changed_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Codes that stand in for a lost authenticator, each good once. Only the SHA-256 is kept.
CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users (id),
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

-- Who a person is at an OpenID Connect provider.
CREATE TABLE user_identities (
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX user_identities_user_id ON user_identities (user_id);

-- A person's role in a tenant.
CREATE TABLE memberships (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_user_id ON memberships (user_id);

-- Invitations to a tenant. Only the SHA-256 of the link's token is kept.
CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    email text COLLATE "C" NOT NULL,
    role text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX invitations_tenant_id_id ON invitations (tenant_id, id);

-- Sign-ins. tenant_id is the tenant that the person works in; impersonated_by names the platform admin behind it.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    tenant_id uuid REFERENCES tenants (id),
    impersonated_by uuid,
    is_browser boolean NOT NULL,
    user_agent text,
    address text,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text
);
CREATE INDEX sessions_user_id_id ON sessions (user_id, id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Refresh tokens. Each is used once and leaves its successor; one that comes back ends its session.
CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_session_id ON refresh_tokens (session_id);

-- Links in mails: to verify an address, to set a new password. Only the SHA-256 of the token is kept.
CREATE TABLE user_tokens (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    purpose text NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX user_tokens_user_id ON user_tokens (user_id);
CREATE INDEX user_tokens_expires_at ON user_tokens (expires_at);

-- Sign-ins at an OpenID Connect provider that are under way, and sign-ins that wait for their second factor.
CREATE TABLE login_attempts (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL,
    user_id uuid,
    sealed bytea,
    return_to text,
    failures integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_attempts_expires_at ON login_attempts (expires_at);

-- Wrong passwords and codes of late, per account and per address (as keyed hashes), which slow the next try down.
CREATE TABLE login_failures (
    subject bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX login_failures_last_at ON login_failures (last_at);

-- What tenants can be entitled to. limits names numbers, included names what is part of it.
CREATE TABLE plans (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    price_cents bigint NOT NULL,
    currency text NOT NULL,
    position integer NOT NULL,
    limits jsonb NOT NULL,
    included jsonb NOT NULL,
    past_limit text NOT NULL,
    is_offered boolean NOT NULL DEFAULT TRUE
);

-- What a tenant used, by calendar month of UTC (2026-11). The period 'total' has how many calls there are now.
CREATE TABLE usage_counters (
    tenant_id uuid NOT NULL,
    period text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    used bigint NOT NULL,
    PRIMARY KEY (tenant_id, period, metric)
);

-- What each record counts for in usage_counters, so that counting it again changes nothing. Kept until its month is closed.
CREATE TABLE usage_marks (
    tenant_id uuid NOT NULL,
    record_id uuid NOT NULL,
    metric text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (tenant_id, record_id, metric)
);
CREATE INDEX usage_marks_period ON usage_marks (period);

-- How far a tenant's changes are counted in usage_counters.
CREATE TABLE usage_cursors (
    tenant_id uuid PRIMARY KEY,
    seq bigint NOT NULL
);

-- Warnings that were given, so that each is given once.
CREATE TABLE usage_warnings (
    tenant_id uuid NOT NULL,
    period text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    percent integer NOT NULL,
    warned_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, period, metric, percent)
);

-- Features that are switched for one tenant, against what the installation says.
CREATE TABLE feature_flags (
    tenant_id uuid NOT NULL,
    flag text COLLATE "C" NOT NULL,
    is_on boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, flag)
);

-- Who did what to which record, from where. Rows are only added; hash covers the row and the hash before it. tenant_id is NULL for the
-- installation's own chain.
CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    seq bigint NOT NULL,
    actor_kind text NOT NULL,
    actor_id text,
    actor_name text NOT NULL,
    on_behalf_of text,
    action text COLLATE "C" NOT NULL,
    target_kind text,
    target_id text,
    details jsonb NOT NULL,
    address text,
    request_id text,
    at timestamptz NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE UNIQUE INDEX audit_log_tenant_id_seq ON audit_log (tenant_id, seq) WHERE tenant_id IS NOT NULL;
CREATE UNIQUE INDEX audit_log_seq ON audit_log (seq) WHERE tenant_id IS NULL;
CREATE INDEX audit_log_tenant_id_actor_id_seq ON audit_log (tenant_id, actor_id, seq);
CREATE INDEX audit_log_tenant_id_target_id_seq ON audit_log (tenant_id, target_id, seq);
CREATE INDEX audit_log_tenant_id_action_seq ON audit_log (tenant_id, action, seq);

-- Where each chain of the audit log ends. Writers queue here, and a chain that was cut at its end is found by it. tenant_id is
-- all zeros for the installation's own chain.
CREATE TABLE audit_heads (
    tenant_id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

-- Nobody changes or removes an entry by a statement, by mistake least of all, and no head goes back.
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_heads_stay BEFORE DELETE OR TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_heads
    FOR EACH ROW WHEN (NEW.seq < OLD.seq OR NEW.tenant_id <> OLD.tenant_id) EXECUTE FUNCTION refuse_change_of_audit();

-- What must not come back. Both are read with the row that every merge locks, so tenants that erased nothing pay nothing for it.
-- erasure_key is the sealed key of the hashes in erasures; removed_before says up to when records of a kind were removed.
ALTER TABLE tenant_counters ADD COLUMN erasure_key bytea;
ALTER TABLE tenant_counters ADD COLUMN removed_before jsonb;

-- The voxanne guides' name for it. A view of the owner's: secrets are never shown, and the application's role may not read it.
CREATE VIEW org_credentials AS
SELECT c.id, c.tenant_id AS org_id, c.provider, '***'::text AS encrypted_config, c.status <> 'disabled' AS is_active, FALSE AS is_managed,
       'inbound'::text AS type, c.settings AS metadata, CASE WHEN c.status = 'connected' THEN c.last_checked_at END AS last_verified_at,
       c.created_at, c.updated_at
FROM connections c
WHERE EXISTS (SELECT 1 FROM connection_credentials s WHERE s.connection_id = c.id);

-- How long a tenant keeps records of a kind. Without a row: for ever.
CREATE TABLE retention_rules (
    tenant_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    days integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);

-- Keyed hashes of what was erased, so that a late retry does not bring it back.
CREATE TABLE erasures (
    tenant_id uuid NOT NULL,
    subject bytea NOT NULL,
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subject)
);

-- Exports that were asked for, and where their files are until they expire.
CREATE TABLE exports (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    subject text,
    requested_by text NOT NULL,
    job_id uuid,
    media_key text,
    bytes bigint,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz
);
CREATE INDEX exports_tenant_id_id ON exports (tenant_id, id);

-- Mails on their way. Contents are sealed, and removed as soon as they are sent. tenant_id is NULL for the installation's own mails.
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    tenant_id uuid,
    letter text NOT NULL,
    recipient text NOT NULL,
    sealed bytea,
    state text NOT NULL,
    problem text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX mails_expires_at ON mails (expires_at);

-- Prices in USD a month.
INSERT INTO plans (id, name, price_cents, currency, position, limits, included, past_limit) VALUES
    ('starter', 'Starter', 24900, 'USD', 1, '{"minutes": 2500, "retention_months": 12, "requests_per_hour": 5000}', '["transcription", "sentiment", "dashboard", "email_support"]', 'warn'),
    ('professional', 'Professional', 49900, 'USD', 2, '{"minutes": 10000, "retention_months": 24, "requests_per_hour": 5000}', '["transcription", "sentiment", "dashboard", "email_support", "priority_support", "custom_reporting", "api_access", "crm_integration"]', 'warn'),
    ('enterprise', 'Enterprise', 99900, 'USD', 3, '{"requests_per_hour": 10000}', '["transcription", "sentiment", "dashboard", "email_support", "priority_support", "custom_reporting", "api_access", "crm_integration", "dedicated_support", "custom_integrations", "sla", "white_label", "multi_location"]', 'warn');

-- Isolation, as in 0002: rows of one tenant, or all under the platform's scope; people and their secrets under the platform's scope only.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON users USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON recovery_codes USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE user_identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON user_identities USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON memberships
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON invitations
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON sessions USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON refresh_tokens USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE user_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON user_tokens USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON login_attempts USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE login_failures ENABLE ROW LEVEL SECURITY;
CREATE POLICY platform_only ON login_failures USING (current_setting('switchboard.platform', true) = 'on');
ALTER TABLE usage_counters ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON usage_counters
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE usage_marks ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON usage_marks
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE usage_cursors ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON usage_cursors
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE usage_warnings ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON usage_warnings
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE feature_flags ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON feature_flags
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON audit_log
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON audit_heads
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE retention_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON retention_rules
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE erasures ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON erasures
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON exports
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE mails ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON mails
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

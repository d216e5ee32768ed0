-- What people do with calls. Notes, tags and "dealt with" hang on legs (in call_legs.doc); here is what lists show and
-- narrow by. The indexes hold only the calls that somebody touched: no call pays for them while it is taken in.
ALTER TABLE calls ADD COLUMN is_resolved boolean NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN tags jsonb NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN note_count bigint NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN noted_at timestamptz;
CREATE INDEX calls_tenant_id_resolved_occurred_at_id ON calls (tenant_id, occurred_at, id) WHERE is_resolved;
CREATE INDEX calls_tenant_id_tagged_occurred_at_id ON calls (tenant_id, occurred_at, id) WHERE tags <> '[]';

ALTER TABLE voicemails ADD COLUMN is_heard boolean NOT NULL DEFAULT FALSE;

-- Texts that we were asked to send. The text goes once the provider took it: from then on it is in messages.
CREATE TABLE outgoing_messages (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    call_id uuid,
    contact_id uuid,
    from_number text NOT NULL,
    to_number text NOT NULL,
    text text,
    status text NOT NULL,
    problem text,
    message_id uuid,
    actor_id text,
    actor_name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX outgoing_messages_tenant_id_id ON outgoing_messages (tenant_id, id);
CREATE INDEX outgoing_messages_tenant_id_call_id_id ON outgoing_messages (tenant_id, call_id, id);
CREATE INDEX outgoing_messages_tenant_id_to_number_id ON outgoing_messages (tenant_id, to_number, id);
CREATE INDEX outgoing_messages_created_at ON outgoing_messages (created_at);

-- Links that show a call to whoever holds one. Only the SHA-256 of the link's token is kept.
CREATE TABLE call_shares (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    call_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    items jsonb NOT NULL,
    note text,
    email text,
    actor_id text,
    actor_name text NOT NULL,
    look_count bigint NOT NULL DEFAULT 0,
    last_looked_at timestamptz,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX call_shares_tenant_id_call_id_id ON call_shares (tenant_id, call_id, id);
CREATE INDEX call_shares_expires_at ON call_shares (expires_at);

-- Isolation, as in 0002.
ALTER TABLE outgoing_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON outgoing_messages
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE call_shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_shares
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

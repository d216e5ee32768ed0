-- What people do with calls. Notes, tags and "dealt with" hang on legs (in call_legs.doc); here is what lists show and
-- narrow by. The indexes hold only the calls that somebody touched: no call pays for them while it is taken in.
ALTER TABLE calls ADD COLUMN is_resolved BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE calls ADD COLUMN note_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN noted_at INTEGER;
CREATE INDEX calls_tenant_id_resolved_occurred_at_id ON calls (tenant_id, occurred_at, id) WHERE is_resolved;
CREATE INDEX calls_tenant_id_tagged_occurred_at_id ON calls (tenant_id, occurred_at, id) WHERE tags <> '[]';

ALTER TABLE voicemails ADD COLUMN is_heard BOOLEAN NOT NULL DEFAULT 0;

-- Texts that we were asked to send. The text goes once the provider took it: from then on it is in messages.
CREATE TABLE outgoing_messages (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    call_id BLOB,
    contact_id BLOB,
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    text TEXT,
    status TEXT NOT NULL,
    problem TEXT,
    message_id BLOB,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX outgoing_messages_tenant_id_id ON outgoing_messages (tenant_id, id);
CREATE INDEX outgoing_messages_tenant_id_call_id_id ON outgoing_messages (tenant_id, call_id, id);
CREATE INDEX outgoing_messages_tenant_id_to_number_id ON outgoing_messages (tenant_id, to_number, id);
CREATE INDEX outgoing_messages_created_at ON outgoing_messages (created_at);

-- Links that show a call to whoever holds one. Only the SHA-256 of the link's token is kept.
CREATE TABLE call_shares (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    call_id BLOB NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    items TEXT NOT NULL,
    note TEXT,
    email TEXT,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    look_count INTEGER NOT NULL DEFAULT 0,
    last_looked_at INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE INDEX call_shares_tenant_id_call_id_id ON call_shares (tenant_id, call_id, id);
CREATE INDEX call_shares_expires_at ON call_shares (expires_at);

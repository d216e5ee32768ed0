-- The language of what was said, where the one who wrote it down says so.
ALTER TABLE transcripts ADD COLUMN language TEXT;

-- How a tenant has its recordings written down. Without a row: by the first connection that can, with redaction.
CREATE TABLE transcription_settings (
    tenant_id BLOB PRIMARY KEY,
    connection_id BLOB,
    language TEXT,
    redact_own BOOLEAN NOT NULL,
    redact_provider BOOLEAN NOT NULL,
    min_seconds INTEGER NOT NULL,
    minutes_per_month INTEGER,
    caller_channel TEXT NOT NULL,
    updated_at INTEGER NOT NULL
);

-- Where a recording stands on its way to a transcript. No contents: states, reasons and counts. token_hash is that of the
-- address which a provider answers to.
CREATE TABLE transcriptions (
    recording_id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    reason TEXT,
    provider TEXT,
    connection_id BLOB,
    model TEXT,
    attempt INTEGER NOT NULL,
    external_id TEXT,
    upload_url TEXT,
    token_hash TEXT UNIQUE,
    minutes INTEGER NOT NULL,
    period TEXT,
    found TEXT NOT NULL,
    audio TEXT NOT NULL,
    audio_reason TEXT,
    silence TEXT NOT NULL,
    submitted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX transcriptions_tenant_id_recording_id ON transcriptions (tenant_id, recording_id);

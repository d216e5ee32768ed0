-- The language of what was said, where the one who wrote it down says so.
ALTER TABLE transcripts ADD COLUMN language text COLLATE "C";

-- How a tenant has its recordings written down. Without a row: by the first connection that can, with redaction.
CREATE TABLE transcription_settings (
    tenant_id uuid PRIMARY KEY,
    connection_id uuid,
    language text COLLATE "C",
    redact_own boolean NOT NULL,
    redact_provider boolean NOT NULL,
    min_seconds bigint NOT NULL,
    minutes_per_month bigint,
    caller_channel text COLLATE "C" NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Where a recording stands on its way to a transcript. No contents: states, reasons and counts. token_hash is that of the address
-- which a provider answers to.
CREATE TABLE transcriptions (
    recording_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL,
    code text COLLATE "C",
    reason text,
    provider text COLLATE "C",
    connection_id uuid,
    model text,
    attempt bigint NOT NULL,
    external_id text COLLATE "C",
    upload_url text,
    token_hash text COLLATE "C" UNIQUE,
    minutes bigint NOT NULL,
    period text COLLATE "C",
    found jsonb NOT NULL,
    audio text COLLATE "C" NOT NULL,
    audio_reason text,
    silence jsonb NOT NULL,
    submitted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX transcriptions_tenant_id_recording_id ON transcriptions (tenant_id, recording_id);

-- Isolation, as in 0002.
ALTER TABLE transcription_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON transcription_settings
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE transcriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON transcriptions
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

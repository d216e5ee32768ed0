-- Files of call records that somebody brought, and how far they are taken in. The file itself is in the media store, for as long as it
-- is needed; what stands here of its contents are names of columns.
CREATE TABLE imports (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid,
    job_id uuid,
    file_name text NOT NULL,
    file_bytes bigint NOT NULL,
    media_key text,
    state text NOT NULL,
    plan text,
    rows_read bigint NOT NULL DEFAULT 0,
    bytes_read bigint NOT NULL DEFAULT 0,
    stored bigint NOT NULL DEFAULT 0,
    known bigint NOT NULL DEFAULT 0,
    passed_over bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    problem text,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    updated_at timestamptz NOT NULL
);
CREATE INDEX imports_tenant_id_id ON imports (tenant_id, id);

-- What is wrong with rows of those files. Never quotes them.
CREATE TABLE import_errors (
    import_id uuid NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL,
    line bigint NOT NULL,
    code text NOT NULL,
    column_name text,
    message text NOT NULL,
    PRIMARY KEY (import_id, line)
);

ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON imports
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE import_errors ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON import_errors
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

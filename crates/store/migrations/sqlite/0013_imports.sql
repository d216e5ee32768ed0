-- Files of call records that somebody brought, and how far they are taken in. The file itself is in the media store, for as long as it
-- is needed; what stands here of its contents are names of columns.
CREATE TABLE imports (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB,
    job_id BLOB,
    file_name TEXT NOT NULL,
    file_bytes INTEGER NOT NULL,
    media_key TEXT,
    state TEXT NOT NULL,
    plan TEXT,
    rows_read INTEGER NOT NULL DEFAULT 0,
    bytes_read INTEGER NOT NULL DEFAULT 0,
    stored INTEGER NOT NULL DEFAULT 0,
    known INTEGER NOT NULL DEFAULT 0,
    passed_over INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    updated_at INTEGER NOT NULL
);
CREATE INDEX imports_tenant_id_id ON imports (tenant_id, id);

-- What is wrong with rows of those files. Never quotes them.
CREATE TABLE import_errors (
    import_id BLOB NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    tenant_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    code TEXT NOT NULL,
    column_name TEXT,
    message TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);

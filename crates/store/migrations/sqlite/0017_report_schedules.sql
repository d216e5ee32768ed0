-- What a person's browser last asked for: what they are written to in.
ALTER TABLE users ADD COLUMN language TEXT;

-- Reports that are sent by themselves. rhythm and filter are as people say them; next_at is where the rhythm comes to in the
-- workspace's zone, and null while it is off.
CREATE TABLE report_schedules (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    name TEXT,
    report TEXT NOT NULL,
    format TEXT NOT NULL,
    filter TEXT NOT NULL,
    rhythm TEXT NOT NULL,
    user_ids TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    next_at INTEGER,
    last_sent_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX report_schedules_tenant_id_id ON report_schedules (tenant_id, id);
CREATE INDEX report_schedules_next_at ON report_schedules (next_at) WHERE next_at IS NOT NULL;

-- What a person's browser last asked for: what they are written to in.
ALTER TABLE users ADD COLUMN language text;

-- Reports that are sent by themselves. rhythm and filter are as people say them; next_at is where the rhythm comes to in the
-- workspace's zone, and null while it is off.
CREATE TABLE report_schedules (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name text,
    report text COLLATE "C" NOT NULL,
    format text NOT NULL,
    filter jsonb NOT NULL,
    rhythm jsonb NOT NULL,
    user_ids jsonb NOT NULL,
    is_on boolean NOT NULL,
    next_at timestamptz,
    last_sent_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX report_schedules_tenant_id_id ON report_schedules (tenant_id, id);
CREATE INDEX report_schedules_next_at ON report_schedules (next_at) WHERE next_at IS NOT NULL;

-- Isolation, as in 0002.
ALTER TABLE report_schedules ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON report_schedules
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

-- When a tenant is open, as people say it; in its time zone. Without a row it is always open.
CREATE TABLE business_hours (
    tenant_id uuid PRIMARY KEY,
    hours jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What a tenant's people want to be told of, and in which ways. Without a name it is known by its kind.
CREATE TABLE notification_rules (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name text,
    kind text COLLATE "C" NOT NULL,
    condition jsonb NOT NULL,
    is_on boolean NOT NULL,
    only_in_hours boolean NOT NULL,
    ways jsonb NOT NULL,
    language text NOT NULL,
    quiet_minutes bigint NOT NULL,
    last_fired_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX notification_rules_tenant_id_id ON notification_rules (tenant_id, id);

-- Where a rule stands with each of its subjects: whether an incident goes on, and when people were last told of one.
CREATE TABLE notification_watches (
    tenant_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    subject text COLLATE "C" NOT NULL,
    is_open boolean NOT NULL,
    fired_at timestamptz,
    PRIMARY KEY (tenant_id, rule_id, subject)
);

-- What people were told: numbers and ids, no contents. once_key names what must not be told of twice.
CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    rule_name text,
    kind text COLLATE "C" NOT NULL,
    finding jsonb NOT NULL,
    is_test boolean NOT NULL,
    is_shown boolean NOT NULL,
    once_key text COLLATE "C",
    created_at timestamptz NOT NULL
);
CREATE INDEX notifications_tenant_id_id ON notifications (tenant_id, id);
CREATE UNIQUE INDEX notifications_tenant_id_rule_id_once_key ON notifications (tenant_id, rule_id, once_key) WHERE once_key IS NOT NULL;

-- How notifications left the house. An e-mail's state is in mails.
CREATE TABLE notification_sends (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    notification_id uuid NOT NULL,
    way text NOT NULL,
    connection_id uuid,
    mail_id uuid,
    language text NOT NULL,
    state text NOT NULL,
    problem text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX notification_sends_tenant_id_notification_id ON notification_sends (tenant_id, notification_id);

-- What a reader (a person, or an app) has read: everything up to a notification, and some after it.
CREATE TABLE notification_marks (
    tenant_id uuid NOT NULL,
    reader_id uuid NOT NULL,
    up_to uuid NOT NULL,
    PRIMARY KEY (tenant_id, reader_id)
);
CREATE TABLE notification_reads (
    tenant_id uuid NOT NULL,
    reader_id uuid NOT NULL,
    notification_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, reader_id, notification_id)
);
CREATE INDEX notification_reads_notification_id ON notification_reads (notification_id);

-- Isolation, as in 0002.
ALTER TABLE business_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON business_hours
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE notification_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON notification_rules
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE notification_watches ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON notification_watches
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON notifications
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE notification_sends ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON notification_sends
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE notification_marks ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON notification_marks
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE notification_reads ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON notification_reads
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

-- When a tenant is open, as people say it; in its time zone. Without a row it is always open.
CREATE TABLE business_hours (
    tenant_id BLOB PRIMARY KEY,
    hours TEXT NOT NULL,
    updated_at INTEGER NOT NULL
);

-- What a tenant's people want to be told of, and in which ways. Without a name it is known by its kind.
CREATE TABLE notification_rules (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    name TEXT,
    kind TEXT NOT NULL,
    condition TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    only_in_hours BOOLEAN NOT NULL,
    ways TEXT NOT NULL,
    language TEXT NOT NULL,
    quiet_minutes INTEGER NOT NULL,
    last_fired_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX notification_rules_tenant_id_id ON notification_rules (tenant_id, id);

-- Where a rule stands with each of its subjects: whether an incident goes on, and when people were last told of one.
CREATE TABLE notification_watches (
    tenant_id BLOB NOT NULL,
    rule_id BLOB NOT NULL,
    subject TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    fired_at INTEGER,
    PRIMARY KEY (tenant_id, rule_id, subject)
);

-- What people were told: numbers and ids, no contents. once_key names what must not be told of twice.
CREATE TABLE notifications (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    rule_id BLOB NOT NULL,
    rule_name TEXT,
    kind TEXT NOT NULL,
    finding TEXT NOT NULL,
    is_test BOOLEAN NOT NULL,
    is_shown BOOLEAN NOT NULL,
    once_key TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX notifications_tenant_id_id ON notifications (tenant_id, id);
CREATE UNIQUE INDEX notifications_tenant_id_rule_id_once_key ON notifications (tenant_id, rule_id, once_key) WHERE once_key IS NOT NULL;

-- How notifications left the house. An e-mail's state is in mails.
CREATE TABLE notification_sends (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    notification_id BLOB NOT NULL,
    way TEXT NOT NULL,
    connection_id BLOB,
    mail_id BLOB,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    problem TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX notification_sends_tenant_id_notification_id ON notification_sends (tenant_id, notification_id);

-- What a reader (a person, or an app) has read: everything up to a notification, and some after it.
CREATE TABLE notification_marks (
    tenant_id BLOB NOT NULL,
    reader_id BLOB NOT NULL,
    up_to BLOB NOT NULL,
    PRIMARY KEY (tenant_id, reader_id)
);
CREATE TABLE notification_reads (
    tenant_id BLOB NOT NULL,
    reader_id BLOB NOT NULL,
    notification_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, reader_id, notification_id)
);
CREATE INDEX notification_reads_notification_id ON notification_reads (notification_id);

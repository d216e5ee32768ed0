-- Call records of telephone systems: what a call went through, how long it rang, waited and was talked on.
ALTER TABLE calls ADD COLUMN ring_seconds bigint;
ALTER TABLE calls ADD COLUMN wait_seconds bigint;
ALTER TABLE calls ADD COLUMN talk_seconds bigint;
ALTER TABLE calls ADD COLUMN start_estimated boolean NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN queue text;
ALTER TABLE calls ADD COLUMN ring_group text;
ALTER TABLE calls ADD COLUMN ivr text;
ALTER TABLE calls ADD COLUMN trunk text;
ALTER TABLE calls ADD COLUMN did text;
ALTER TABLE calls ADD COLUMN account_code text;
ALTER TABLE calls ADD COLUMN country text;

-- What reading an event depends on besides its bytes (the telephone system's zone), as it was when the event came: a rebuild
-- reads it the same way. NULL for providers whose events need nothing.
ALTER TABLE webhook_events ADD COLUMN context text;

-- Whose password is compared when somebody signs in with this name, or sends records with this serial number.
CREATE INDEX connections_webhook_username ON connections ((settings ->> 'webhook_username'));
CREATE INDEX connections_serial ON connections ((settings ->> 'serial'));

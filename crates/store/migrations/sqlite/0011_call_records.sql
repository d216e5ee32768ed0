-- Call records of telephone systems: what a call went through, how long it rang, waited and was talked on.
ALTER TABLE calls ADD COLUMN ring_seconds INTEGER;
ALTER TABLE calls ADD COLUMN wait_seconds INTEGER;
ALTER TABLE calls ADD COLUMN talk_seconds INTEGER;
ALTER TABLE calls ADD COLUMN start_estimated BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN queue TEXT;
ALTER TABLE calls ADD COLUMN ring_group TEXT;
ALTER TABLE calls ADD COLUMN ivr TEXT;
ALTER TABLE calls ADD COLUMN trunk TEXT;
ALTER TABLE calls ADD COLUMN did TEXT;
ALTER TABLE calls ADD COLUMN account_code TEXT;
ALTER TABLE calls ADD COLUMN country TEXT;

-- What reading an event depends on besides its bytes (the telephone system's zone), as it was when the event came: a rebuild
-- reads it the same way. NULL for providers whose events need nothing.
ALTER TABLE webhook_events ADD COLUMN context TEXT;

-- Whose password is compared when somebody signs in with this name, or sends records with this serial number.
CREATE INDEX connections_webhook_username ON connections (json_extract(settings, '$.webhook_username'));
CREATE INDEX connections_serial ON connections (json_extract(settings, '$.serial'));

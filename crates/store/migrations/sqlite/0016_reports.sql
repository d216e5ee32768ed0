-- Sums that reports are built from, kept current by what changes of calls leave behind.

-- What a tenant decided about its reports. Without a row the usual values hold.
CREATE TABLE report_settings (
    tenant_id BLOB PRIMARY KEY,
    settings TEXT NOT NULL,
    updated_at INTEGER NOT NULL
);

-- Hours of UTC, counted from 1970, in which calls changed that are not counted yet, and how often. Whatever changes a call leaves its
-- marks here, in the same transaction: the triggers below see to it, so that no way into the calls can forget to.
CREATE TABLE report_marks (
    tenant_id BLOB NOT NULL,
    hour INTEGER NOT NULL,
    marks INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hour)
) WITHOUT ROWID;

-- By what a tenant's sums are counted (formulas, time zone, settings): when that changes, a new epoch begins. From marking_from on, the
-- hours with calls are still to be marked for it. Changes up to number counted_up_to were counted when there were last no marks.
CREATE TABLE report_states (
    tenant_id BLOB PRIMARY KEY,
    epoch INTEGER NOT NULL,
    counted_up_to INTEGER NOT NULL,
    basis TEXT NOT NULL,
    marking_from INTEGER,
    updated_at INTEGER NOT NULL
);

-- Months of which a day was counted, and whether their sums were added up since.
CREATE TABLE report_months (
    tenant_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    month INTEGER NOT NULL,
    is_current BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, epoch, month)
) WITHOUT ROWID;

-- The sums: of a day (counted from 1970) or a month (from the year 0) in the tenant's time zone, by what calls are told apart by. body is
-- what rules::report writes.
CREATE TABLE report_sums (
    tenant_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    grain TEXT NOT NULL,
    slice TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    label TEXT,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX report_sums_tenant_id_epoch_grain_slice_bucket_key ON report_sums (tenant_id, epoch, grain, slice, bucket, key);
CREATE INDEX report_sums_tenant_id_epoch_grain_slice_key_bucket ON report_sums (tenant_id, epoch, grain, slice, key, bucket);

-- Calls are counted once they are over, so that what rings and goes on leaves no marks.
CREATE TRIGGER report_marks_call_added AFTER INSERT ON calls WHEN new.outcome IS NOT NULL BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (new.tenant_id, new.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;
CREATE TRIGGER report_marks_call_removed AFTER DELETE ON calls WHEN old.outcome IS NOT NULL BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (old.tenant_id, old.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;
CREATE TRIGGER report_marks_call_changed AFTER UPDATE OF
    connection_id, direction, outcome, from_number, to_number, agent_id, agent_name, ended_at, duration_seconds, is_voicemail,
    is_internal, is_transferred, leg_count, occurred_at, created_at, ring_seconds, wait_seconds, talk_seconds, start_estimated, queue,
    ring_group, ivr, trunk, did, country
ON calls WHEN (old.outcome IS NOT NULL OR new.outcome IS NOT NULL) AND (
    old.outcome IS NOT new.outcome OR old.occurred_at <> new.occurred_at OR old.direction IS NOT new.direction
    OR old.connection_id <> new.connection_id OR old.from_number IS NOT new.from_number OR old.to_number IS NOT new.to_number
    OR old.agent_id IS NOT new.agent_id OR old.agent_name IS NOT new.agent_name OR old.ended_at IS NOT new.ended_at
    OR old.duration_seconds IS NOT new.duration_seconds OR old.is_voicemail <> new.is_voicemail OR old.is_internal <> new.is_internal
    OR old.is_transferred <> new.is_transferred OR old.leg_count <> new.leg_count OR old.created_at <> new.created_at
    OR old.ring_seconds IS NOT new.ring_seconds OR old.wait_seconds IS NOT new.wait_seconds OR old.talk_seconds IS NOT new.talk_seconds
    OR old.start_estimated <> new.start_estimated OR old.queue IS NOT new.queue OR old.ring_group IS NOT new.ring_group
    OR old.ivr IS NOT new.ivr OR old.trunk IS NOT new.trunk OR old.did IS NOT new.did OR old.country IS NOT new.country
) BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (new.tenant_id, new.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
    INSERT INTO report_marks (tenant_id, hour, marks) SELECT old.tenant_id, old.occurred_at / 3600000000, 1
    WHERE old.occurred_at / 3600000000 <> new.occurred_at / 3600000000
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;

-- What was said in a call counts on the call's day.
CREATE TRIGGER report_marks_insight_added AFTER INSERT ON call_insights BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (new.tenant_id, new.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;
CREATE TRIGGER report_marks_insight_changed AFTER UPDATE ON call_insights BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (new.tenant_id, new.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;
CREATE TRIGGER report_marks_insight_removed AFTER DELETE ON call_insights BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (old.tenant_id, old.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;
CREATE TRIGGER report_marks_keyword_added AFTER INSERT ON call_keywords BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (new.tenant_id, new.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;
CREATE TRIGGER report_marks_keyword_removed AFTER DELETE ON call_keywords BEGIN
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (old.tenant_id, old.occurred_at / 3600000000, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = marks + 1;
END;

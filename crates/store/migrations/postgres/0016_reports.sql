-- Sums that reports are built from, kept current by what changes of calls leave behind. PostgreSQL 14 or newer.

-- What a tenant decided about its reports. Without a row the usual values hold.
CREATE TABLE report_settings (
    tenant_id uuid PRIMARY KEY,
    settings jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Hours of UTC, counted from 1970, in which calls changed that are not counted yet, and how often. Whatever changes a call leaves its
-- marks here, in the same transaction: the triggers below see to it, so that no way into the calls can forget to.
CREATE TABLE report_marks (
    tenant_id uuid NOT NULL,
    hour bigint NOT NULL,
    marks bigint NOT NULL,
    PRIMARY KEY (tenant_id, hour)
) WITH (fillfactor = 50);

-- By what a tenant's sums are counted (formulas, time zone, settings): when that changes, a new epoch begins. From marking_from on, the
-- hours with calls are still to be marked for it. Changes up to number counted_up_to were counted when there were last no marks.
CREATE TABLE report_states (
    tenant_id uuid PRIMARY KEY,
    epoch bigint NOT NULL,
    counted_up_to bigint NOT NULL,
    basis text NOT NULL,
    marking_from timestamptz,
    updated_at timestamptz NOT NULL
);

-- Months of which a day was counted, and whether their sums were added up since.
CREATE TABLE report_months (
    tenant_id uuid NOT NULL,
    epoch bigint NOT NULL,
    month bigint NOT NULL,
    is_current boolean NOT NULL,
    PRIMARY KEY (tenant_id, epoch, month)
);

-- The sums: of a day (counted from 1970) or a month (from the year 0) in the tenant's time zone, by what calls are told apart by. body is
-- what rules::report writes.
CREATE TABLE report_sums (
    tenant_id uuid NOT NULL,
    epoch bigint NOT NULL,
    grain text COLLATE "C" NOT NULL,
    slice text COLLATE "C" NOT NULL,
    bucket bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    label text,
    body bytea NOT NULL
);
CREATE UNIQUE INDEX report_sums_tenant_id_epoch_grain_slice_bucket_key ON report_sums (tenant_id, epoch, grain, slice, bucket, key);
CREATE INDEX report_sums_tenant_id_epoch_grain_slice_key_bucket ON report_sums (tenant_id, epoch, grain, slice, key, bucket);

CREATE FUNCTION report_mark(tenant uuid, at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO report_marks (tenant_id, hour, marks) VALUES (tenant, floor(extract(epoch FROM at) / 3600)::bigint, 1)
    ON CONFLICT (tenant_id, hour) DO UPDATE SET marks = report_marks.marks + 1
$$;
CREATE FUNCTION report_mark_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM report_mark(new.tenant_id, new.occurred_at);
    RETURN NULL;
END
$$;
CREATE FUNCTION report_mark_old() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM report_mark(old.tenant_id, old.occurred_at);
    RETURN NULL;
END
$$;
CREATE FUNCTION report_mark_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM report_mark(new.tenant_id, new.occurred_at);
    IF date_trunc('hour', old.occurred_at, 'UTC') <> date_trunc('hour', new.occurred_at, 'UTC') THEN
        PERFORM report_mark(old.tenant_id, old.occurred_at);
    END IF;
    RETURN NULL;
END
$$;

-- Calls are counted once they are over, so that what rings and goes on leaves no marks.
CREATE TRIGGER report_marks_call_added AFTER INSERT ON calls FOR EACH ROW WHEN (new.outcome IS NOT NULL)
    EXECUTE FUNCTION report_mark_new();
CREATE TRIGGER report_marks_call_removed AFTER DELETE ON calls FOR EACH ROW WHEN (old.outcome IS NOT NULL)
    EXECUTE FUNCTION report_mark_old();
CREATE TRIGGER report_marks_call_changed AFTER UPDATE ON calls FOR EACH ROW WHEN ((old.outcome IS NOT NULL OR new.outcome IS NOT NULL) AND (
    old.outcome, old.occurred_at, old.direction, old.connection_id, old.from_number, old.to_number, old.agent_id, old.agent_name,
    old.ended_at, old.duration_seconds, old.is_voicemail, old.is_internal, old.is_transferred, old.leg_count, old.created_at,
    old.ring_seconds, old.wait_seconds, old.talk_seconds, old.start_estimated, old.queue, old.ring_group, old.ivr, old.trunk, old.did,
    old.country
) IS DISTINCT FROM (
    new.outcome, new.occurred_at, new.direction, new.connection_id, new.from_number, new.to_number, new.agent_id, new.agent_name,
    new.ended_at, new.duration_seconds, new.is_voicemail, new.is_internal, new.is_transferred, new.leg_count, new.created_at,
    new.ring_seconds, new.wait_seconds, new.talk_seconds, new.start_estimated, new.queue, new.ring_group, new.ivr, new.trunk, new.did,
    new.country
)) EXECUTE FUNCTION report_mark_both();

-- What was said in a call counts on the call's day.
CREATE TRIGGER report_marks_insight_added AFTER INSERT ON call_insights FOR EACH ROW EXECUTE FUNCTION report_mark_new();
CREATE TRIGGER report_marks_insight_changed AFTER UPDATE ON call_insights FOR EACH ROW EXECUTE FUNCTION report_mark_new();
CREATE TRIGGER report_marks_insight_removed AFTER DELETE ON call_insights FOR EACH ROW EXECUTE FUNCTION report_mark_old();
CREATE TRIGGER report_marks_keyword_added AFTER INSERT ON call_keywords FOR EACH ROW EXECUTE FUNCTION report_mark_new();
CREATE TRIGGER report_marks_keyword_removed AFTER DELETE ON call_keywords FOR EACH ROW EXECUTE FUNCTION report_mark_old();

-- Isolation, as in 0002.
ALTER TABLE report_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON report_settings
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE report_marks ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON report_marks
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE report_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON report_states
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE report_months ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON report_months
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE report_sums ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON report_sums
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

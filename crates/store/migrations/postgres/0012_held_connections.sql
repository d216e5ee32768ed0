-- Since when nothing is asked of the provider by ourselves, because it refused a sign-in and would block us after a few more: until a
-- person changes or checks the connection.
ALTER TABLE connections ADD COLUMN held_since timestamptz;

-- What became of the last backfill of a connection.
CREATE INDEX work_tenant_id_lane_backfill_id ON work (tenant_id, lane, id) WHERE kind = 'backfill';

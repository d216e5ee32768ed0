-- What claiming asks, answered from an index: which tenants have work waiting, what is next in a lane, and whether a failed
-- job holds the lane up.

CREATE INDEX work_is_bulk_tenant_id_run_at ON work (is_bulk, tenant_id, run_at) WHERE state = 'ready';
CREATE INDEX work_tenant_id_lane_id ON work (tenant_id, lane, id) WHERE state = 'ready';
CREATE INDEX work_tenant_id_lane ON work (tenant_id, lane) WHERE state = 'ready' AND attempts > 0;

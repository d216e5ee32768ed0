-- Events that failed and wait for another attempt or for a person, in the order of the log. The index of all work about events also
-- holds every replay that went well.
CREATE INDEX work_tenant_id_unfinished_event_id ON work (tenant_id, event_id) WHERE event_id IS NOT NULL AND state <> 'done';

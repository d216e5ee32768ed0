-- Isolation a second time, below the code: the application works as switchboard_app (SET LOCAL ROLE in every transaction), and
-- that role sees the rows of one tenant, named for the transaction, or all rows under the platform's own explicit scope.
-- The role and its grants are made at each start (store::migrate), where it is known whether that is allowed.
-- The owner of the tables is not bound by it, so that psql, pg_dump and the guides' queries see everything.

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON tenants
    USING (current_setting('switchboard.platform', true) = 'on' OR id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE tenant_counters ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON tenant_counters
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE apps ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON apps
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON api_keys
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE api_key_audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON api_key_audit_log
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE connections ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON connections
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE connection_credentials ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON connection_credentials
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE webhook_secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON webhook_secrets
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE registered_webhooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON registered_webhooks
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE oauth_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON oauth_states
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE dialpad_user_mappings ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON dialpad_user_mappings
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE rejected_deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON rejected_deliveries
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE work ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON work
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE lanes ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON lanes
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON changes
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON calls
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE call_legs ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_legs
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE call_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_links
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE call_aliases ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_aliases
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON messages
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE voicemails ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON voicemails
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE recordings ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON recordings
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE transcripts ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON transcripts
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON contacts
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON idempotency_keys
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE webhook_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON webhook_events
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

-- Whether a connection may act with what the installation has of its own at its provider: DIALPAD_API_KEY and
-- DIALPAD_WEBHOOK_SECRET. Only who runs the installation can say so, for their own account is lent. Of what exists it holds for the
-- connections that they made; what a workspace made itself needs credentials of its own, or
-- `switchboard connections lend`.
ALTER TABLE connections ADD COLUMN uses_installation_key BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE connections SET uses_installation_key = TRUE WHERE provider = 'dialpad' AND EXISTS (
    SELECT 1 FROM audit_log WHERE audit_log.tenant_id = connections.tenant_id
    AND (
        audit_log.actor_kind = 'operator'
        -- As themselves, and not in somebody else's name.
        OR (audit_log.actor_kind = 'user' AND audit_log.on_behalf_of IS NULL AND audit_log.actor_id IN (
            SELECT 'usr_' || lower(hex(users.id)) FROM users WHERE users.is_platform_admin
        ))
    )
    AND (
        (audit_log.action = 'connection.created' AND audit_log.target_id = 'con_' || lower(hex(connections.id)))
        -- The one that came with its app, not those that were added to it.
        OR (audit_log.action = 'app.created' AND audit_log.target_id = 'app_' || lower(hex(connections.app_id))
            AND connections.created_at = (SELECT apps.created_at FROM apps WHERE apps.id = connections.app_id))
    )
);

-- SHA-256 of a cookie of the browser that began a sign-in: only that browser may finish it.
ALTER TABLE oauth_states ADD COLUMN binding_hash BLOB;

-- What records are found by: their words, as domain::words makes them, without the texts. A row is written with its record and goes with it.
-- words begins with the tenant and kind that the row is for.
CREATE TABLE search_words (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    call_id uuid,
    words text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX search_words_words ON search_words USING gin (array_to_tsvector(string_to_array(words, ' ')));

-- @@ is not leakproof: under a policy it would be asked of each row of the tenant, and never of the index. So it is asked
-- here, in the owner's name, of one tenant all the same: the one that the transaction is for.
CREATE FUNCTION search_found(wanted text, most bigint) RETURNS TABLE (found uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
        SELECT coalesce(call_id, id) FROM search_words
        WHERE array_to_tsvector(string_to_array(words, ' ')) @@ wanted::tsquery
            AND tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid
        ORDER BY occurred_at DESC LIMIT most
    $$;

-- Voicemails that nobody listened to, which are few.
CREATE INDEX voicemails_tenant_id_unheard_occurred_at_id ON voicemails (tenant_id, occurred_at, id) WHERE NOT is_heard AND NOT is_removed;

-- In which hours a connection was heard of, and when last in each: what silence is measured against.
CREATE TABLE connection_hours (
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, connection_id, hour)
);

-- Lists that people keep: a noun and what it is narrowed by.
CREATE TABLE saved_views (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    noun text NOT NULL,
    name text NOT NULL,
    filters jsonb NOT NULL,
    is_shared boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX saved_views_tenant_id_noun_id ON saved_views (tenant_id, noun, id);

ALTER TABLE search_words ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON search_words
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE connection_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON connection_hours
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON saved_views
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

-- What is read off a call's words by rules: estimates, counts and places of lines, never words. Not made from the log alone
-- (lists and flags are settings), so no part of a rebuild: computed again from the transcripts at any time.
CREATE TABLE call_insights (
    call_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    transcript_id uuid NOT NULL,
    language text COLLATE "C",
    sentiment text COLLATE "C" NOT NULL,
    customer_sentiment bigint,
    agent_sentiment bigint,
    agent_talk_percent bigint,
    silence_seconds bigint,
    interruptions bigint,
    agent_wpm bigint,
    customer_wpm bigint,
    turns jsonb NOT NULL,
    score bigint,
    version bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX call_insights_tenant_id_occurred_at ON call_insights (tenant_id, occurred_at);
CREATE INDEX call_insights_tenant_id_transcript_id ON call_insights (tenant_id, transcript_id);

-- Words and phrases that are listened for.
CREATE TABLE keyword_lists (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    speaker text COLLATE "C",
    is_on boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX keyword_lists_tenant_id_id ON keyword_lists (tenant_id, id);
CREATE TABLE keywords (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    list_id uuid NOT NULL,
    phrase text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX keywords_tenant_id_list_id ON keywords (tenant_id, list_id);

-- Where they were said.
CREATE TABLE call_keywords (
    call_id uuid NOT NULL,
    keyword_id uuid NOT NULL,
    speaker text COLLATE "C" NOT NULL,
    tenant_id uuid NOT NULL,
    hits bigint NOT NULL,
    first_turn bigint NOT NULL,
    first_at timestamptz,
    turns jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (call_id, keyword_id, speaker)
);
CREATE INDEX call_keywords_tenant_id_occurred_at ON call_keywords (tenant_id, occurred_at);
CREATE INDEX call_keywords_tenant_id_keyword_id ON call_keywords (tenant_id, keyword_id);

-- Questions that calls are judged by.
CREATE TABLE scorecards (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    items jsonb NOT NULL,
    is_on boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX scorecards_tenant_id_id ON scorecards (tenant_id, id);

-- What a chat server made of a call; from the log, like every record.
CREATE TABLE call_analyses (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    provider text NOT NULL,
    call_id uuid NOT NULL,
    leg_id uuid NOT NULL,
    leg_external_id text NOT NULL,
    score bigint,
    model text NOT NULL,
    answer jsonb NOT NULL,
    answered_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    doc jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX call_analyses_tenant_id_call_id ON call_analyses (tenant_id, call_id);

-- What asking a chat server cost, month by month (`2026-11`, UTC).
CREATE TABLE chat_usage (
    tenant_id uuid NOT NULL,
    month text COLLATE "C" NOT NULL,
    requests bigint NOT NULL,
    tokens bigint NOT NULL,
    PRIMARY KEY (tenant_id, month)
);

-- Whether calls are sent to a chat server by themselves, and how much that may cost in a month.
CREATE TABLE chat_settings (
    tenant_id uuid PRIMARY KEY,
    is_on boolean NOT NULL,
    monthly_tokens bigint,
    updated_at timestamptz NOT NULL
);

-- Isolation, as in 0002.
ALTER TABLE call_insights ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_insights
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE keyword_lists ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON keyword_lists
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE keywords ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON keywords
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE call_keywords ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_keywords
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE scorecards ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON scorecards
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE call_analyses ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON call_analyses
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE chat_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON chat_usage
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);
ALTER TABLE chat_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_isolation ON chat_settings
    USING (current_setting('switchboard.platform', true) = 'on' OR tenant_id = nullif(current_setting('switchboard.tenant', true), '')::uuid);

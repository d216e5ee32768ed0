-- What is read off a call's words by rules: estimates, counts and places of lines, never words. Not made from the log alone
-- (lists and flags are settings), so no part of a rebuild: computed again from the transcripts at any time.
CREATE TABLE call_insights (
    call_id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    transcript_id BLOB NOT NULL,
    language TEXT,
    sentiment TEXT NOT NULL,
    customer_sentiment INTEGER,
    agent_sentiment INTEGER,
    agent_talk_percent INTEGER,
    silence_seconds INTEGER,
    interruptions INTEGER,
    agent_wpm INTEGER,
    customer_wpm INTEGER,
    turns TEXT NOT NULL,
    score INTEGER,
    version INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX call_insights_tenant_id_occurred_at ON call_insights (tenant_id, occurred_at);
CREATE INDEX call_insights_tenant_id_transcript_id ON call_insights (tenant_id, transcript_id);

-- Words and phrases that are listened for.
CREATE TABLE keyword_lists (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    name TEXT NOT NULL,
    speaker TEXT,
    is_on BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX keyword_lists_tenant_id_id ON keyword_lists (tenant_id, id);
CREATE TABLE keywords (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    list_id BLOB NOT NULL,
    phrase TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX keywords_tenant_id_list_id ON keywords (tenant_id, list_id);

-- Where they were said.
CREATE TABLE call_keywords (
    call_id BLOB NOT NULL,
    keyword_id BLOB NOT NULL,
    speaker TEXT NOT NULL,
    tenant_id BLOB NOT NULL,
    hits INTEGER NOT NULL,
    first_turn INTEGER NOT NULL,
    first_at INTEGER,
    turns TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    PRIMARY KEY (call_id, keyword_id, speaker)
);
CREATE INDEX call_keywords_tenant_id_occurred_at ON call_keywords (tenant_id, occurred_at);
CREATE INDEX call_keywords_tenant_id_keyword_id ON call_keywords (tenant_id, keyword_id);

-- Questions that calls are judged by.
CREATE TABLE scorecards (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    name TEXT NOT NULL,
    items TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX scorecards_tenant_id_id ON scorecards (tenant_id, id);

-- What a chat server made of a call; from the log, like every record.
CREATE TABLE call_analyses (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    call_id BLOB NOT NULL,
    leg_id BLOB NOT NULL,
    leg_external_id TEXT NOT NULL,
    score INTEGER,
    model TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX call_analyses_tenant_id_call_id ON call_analyses (tenant_id, call_id);

-- What asking a chat server cost, month by month (`2026-11`, UTC).
CREATE TABLE chat_usage (
    tenant_id BLOB NOT NULL,
    month TEXT NOT NULL,
    requests INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, month)
);

-- Whether calls are sent to a chat server by themselves, and how much that may cost in a month.
CREATE TABLE chat_settings (
    tenant_id BLOB PRIMARY KEY,
    is_on BOOLEAN NOT NULL,
    monthly_tokens INTEGER,
    updated_at INTEGER NOT NULL
);

-- What records are found by: their words, as domain::words makes them, without the texts. A row is written with its record and goes with it.
-- position is the row of the index; words begins with the tenant and kind that the row is for.
CREATE TABLE search_words (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    call_id BLOB,
    words TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX search_words_tenant_id_id ON search_words (tenant_id, id);

-- The index over it. It keeps no texts of its own, and forgets for good what is taken out.
CREATE VIRTUAL TABLE search_index USING fts5 (
    words, content = 'search_words', content_rowid = 'position', detail = none, columnsize = 0, tokenize = "ascii tokenchars '_'"
);
INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER search_words_added AFTER INSERT ON search_words BEGIN
    INSERT INTO search_index (rowid, words) VALUES (new.position, new.words);
END;
CREATE TRIGGER search_words_removed AFTER DELETE ON search_words BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.position, old.words);
END;
CREATE TRIGGER search_words_changed AFTER UPDATE OF words ON search_words BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.position, old.words);
    INSERT INTO search_index (rowid, words) VALUES (new.position, new.words);
END;

-- Voicemails that nobody listened to, which are few.
CREATE INDEX voicemails_tenant_id_unheard_occurred_at_id ON voicemails (tenant_id, occurred_at, id) WHERE NOT is_heard AND NOT is_removed;

-- In which hours a connection was heard of, and when last in each: what silence is measured against.
CREATE TABLE connection_hours (
    tenant_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    hour INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, connection_id, hour)
) WITHOUT ROWID;

-- Lists that people keep: a noun and what it is narrowed by.
CREATE TABLE saved_views (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    noun TEXT NOT NULL,
    name TEXT NOT NULL,
    filters TEXT NOT NULL,
    is_shared BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX saved_views_tenant_id_noun_id ON saved_views (tenant_id, noun, id);

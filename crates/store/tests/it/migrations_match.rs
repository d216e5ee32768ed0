//! The two migration folders make the same schema, as far as the engines' types allow.

use std::{collections::BTreeSet, path::Path};

use switchboard_store::Engine;
use switchboard_testkit::TestDb;

fn steps(engine: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_folders_have_the_same_steps() {
    assert_eq!(steps("sqlite"), steps("postgres"));
}

/// `table.column` of every table and view that we made, partitions left out.
async fn columns(engine: Engine) -> BTreeSet<String> {
    let t = TestDb::new(engine).await;
    let query = match engine {
        Engine::Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'"
        }
        Engine::Postgres => {
            "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition \
             AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_sqlx_migrations'"
        }
    };
    let columns = t.query_texts(query).await.into_iter().collect();
    t.remove().await;
    columns
}

/// What only one engine needs, with the reason.
const ONLY_SQLITE: [&str; 9] = [
    // FTS5 is tables over tables; on PostgreSQL the same is an index.
    "search_index.words",
    "search_index_config.k",
    "search_index_config.v",
    "search_index_data.block",
    "search_index_data.id",
    "search_index_idx.pgno",
    "search_index_idx.segid",
    "search_index_idx.term",
    // What FTS5 calls a row.
    "search_words.position",
];
const ONLY_POSTGRES: [&str; 0] = [];

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (columns(Engine::Sqlite).await, columns(Engine::Postgres).await);
    assert!(sqlite.len() > 150, "the schema was not read: {sqlite:?}");
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!(only(&sqlite, &postgres), ONLY_SQLITE);
    assert_eq!(only(&postgres, &sqlite), ONLY_POSTGRES);
}

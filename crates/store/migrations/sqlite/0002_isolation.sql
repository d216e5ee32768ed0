-- PostgreSQL has row-level security here. SQLite has no roles: isolation is in the types (store::scope) alone.
SELECT 1;

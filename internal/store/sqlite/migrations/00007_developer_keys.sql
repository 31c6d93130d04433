-- +goose Up
-- Keys with which developers look up calls. hash is the SHA-256 of a key's text, from which that cannot be had; used_at and revoked_at are 0 for never.
CREATE TABLE developer_keys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    name       TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX developer_keys_good ON developer_keys (account_id, name) WHERE revoked_at = 0;

-- +goose Up
-- The sessions of browsers. hash is the SHA-256 of what is in the cookie, from which that cannot be had; account is 0 before somebody has signed in.
CREATE TABLE sessions (
    hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    account INTEGER NOT NULL,
    data    BLOB    NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account, ends_at);
CREATE INDEX sessions_ends ON sessions (ends_at);

-- With it cookies are marked by which a browser is known that has signed in before.
CREATE TABLE browser_key (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    key BLOB    NOT NULL CHECK (length(key) = 32)
) STRICT;

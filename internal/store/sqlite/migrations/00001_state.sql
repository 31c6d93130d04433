-- Times are unix seconds in UTC, but for counters. Whatever a running instance must learn of carries the number of its
-- last change, counted in sequence.

-- +goose Up
CREATE TABLE sequence (
    last INTEGER NOT NULL
) STRICT;
INSERT INTO sequence (last) VALUES (0);

-- Names of scopes, products, routes and limits → numbers that are never given twice.
CREATE TABLE numbers (
    kind   TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (kind, name),
    UNIQUE (kind, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE apps (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    client_id  TEXT    NOT NULL UNIQUE,
    disabled   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    subject    TEXT    NOT NULL UNIQUE,
    restricted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    change     INTEGER NOT NULL
) STRICT;
CREATE INDEX members_change ON members (change);

-- A grant is one generation of (app, member, scope set). Its id is random: a store put back from a backup gives no id
-- again that a token in the world already names.
CREATE TABLE grants (
    id         INTEGER PRIMARY KEY,
    app_id     INTEGER NOT NULL REFERENCES apps (id),
    member_id  INTEGER REFERENCES members (id),
    scopes     BLOB    NOT NULL,
    scope_text TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    revoked    TEXT    NOT NULL DEFAULT '' CHECK (revoked IN ('', 'by member', 'scope changed')),
    change     INTEGER NOT NULL
) STRICT;
-- A member has one live grant per app; an app on its own one per scope set.
CREATE UNIQUE INDEX grants_member ON grants (app_id, member_id) WHERE revoked = '' AND member_id IS NOT NULL;
CREATE UNIQUE INDEX grants_app ON grants (app_id, scopes) WHERE revoked = '' AND member_id IS NULL;
CREATE INDEX grants_of_member ON grants (member_id);
CREATE INDEX grants_end ON grants (ends_at);
CREATE INDEX grants_change ON grants (change);

-- Tokens taken back one by one, kept until they end.
CREATE TABLE revoked_tokens (
    id      BLOB    PRIMARY KEY,
    ends_at INTEGER NOT NULL,
    change  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_tokens_end ON revoked_tokens (ends_at);
CREATE INDEX revoked_tokens_change ON revoked_tokens (change);

-- ends is in unix nanoseconds.
CREATE TABLE counters (
    resource TEXT    NOT NULL,
    key      INTEGER NOT NULL,
    window   INTEGER NOT NULL,
    burst    INTEGER NOT NULL,
    app_id   INTEGER NOT NULL,
    member   INTEGER NOT NULL,
    used     INTEGER NOT NULL,
    ends     INTEGER NOT NULL,
    PRIMARY KEY (resource, key, window, burst, app_id, member)
) STRICT, WITHOUT ROWID;

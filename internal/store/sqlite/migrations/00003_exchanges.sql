-- +goose Up
-- A grant dies also where its app gives it back, or of a refresh token that was used twice, and has an end of its last refresh token: 0 where it has none; ends_at is never before it. used_at
-- is when one of its tokens was used last, 0 for never; it is written behind the calls.
-- The check on the reason cannot be altered in place, so the table is made anew. No other table refers to it yet.
CREATE TABLE grants_new (
    id              INTEGER PRIMARY KEY,
    app_id          INTEGER NOT NULL REFERENCES apps (id),
    member_id       INTEGER REFERENCES members (id),
    scopes          BLOB    NOT NULL,
    scope_text      TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    ends_at         INTEGER NOT NULL,
    refresh_ends_at INTEGER NOT NULL DEFAULT 0,
    used_at         INTEGER NOT NULL DEFAULT 0,
    revoked         TEXT    NOT NULL DEFAULT '' CHECK (revoked IN ('', 'by member', 'scope changed', 'by app', 'by operator', 'refresh reused')),
    change          INTEGER NOT NULL
) STRICT;
INSERT INTO grants_new (id, app_id, member_id, scopes, scope_text, created_at, ends_at, revoked, change)
SELECT id, app_id, member_id, scopes, scope_text, created_at, ends_at, revoked, change FROM grants;
DROP TABLE grants;
ALTER TABLE grants_new RENAME TO grants;
CREATE UNIQUE INDEX grants_member ON grants (app_id, member_id) WHERE revoked = '' AND member_id IS NOT NULL;
CREATE UNIQUE INDEX grants_app ON grants (app_id, scopes) WHERE revoked = '' AND member_id IS NULL;
CREATE INDEX grants_of_member ON grants (member_id);
CREATE INDEX grants_end ON grants (ends_at);
CREATE INDEX grants_change ON grants (change);

-- In whose words the authorization server speaks to a created app; '' as to all.
ALTER TABLE apps ADD COLUMN profile TEXT NOT NULL DEFAULT '';

-- Authorization codes: n is their order, id what the code names. dead is why one that was never used is good no more. They are kept a day beyond their end.
CREATE TABLE codes (
    n                INTEGER PRIMARY KEY AUTOINCREMENT,
    id               INTEGER NOT NULL UNIQUE,
    app_id           INTEGER NOT NULL REFERENCES apps (id),
    member_id        INTEGER NOT NULL REFERENCES members (id),
    scopes           BLOB    NOT NULL,
    scope_text       TEXT    NOT NULL,
    redirect_uri     TEXT    NOT NULL,
    challenge        TEXT    NOT NULL,
    nonce            TEXT    NOT NULL,
    authenticated_at INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    ends_at          INTEGER NOT NULL,
    used_at          INTEGER NOT NULL DEFAULT 0,
    failures         INTEGER NOT NULL DEFAULT 0,
    dead             TEXT    NOT NULL DEFAULT '',
    line_id          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX codes_of_member ON codes (member_id, app_id);
CREATE INDEX codes_end ON codes (ends_at);

-- Access tokens that a code gave, itself and by refreshing while it is kept: what is taken back where the code is used again.
CREATE TABLE code_tokens (
    code_id INTEGER NOT NULL REFERENCES codes (id) ON DELETE CASCADE,
    id      BLOB    NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (code_id, id)
) STRICT, WITHOUT ROWID;

-- Refresh tokens, a line for each code that gave one: the tokens themselves are made from this.
CREATE TABLE lines (
    id          INTEGER PRIMARY KEY,
    grant_id    INTEGER NOT NULL REFERENCES grants (id),
    code_id     INTEGER NOT NULL,
    key_id      INTEGER NOT NULL,
    issued_at   INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    generation  INTEGER NOT NULL DEFAULT 0,
    advanced_at INTEGER NOT NULL DEFAULT 0,
    revoked     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX lines_end ON lines (ends_at);
CREATE INDEX lines_of_grant ON lines (grant_id, issued_at);

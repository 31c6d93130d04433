-- +goose Up
-- Who can sign in. email is spelled as it is compared; roles are words by blanks. password is a PHC string, '' where it signs in at an OpenID provider alone, whose
-- issuer and subject it has then. voided_at is in unix milliseconds: sessions that began until then are over.
CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    email      TEXT    NOT NULL UNIQUE,
    member_id  INTEGER UNIQUE REFERENCES members (id),
    roles      TEXT    NOT NULL,
    password   TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    voided_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_subject ON accounts (issuer, subject) WHERE issuer <> '';

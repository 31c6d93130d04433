-- +goose Up
-- What became of the scopes that apps asked for, by the hour (unix seconds of its beginning). scope is a number of kind 'scope', and 256 for all that have none.
CREATE TABLE scope_uses (
    hour    INTEGER NOT NULL,
    app_id  INTEGER NOT NULL,
    scope   INTEGER NOT NULL,
    asked   INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (hour, app_id, scope)
) STRICT, WITHOUT ROWID;

-- +goose Up
-- Apps have an origin, and each origin changes its own alone. Until now all were those of the configuration.
ALTER TABLE apps ADD COLUMN origin TEXT NOT NULL DEFAULT 'configuration' CHECK (origin IN ('configuration', 'created'));
-- What follows is kept of created ones; of the others the configuration says it.
ALTER TABLE apps ADD COLUMN public INTEGER NOT NULL DEFAULT 0;
ALTER TABLE apps ADD COLUMN two_legged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE apps ADD COLUMN refreshes INTEGER NOT NULL DEFAULT 0;

CREATE TABLE app_products (
    app_id INTEGER NOT NULL REFERENCES apps (id),
    value  TEXT    NOT NULL,
    UNIQUE (app_id, value)
) STRICT;

-- E-mail addresses in small letters, so that one person's apps are found from an account.
CREATE TABLE app_owners (
    app_id INTEGER NOT NULL REFERENCES apps (id),
    value  TEXT    NOT NULL,
    UNIQUE (app_id, value)
) STRICT;
CREATE INDEX app_owners_value ON app_owners (value);

CREATE TABLE app_redirect_uris (
    app_id INTEGER NOT NULL REFERENCES apps (id),
    value  TEXT    NOT NULL,
    UNIQUE (app_id, value)
) STRICT;

-- Names of APIs whose tokens an app may look into.
CREATE TABLE app_introspects (
    app_id INTEGER NOT NULL REFERENCES apps (id),
    value  TEXT    NOT NULL,
    UNIQUE (app_id, value)
) STRICT;

-- SHA-256 of each secret, and nothing from which it could be had again. ends_at is 0 for one that does not end.
CREATE TABLE app_secrets (
    app_id     INTEGER NOT NULL REFERENCES apps (id),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    UNIQUE (app_id, hash)
) STRICT;

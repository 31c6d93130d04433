-- +goose Up
-- What is looked for stands in calls, in few bytes, so that many are read in one go; all else in details.
CREATE TABLE calls (
	id      BLOB PRIMARY KEY, -- UUIDv7: sorts by time
	seq     INTEGER NOT NULL, -- of its row in details
	app     TEXT NOT NULL,
	member  TEXT NOT NULL,
	problem TEXT NOT NULL,
	status  INTEGER NOT NULL,
	route   TEXT NOT NULL,
	path    BLOB NOT NULL -- how the target begins
) WITHOUT ROWID;
CREATE INDEX calls_app ON calls (app, id) WHERE app <> '';
CREATE INDEX calls_member ON calls (member, id) WHERE member <> '';
CREATE INDEX calls_problem ON calls (problem, id);
CREATE INDEX calls_status ON calls (status, id);
CREATE INDEX calls_route ON calls (route, id) WHERE route <> '';

CREATE TABLE details (
	seq    INTEGER PRIMARY KEY,
	record BLOB NOT NULL
);

CREATE TABLE counts (
	hour     INTEGER NOT NULL, -- since 1970
	app      TEXT NOT NULL,
	member   TEXT NOT NULL,
	resource TEXT NOT NULL,
	problem  TEXT NOT NULL,
	calls    INTEGER NOT NULL,
	repeated INTEGER NOT NULL,
	PRIMARY KEY (app, hour, resource, problem, member)
) WITHOUT ROWID;
CREATE INDEX counts_hour ON counts (hour);

CREATE TABLE notes (
	kind  TEXT NOT NULL,
	key   BLOB NOT NULL,
	value BLOB NOT NULL,
	PRIMARY KEY (kind, key)
) WITHOUT ROWID;

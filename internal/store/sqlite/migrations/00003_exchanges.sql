-- +goose Up
-- The end of the grant's last refresh token; 0 where it has none. ends_at is never before it.
ALTER TABLE grants ADD COLUMN refresh_ends_at INTEGER NOT NULL DEFAULT 0;

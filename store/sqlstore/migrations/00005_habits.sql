-- +goose Up

-- Which of several commands for one purpose somebody chose, in words of the
-- program's own.
ALTER TABLE vectors ADD COLUMN habits {{text}} NOT NULL DEFAULT '';

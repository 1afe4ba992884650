-- +goose Up

-- due grows with every change of an attacker's sessions, assessed is what it was
-- when conclusions were drawn from them.
ALTER TABLE attackers ADD COLUMN due BIGINT NOT NULL DEFAULT 0;

ALTER TABLE attackers ADD COLUMN assessed BIGINT NOT NULL DEFAULT 0;

CREATE INDEX attackers_due ON attackers (n) WHERE due > assessed;

-- The states of an identity, packed, under its name: that of its only attacker,
-- or the one that attackers.identity holds.
CREATE TABLE standings (
	identity {{text}} NOT NULL PRIMARY KEY,
	data     {{blob}} NOT NULL
);

-- What is told of identities, at a position of the change log.
CREATE TABLE conclusions (
	position {{key}},
	attacker BIGINT NOT NULL,
	ts       BIGINT NOT NULL,
	subject  {{text}} NOT NULL,
	payload  {{blob}} NOT NULL,
	told     BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE INDEX conclusions_attacker ON conclusions (attacker);
CREATE INDEX conclusions_untold ON conclusions (position) WHERE NOT told;

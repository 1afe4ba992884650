-- +goose Up

-- What software a session came with: what the client calls itself, cut, and the
-- fingerprint of its key exchange. Empty where that is not known, NULL of a
-- session that a release stored which kept it in the details alone.
ALTER TABLE sessions ADD COLUMN client {{text}};

ALTER TABLE sessions ADD COLUMN hassh {{text}};

CREATE INDEX sessions_client ON sessions (attacker, start_ts) WHERE client <> '';
CREATE INDEX sessions_hassh ON sessions (attacker, start_ts) WHERE hassh <> '';

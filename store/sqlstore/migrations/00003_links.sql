-- +goose Up

-- How somebody typed in a session, where that is switched on.
CREATE TABLE vectors (
	session  {{key}},
	version  BIGINT NOT NULL,
	keys     BIGINT NOT NULL,
	data     {{blob}} NOT NULL,
	client   {{text}} NOT NULL DEFAULT '', -- what the client calls itself
	hassh    {{text}} NOT NULL DEFAULT '', -- fingerprint of its key exchange
	compared BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE INDEX vectors_fresh ON vectors (session) WHERE NOT compared;

INSERT INTO counters (name, value) VALUES ('vectors_gone', 0), ('links', 0);

-- Two attackers, a below b, who may be one person; the sessions that were
-- compared are those of a and b.
CREATE TABLE links (
	n         {{serial}},
	id        {{text}} NOT NULL UNIQUE,
	a         BIGINT NOT NULL,
	b         BIGINT NOT NULL,
	session_a BIGINT NOT NULL,
	session_b BIGINT NOT NULL,
	state     SMALLINT NOT NULL DEFAULT 0, -- 0 proposed, 1 accepted, 2 rejected
	strength  DOUBLE PRECISION NOT NULL,
	statement {{blob}} NOT NULL,
	proposed  BIGINT NOT NULL,
	decided   BIGINT NOT NULL,
	who       {{text}} NOT NULL DEFAULT '',
	told      BOOLEAN NOT NULL DEFAULT FALSE,
	UNIQUE (a, b)
);

CREATE INDEX links_b ON links (b);
CREATE INDEX links_session_a ON links (session_a);
CREATE INDEX links_session_b ON links (session_b);
CREATE INDEX links_state ON links (state, n);

-- What became of links, and by whom.
CREATE TABLE link_log (
	n     {{serial}},
	link  BIGINT NOT NULL,
	ts    BIGINT NOT NULL,
	who   {{text}} NOT NULL,
	state SMALLINT NOT NULL
);

CREATE INDEX link_log_link ON link_log (link, n);

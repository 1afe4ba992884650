-- +goose Up

-- What is written once: the store's name, and whether it holds the reference's
-- reading.
CREATE TABLE meta (
	name  {{text}} NOT NULL PRIMARY KEY,
	value {{text}} NOT NULL
){{norowid}};

-- Numbers that grow: "changes" is the newest position of the change log,
-- "oldest" the position below which changes are no longer kept.
CREATE TABLE counters (
	name  {{text}} NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
){{norowid}};

INSERT INTO counters (name, value) VALUES ('changes', 0), ('oldest', 0), ('words', 0);

-- The dictionary of primitives: a number stands for a name in rows.
CREATE TABLE primitives (
	n      SMALLINT NOT NULL PRIMARY KEY,
	name   {{text}} NOT NULL UNIQUE,
	source {{text}} NOT NULL
);

-- The dictionary of values that have a bit in f0 to f3: bit b is bit b%62 of
-- column f{b/62}. The empty value of a primitive stands for all of its values
-- that have no bit of their own. sessions and attackers count whom it is set for.
CREATE TABLE facets (
	bit       {{key}},
	primitive SMALLINT NOT NULL,
	value     {{text}} NOT NULL,
	sessions  BIGINT NOT NULL DEFAULT 0,
	attackers BIGINT NOT NULL DEFAULT 0,
	UNIQUE (primitive, value)
);

-- Times are nanoseconds since 1970; the smallest BIGINT stands for a time that
-- is not known. Texts from outside are escaped, see Escape.
CREATE TABLE attackers (
	n          {{serial}},
	uuid       {{text}} NOT NULL UNIQUE,
	address    {{text}} NOT NULL UNIQUE,
	-- The address in a form that sorts by number, see sortKey.
	sort_key   {{text}} NOT NULL,
	identity   {{text}} NOT NULL DEFAULT '',
	first_seen BIGINT NOT NULL,
	last_seen  BIGINT NOT NULL,
	sessions   BIGINT NOT NULL DEFAULT 0,
	decoys     {{text}} NOT NULL DEFAULT '[]',
	f0         BIGINT NOT NULL DEFAULT 0,
	f1         BIGINT NOT NULL DEFAULT 0,
	f2         BIGINT NOT NULL DEFAULT 0,
	f3         BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX attackers_last ON attackers (last_seen, n, f0, f1, f2, f3);
CREATE INDEX attackers_first ON attackers (first_seen, n, last_seen, f0, f1, f2, f3);
CREATE INDEX attackers_sessions ON attackers (sessions, n, last_seen, f0, f1, f2, f3);
CREATE INDEX attackers_address ON attackers (sort_key, n, last_seen, f0, f1, f2, f3);
CREATE INDEX attackers_identity ON attackers (identity) WHERE identity <> '';

-- The latest value of each primitive of an attacker, packed.
CREATE TABLE attacker_latest (
	attacker {{key}},
	data     {{blob}} NOT NULL
);

CREATE TABLE sessions (
	n            {{serial}},
	ref          {{text}} NOT NULL UNIQUE,
	id           {{text}} NOT NULL,
	decoy        {{text}} NOT NULL,
	service      {{text}} NOT NULL,
	attacker     BIGINT,
	address      {{text}} NOT NULL DEFAULT '',
	from_header  BOOLEAN NOT NULL DEFAULT FALSE,
	disputed     BOOLEAN NOT NULL DEFAULT FALSE,
	source       {{text}} NOT NULL,
	format       {{text}} NOT NULL,
	path         {{text}} NOT NULL,
	place        {{blob}},
	start_ts     BIGINT NOT NULL,
	end_ts       BIGINT NOT NULL,
	duration     BIGINT NOT NULL,
	seen_from    BIGINT NOT NULL,
	seen_to      BIGINT NOT NULL,
	doubtful     BOOLEAN NOT NULL,
	closed       {{text}} NOT NULL,
	end_seen     BOOLEAN NOT NULL,
	size         BIGINT NOT NULL,
	state        SMALLINT NOT NULL,
	attempts     BIGINT NOT NULL DEFAULT 0,
	cause        {{text}} NOT NULL DEFAULT '',
	cause_kind   {{text}} NOT NULL DEFAULT '',
	next_try     BIGINT NOT NULL,
	backfill     BOOLEAN NOT NULL,
	found        BIGINT NOT NULL,
	updated      BIGINT NOT NULL,
	commands     BIGINT NOT NULL DEFAULT 0,
	inputs       BIGINT NOT NULL DEFAULT 0,
	events       BIGINT NOT NULL DEFAULT 0,
	bytes_in     BIGINT NOT NULL DEFAULT 0,
	bytes_out    BIGINT NOT NULL DEFAULT 0,
	observations BIGINT NOT NULL DEFAULT 0,
	rules        BIGINT NOT NULL DEFAULT 0,
	revision     {{text}} NOT NULL DEFAULT '',
	engine       {{text}} NOT NULL DEFAULT '',
	clock_unix   BOOLEAN NOT NULL DEFAULT FALSE,
	announced    BOOLEAN NOT NULL DEFAULT FALSE,
	position     BIGINT NOT NULL DEFAULT 0,
	f0           BIGINT NOT NULL DEFAULT 0,
	f1           BIGINT NOT NULL DEFAULT 0,
	f2           BIGINT NOT NULL DEFAULT 0,
	f3           BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_attacker ON sessions (attacker, start_ts, seen_from, seen_to, decoy) WHERE attacker IS NOT NULL;
CREATE INDEX sessions_nobody ON sessions (address) WHERE attacker IS NULL;
CREATE INDEX sessions_decoy ON sessions (decoy, attacker);
-- What a list is sorted by, then all that it is filtered by: any list is one scan
-- of one of these.
CREATE INDEX sessions_start ON sessions (start_ts, n, f0, f1, f2, f3, state, decoy, service, attacker, commands);
CREATE INDEX sessions_duration ON sessions (duration, n, f0, f1, f2, f3, state, decoy, service, attacker, start_ts);
CREATE INDEX sessions_updated ON sessions (updated, n, f0, f1, f2, f3, state, decoy, service, attacker, start_ts);
CREATE INDEX sessions_waiting ON sessions (backfill, end_ts, n, next_try) WHERE state = 0;
CREATE INDEX sessions_cause ON sessions (cause_kind, cause, state, found) WHERE cause_kind <> '';
CREATE INDEX sessions_unannounced ON sessions (position) WHERE position > 0 AND NOT announced;

-- What a list does not need of a session: the recording's own words and the
-- measures of its observations, packed.
CREATE TABLE session_details (
	session {{key}},
	data    {{blob}} NOT NULL
);

CREATE TABLE observation (
	session      BIGINT NOT NULL,
	primitive    SMALLINT NOT NULL,
	attacker     BIGINT,
	value        {{text}} NOT NULL,
	-- Whether the value has no bit, such as a hash.
	hashed       BOOLEAN NOT NULL,
	confidence   DOUBLE PRECISION NOT NULL,
	window_start BIGINT NOT NULL,
	window_end   BIGINT NOT NULL,
	ts           BIGINT NOT NULL,
	rules        INTEGER NOT NULL,
	id           {{blob}} NOT NULL,
	PRIMARY KEY (session, primitive)
){{norowid}};

CREATE INDEX observation_attacker ON observation (attacker, primitive, window_end) WHERE attacker IS NOT NULL;
CREATE INDEX observation_primitive ON observation (primitive, ts);
CREATE INDEX observation_hashed ON observation (primitive, value, ts) WHERE hashed;

-- The change log. A row covers the positions first to position: one for each
-- observation in the order of names, the last for the session itself.
CREATE TABLE changes (
	position {{key}},
	first    BIGINT NOT NULL,
	ts       BIGINT NOT NULL,
	kind     SMALLINT NOT NULL, -- 0 session, 1 forgotten
	session  BIGINT, -- of kind 0
	attacker BIGINT, -- of kind 0, where one is known
	ref      {{text}} NOT NULL DEFAULT '', -- of kind 1
	uuid     {{text}} NOT NULL DEFAULT ''  -- of kind 1
);

CREATE TABLE rejected (
	n       {{serial}},
	ts      BIGINT NOT NULL,
	subject {{text}} NOT NULL,
	reason  {{text}} NOT NULL,
	payload {{blob}} NOT NULL
);

CREATE INDEX rejected_ts ON rejected (ts);

CREATE TABLE cursors (
	name  {{text}} NOT NULL PRIMARY KEY,
	value {{blob}} NOT NULL
);

-- References that must not come back, by their SHA-256.
CREATE TABLE tombstones (
	hash {{blob}} NOT NULL PRIMARY KEY,
	ts   BIGINT NOT NULL
){{norowid}};

CREATE TABLE tokens (
	hash      {{blob}} NOT NULL PRIMARY KEY,
	name      {{text}} NOT NULL UNIQUE,
	role      {{text}} NOT NULL,
	purpose   {{text}} NOT NULL,
	created   BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	last_used BIGINT NOT NULL
);

CREATE TABLE audit (
	n       {{serial}},
	ts      BIGINT NOT NULL,
	who     {{text}} NOT NULL,
	action  {{text}} NOT NULL,
	subject {{text}} NOT NULL
);

-- The public columns of an observation, then ours.
CREATE VIEW observations AS
SELECT {{id_hex}} AS id,
	NULLIF(a.identity, '') AS identity_ref,
	p.name AS primitive,
	o.value AS value,
	o.confidence AS confidence,
	CAST(o.window_start AS DOUBLE PRECISION) / 1e9 AS window_start_ts,
	CAST(o.window_end AS DOUBLE PRECISION) / 1e9 AS window_end_ts,
	p.source AS source,
	s.ref AS evidence_ref,
	1 AS envelope_v,
	CAST(o.ts AS DOUBLE PRECISION) / 1e9 AS ts,
	a.uuid AS attacker_uuid,
	o.rules AS rules,
	s.engine AS engine,
	CASE WHEN s.clock_unix THEN 'unix' ELSE 'session' END AS clock,
	s.revision AS revision
FROM observation o
JOIN sessions s ON s.n = o.session
JOIN primitives p ON p.n = o.primitive
LEFT JOIN attackers a ON a.n = o.attacker;

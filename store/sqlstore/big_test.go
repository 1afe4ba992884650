package sqlstore_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"gait/store"
	"gait/store/sqlstore"
)

// big is a made-up store of many sessions, written past the store's own ways
// in, since those would take hours. It has few sessions in which a value is
// rare, or old, and attackers and decoys with very many sessions.
type big struct {
	sessions, attackers int
	observed            int // rows of observations for each session; all count as having bits
	dice                *rand.Rand
	begin               time.Time
	counts              [62 * 4][2]int64
	last                []lastVisit // by attacker
}

type lastVisit struct {
	session     int64
	ref         string
	first, last int64
	sessions    int64
	bits        [4]int64
	decoys      map[string]bool
}

const (
	bigPrimitives = 38
	bigDecoys     = 200
	bigSpan       = 3 * 365 * 24 * time.Hour
)

func newBig(sessions, observed int) *big {
	return &big{
		sessions: sessions, attackers: max(sessions/10, 1), observed: observed,
		dice: rand.New(rand.NewPCG(3, 7)), begin: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC),
		last: make([]lastVisit, max(sessions/10, 1)),
	}
}

// Each primitive has four bits: one for all other values, and three values of
// which the first is common, the second not rare, the third rare.
func primitiveName(p int) string { return fmt.Sprintf("made.p%02d", p) }
func valueName(v int) string     { return []string{"", "common", "some", "rare"}[v] }

// value draws the value of a primitive in a session. The last one but one is
// rare wherever it is not old; the last is a hash.
func (g *big) value(i, p int) int {
	switch roll := g.dice.IntN(1000); {
	case p == bigPrimitives-1:
		return 0
	case p == bigPrimitives-2 && i < g.sessions/200:
		return 3
	case p == bigPrimitives-2:
		return 1
	case roll < 600:
		return 1
	case roll < 999-p/8:
		return 2
	}
	return 3
}

func bigRef(i int) string {
	return fmt.Sprintf("shard:%s/ssh/sessions-2023-%02d.jsonl#%s", decoyOf(i), i%12+1, bigID(i))
}

func bigID(i int) string {
	return fmt.Sprintf("%08x-0a1b-4c2d-8e3f-%012x", uint32(i)*2654435761, i)
}

// decoyOf gives more sessions to some decoys than to others.
func decoyOf(i int) string {
	u := float64(uint32(i)*2654435761) / math.MaxUint32
	return fmt.Sprintf("decoy-%03d", int(u*u*u*bigDecoys))
}

func bigAddress(n int) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 0x01000000+uint32(n)*4100113)
	if n%20 == 0 {
		return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 12: b[0], 13: b[1], 14: b[2], 15: b[3]}).String()
	}
	return netip.AddrFrom4(b).String()
}

func bigUUID(n int) string {
	return fmt.Sprintf("%08x-1111-4222-8333-%012x", uint32(n)*2246822519, n)
}

// table is rows to be loaded.
type table struct {
	name    string
	columns []string
	rows    int
	row     func(i int) []any
}

const sessionLoad = `n ref id decoy service attacker address source format path place start_ts end_ts duration seen_from seen_to doubtful closed end_seen
	size state cause cause_kind next_try backfill found updated commands observations rules revision engine clock_unix announced position f0 f1 f2 f3`

// tables gives what is to be loaded, in order: sessions before attackers.
func (g *big) tables() []table {
	return []table{
		{"primitives", []string{"n", "name", "source"}, bigPrimitives, func(i int) []any { return []any{i + 1, primitiveName(i), "gait/profile/made"} }},
		{"sessions", strings.Fields(sessionLoad), g.sessions, g.session},
		{"session_details", []string{"session", "data"}, g.sessions, func(i int) []any { return []any{i + 1, []byte{}} }},
		{"changes", []string{"position", "first", "ts", "kind", "session", "attacker"}, g.sessions, func(i int) []any {
			at := int64(i+1) * (bigPrimitives + 1)
			return []any{at, at - bigPrimitives, g.begin.UnixNano(), 0, i + 1, nil}
		}},
		{"observation", strings.Fields("session primitive attacker value hashed confidence window_start window_end ts rules id"), g.sessions * g.observed, g.observation},
		{"attackers", strings.Fields("n uuid address sort_key first_seen last_seen sessions decoys f0 f1 f2 f3"), g.attackers, g.attacker},
		{"attacker_latest", []string{"attacker", "data"}, g.attackers, g.latest},
		{"facets", []string{"bit", "primitive", "value", "sessions", "attackers"}, bigPrimitives * 4, func(i int) []any {
			return []any{i, i/4 + 1, valueName(i % 4), g.counts[i][0], g.counts[i][1]}
		}},
	}
}

func (g *big) attackerOf(i int) int {
	u := float64(uint32(i)*3266489917) / math.MaxUint32
	return min(int(u*u*u*float64(g.attackers)), g.attackers-1)
}

func (g *big) start(i int) int64 {
	return g.begin.Add(time.Duration(float64(bigSpan) / float64(g.sessions) * float64(i))).UnixNano()
}

func (g *big) session(i int) []any {
	var bits [4]int64
	for p := range bigPrimitives {
		bit := p*4 + g.value(i, p)
		bits[bit/62] |= 1 << (bit % 62)
		g.counts[bit][0]++
	}
	attacker, start := g.attackerOf(i), g.start(i)
	duration := int64(g.dice.ExpFloat64() * float64(2*time.Minute))
	state, cause, kind := store.Profiled, "", ""
	switch roll := g.dice.IntN(1000); {
	case roll < 5:
		state, cause, kind = store.Parked, fmt.Sprintf("no file of that day below /srv/%d", roll), "no file"
	case roll < 10:
		state = store.Incomplete
	}
	l := &g.last[attacker]
	if l.sessions == 0 {
		l.first, l.decoys = start, map[string]bool{}
	}
	l.session, l.ref, l.last, l.bits = int64(i+1), bigRef(i), start+duration, bits
	l.sessions++
	if len(l.decoys) < 16 {
		l.decoys[decoyOf(i)] = true
	}
	return []any{i + 1, bigRef(i), bigID(i), decoyOf(i), []string{"ssh", "telnet"}[i%7/6], attacker + 1, bigAddress(attacker), "shards", "shard",
		"/srv/" + decoyOf(i) + "/sessions.jsonl", []byte(`{"path":"/srv"}`), start, start + duration, duration, start, start + duration, false, "end record", true,
		4000, sqlstore.StateNumber(state), cause, kind, int64(math.MinInt64), false, start, start + int64(g.dice.IntN(1e9)), i % 20, g.observed, 38,
		"38/4000/end/" + bigUUID(attacker), "gait", true, true, int64(i+1) * (bigPrimitives + 1), bits[0], bits[1], bits[2], bits[3]}
}

func (g *big) observation(k int) []any {
	i, p := k/g.observed, k%g.observed
	start := g.start(i)
	if p == 0 {
		p = bigPrimitives - 1
		return []any{i + 1, p + 1, g.attackerOf(i) + 1, fmt.Sprintf("%016x", uint64(i)*0x9e3779b97f4a7c15), true, 0.9, start, start, start, 1, id16(k)}
	}
	return []any{i + 1, p, g.attackerOf(i) + 1, valueName(1 + k%2), false, 0.7, start, start, start, 1, id16(k)}
}

func id16(k int) []byte { return binary.BigEndian.AppendUint64(make([]byte, 8), uint64(k)) }

func (g *big) attacker(n int) []any {
	l := &g.last[n]
	list := []string{}
	for d := range l.decoys {
		list = append(list, `"`+d+`"`)
	}
	for bit := range bigPrimitives * 4 {
		if l.bits[bit/62]>>(bit%62)&1 == 1 {
			g.counts[bit][1]++
		}
	}
	return []any{n + 1, bigUUID(n), bigAddress(n), sqlstore.SortKey(bigAddress(n)), l.first, l.last, l.sessions, "[" + strings.Join(list, ",") + "]",
		l.bits[0], l.bits[1], l.bits[2], l.bits[3]}
}

func (g *big) latest(n int) []any {
	l, values := &g.last[n], map[int64]string{}
	for bit := range bigPrimitives * 4 {
		if l.bits[bit/62]>>(bit%62)&1 == 1 {
			values[int64(bit/4+1)] = valueName(bit % 4)
		}
	}
	return []any{n + 1, sqlstore.PackedLatest(l.session, l.ref, l.last, values)}
}

// load fills an empty store. Indexes are made after the rows.
func (g *big) load(b *testing.B, db *sql.DB, indexes string, insert func(*sql.DB, table) error) {
	b.Helper()
	begun := time.Now()
	made := map[string]string{}
	rows, err := db.Query(indexes)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			b.Fatal(err)
		}
		made[name] = text
	}
	run := func(query string) {
		if _, err := db.Exec(query); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
	for name := range made {
		run("DROP INDEX " + name)
	}
	for _, t := range g.tables() {
		if err := insert(db, t); err != nil {
			b.Fatalf("loading %s: %v", t.name, err)
		}
	}
	for _, text := range made {
		run(text)
	}
	run(fmt.Sprintf("UPDATE counters SET value = %d WHERE name = 'changes'", g.sessions*(bigPrimitives+1)))
	b.Logf("%d sessions of %d attackers loaded in %s", g.sessions, g.attackers, time.Since(begun).Round(time.Second))
}

const (
	sqliteIndexes   = `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`
	postgresIndexes = `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_key' AND indexname NOT LIKE '%_pkey'`
)

// insertSQLite inserts the rows of a table in one transaction.
func insertSQLite(db *sql.DB, t table) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	marks := strings.TrimSuffix(strings.Repeat("?,", len(t.columns)), ",")
	s, err := tx.Prepare(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, strings.Join(t.columns, ","), marks))
	if err != nil {
		return err
	}
	for i := range t.rows {
		if _, err := s.Exec(t.row(i)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// insertPostgres copies the rows of a table.
func insertPostgres(db *sql.DB, t table) error {
	c, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Raw(func(raw any) error {
		i := 0
		_, err := raw.(*stdlib.Conn).Conn().CopyFrom(context.Background(), pgx.Identifier{t.name}, t.columns, pgx.CopyFromFunc(func() ([]any, error) {
			if i == t.rows {
				return nil, nil
			}
			i++
			return t.row(i - 1), nil
		}))
		return err
	})
}

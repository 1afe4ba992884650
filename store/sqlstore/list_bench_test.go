//go:build unix

package sqlstore_test

import (
	"cmp"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver, to load rows
	"golang.org/x/sys/unix"

	"gait/store"
	"gait/store/postgres"
	"gait/store/sqlite"
	"gait/store/storetest"
)

// BenchmarkList measures lists, sorts and filters on a store of
// GAIT_BENCH_SESSIONS sessions (20,000 where it is not set) and a tenth of
// that in attackers, with GAIT_BENCH_OBSERVATIONS rows of observations each.
// Every question stands for itself, with its median and 95th percentile:
//
//	GAIT_BENCH_SESSIONS=1000000 go test ./store/sqlstore -run '^$' -bench List -benchtime 20x
//
// With GAIT_BENCH_KEEP set to a folder, the SQLite store is made there and left,
// and nothing is asked of it before the next run.
func BenchmarkList(b *testing.B) {
	g := newBig(fromEnv(b, "GAIT_BENCH_SESSIONS", 20_000), fromEnv(b, "GAIT_BENCH_OBSERVATIONS", 3))
	b.Run("sqlite", func(b *testing.B) {
		kept := os.Getenv("GAIT_BENCH_KEEP")
		path := filepath.Join(cmp.Or(kept, b.TempDir()), "gait.db")
		open := func() (store.Store, error) { return sqlite.Open(b.Context(), path, store.Options{}) }
		if _, err := os.Stat(path); err == nil {
			askAll(b, open, g)
			return
		}
		fill(b, open, func(b *testing.B) {
			db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)")
			if err != nil {
				b.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			defer db.Close()
			g.load(b, db, sqliteIndexes, insertSQLite)
		})
		if kept == "" {
			askAll(b, open, g)
		}
	})
	b.Run("postgres", func(b *testing.B) {
		dsn, schema := storetest.Schema(b)
		open := func() (store.Store, error) {
			return postgres.Open(b.Context(), dsn, store.Options{Schema: schema})
		}
		fill(b, open, func(b *testing.B) {
			config, err := pgx.ParseConfig(dsn)
			if err != nil {
				b.Fatal(err)
			}
			db, err := sql.Open("pgx", config.ConnString()+"&search_path="+schema)
			if err != nil {
				b.Fatal(err)
			}
			db.SetMaxOpenConns(2)
			defer db.Close()
			*g = *newBig(g.sessions, g.observed)
			g.load(b, db, postgresIndexes, insertPostgres)
			if _, err := db.Exec("VACUUM ANALYZE"); err != nil {
				b.Fatal(err)
			}
		})
		askAll(b, open, g)
	})
}

func fromEnv(b *testing.B, name string, or int) int {
	text := os.Getenv(name)
	if text == "" {
		return or
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("%s: %q is no number above 0", name, text)
	}
	return n
}

// fill makes the schema, closes the store, and has its rows loaded.
func fill(b *testing.B, open func() (store.Store, error), load func(*testing.B)) {
	b.Helper()
	s, err := open()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	load(b)
}

func askAll(b *testing.B, open func() (store.Store, error), g *big) {
	s, err := open()
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for _, q := range bigQuestions(g) {
		b.Run(q.name, func(b *testing.B) {
			var times, worked []time.Duration
			for b.Loop() {
				begun, before := time.Now(), cpuTime(b)
				if err := q.ask(b.Context(), s); err != nil {
					b.Fatal(err)
				}
				times, worked = append(times, time.Since(begun)), append(worked, cpuTime(b)-before)
			}
			slices.Sort(times)
			slices.Sort(worked)
			b.ReportMetric(0, "ns/op")
			// Of this process alone, and whatever else the machine does.
			b.ReportMetric(float64(worked[len(worked)/2].Microseconds())/1000, "p50-cpu-ms")
			b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(times[(len(times)*95+99)/100-1].Microseconds())/1000, "p95-ms")
		})
	}
}

// cpuTime is how long this process has worked.
func cpuTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// question is something that a user asks of a store.
type question struct {
	name string
	ask  func(context.Context, store.Store) error
}

func bigQuestions(g *big) (list []question) {
	some := store.Filter{Primitive: primitiveName(3), Value: "some"}
	common := store.Filter{Primitive: primitiveName(1), Value: "common"}
	rare := store.Filter{Primitive: primitiveName(2), Value: "rare"}
	rare2 := store.Filter{Primitive: primitiveName(30), Value: "rare"}
	old := store.Filter{Primitive: primitiveName(bigPrimitives - 2), Value: "rare"}
	hash := store.Filter{Primitive: primitiveName(bigPrimitives - 1), Value: "9e3779b97f4a7c15"}
	hot, cold := bigUUID(0), bigUUID(g.attackers/2)
	filters := []struct {
		name string
		list []store.Filter
	}{
		{"none", nil}, {"common", []store.Filter{common}}, {"three", []store.Filter{common, some, {Primitive: primitiveName(5), Value: "some"}}},
		{"rare", []store.Filter{rare}}, {"two-rare", []store.Filter{rare, rare2}}, {"old", []store.Filter{old}}, {"hash", []store.Filter{hash}},
		{"ten", manyFilters()}, {"never", []store.Filter{old, rare, rare2}},
	}
	for _, f := range filters {
		for _, q := range []store.SessionQuery{{}, {Sort: "duration"}, {Sort: "updated"}, {Up: true}, {Decoy: "decoy-000"}, {Decoy: "decoy-150"},
			{Service: "telnet"}, {States: []store.State{store.Parked}}, {States: []store.State{store.Waiting}}, {Attacker: hot}, {Attacker: cold}, {Attacker: hot, Sort: "duration"},
			{Search: "1."}, {Search: "decoy-1"}, {Search: "9e37"}, {Search: bigAddress(7)}, {Search: "nothing"},
			{Since: g.begin.Add(bigSpan - 24*time.Hour)}, {Until: g.begin.Add(240 * time.Hour), Sort: "duration"}} {
			q.Filters, q.Count = f.list, true
			list = append(list, question{"sessions/" + f.name + "/" + sessionName(q), func(ctx context.Context, s store.Store) error {
				_, err := s.Sessions(ctx, q)
				return err
			}})
		}
		for _, q := range []store.AttackerQuery{{}, {Sort: "first"}, {Sort: "sessions"}, {Sort: "address"}, {Up: true}, {Decoy: "decoy-000"}, {Decoy: "decoy-150"},
			{Search: "1."}, {Search: bigUUID(7)}, {Search: "decoy-000"}, {Search: "nothing"}, {Since: g.begin.Add(bigSpan - 24*time.Hour), Sort: "sessions"}} {
			q.Filters, q.Count = f.list, true
			list = append(list, question{"attackers/" + f.name + "/" + attackerName(q), func(ctx context.Context, s store.Store) error {
				_, err := s.Attackers(ctx, q)
				return err
			}})
		}
	}
	return append(append(list, deepPages()...), otherQuestions(g, hot)...)
}

func manyFilters() (list []store.Filter) {
	for p := range 10 {
		list = append(list, store.Filter{Primitive: primitiveName(p), Value: "some"}, store.Filter{Primitive: primitiveName(p), Value: "rare"})
	}
	return list
}

func sessionName(q store.SessionQuery) string {
	name := "by-" + cmp.Or(q.Sort, "start") + map[bool]string{true: "-up"}[q.Up]
	for key, value := range map[string]string{"decoy": q.Decoy, "service": q.Service, "search": q.Search} {
		if value != "" {
			name += "/" + key + "=" + value
		}
	}
	switch {
	case q.Attacker == bigUUID(0):
		name += "/attacker=hot"
	case q.Attacker != "":
		name += "/attacker=cold"
	case len(q.States) > 0:
		name += "/state=" + string(q.States[0])
	case !q.Since.IsZero():
		name += "/since"
	case !q.Until.IsZero():
		name += "/until"
	}
	return name
}

func attackerName(q store.AttackerQuery) string {
	return sessionName(store.SessionQuery{Sort: cmp.Or(q.Sort, "last"), Up: q.Up, Decoy: q.Decoy, Search: q.Search, Since: q.Since})
}

// deepPages are pages far down their list.
func deepPages() []question {
	var cursor string
	return []question{{"sessions/deep", func(ctx context.Context, s store.Store) error {
		p, err := s.Sessions(ctx, store.SessionQuery{PageQuery: store.PageQuery{Limit: 1000, Cursor: cursor}})
		cursor = p.Next
		return err
	}}}
}

func otherQuestions(g *big, hot string) (list []question) {
	observations := func(name string, q store.ObservationQuery) {
		list = append(list, question{"observations/" + name, func(ctx context.Context, s store.Store) error {
			_, err := s.Observations(ctx, q)
			return err
		}})
	}
	p, hash := primitiveName(1), primitiveName(bigPrimitives-1)
	observations("session", store.ObservationQuery{Ref: bigRef(g.sessions / 2)})
	observations("primitive", store.ObservationQuery{Primitive: p})
	observations("label", store.ObservationQuery{Primitive: p, Value: "common"})
	observations("hash", store.ObservationQuery{Primitive: hash, Value: "9e3779b97f4a7c15"})
	observations("attacker", store.ObservationQuery{Attacker: hot})
	observations("attacker-primitive", store.ObservationQuery{Attacker: hot, Primitive: p})
	observations("attacker-label", store.ObservationQuery{Attacker: hot, Primitive: p, Value: "common"})
	end := g.begin.Add(bigSpan)
	for name, f := range map[string]func(context.Context, store.Store) error{
		"latest/hot": func(ctx context.Context, s store.Store) error { _, err := s.Latest(ctx, hot); return err },
		"values/sessions": func(ctx context.Context, s store.Store) error {
			_, err := s.Values(ctx, store.ValuesQuery{})
			return err
		},
		"values/week": func(ctx context.Context, s store.Store) error {
			_, err := s.Values(ctx, store.ValuesQuery{Since: end.Add(-7 * 24 * time.Hour)})
			return err
		},
		"values/all-since": func(ctx context.Context, s store.Store) error {
			_, err := s.Values(ctx, store.ValuesQuery{Since: g.begin})
			return err
		},
		"values/attackers": func(ctx context.Context, s store.Store) error {
			_, err := s.Values(ctx, store.ValuesQuery{Attackers: true})
			return err
		},
		"counts/week":        countsOf(store.CountsQuery{Since: end.Add(-7 * 24 * time.Hour), Until: end, Step: time.Hour}),
		"counts/three-years": countsOf(store.CountsQuery{Since: g.begin, Until: end, Step: 24 * time.Hour}),
		"counts/attacker":    countsOf(store.CountsQuery{Since: g.begin, Until: end, Step: 24 * time.Hour, Attacker: hot}),
		"causes":             func(ctx context.Context, s store.Store) error { _, err := s.Causes(ctx); return err },
		"stats":              func(ctx context.Context, s store.Store) error { _, err := s.Stats(ctx); return err },
	} {
		list = append(list, question{name, f})
	}
	slices.SortFunc(list, func(a, b question) int { return cmp.Compare(a.name, b.name) })
	return list
}

func countsOf(q store.CountsQuery) func(context.Context, store.Store) error {
	return func(ctx context.Context, s store.Store) error {
		_, err := s.Counts(ctx, q)
		return err
	}
}

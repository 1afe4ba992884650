package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"modernc.org/sqlite"

	"gait/store"
	"gait/store/postgres"
	ours "gait/store/sqlite"
)

// drivers counts the drivers with faults that were registered.
var drivers atomic.Int64

// SQLiteFailures lets operations of SQLite fail, one after the other.
func SQLiteFailures(t *testing.T) {
	failures(t, func(t *testing.T, f *faults) store.Store {
		name := fmt.Sprint("sqlite with faults ", drivers.Add(1))
		sql.Register(name, faultyDriver{new(sqlite.Driver), f})
		return opened(t)(ours.OpenDriver(context.Background(), name, filepath.Join(t.TempDir(), "gait.db"), store.Options{}))
	})
}

// PostgresFailures lets operations of PostgreSQL fail, one after the other. The
// test is skipped where there is none for tests.
func PostgresFailures(t *testing.T) {
	dsn, schema := Schema(t)
	failures(t, func(t *testing.T, f *faults) store.Store {
		wrap := func(c driver.Connector) driver.Connector { return faultyConnector{c, f} }
		return opened(t)(postgres.OpenConnector(context.Background(), dsn, store.Options{Schema: schema}, wrap))
	})
}

// failures does the same work again and again, on sessions of its own each
// time, with a fault at the 1st, 2nd, ... n-th operation until none comes any
// more. After each the store is whole, and the work, done again, comes to what
// it comes to without a fault.
func failures(t *testing.T, open func(*testing.T, *faults) store.Store) {
	lost := io.ErrUnexpectedEOF // what a driver gives when its connection breaks
	for _, mode := range []struct {
		name  string
		err   error
		after bool
		only  func(string) bool
		least int // how many operations there are at least
	}{
		{"fault", errFault, false, nil, 60},
		{"lost connection", lost, false, nil, 60},
		{"fault in a commit", errFault, false, ending, 10},
		{"fault after a commit", errFault, true, ending, 10},
		{"connection lost after a commit", lost, true, ending, 10},
	} {
		t.Run(mode.name, func(t *testing.T) {
			f := &faults{}
			run := &rehearsal{t: t, s: open(t, f)}
			want := run.play(0, f)
			for n, played := 1, 0; ; n += step(n) {
				if played++; played%40 == 0 { // what was played before costs time
					run.s = open(t, f)
				}
				f.arm(n, mode.err, mode.after, mode.only)
				got := run.play(n, f)
				if !f.came() {
					if n < mode.least {
						t.Errorf("only %d operations were counted", n)
					}
					return
				}
				if got != want {
					t.Fatalf("after a fault at operation %d:\n%s\nwithout one:\n%s", n, got, want)
				}
			}
		})
	}
}

// step is how many operations lie between faults: all are tried, or in a short
// test a few.
func step(n int) int {
	if testing.Short() {
		return 1 + n/8
	}
	return 1
}

// rehearsal is work on a store that is played several times.
type rehearsal struct {
	t *testing.T
	s store.Store
}

// play does all of the work for sessions of one number, again where it fails,
// and gives what is in the store of them in the end.
func (r *rehearsal) play(n int, f *faults) string {
	r.t.Helper()
	ctx := context.Background()
	_, before, err := r.s.Positions(ctx)
	if err != nil { // a fault while reading
		_, before, err = r.s.Positions(ctx)
	}
	do(r.t, err)
	for _, act := range acts {
		err := act.do(ctx, r.s, n)
		for tries := 0; err != nil; tries++ {
			if tries > 2 {
				r.t.Fatalf("%s, operation %d: %v", act.name, n, err)
			}
			err = act.do(ctx, r.s, n)
		}
	}
	f.mu.Lock()
	left := f.left
	f.left = 0 // what follows only looks
	f.mu.Unlock()
	whole(r.t, r.s)
	text := r.dump(ctx, n, before)
	f.mu.Lock()
	f.left = left
	f.mu.Unlock()
	return text
}

// The sessions and addresses of the n-th time.
func at(n, k int) int     { return 1000*n + k }
func who(n, k int) string { return fmt.Sprintf("10.%d.%d.%d", n>>8&255, n&255, k) }
func found(n, k, a int) store.Offer {
	o := Found(at(n, k), 0)
	o.Address = who(n, a)
	return o
}

func profile(n, k, a int, revision string) store.Profile {
	p := Sample(at(n, k), a)
	p.Observations, p.Address, p.Revision = slices.Clone(p.Observations[:4]), who(n, a), revision
	return p
}

// acts are the steps of the work. Each may be done again.
var acts = []struct {
	name string
	do   func(ctx context.Context, s store.Store, n int) error
}{
	{"offer", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Offer(ctx, []store.Offer{found(n, 1, 1), found(n, 2, 1), found(n, 3, 2)}, []store.Cursor{{Name: fmt.Sprint("at ", n), Value: []byte("1")}})
		return err
	}},
	{"begin", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Begin(ctx, []string{Ref(at(n, 1)), Ref(at(n, 2))})
		return err
	}},
	{"save", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Save(ctx, []store.Profile{profile(n, 1, 1, "41/1/open"), profile(n, 2, 1, "41/1/end"), profile(n, 4, 3, "41/1/end")})
		return err
	}},
	{"announce", func(ctx context.Context, s store.Store, n int) error {
		r, err := s.Session(ctx, Ref(at(n, 1)))
		if err != nil {
			return err
		}
		return s.Announced(ctx, []store.Revision{{Ref: r.Ref, Revision: r.Revision}})
	}},
	{"offer of another address", func(ctx context.Context, s store.Store, n int) error {
		o := found(n, 2, 2)
		o.Header = false
		_, err := s.Offer(ctx, []store.Offer{o}, nil)
		return err
	}},
	{"save what moved", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Save(ctx, []store.Profile{profile(n, 2, 1, "41/1/end"), profile(n, 1, 1, "41/2/end")})
		return err
	}},
	{"settle", func(ctx context.Context, s store.Store, n int) error {
		return s.Settle(ctx, []store.Settlement{{Ref: Ref(at(n, 3)), State: store.Parked, Cause: "x", CauseKind: fmt.Sprint("kind ", n)}})
	}},
	{"release", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Release(ctx, store.Release{CauseKind: fmt.Sprint("kind ", n)})
		return err
	}},
	{"reject", func(ctx context.Context, s store.Store, n int) error {
		return s.Reject(ctx, store.Rejected{Time: Start.Add(time.Duration(n)), Subject: fmt.Sprint("event ", n), Reason: "y", Payload: []byte("z")})
	}},
	{"resolve", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Resolve(ctx, who(n, 9))
		return err
	}},
	{"forget", func(ctx context.Context, s store.Store, n int) error {
		_, err := s.Forget(ctx, store.Subject{Session: Ref(at(n, 4))}, false)
		if errors.Is(err, store.ErrNotFound) {
			return nil // the call before did it
		}
		return err
	}},
	{"waiting", func(ctx context.Context, s store.Store, _ int) error {
		_, err := s.Waiting(ctx, store.WaitingQuery{Now: time.Now()})
		return err
	}},
}

// dump tells what is stored of the sessions of a number, without what differs
// each time: random names, times, and positions from the start.
func (r *rehearsal) dump(ctx context.Context, n int, before int64) string {
	r.t.Helper()
	var b bytes.Buffer
	owners := map[string]string{}
	for k := range 10 {
		address := who(n, k)
		page := must(r.s.Attackers(ctx, store.AttackerQuery{Search: address}))(r.t)
		for _, a := range page.Items {
			if a.Address == address {
				owners[a.UUID] = fmt.Sprint("attacker ", k)
				fmt.Fprintf(&b, "attacker %d: %d sessions, %d values\n", k, a.Sessions, len(a.Latest))
			}
		}
	}
	clean := func(text string) string {
		for uuid, name := range owners {
			text = strings.ReplaceAll(text, uuid, name)
		}
		return text
	}
	for k := range 6 {
		one, err := r.s.Session(ctx, Ref(at(n, k)))
		if err != nil {
			continue
		}
		// Attempts raised by a call whose outcome was not known stay raised.
		fmt.Fprintf(&b, "session %d: %s %s disputed %t cause %q revision %s announced %t\n", k, one.State,
			clean(one.Attacker), one.Disputed, one.CauseKind, clean(one.Revision), one.Announced)
		for _, o := range observations(r.t, r.s, one.Ref) {
			fmt.Fprintf(&b, "  %s %s\n", o.Primitive, clean(o.Revision))
		}
	}
	told := ""
	for _, c := range must(r.s.Changes(ctx, before, 0))(r.t) {
		if c.Kind == "forgotten" && c.Ref == told {
			continue // an erasure may be told of twice
		}
		told = c.Ref
		c.Time, c.First, c.Last = time.Time{}, c.First-before, c.Last-before
		for k := range 6 {
			c.Ref = strings.ReplaceAll(c.Ref, Ref(at(n, k)), fmt.Sprint("session ", k))
		}
		text, _ := json.Marshal(c)
		fmt.Fprintln(&b, clean(string(text)))
	}
	for _, c := range must(r.s.Cursors(ctx, fmt.Sprint("at ", n)))(r.t) {
		if c.Name == fmt.Sprint("at ", n) {
			fmt.Fprintf(&b, "position %s\n", c.Value)
		}
	}
	rejected := 0
	for _, e := range must(r.s.Rejections(ctx, store.PageQuery{Limit: 1000}))(r.t).Items {
		if e.Subject == fmt.Sprint("event ", n) {
			rejected++
		}
	}
	fmt.Fprintln(&b, "rejected", rejected)
	return b.String()
}

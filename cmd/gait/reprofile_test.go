package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"gait/store"
)

// markedStore has sessions that were marked; at each question some more of them
// are what they become.
type markedStore struct {
	store.Store
	n       int
	becomes func(i int) store.Known // what the i-th session becomes
	each    int                     // how many more are done at each question
	done    int
	asked   int
	fails   map[int]error // questions that are not answered
	values  int64
}

func (*markedStore) Compat() bool { return false }

func (m *markedStore) Stats(context.Context) (store.Stats, error) {
	return store.Stats{RenewedValues: 100 + m.values}, nil
}

func (m *markedStore) Outdated(_ context.Context, q store.OutdatedQuery) (int, error) {
	for i := range m.n {
		if err := q.Marked([]string{fmt.Sprint(i)}); err != nil {
			return i, err
		}
	}
	m.values = 7
	return m.n, nil
}

func (m *markedStore) Known(_ context.Context, refs []string) (map[string]store.Known, error) {
	m.asked++
	if err := m.fails[m.asked]; err != nil {
		return nil, err
	}
	m.done += m.each
	known := map[string]store.Known{}
	for _, ref := range refs {
		var i int
		fmt.Sscan(ref, &i)
		k := store.Known{State: store.Waiting}
		if i < m.done {
			k = m.becomes(i)
		}
		if k.State != "" || k.Tombstone {
			known[ref] = k
		}
	}
	return known, nil
}

// awaited gives what the command says of a store.
func awaited(t *testing.T, ctx context.Context, m *markedStore) (string, error) {
	t.Helper()
	c, out, _ := testConsole()
	r := &reprofileCmd{Wait: true}
	r.Data = t.TempDir()
	err := r.wait(ctx, c, m, store.OutdatedQuery{Rules: ourRules(false)})
	return out.String(), err
}

func TestReprofileSaysWhatCameOfIt(t *testing.T) {
	rules := ourRules(false)
	tries := 0
	kinds := []func() store.Known{
		func() store.Known { return store.Known{State: store.Profiled, Rules: rules} },
		func() store.Known { return store.Known{State: store.Empty, Rules: rules + 1} },
		func() store.Known { return store.Known{State: store.Incomplete, Rules: rules} },
		func() store.Known { return store.Known{State: store.Profiled, Rules: rules - 1} },
		func() store.Known { return store.Known{State: store.Parked, CauseKind: store.CauseDied} },
		func() store.Known { return store.Known{State: store.Unrecorded} },
		func() store.Known { return store.Known{State: store.Waiting, CauseKind: store.CauseNoFile} },
		func() store.Known { return store.Known{Tombstone: true} },
		func() store.Known { return store.Known{} }, // it has no row any more
		func() store.Known { // it waits for something that comes
			if tries++; tries == 1 {
				return store.Known{State: store.Waiting, CauseKind: store.CauseNoFile}
			}
			return store.Known{State: store.Profiled, Rules: rules}
		},
	}
	m := &markedStore{
		n: len(kinds), each: 2, becomes: func(i int) store.Known { return kinds[i]() },
		fails: map[int]error{2: store.ErrLater, 4: fmt.Errorf("cut off: %w", store.ErrLater)},
	}
	synctest.Test(t, func(t *testing.T) {
		got, err := awaited(t, t.Context(), m)
		want := "10 sessions will be profiled again\n4 sessions profiled anew, 7 values changed, 6 could not be: " +
			"gone from the store 2, no file 1, read by an older release 1, unrecorded 1, worker died 1\n"
		if err != nil || got != want {
			t.Errorf("%v\n%s\nwant\n%s", err, got, want)
		}
	})
}

func TestReprofileWaitsForMany(t *testing.T) {
	m := &markedStore{n: 3*mostLooked + 1, each: 50, becomes: func(int) store.Known {
		return store.Known{State: store.Profiled, Rules: ourRules(false)}
	}}
	synctest.Test(t, func(t *testing.T) {
		got, err := awaited(t, t.Context(), m)
		if err != nil || !strings.HasSuffix(got, "\n30,001 sessions profiled anew, 7 values changed, 0 could not be\n") {
			t.Errorf("%v\n%s", err, got)
		}
	})
}

func TestReprofileStopsWaiting(t *testing.T) {
	broken := errors.New("broken")
	for want, fails := range map[error]map[int]error{context.Canceled: nil, broken: {2: broken}} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			m := &markedStore{n: 3, fails: fails}
			done := make(chan error)
			go func() {
				_, err := awaited(t, ctx, m)
				done <- err
			}()
			synctest.Wait()
			if fails == nil {
				cancel()
			}
			if err := <-done; !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			cancel()
		})
	}
}

func TestBarCountsSessions(t *testing.T) {
	c, _, _ := testConsole()
	p := startProgress(c, 2000, grouped, false)
	p.done(1500)
	p.stop()
	if got := p.amount(); got != " 75% 1,500 of 2,000" {
		t.Errorf("%q", got)
	}
}

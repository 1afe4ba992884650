package output

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"gait"
	"gait/internal/health"
	"gait/store"
	"gait/store/storetest"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// samples stores the sample sessions from one number to below another.
func samples(t testing.TB, s store.Store, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if _, err := s.Save(context.Background(), []store.Profile{storetest.Sample(n, n%3)}); err != nil {
			t.Fatal(err)
		}
	}
}

// running are outputs that run beside the test.
type running struct {
	board *health.Board
	stop  func()
}

// run starts outputs that wait no longer than a moment.
func run(t testing.TB, s store.Store, specs ...Spec) *running {
	t.Helper()
	r := &running{board: health.NewBoard()}
	all, err := New(Options{Store: s, Specs: specs, Board: r.board, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range all.workers {
		w.pause = func(ctx context.Context, _ time.Duration) bool { return pause(ctx, 5*time.Millisecond) }
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := all.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	r.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(r.stop)
	until(t, "begun", func() bool {
		list, err := s.Cursors(context.Background(), cursorPrefix)
		return err == nil && len(list) >= len(specs)
	})
	return r
}

func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !f() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not %s in %v", what, patience)
		}
	}
}

// lines gives the evidence references of the lines of files, in order; lines of
// one session stand together, and what is no whole line counts as torn.
func lines(t testing.TB, paths ...string) (list []string, torn int) {
	t.Helper()
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // it is made with the first line
			t.Fatal(err)
		}
		scan := bufio.NewScanner(bytes.NewReader(b))
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			var o struct {
				Ref       string `json:"evidence_ref"`
				Primitive string `json:"primitive"`
			}
			if json.Unmarshal(scan.Bytes(), &o) != nil || o.Ref == "" {
				torn++
				continue
			}
			list = append(list, o.Ref+" "+o.Primitive)
		}
	}
	return list, torn
}

// wanted lists what sample sessions have to give, in order.
func wanted(from, to int) (list []string) {
	for n := from; n < to; n++ {
		p := storetest.Sample(n, n%3)
		for _, o := range sorted(p.Observations) {
			list = append(list, o.EvidenceRef+" "+o.Primitive)
		}
	}
	return list
}

// holdsInOrder checks that all that is wanted is there, each the first time
// after all before it.
func holdsInOrder(got, want []string) error {
	seen := map[string]bool{}
	var first []string
	for _, s := range got {
		if !seen[s] {
			seen[s] = true
			first = append(first, s)
		}
	}
	for i := range want {
		if i >= len(first) || first[i] != want[i] {
			return fmt.Errorf("%d of %d, then something else", i, len(want))
		}
	}
	if len(first) > len(want) {
		return fmt.Errorf("%d more than wanted", len(first)-len(want))
	}
	return nil
}

func sorted(list []gait.Observation) []gait.Observation {
	return byPrimitive(append([]gait.Observation(nil), list...))
}

package sqlstore

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// newWriter gives the one writer of an empty database.
func newWriter(t *testing.T) *queue {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "queue.db"))
	if err != nil {
		t.Fatal(err)
	}
	never := func(error) bool { return false }
	s := &Store{writer: db, writers: newConns(db, 1), dialect: &Dialect{Later: never, Again: never}}
	s.bell = &bell{s: s}
	q := newQueue(s)
	t.Cleanup(func() {
		q.stop()
		if err := s.writers.close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// TestPatientWritesGiveWay holds the writer up with one patient write while
// others come: the ones that are not patient are done before the patient ones
// that came earlier, and those are done in the end.
func TestPatientWritesGiveWay(t *testing.T) {
	q := newWriter(t)
	var mu sync.Mutex
	var order []string
	note := func(name string) work {
		return func(context.Context, *Tx) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, name)
			return nil
		}
	}
	var wait sync.WaitGroup
	began, free := make(chan struct{}), make(chan struct{})
	put := func(do func(context.Context, work) error, f work) {
		wait.Go(func() {
			if err := do(t.Context(), f); err != nil {
				t.Error(err)
			}
		})
	}
	put(q.later, func(ctx context.Context, x *Tx) error {
		close(began)
		<-free
		return nil
	})
	<-began
	put(q.later, note("patient"))
	put(q.later, note("patient"))
	put(q.do, note("other"))
	put(q.do, note("other"))
	for len(q.in) < 2 {
		time.Sleep(time.Millisecond)
	}
	close(free)
	wait.Wait()
	if want := []string{"other", "other", "patient", "patient"}; !slices.Equal(order, want) {
		t.Errorf("done in the order %q", order)
	}
}

// TestAClosedWriterHasDoneAll stops the writer while patient writes wait.
func TestAClosedWriterHasDoneAll(t *testing.T) {
	q := newWriter(t)
	var wait sync.WaitGroup
	done, refused := make(chan struct{}, 20), make(chan error, 20)
	for range 20 {
		wait.Go(func() {
			err := q.later(t.Context(), func(context.Context, *Tx) error { done <- struct{}{}; return nil })
			if err != nil {
				refused <- err
			}
		})
	}
	q.stop()
	wait.Wait()
	if len(done)+len(refused) != 20 {
		t.Errorf("%d were done, %d refused", len(done), len(refused))
	}
	for range len(refused) {
		if err := <-refused; err != errClosed {
			t.Error(err)
		}
	}
}

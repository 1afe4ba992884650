package profiler

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"gait"
	"gait/bus"
	"gait/store"
)

// faulty is a store whose n-th operation fails, before or after it was done.
type faulty struct {
	store.Store
	left  atomic.Int64 // operations until the one that fails; negative for none
	after atomic.Bool  // it is done all the same: the outcome is unknown
	err   error
}

func (f *faulty) fails() bool { return f.left.Add(-1) == 0 }

// try does an operation, or fails.
func try[T any](f *faulty, do func() (T, error)) (T, error) {
	fail := f.fails()
	var zero T
	if fail && !f.after.Load() {
		return zero, f.err
	}
	x, err := do()
	if fail && err == nil {
		return zero, f.err
	}
	return x, err
}

func (f *faulty) Known(ctx context.Context, refs []string) (map[string]store.Known, error) {
	return try(f, func() (map[string]store.Known, error) { return f.Store.Known(ctx, refs) })
}

func (f *faulty) Offer(ctx context.Context, o []store.Offer, c []store.Cursor) ([]store.Verdict, error) {
	return try(f, func() ([]store.Verdict, error) { return f.Store.Offer(ctx, o, c) })
}

func (f *faulty) Begin(ctx context.Context, refs []string) ([]store.Session, error) {
	return try(f, func() ([]store.Session, error) { return f.Store.Begin(ctx, refs) })
}

func (f *faulty) Save(ctx context.Context, list []store.Profile) ([]store.Saved, error) {
	return try(f, func() ([]store.Saved, error) { return f.Store.Save(ctx, list) })
}

func (f *faulty) Settle(ctx context.Context, list []store.Settlement) error {
	_, err := try(f, func() (int, error) { return 0, f.Store.Settle(ctx, list) })
	return err
}

func (f *faulty) Reject(ctx context.Context, r store.Rejected) error {
	_, err := try(f, func() (int, error) { return 0, f.Store.Reject(ctx, r) })
	return err
}

func (f *faulty) Unannounced(ctx context.Context, limit int) ([]store.Announcement, error) {
	return try(f, func() ([]store.Announcement, error) { return f.Store.Unannounced(ctx, limit) })
}

func (f *faulty) Announced(ctx context.Context, done []store.Revision) error {
	_, err := try(f, func() (int, error) { return 0, f.Store.Announced(ctx, done) })
	return err
}

// Whatever operation of the store fails with an error that passes, nothing was
// decided, and the same event goes through afterwards.
func TestStoreThatFailsAtEachOperation(t *testing.T) {
	f := &faulty{Store: openStore(t), err: fmt.Errorf("busy: %w", store.ErrLater)}
	k := newKit(t, func(o *Options) { o.Store = f })
	missing := visits(1)[0]
	missing.Decoy = "decky-missing"
	for n, sessions := int64(1), visits(40); ; n++ {
		s := sessions[n]
		for _, after := range []bool{false, true} {
			f.after.Store(after)
			e := k.write(t, s)
			f.left.Store(n)
			out, err := k.Handle(t.Context(), e)
			hit := f.left.Load() <= 0
			f.left.Store(-1)
			if !hit {
				if n < 4 {
					t.Fatalf("only %d operations", n-1)
				}
				return
			}
			if !out.Later || !errors.Is(err, store.ErrLater) {
				t.Fatalf("operation %d: %+v, %v", n, out, err)
			}
			if row, err := k.store.Session(t.Context(), out.Ref); err == nil && (row.State == store.Parked || row.Cause != "") {
				t.Fatalf("operation %d: row %+v", n, row)
			}
			if out := k.handle(t, e); out.Reason != Stored && out.Reason != Known {
				t.Fatalf("operation %d, then: %+v", n, out)
			}
			k.sameAsOffline(t, ref(s), k.place(s))
			if n > 1 {
				s = sessions[20+n]
			}
		}
	}
}

// The same in the pipeline, where the operations are retried by themselves.
func TestPipelineOverAStoreThatFails(t *testing.T) {
	f := &faulty{Store: openStore(t), err: fmt.Errorf("busy: %w", store.ErrLater)}
	b := openBus(t)
	k := newKit(t, func(o *Options) { o.Store, o.Bus = f, b })
	k.run(t)
	for n, s := range visits(24) {
		f.after.Store(n%2 == 1)
		f.left.Store(int64(1 + n/2))
		publish(t, b, []byte("no event"))
		publish(t, b, k.write(t, s).JSON())
		profiled(t, k.store, []*gait.Session{s})
	}
	eventually(t, "all is announced", func() bool { return unannounced(t, k.store) == 0 })
	if row := k.row(t, ref(visits(1)[0])); row.Attempts != 0 {
		t.Errorf("row %+v", row)
	}
}

// refusing is a store that refuses one session for good.
type refusing struct {
	store.Store
	id string
}

func (r refusing) Save(ctx context.Context, list []store.Profile) ([]store.Saved, error) {
	for _, p := range list {
		if p.ID == r.id {
			return nil, errors.New("constraint failed")
		}
	}
	return r.Store.Save(ctx, list)
}

func TestSessionThatTheStoreRefusesCostsItselfAlone(t *testing.T) {
	sessions := visits(30)
	k := newKit(t, func(o *Options) { o.Store = refusing{openStore(t), sessions[11].ID} })
	for _, s := range sessions {
		k.write(t, s)
	}
	k.offer(t, sessions...)
	k.run(t)
	profiled(t, k.store, append(sessions[:11:11], sessions[12:]...))
	eventually(t, "the row tells why", func() bool { return k.row(t, ref(sessions[11])).CauseKind == store.CauseRefused })
	row := k.row(t, ref(sessions[11]))
	if row.State != store.Waiting || row.Attempts == 0 || !strings.Contains(row.Cause, "constraint failed") {
		t.Errorf("row %+v", row)
	}
}

// Marks that are fed through sessions, names and events appear nowhere outside.
func TestMarksAppearNowhere(t *testing.T) {
	const mark = "zebramark"
	b := newTroubled(openBus(t))
	k := newKit(t, func(o *Options) { o.Bus = b })
	var good []*gait.Session
	for _, s := range visits(11) {
		for _, kind := range []gait.Kind{gait.Input, gait.Output} {
			text := mark + " " + mark + "\r\n"
			s.Append(gait.Event{Time: s.Last() + 1e9, Kind: kind, Data: []byte(text)}, -1)
		}
		s.End.BytesIn, s.End.BytesOut, s.End.Events = int64(len(s.Block(gait.Input))), int64(len(s.Block(gait.Output))), int64(s.Len())
		s.End.Time = s.Last()
		s.Env[0].Value, s.Title, s.Command = mark, mark, mark
		good = append(good, s)
	}
	k.run(t)
	for _, s := range good {
		publish(t, b, k.write(t, s).JSON())
		e := k.event(s)
		for _, change := range []func(*bus.SessionEnded){
			func(e *bus.SessionEnded) { e.SessionID = mark },
			func(e *bus.SessionEnded) { e.Decoy = mark },
			func(e *bus.SessionEnded) { e.Service = mark },
			func(e *bus.SessionEnded) { e.AttackerIP = mark },
			func(e *bus.SessionEnded) { e.ShardPath = "/" + mark },
			func(e *bus.SessionEnded) { e.EndedAt = mark },
			func(e *bus.SessionEnded) { e.Commands = []string{mark} },
		} {
			x := e
			change(&x)
			publish(t, b, x.JSON())
		}
		publish(t, b, []byte(`{"`+mark+`":"`+mark+`"`))
	}
	profiled(t, k.store, good)
	eventually(t, "all is acknowledged", func() bool {
		undelivered, unanswered, err := b.Pending(t.Context(), consumer)
		return err == nil && undelivered+unanswered == 0
	})
	eventually(t, "all is announced", func() bool { return unannounced(t, k.store) == 0 })
	families, err := k.registry.Gather()
	if err != nil || len(families) == 0 {
		t.Fatal(len(families), err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for what, text := range map[string]string{"log": k.log.String(), "metrics": fmt.Sprint(families), "subjects": fmt.Sprint(b.subjects), "messages": fmt.Sprint(b.sent, b.told)} {
		if strings.Contains(text, mark) {
			t.Errorf("the mark is in the %s", what)
		}
		if len(text) < 100 {
			t.Errorf("the %s hold only %q", what, text)
		}
	}
	for _, s := range good {
		if row := k.row(t, ref(s)); strings.Contains(string(row.Detail)+row.Cause, mark) {
			t.Errorf("the mark is in the row %+v", row)
		}
	}
}

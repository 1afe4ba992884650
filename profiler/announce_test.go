package profiler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gait/bus"
	"gait/internal/health"
	"gait/store"
)

// troubled is a bus whose streams refuse what is published while trouble says
// so.
type troubled struct {
	bus.Bus
	trouble atomic.Pointer[error]
	every   atomic.Int64 // refuse every n-th message

	mu       sync.Mutex
	sent     map[string]string // observations that were taken, by message id
	told     map[string]string // conclusions
	subjects map[string]bool
	n        int64
}

func newTroubled(b bus.Bus) *troubled {
	return &troubled{Bus: b, sent: map[string]string{}, told: map[string]string{}, subjects: map[string]bool{}}
}

func (b *troubled) set(err error) { b.trouble.Store(&err) }

func (b *troubled) PublishAll(ctx context.Context, list []bus.Message) []error {
	errs := make([]error, len(list))
	failed := false
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, m := range list {
		b.n++
		if every := b.every.Load(); every > 0 && b.n%every == 0 {
			errs[i] = bus.ErrFull
		}
		if p := b.trouble.Load(); p != nil && *p != nil {
			errs[i] = *p
		}
		if errs[i] != nil {
			failed = true
			continue
		}
		to := b.sent
		if strings.HasPrefix(m.Subject, "attribution.") {
			to = b.told
		}
		to[m.ID], b.subjects[m.Subject] = string(m.Data), true
	}
	if !failed {
		return nil
	}
	return errs
}

func (b *troubled) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.sent)
}

// unannounced counts what has not been announced.
func unannounced(t testing.TB, s store.Store) int64 {
	t.Helper()
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stats.Unannounced
}

func TestBusThatIsAwayHoldsUpNothing(t *testing.T) {
	for name, trouble := range map[string]error{"full": bus.ErrFull, "away": bus.ErrAway, "strange": errors.New("something else")} {
		t.Run(name, func(t *testing.T) {
			b := newTroubled(openBus(t))
			b.set(trouble)
			board := health.NewBoard()
			k := newKit(t, func(o *Options) { o.Bus, o.Board = b, board })
			sessions := visits(announceQueue + 60)
			stop := k.run(t)
			for _, s := range sessions {
				publish(t, b, k.write(t, s).JSON())
			}
			profiled(t, k.store, sessions)
			if n := unannounced(t, k.store); n != int64(len(sessions)) {
				t.Errorf("%d of %d sessions are unannounced", n, len(sessions))
			}
			eventually(t, "the board tells", func() bool {
				return slices.ContainsFunc(board.Conditions(), func(c health.Condition) bool {
					return c.Name == "announce" && strings.Contains(c.Cause, trouble.Error())
				})
			})
			b.set(nil)
			eventually(t, "all is announced", func() bool { return unannounced(t, k.store) == 0 })
			want := 0
			for _, s := range sessions {
				want += len(stored(t, k.store, ref(s)))
			}
			if got := b.count(); got != want {
				t.Errorf("%d observations were announced, %d are stored", got, want)
			}
			k.concluder.ring()
			eventually(t, "nothing is on the board", func() bool { return len(board.Conditions()) == 0 })
			if err := stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSessionIsAnnouncedOnlyWhenAllOfItIs(t *testing.T) {
	b := newTroubled(openBus(t))
	b.every.Store(7)
	k := newKit(t, func(o *Options) { o.Bus = b })
	sessions := visits(11)
	k.run(t)
	for _, s := range sessions {
		publish(t, b, k.write(t, s).JSON())
	}
	profiled(t, k.store, sessions)
	b.every.Store(0)
	eventually(t, "all is announced", func() bool { return unannounced(t, k.store) == 0 })
	for _, s := range sessions {
		for name, o := range stored(t, k.store, ref(s)) {
			if got := b.sent[messageID(&o)]; !strings.Contains(got, fmt.Sprintf("%q", o.Value)) {
				t.Errorf("%s was announced as %q", name, got)
			}
		}
	}
}

func TestBusThatIsAttachedLater(t *testing.T) {
	k := newKit(t)
	sessions := visits(5)
	for _, s := range sessions {
		k.handle(t, k.write(t, s))
	}
	b := newTroubled(openBus(t))
	later := newKit(t, func(o *Options) { o.Bus, o.Store = b, k.store })
	later.run(t)
	eventually(t, "all is announced", func() bool { return unannounced(t, k.store) == 0 })
	if b.count() == 0 {
		t.Error("nothing was announced")
	}
}

func TestStrictEnvelopesHaveNothingOfOurs(t *testing.T) {
	b := newTroubled(openBus(t))
	k := newKit(t, func(o *Options) { o.Bus, o.Strict = b, true })
	s := visits(1)[0]
	k.run(t)
	publish(t, b, k.write(t, s).JSON())
	profiled(t, k.store, visits(1))
	eventually(t, "all is announced", func() bool { return unannounced(t, k.store) == 0 })
	for _, data := range b.sent {
		if strings.Contains(data, `"gait":`) || !strings.Contains(data, `"evidence_ref"`) {
			t.Errorf("announced %s", data)
		}
	}
}

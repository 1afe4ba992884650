package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gait/bus"
	"gait/internal/health"
	"gait/profiler"
	"gait/store"
)

// idleSystem is a system without parts.
func idleSystem() *system {
	return &system{board: health.NewBoard(), log: slog.New(slog.DiscardHandler), opt: &runFlags{}, console: &console{out: io.Discard, err: io.Discard}}
}

func TestPartsThatEndAreStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := idleSystem()
		var runs atomic.Int32
		y.add("collect", func(ctx context.Context) error {
			switch runs.Add(1) {
			case 1:
				return errors.New("postgres://me:hush@db broke")
			case 2:
				panic("ZQX")
			case 3:
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- y.work(ctx) }()
		time.Sleep(10 * time.Second) // of the test's own clock
		list := y.board.Conditions()
		if n := runs.Load(); n != 4 || len(list) != 1 || list[0].Count != 3 || strings.Contains(list[0].Cause, "hush") {
			t.Errorf("%d runs, %+v", n, list)
		}
		time.Sleep(30 * time.Second)
		if list := y.board.Conditions(); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestTheProcessGoesWithWhatCannotGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := idleSystem()
		y.add("profiler", func(context.Context) error { return &profiler.StuckError{} })
		y.add("collect", func(ctx context.Context) error { <-ctx.Done(); return nil })
		if err := y.work(t.Context()); !errors.Is(err, errStuck) {
			t.Error(err)
		}
		y = idleSystem()
		refused := errors.New("refused")
		y.duties = append(y.duties, duty{"serve", func(context.Context) error { return refused }, true})
		if err := y.work(t.Context()); !errors.Is(err, refused) {
			t.Error(err)
		}
	})
}

func TestStoppingDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := idleSystem()
		release := make(chan struct{})
		y.add("profiler", func(context.Context) error { <-release; return nil })
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		stop()
		y.work(ctx)
		if d := time.Since(began); d > stopWithin {
			t.Errorf("stopping took %v", d)
		}
		close(release)
	})
}

func TestWhatIsAwayIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		y := idleSystem()
		n := 0
		err := y.patiently(t.Context(), "store", func() error {
			switch n++; n {
			case 1:
				return store.ErrLater
			case 2:
				if len(y.board.Conditions()) != 1 {
					t.Error("the board says nothing")
				}
				return bus.ErrAway
			}
			return nil
		})
		if err != nil || n != 3 || len(y.board.Conditions()) != 0 {
			t.Errorf("%v after %d", err, n)
		}
		if err := y.patiently(t.Context(), "store", func() error { return store.ErrNewer }); !errors.Is(err, store.ErrNewer) {
			t.Error(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if err := y.patiently(ctx, "store", func() error { return store.ErrLater }); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

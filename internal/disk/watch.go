package disk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gait/internal/health"
)

// Watch shuts a gate while a disk has less room than it must, and opens it
// again when there is a quarter more than that.
type Watch struct {
	Path  string
	Least int64   // bytes that must be free
	Part  float64 // and what part of the disk, from 0 to 1
	Every time.Duration
	Gate  *health.Gate
	Board *health.Board
	Log   *slog.Logger
	// Look measures the disk; nil stands for [Measure].
	Look func(path string) (Space, error)

	shut bool
}

// The part and name of the condition that is up while the gate is shut.
const (
	part = "disk"
	name = "full"
)

// Run looks at once, then again and again until the context ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(w.Every)
	defer tick.Stop()
	for {
		w.Once()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Once looks once and sets the gate.
func (w *Watch) Once() {
	look := w.Look
	if look == nil {
		look = Measure
	}
	s, err := look(w.Path)
	if err != nil {
		w.close(fmt.Sprintf("the disk of %s cannot be measured: %v", w.Path, err), "look at the disk and its mount")
		return
	}
	least := max(w.Least, int64(w.Part*float64(s.Total)))
	w.Board.Tell(part, "free_bytes", s.Free)
	switch {
	case s.Free < least:
		w.close(fmt.Sprintf("only %s are free on the disk of %s, and %s must be", size(s.Free), w.Path, size(least)),
			"free some space; intake goes on by itself. Retention (--keep-observations) keeps it from happening again")
	case w.shut && s.Free < least+least/4:
		// A little more room would be gone at once.
	default:
		w.open(s)
	}
}

func (w *Watch) close(cause, cure string) {
	w.Gate.Shut(cause)
	w.Board.Set(health.Condition{Part: part, Name: name, Cause: cause, Cure: cure, Stops: true})
	if !w.shut {
		w.shut = true
		w.Log.Warn("nothing more is taken in: "+cause, "cure", cure)
	}
}

func (w *Watch) open(s Space) {
	w.Gate.Open()
	w.Board.Clear(part, name)
	if w.shut {
		w.shut = false
		w.Log.Info("there is room again: sessions are taken in", "free", size(s.Free))
	}
}

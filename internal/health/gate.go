package health

import (
	"context"
	"sync"
)

// Gate says whether new work may be taken in. It is shut while, say, the disk
// is nearly full; what was taken in already goes on.
type Gate struct {
	mu     sync.Mutex
	reason string
	opened chan struct{} // closed when the gate is opened; nil while it is open
}

// Shut closes the gate for a reason; a gate that is shut keeps its newest reason.
func (g *Gate) Shut(reason string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reason = reason
	if g.opened == nil {
		g.opened = make(chan struct{})
	}
}

// Open opens the gate.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reason = ""
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

// Shuts gives the reason why the gate is shut, empty where it is open.
func (g *Gate) Shuts() string {
	if g == nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.reason
}

// Wait waits until the gate is open. The error is the context's.
func (g *Gate) Wait(ctx context.Context) error {
	for g != nil {
		g.mu.Lock()
		opened := g.opened
		g.mu.Unlock()
		if opened == nil {
			break
		}
		select {
		case <-opened:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

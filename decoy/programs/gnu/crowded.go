package gnu

import (
	"runtime/metrics"
	"sync"
	"time"

	"gait/decoy/proc"
)

// Each session has its own budget, and all of them share one process. Where that
// holds so much altogether, a session that has little of its budget left gets no
// more: the others go on.
const (
	fullHeap  = 384 << 20
	keepsSome = 24 << 20 // of the budget; who has that much left takes little
	lookAgain = 20 * time.Millisecond
)

var heap struct {
	mu   sync.Mutex
	at   time.Time
	full bool
}

// Crowded says that there is no more memory for a session with that budget.
func Crowded(b *proc.Budget) bool {
	if b.Memory.Load() > keepsSome {
		return false
	}
	heap.mu.Lock()
	defer heap.mu.Unlock()
	if now := time.Now(); now.Sub(heap.at) > lookAgain || now.Before(heap.at) {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		heap.at, heap.full = now, sample[0].Value.Uint64() > fullHeap
	}
	return heap.full
}

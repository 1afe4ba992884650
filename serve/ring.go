package serve

import (
	"sort"
	"sync"
)

// ring holds the texts of the latest changes, within a bound of memory: all
// that there is to tell above the position from, up to the position to.
type ring struct {
	most int // bytes

	mu       sync.RWMutex
	blocks   []*block // by position
	bytes    int
	from, to int64
	wake     chan struct{} // closed when something is added
}

func newRing(most int) *ring {
	return &ring{most: most, wake: make(chan struct{})}
}

// begin empties the ring and lets it start at a position.
func (r *ring) begin(position int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks, r.bytes, r.from, r.to = nil, 0, position, position
	r.ring()
}

// add adds the texts of changes up to a position, and wakes who waits.
func (r *ring) add(blocks []*block, to int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range blocks {
		r.blocks = append(r.blocks, b)
		r.bytes += b.size()
	}
	r.to = to
	drop := 0
	for r.bytes > r.most && drop < len(r.blocks) {
		r.bytes -= r.blocks[drop].size()
		r.from = r.blocks[drop].last
		r.blocks[drop] = nil
		drop++
	}
	// Appending moves what is left to a new array now and then, so that what
	// was dropped takes no room for long.
	r.blocks = r.blocks[drop:]
	r.ring()
}

// ring wakes who waits.
func (r *ring) ring() {
	close(r.wake)
	r.wake = make(chan struct{})
}

// upTo gives the position up to which the ring holds everything.
func (r *ring) upTo() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.to
}

// since gives the position above which the ring holds everything.
func (r *ring) since() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.from
}

// How much is taken out of the ring at once.
const (
	batchBlocks = 32
	batchBytes  = 128 << 10
)

// batch is what is sent next to one client.
type batch struct {
	blocks []*block
	next   int64         // the position to go on after
	wait   chan struct{} // where there is nothing more: closed when there is
	behind bool          // the ring does not hold what follows any more
}

// take gives what follows a position, for one attacker or for all.
func (r *ring) take(b *batch, after int64, attacker string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	b.blocks, b.next, b.wait, b.behind = b.blocks[:0], after, nil, after < r.from
	if b.behind {
		return
	}
	size := 0
	for i := sort.Search(len(r.blocks), func(i int) bool { return r.blocks[i].last > after }); i < len(r.blocks); i++ {
		x := r.blocks[i]
		if len(b.blocks) >= batchBlocks || size >= batchBytes {
			return
		}
		b.next = x.last
		if x.reset || attacker == "" || x.attacker == attacker {
			b.blocks = append(b.blocks, x)
			size += len(x.text)
		}
	}
	b.next = max(b.next, r.to)
	b.wait = r.wake
}

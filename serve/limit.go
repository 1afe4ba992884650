package serve

import (
	"net/netip"
	"sync"
	"time"

	"gait/internal/address"
)

// limiter lets each client do so much: a burst, and then so many a second. It
// remembers a bounded number of clients; where there are more, those that have
// been quiet longest are forgotten, which costs them nothing.
type limiter struct {
	rate, burst float64
	now         func() time.Time

	mu      sync.Mutex
	buckets map[netip.Prefix]*allowance
}

// allowance is what is left to a client, as of a time.
type allowance struct {
	left float64
	at   time.Time
}

const maxBuckets = 8192

func newLimiter(rate, burst float64) *limiter {
	return &limiter{rate: rate, burst: burst, now: time.Now, buckets: map[netip.Prefix]*allowance{}}
}

// take takes one from a client's allowance; it is false where nothing is left.
func (l *limiter) take(a netip.Addr) bool {
	now, key := l.now(), address.Network(a)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxBuckets {
			l.sweep(now)
		}
		b = &allowance{l.burst, now}
		l.buckets[key] = b
	}
	b.left = min(l.burst, b.left+now.Sub(b.at).Seconds()*l.rate)
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// empty says whether nothing is left to a client, and takes nothing.
func (l *limiter) empty(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[address.Network(a)]
	return b != nil && b.left+l.now().Sub(b.at).Seconds()*l.rate < 1
}

// sweep forgets the clients whose buckets are full again; where none is, a
// few that it comes upon.
func (l *limiter) sweep(now time.Time) {
	dropped := 0
	for key, b := range l.buckets {
		if b.left+now.Sub(b.at).Seconds()*l.rate >= l.burst {
			delete(l.buckets, key)
			dropped++
		}
	}
	if dropped > 0 {
		return
	}
	for key := range l.buckets {
		delete(l.buckets, key)
		if dropped++; dropped >= maxBuckets/16 {
			return
		}
	}
}

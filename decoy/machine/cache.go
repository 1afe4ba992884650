package machine

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// Cache keeps the worlds of addresses for a while, so that who returns finds
// what he left. It is bounded; the one that was used the longest ago is
// forgotten first. It is safe for concurrent use.
type Cache struct {
	machine *Machine
	most    int
	bytes   int64
	keep    time.Duration

	mu    sync.Mutex
	known map[netip.Addr]*list.Element
	order *list.List // of *kept, the last used first
	asked time.Time  // when the worlds were last asked for their sizes
}

type kept struct {
	addr netip.Addr
	w    *World
	used time.Time
}

// NewCache makes a cache of at most so many worlds, which together keep at most
// so many bytes of what visitors added, each for a time after it was last asked
// for.
func NewCache(m *Machine, most int, bytes int64, keep time.Duration) *Cache {
	return &Cache{machine: m, most: most, bytes: bytes, keep: keep, known: map[netip.Addr]*list.Element{}, order: list.New()}
}

// Get gives the world of an address. A world that is forgotten while somebody
// uses it goes on for him.
func (c *Cache) Get(addr netip.Addr) *World {
	addr = addr.Unmap().WithZone("")
	now := c.machine.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Back(); e != nil && now.Sub(e.Value.(*kept).used) > c.keep; e = c.order.Back() {
		c.forget(e)
	}
	if e := c.known[addr]; e != nil {
		e.Value.(*kept).used = now
		c.order.MoveToFront(e)
		c.shrink(now)
		return e.Value.(*kept).w
	}
	k := &kept{addr: addr, w: c.machine.World(), used: now}
	c.known[addr] = c.order.PushFront(k)
	c.shrink(now)
	return k.w
}

// Len says how many worlds are kept.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}

// shrink forgets until the bounds are kept; never the one in front. Worlds are
// asked for their sizes once a second at most.
func (c *Cache) shrink(now time.Time) {
	for c.order.Len() > max(c.most, 1) {
		c.forget(c.order.Back())
	}
	if now.Sub(c.asked) < time.Second {
		return
	}
	c.asked = now
	var bytes int64
	for e := c.order.Front(); e != nil; {
		next, size := e.Next(), e.Value.(*kept).w.size()
		if bytes += size; bytes > c.bytes && e != c.order.Front() {
			bytes -= size
			c.forget(e)
		}
		e = next
	}
}

func (c *Cache) forget(e *list.Element) {
	c.order.Remove(e)
	delete(c.known, e.Value.(*kept).addr)
}

package shard

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"gait/internal/address"
)

// The table of what addresses have spent: so many rows of so many counters.
const (
	spendingRows = 4
	spendingBits = 14
)

// spending counts what each address has spent in a UTC day, in half a megabyte
// whatever the number of addresses: a count-min sketch. An address never counts
// for less than it spent; it counts for more only where in each row another one
// shares its counter. Which ones do differs from process to process.
type spending struct {
	seed maphash.Seed

	mu    sync.Mutex
	day   int64
	table *[spendingRows][1 << spendingBits]int64
}

// hash is what is remembered of an address: one for each IPv4 address, and for
// each IPv6 network of 64 bits.
func (s *spending) hash(ip string) uint64 {
	a, _ := netip.ParseAddr(ip) // what is none counts as one
	return maphash.Comparable(s.seed, address.Network(a.Unmap()))
}

// spent gives what an address has spent on a day, with so much added to it.
func (s *spending) spent(address uint64, now time.Time, add int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if day := now.Unix() / 86400; s.table == nil || day != s.day {
		s.day, s.table = day, new([spendingRows][1 << spendingBits]int64)
	}
	var cells [spendingRows]*int64
	least := int64(1<<63 - 1)
	for row := range cells {
		cells[row] = &s.table[row][address>>(row*spendingBits)&(1<<spendingBits-1)]
		least = min(least, *cells[row])
	}
	least += add
	for _, c := range cells { // no counter needs to say more than the least one
		*c = max(*c, least)
	}
	return least
}

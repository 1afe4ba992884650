// Package health is where the parts of the program say what is wrong with
// them, and where whoever answers for the whole reads it.
//
// A [Board] holds the conditions that stand at the moment, each with its cause
// and its cure, in words for the person who runs the program. A [Gate] says
// whether new work may be taken in. Both are safe for concurrent use; a nil
// Board takes everything and holds nothing, a nil Gate is always open.
package health

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Condition is something that is wrong, and lasts.
type Condition struct {
	Part  string // "store", "bus", "collect", "profiler", "disk", ...
	Name  string // unique within the part, such as "unreadable:/srv/decoys"
	Cause string // what is wrong, in one sentence; paths are allowed, nothing that was typed or printed
	Cure  string // what to do about it; may be empty
	// Stops says that no work is taken in while it stands: not ready. Other
	// conditions make the system degraded.
	Stops bool
	Count int64     // how often it was met
	Since time.Time // when it was met first
}

// Board holds the conditions that stand.
type Board struct {
	mu    sync.Mutex
	stand map[[2]string]Condition
	facts map[[2]string]any
}

// NewBoard gives an empty board.
func NewBoard() *Board {
	return &Board{stand: map[[2]string]Condition{}, facts: map[[2]string]any{}}
}

// Set puts a condition up, or counts it again where it stands already. It says
// whether it is new.
func (b *Board) Set(c Condition) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key := [2]string{c.Part, c.Name}
	old, stands := b.stand[key]
	c.Count, c.Since = old.Count+1, old.Since
	if !stands {
		c.Since = time.Now()
	}
	b.stand[key] = c
	return !stands
}

// Clear takes a condition down. It says whether it stood.
func (b *Board) Clear(part, name string) bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key := [2]string{part, name}
	_, stood := b.stand[key]
	delete(b.stand, key)
	return stood
}

// Conditions lists what stands, by part and name.
func (b *Board) Conditions() []Condition {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Condition, 0, len(b.stand))
	for _, c := range b.stand {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Condition) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Tell notes a fact of a part that is no fault, such as how many sessions wait
// or how far a backfill is. The value must be fit for JSON.
func (b *Board) Tell(part, name string, value any) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.facts[[2]string{part, name}] = value
}

// Facts gives all facts by part and name.
func (b *Board) Facts() map[string]map[string]any {
	all := map[string]map[string]any{}
	if b == nil {
		return all
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, v := range b.facts {
		if all[key[0]] == nil {
			all[key[0]] = map[string]any{}
		}
		all[key[0]][key[1]] = v
	}
	return all
}

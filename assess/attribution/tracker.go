package attribution

import "slices"

// Tracker keeps the state of one primitive of one identity while its sessions
// come in any order, are read anew with other values, and are forgotten. After
// each step its state is that of all points that it was given and that were
// not taken back, as [Kind.Of] would give it.
//
// It keeps at most twice as many points as the rules look at, whatever comes.
// Where so many are taken back that what it once let go would count again,
// [Tracker.Whole] is false until it is filled anew with [Tracker.Reset].
type Tracker struct {
	kind   Kind
	points []Point // sorted
	// gone is the highest point that was let go; all that lies below it is let
	// go too.
	gone  Point
	lossy bool // whether any was
}

// NewTracker makes a tracker for a kind of rules.
func NewTracker(kind Kind) *Tracker { return &Tracker{kind: kind} }

// Put takes what a session says, in place of what it said before.
func (t *Tracker) Put(p Point) {
	t.Remove(p.ref())
	if !t.kind.counts(&p) || t.lossy && compare(&p, &t.gone) < 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(t.points, p, func(a, b Point) int { return compare(&a, &b) })
	t.points = slices.Insert(t.points, at, p)
	if len(t.points) > 2*t.kind.Reach() {
		t.gone, t.lossy = t.points[0], true
		t.points = slices.Delete(t.points, 0, 1)
	}
}

// Remove takes back what a session said, by its evidence reference, or its id
// where it had none.
func (t *Tracker) Remove(ref string) {
	at := slices.IndexFunc(t.points, func(p Point) bool { return p.ref() == ref })
	if at >= 0 {
		t.points = slices.Delete(t.points, at, at+1)
	}
}

// Reset begins anew with all points of the identity.
func (t *Tracker) Reset(points []Point) {
	t.points, t.gone, t.lossy = t.points[:0], Point{}, false
	for i := range points {
		t.Put(points[i])
	}
}

// Whole says whether the state is exact. It always is while no more points were
// put than are kept; after that it is as long as enough of them are left, or
// none that was let go is of the newest rule.
func (t *Tracker) Whole() bool {
	if !t.lossy {
		return true
	}
	n := len(newest(t.points))
	return n >= t.kind.Reach() || n > 0 && t.points[len(t.points)-1].Rules > t.gone.Rules
}

// State gives the state of what it was given.
func (t *Tracker) State() State { return t.kind.judge(newest(t.points)) }

package shell

import (
	"context"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// Steps at full speed, and how many are made in a millisecond after that: an
// endless loop of a visitor goes on for minutes, as he expects, and costs
// nearly nothing. So many steps of matching patterns count for one.
const (
	fastSteps  = 300_000
	slowSteps  = 16
	matchSteps = 256
)

// pace takes a step of the budget; false where it is spent.
func (s *session) pace(ctx context.Context) bool {
	if !proc.Take(&s.budget.Steps, 1) {
		return false
	}
	s.mu.Lock()
	s.paces++
	slow := s.paces > fastSteps && s.paces%slowSteps == 0
	s.mu.Unlock()
	if slow {
		rest(ctx, time.Millisecond)
	}
	return true
}

// work counts steps of matching patterns; false where the shell was ended.
func (s *session) work(ctx context.Context, steps int) bool {
	s.mu.Lock()
	s.matching += steps
	n := s.matching / matchSteps
	s.matching %= matchSteps
	s.paces += n
	slow := n > 0 && s.paces > fastSteps
	s.mu.Unlock()
	if slow {
		rest(ctx, time.Duration(1+n/slowSteps)*time.Millisecond)
	}
	return ctx.Err() == nil
}

// rest waits, but not for what was ended.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// take takes memory; false where there is none: then the shell ends as bash
// does.
func (in *interp) take(n int) bool {
	if n <= 0 || !gnu.Crowded(in.s.budget) && proc.Take(&in.s.budget.Memory, int64(n)) {
		in.lost += int64(n)
		return true
	}
	if in.flow != flowExit {
		if in.posix {
			in.complain("Out of space")
		} else {
			in.complain("xrealloc: cannot allocate %d bytes", n)
		}
		in.exit(2)
		in.inter = false
	}
	return false
}

// give gives memory back.
func (in *interp) give(n int) {
	proc.Give(&in.s.budget.Memory, int64(n))
	in.lost -= int64(n)
}

// fits says whether a text of n bytes may be made; where not the shell ends.
func (in *interp) fits(n int) bool {
	if n < 4096 {
		return true
	}
	if !in.take(n) {
		return false
	}
	in.give(n)
	return true
}

package proc

import (
	"errors"
	"sync/atomic"
	"time"
)

// Budget bounds what one session may use. It is shared by everything that runs
// in the session and safe for concurrent use.
type Budget struct {
	Commands  atomic.Int64 // programs that may still be started
	Steps     atomic.Int64 // statements and loop steps
	Output    atomic.Int64 // bytes that may still be sent to the client
	Processes atomic.Int64 // that may still run at once
	Memory    atomic.Int64 // bytes of variables, buffers and pipes that may still be held
	Deadline  time.Time    // when the session ends whatever it does
}

// Limits are what a budget begins with; zero stands for the default.
type Limits struct {
	Commands  int64         // 20,000
	Steps     int64         // 2,000,000
	Output    int64         // 256 MB
	Processes int64         // 64
	Memory    int64         // 32 MB
	Time      time.Duration // 12 h
}

// New makes the budget of a session that begins now.
func (l Limits) New() *Budget {
	b := &Budget{}
	set := func(a *atomic.Int64, v, standard int64) {
		if v == 0 {
			v = standard
		}
		a.Store(v)
	}
	set(&b.Commands, l.Commands, 20_000)
	set(&b.Steps, l.Steps, 2_000_000)
	set(&b.Output, l.Output, 256<<20)
	set(&b.Processes, l.Processes, 64)
	set(&b.Memory, l.Memory, 32<<20)
	if l.Time == 0 {
		l.Time = 12 * time.Hour
	}
	b.Deadline = time.Now().Add(l.Time)
	return b
}

// ErrSpent says that a budget is spent. The shell turns it into what a real
// machine under limits says.
var ErrSpent = errors.New("the budget of the session is spent")

// Take takes n from one of the amounts; false where there is not enough left.
func Take(a *atomic.Int64, n int64) bool {
	if a.Add(-n) < 0 {
		a.Add(n)
		return false
	}
	return true
}

// Give gives back what was taken.
func Give(a *atomic.Int64, n int64) { a.Add(n) }

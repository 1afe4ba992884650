package collect

import (
	"time"
)

// Progress is how far a piece of work is, as the board holds it.
type Progress struct {
	Done int64 `json:"done"`
	Left int64 `json:"left"`
	// ETA is how many seconds are left at the pace of the last minutes, -1
	// where that cannot be told yet.
	ETA int64 `json:"eta_s"`
}

// progress measures a pace over the last minutes.
type progress struct {
	total int64
	marks []paceMark
}

type paceMark struct {
	at   time.Duration
	done int64
}

// Bounds of the stretch over which the pace is taken.
const (
	paceStep = 5 * time.Second
	paceSpan = 60
)

// done notes that more was done.
func (p *progress) done(n int, now time.Duration) {
	p.total += int64(n)
	if k := len(p.marks); k == 0 || now-p.marks[k-1].at >= paceStep {
		p.marks = append(p.marks, paceMark{now, p.total})
		if len(p.marks) > paceSpan {
			p.marks = append(p.marks[:0], p.marks[1:]...)
		}
	}
}

// state tells how far the work is, with so much left.
func (p *progress) state(left int64, now time.Duration) Progress {
	s := Progress{Done: p.total, Left: left, ETA: -1}
	if left == 0 {
		s.ETA = 0
	} else if len(p.marks) > 0 {
		if did, took := p.total-p.marks[0].done, now-p.marks[0].at; did > 0 && took > time.Second {
			s.ETA = int64(took.Seconds() / float64(did) * float64(left))
		}
	}
	return s
}

package cowrie

import (
	"slices"
	"time"

	"gait/recording/reader"
)

// Timed is a folder that may hold several terminal logs of one name, as where
// a honeypot packs them away each day and goes on with an empty folder.
type Timed interface {
	reader.Dir
	// Terminal opens a terminal log by its base name: one that begins in the
	// given time, else any of the name.
	Terminal(name string, from, to time.Time) (*reader.Neighbour, error)
}

// begins gives the time in which a terminal log of a window can have begun, by
// its own clock.
func (w *window) begins() (from, to time.Time) {
	return time.UnixMicro(w.from - near), time.UnixMicro(w.to + near)
}

// windows gives the times of the sessions that name each terminal log.
func (r *Recording) windows() map[string][]*window {
	all := make(map[string][]*window, len(r.claims))
	for _, c := range r.conns {
		for i := range c.logs {
			l := &c.logs[i]
			w := l.window(c)
			if all[l.name] = append(all[l.name], w); l.opened != l.name {
				all[l.opened] = append(all[l.opened], w)
			}
		}
	}
	return all
}

// Picks says which of several terminal logs of one base name the sessions of
// the logs are read from, by when they began: of each session the first that
// begins in its time, else the first of all. A copy of one that is read counts
// as read. The zero time stands for one that does not say when it began.
func (r *Recording) Picks(base string, begun []time.Time) []bool {
	picks := make([]bool, len(begun))
	if len(begun) == 0 {
		return picks
	}
	for _, w := range r.times()[base] {
		from, to := w.begins()
		i := slices.IndexFunc(begun, func(t time.Time) bool {
			return !t.IsZero() && !t.Before(from) && !t.After(to)
		})
		picks[max(i, 0)] = true
	}
	for i, t := range begun {
		for j := range begun {
			picks[i] = picks[i] || picks[j] && !t.IsZero() && t.Equal(begun[j])
		}
	}
	return picks
}

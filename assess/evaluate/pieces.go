package evaluate

import (
	"slices"
	"time"

	"gait"
)

// key is one input of a typing session.
type key struct {
	at   time.Duration
	data []byte
}

// keysOf lists the inputs of a session.
func keysOf(s *gait.Session) []key {
	var list []key
	for _, e := range s.Events() {
		if e.Kind == gait.Input {
			list = append(list, key{e.Time, e.Data})
		}
	}
	return list
}

// made makes a session of keys, which begins with the first of them. Nothing of
// the recording goes along but what its times can show.
func made(keys []key, of *gait.Session) *gait.Session {
	s := &gait.Session{Header: gait.Header{Format: of.Format, Fidelity: of.Fidelity}}
	for _, k := range keys {
		s.Append(gait.Event{Time: k.at - keys[0].at, Kind: gait.Input, Data: k.data}, -1)
	}
	return s
}

// Sizes of what typing is cut into.
const (
	windowKeys  = 20
	windowPause = 5 * time.Second // a longer gap is in no window
	sessionKeys = 100
)

// windows cuts typing into pieces of 20 keys that do not overlap and hold no
// gap of over 5 s: 19 gaps each.
func windows(keys []key) (list [][]key) {
	from := 0
	for i := range keys {
		if i > from && keys[i].at-keys[i-1].at > windowPause {
			from = i
		}
		if i-from+1 == windowKeys {
			list = append(list, keys[from:i+1])
			from = i + 1
		}
	}
	return list
}

// cut cuts typing into pieces of n keys, one after the other.
func cut(keys []key, n int) (list [][]key) {
	for ; len(keys) >= n; keys = keys[n:] {
		list = append(list, keys[:n])
	}
	return list
}

// shuffled gives keys their own gaps in a random order: a program that replays
// a person's pace without knowing what is typed.
func shuffled(keys []key, c *chance) []key {
	out := slices.Clone(keys)
	gaps := make([]time.Duration, len(keys)-1)
	for i := range gaps {
		gaps[i] = keys[i+1].at - keys[i].at
	}
	c.shuffle(len(gaps), func(i, j int) { gaps[i], gaps[j] = gaps[j], gaps[i] })
	for i, g := range gaps {
		out[i+1].at = out[i].at + g
	}
	return out
}

// How an OpenSSH client since 9.5 sends keys: the first after a pause at once,
// later ones at the next tick of a clock that the first one starts. All that
// wait leave together, each as a message of its own. The spell ends a while
// after the last key.
const (
	tickStep   = 20 * time.Millisecond
	tickSpread = 2 * time.Millisecond // the step of a spell lies within this of tickStep
	spellLeast = time.Second
	spellRange = 2100 * time.Millisecond
	together   = 50 * time.Microsecond // between messages of one tick
)

// ticked gives the keys as they leave such a client.
func ticked(keys []key, c *chance) []key {
	out := slices.Clone(keys)
	var start, until, step, sent time.Duration
	for i := range out {
		at := out[i].at
		if i == 0 || at > until {
			start = at
			step = tickStep - tickSpread + time.Duration(c.share()*float64(2*tickSpread))
		} else {
			at = start + (at-start+step-1)/step*step
		}
		until = out[i].at + spellLeast + time.Duration(c.share()*float64(spellRange))
		if i > 0 {
			at = max(at, sent+together)
		}
		out[i].at, sent = at, at
	}
	return out
}

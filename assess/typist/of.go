package typist

import (
	"maps"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"gait"
	"gait/profile"
)

// Of gives the vector of a session's keys for the table of a model, and how
// many keys there were in it: fewer than [MinKeys] say nothing. It takes the
// times of single chars that follow each other. A paste, an event of several
// chars and a control sequence break the chain, and a key that was held down
// counts once.
func (m *Model) Of(k *profile.Keys) (v *Vector, keys int) {
	var b Builder
	follow(k, b.Add)
	v = b.Vector(m.Version)
	return v, v.keys
}

// follow calls f with every two keys that follow each other and the
// milliseconds between them.
func follow(k *profile.Keys, f func(first, second rune, ms float64)) {
	before := rune(-1)
	for i := 0; i < len(k.Strokes); i++ {
		if !k.Strokes[i].Single() {
			before = -1
			continue
		}
		c := keyOf(k.Data(i))
		if before >= 0 {
			f(before, c, 1000*k.Gap(i))
		}
		before = c
		if n := held(k, i); n > 0 {
			i += n
			before = -1
		}
	}
}

// Watch gives a primitive that answers nothing and shows take the vector of each
// session that has keys enough, in the engine's own pass over it. It asks for
// what a vector needs of a recording: single keys, and times of the session's
// own that are no coarser than a millisecond.
func (m *Model) Watch(take func(*Vector)) *profile.Primitive {
	return watch(func(k *profile.Keys) {
		if vector, _ := m.Of(k); vector.Known() {
			take(vector)
		}
	})
}

func watch(see func(*profile.Keys)) *profile.Primitive {
	return &profile.Primitive{
		Name: "gait.typist", Title: "the hands that typed", Rules: 1,
		Needs: profile.NeedKeys | profile.NeedTiming, Finest: 10 * time.Millisecond,
		Observe: func(v *profile.View) profile.Answer {
			see(v.Keys())
			return profile.Silent
		},
	}
}

// StreamOf gives the gaps of a session that a known person typed; it has no
// blocks where the recording cannot show them. All columns are the times as
// recorded.
func StreamOf(s *gait.Session, person, place string) Stream {
	stream := Stream{Person: person, Place: place}
	var block []Gap
	profile.Run(s, []*profile.Primitive{watch(func(k *profile.Keys) {
		follow(k, func(first, second rune, ms float64) {
			g := Gap{First: first, Second: second}
			for i := range g.MS {
				g.MS[i] = ms
			}
			if block = append(block, g); len(block) == BlockKeys {
				stream.Blocks, block = append(stream.Blocks, block), nil
			}
		})
	})}, time.Time{})
	return stream
}

// OfSession gives the vector of a session, nil where it has too few keys or its
// recording cannot show them.
func (m *Model) OfSession(s *gait.Session) (v *Vector) {
	profile.Run(s, []*profile.Primitive{m.Watch(func(found *Vector) { v = found })}, time.Time{})
	return v
}

// A key that is held down repeats at least heldTimes, at gaps that differ by no
// more than heldSpread, in seconds.
const (
	heldTimes  = 4
	heldSpread = 0.025
)

// held counts the strokes after stroke i that a held key made: 0 where it was
// not held. The first repeat comes after a delay of its own, which is left out
// of the comparison.
func held(k *profile.Keys, i int) int {
	least, most := math.Inf(1), 0.0
	n := 0
	for j := i + 1; j < len(k.Strokes) && k.Strokes[j].Single() && slices.Equal(k.Data(j), k.Data(i)); j++ {
		if j > i+1 {
			least, most = min(least, k.Gap(j)), max(most, k.Gap(j))
			if most-least > heldSpread {
				break
			}
		}
		n++
	}
	if n < heldTimes {
		return 0
	}
	return n
}

// keyOf gives the key of a single stroke; one that is no valid char is none
// that was measured.
func keyOf(data []byte) rune {
	r, _ := utf8.DecodeRune(data)
	return r
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package evaluate

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gait"
	"gait/assess/typist"
)

// hand is a made-up person: a pace for each key, and a habit of taking back what
// was mistyped, or none.
type hand struct {
	name  string
	pace  float64 // ms
	erase bool
}

// typed makes up a recording and its stream of digraphs.
func (h hand) typed(place string, keys int, c *chance) (Sample, typist.Stream) {
	s := &gait.Session{Header: gait.Header{Format: "asciicast", Fidelity: gait.Fidelity{Input: gait.GranularityKey, Resolution: time.Microsecond, Lossless: true}}}
	stream := typist.Stream{Person: h.name, Place: place}
	at, last := 0.0, 'e'
	for i := range keys {
		key := rune("etaoinshrd"[int(c.share()*10)])
		if h.erase && i%9 == 8 {
			key = 0x7f
		}
		ms := h.pace * (0.7 + 0.3*float64(key%5)) * (0.8 + 0.4*c.share())
		at += ms / 1000
		s.Append(gait.Event{Time: time.Duration(at * float64(time.Second)), Kind: gait.Input, Data: []byte(string(key))}, -1)
		if i%typist.BlockKeys == 0 {
			stream.Blocks = append(stream.Blocks, nil)
		}
		b := &stream.Blocks[len(stream.Blocks)-1]
		*b = append(*b, typist.Gap{First: last, Second: key, MS: [typist.Columns]float64{typist.Exact: ms}})
		last = key
	}
	label := Label{File: fmt.Sprintf("typing/%s-%s.cast", h.name, place), Kind: Person, Origin: Origin{Group: h.name, Subject: h.name}}
	return Sample{label, s}, stream
}

func TestAttributionTellsTwoHandsFromOne(t *testing.T) {
	var samples []Sample
	var streams []typist.Stream
	c := chance(seed)
	p := &c
	for _, h := range []hand{{"a", 90, true}, {"b", 320, false}, {"c", 150, true}, {"d", 240, false}, {"e", 120, false}} {
		for _, place := range []string{"x", "y"} {
			s, stream := h.typed(place, 1000, p)
			samples, streams = append(samples, s), append(streams, stream)
		}
	}
	steps := 0
	measure := func(samples []Sample, streams []typist.Stream) *AttributionFigures {
		t.Helper()
		f, err := Attribution(samples, streams, typist.Shipped(), func() error { steps++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := measure(samples, streams)
	if steps != AttributionSteps(samples) || steps != 15 {
		t.Errorf("%d steps", steps)
	}
	if f.Persons != 5 || f.One.Histories.N != 5 || f.OneInTurns.Histories.N != 5 || f.TwoInTurns.Histories.N != 20 || f.TwoInTurns.Subjects.N != 10 {
		t.Fatalf("%d persons, %d, %d and %d histories", f.Persons, f.One.Histories.N, f.OneInTurns.Histories.N, f.TwoInTurns.Histories.N)
	}
	if n := f.One.Assessments.N + f.OneInTurns.Assessments.N; n != 5*10+5*10 {
		t.Errorf("%d assessments", n)
	}
	if f.One.Subjects.Hits > 0 || f.OneInTurns.Subjects.Hits > 0 {
		t.Errorf("single people are suspected: %+v, %+v", f.One.Subjects, f.OneInTurns.Subjects)
	}
	if f.TwoInTurns.Subjects.Hits == 0 || f.TwoInTurns.Parted.Hits == 0 || f.TwoInTurns.Primitives["motor.error_correction"].Hits == 0 {
		t.Errorf("nobody is suspected: %+v", f.TwoInTurns)
	}
	// Without typing that can be compared there is nothing to suspect by.
	f = measure(samples, nil)
	if f.TwoInTurns.Subjects.Hits > 0 || f.TwoInTurns.State.Hits == 0 {
		t.Errorf("by the state alone: %+v", f.TwoInTurns)
	}
	if measure(samples[:2], streams) != nil {
		t.Error("one person makes figures")
	}
	if _, err := Attribution(samples, streams, typist.Shipped(), func() error { return errors.New("enough") }); err == nil {
		t.Error("it goes on")
	}
}

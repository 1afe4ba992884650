package typist_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess/typist"
)

// typed is a session that is put together event by event.
type typed struct {
	gait.Session
	at time.Duration
}

func (s *typed) add(gap time.Duration, data string) {
	s.at += gap
	s.Append(gait.Event{Time: s.at, Kind: gait.Input, Data: []byte(data)}, -1)
}

func newTyped(f gait.Fidelity) *typed {
	s := &typed{}
	s.Fidelity = f
	return s
}

var fine = gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true}

// TestVectorOfSession types single keys, and among them what must not count: a
// paste, an arrow, a pause, and a key that is held down.
func TestVectorOfSession(t *testing.T) {
	m := typist.Shipped()
	r := rand.New(rand.NewPCG(9, 9))
	s := newTyped(fine)
	var want typist.Builder
	text := strings.Repeat("the cat sat on the mat ", 6)
	before := rune(-1)
	for _, c := range text {
		gap := time.Duration(80+r.IntN(200)) * time.Millisecond
		s.add(gap, string(c))
		if before >= 0 {
			want.Add(before, c, float64(gap.Milliseconds()))
		}
		before = c
	}
	s.add(time.Second, "curl http://example.org") // a paste: no chain on either side
	s.add(100*time.Millisecond, "l")
	s.add(100*time.Millisecond, "\x1b[A")
	s.add(100*time.Millisecond, "l")
	s.add(1500*time.Millisecond, "s") // a pause: a key without a gap
	want.Add('l', 's', 1500)
	s.add(200*time.Millisecond, "\x7f")
	want.Add('s', '\x7f', 200)
	for range 40 {
		s.add(30*time.Millisecond, "\x7f") // held
	}
	s.add(100*time.Millisecond, "w")
	got := m.OfSession(&s.Session)
	if got == nil {
		t.Fatal("there is no vector")
	}
	a, _ := got.MarshalBinary()
	b, _ := want.Vector(m.Version).MarshalBinary()
	if string(a) != string(b) {
		t.Errorf("%d keys, want %d; %x, want %x", got.Keys(), want.Vector(0).Keys(), a, b)
	}
}

// TestWhatCannotShowHandsHasNoVector plays the same keys in recordings that are
// too coarse or not of this session, and too few of them.
func TestWhatCannotShowHandsHasNoVector(t *testing.T) {
	play := func(f gait.Fidelity, keys int) *typist.Vector {
		s := newTyped(f)
		for i := range keys {
			s.add(150*time.Millisecond, string("abcde fgh"[i%9]))
		}
		return typist.Shipped().OfSession(&s.Session)
	}
	if play(fine, 150) == nil {
		t.Error("150 keys have no vector")
	}
	coarse, lines, copied := fine, fine, fine
	coarse.Resolution = time.Second
	lines.Input = gait.GranularityLine
	copied.SharedTiming = true
	for name, v := range map[string]*typist.Vector{
		"80 keys": play(fine, 80), "times in seconds": play(coarse, 150), "whole lines": play(lines, 150), "another session's times": play(copied, 150),
	} {
		if v != nil {
			t.Errorf("%s have a vector", name)
		}
	}
}

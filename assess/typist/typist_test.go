package typist_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"gait/assess/typist"
)

// TestScoreIsSymmetric compares made-up sessions of many lengths both ways:
// nothing may depend on which comes first, not even in the last bit.
func TestScoreIsSymmetric(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	m := typist.Shipped()
	for range 200 {
		a, b := newPerson(r).vector(r, 120+r.IntN(900)), newPerson(r).vector(r, 120+r.IntN(900))
		ab, err := m.Score(a, b)
		if err != nil {
			t.Fatal(err)
		}
		if ba, _ := m.Score(b, a); ab != ba {
			t.Fatalf("%+v\nand the other way\n%+v", ab, ba)
		}
	}
}

// TestTheSameHandsScoreHigher holds the score to what it is for: two sessions of
// one made-up person score higher than those of two, nearly always with many
// keys, and more often so the more keys there are.
func TestTheSameHandsScoreHigher(t *testing.T) {
	m := typist.Shipped()
	var wrong [2]int
	for i, keys := range []int{120, 600} {
		r := rand.New(rand.NewPCG(2, 2))
		for range 100 {
			a, b := newPerson(r), newPerson(r)
			one := a.vector(r, keys)
			same, err := m.Score(one, a.vector(r, keys))
			if err != nil {
				t.Fatal(err)
			}
			other, err := m.Score(one, b.vector(r, keys))
			if err != nil {
				t.Fatal(err)
			}
			self, _ := m.Score(one, one)
			if self.LogOdds < same.LogOdds-1 {
				t.Errorf("a session agrees with itself less (%.2f) than with another (%.2f)", self.LogOdds, same.LogOdds)
			}
			if same.LogOdds <= other.LogOdds {
				wrong[i]++
			}
		}
	}
	if wrong[1] > 2 || wrong[1] >= wrong[0] && wrong[0] > 0 || wrong[0] > 30 {
		t.Errorf("of 100 each, %d comparisons of 120 keys and %d of 600 are the wrong way round", wrong[0], wrong[1])
	}
}

func TestTooFewKeysAndOtherTablesSayNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	m := typist.Shipped()
	p := newPerson(r)
	long, short := p.vector(r, 200), p.vector(r, 80)
	if _, err := m.Score(long, short); !errors.Is(err, typist.ErrShort) {
		t.Errorf("a session of %d keys: %v", short.Keys(), err)
	}
	if _, err := m.NewIndex().Add(short); !errors.Is(err, typist.ErrShort) {
		t.Errorf("a short session in an index: %v", err)
	}
	var b typist.Builder
	p.play(r, &b, 200)
	if _, err := m.Score(long, b.Vector(m.Version+1)); !errors.Is(err, typist.ErrTable) {
		t.Errorf("a session of another table: %v", err)
	}
}

// TestVectorsAreKept stores vectors and reads them back, whole and cut.
func TestVectorsAreKept(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, keys := range []int{0, 1, 100, 500, 5000} {
		v := newPerson(r).vector(r, keys)
		stored, _ := v.MarshalBinary()
		var back typist.Vector
		if err := back.UnmarshalBinary(stored); err != nil {
			t.Fatalf("%d keys: %v", keys, err)
		}
		if !reflect.DeepEqual(v, &back) {
			t.Errorf("%d keys come back otherwise", keys)
		}
		if len(stored) > typist.MaxGaps*3 {
			t.Errorf("%d keys take %d bytes", keys, len(stored))
		}
		for cut := range len(stored) {
			if cut%7 == 0 && back.UnmarshalBinary(stored[:cut]) == nil {
				t.Fatalf("%d of %d bytes are taken for a vector", cut, len(stored))
			}
		}
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, keys := range []int{0, 3, 150} {
		stored, _ := newPerson(r).vector(r, keys).MarshalBinary()
		f.Add(stored)
	}
	other := newPerson(r).vector(r, 200)
	f.Fuzz(func(t *testing.T, data []byte) {
		var v typist.Vector
		if v.UnmarshalBinary(data) != nil {
			return
		}
		if again, _ := v.MarshalBinary(); !bytes.Equal(again, data) {
			t.Fatalf("%x is kept as %x", data, again)
		}
		s, err := typist.Shipped().Score(&v, other)
		if err == nil && (math.IsNaN(s.LogOdds) || math.IsInf(s.LogOdds, 0)) {
			t.Fatalf("%x scores %v", data, s.LogOdds)
		}
		typist.Pool(&v, &v)
	})
}

// TestPoolIsAllTheGaps pools two sessions and compares with one session of both.
func TestPoolIsAllTheGaps(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	p := newPerson(r)
	var one, two, both typist.Builder
	same := func(seed uint64, b *typist.Builder) { p.play(rand.New(rand.NewPCG(seed, 0)), b, 150) }
	same(1, &one)
	same(2, &two)
	same(1, &both)
	same(2, &both)
	if got := typist.Pool(one.Vector(1), two.Vector(1)); !reflect.DeepEqual(got, both.Vector(1)) {
		t.Error("two pooled sessions are not one session of both")
	}
	if got := typist.Pool(one.Vector(1), two.Vector(2)); !reflect.DeepEqual(got, one.Vector(1)) {
		t.Error("a session of another table was pooled")
	}
}

// TestIndexScoresAsPairsDo scores sessions against an index of typists that come
// and go, and each against each alone: the scores agree to the bit.
func TestIndexScoresAsPairsDo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	m := typist.Shipped()
	x := m.NewIndex()
	held := map[int]*typist.Vector{}
	for i := range 6000 { // more than a block of the index holds
		v := newPerson(r).vector(r, 110+r.IntN(200))
		n, err := x.Add(v)
		if err != nil {
			t.Fatal(err)
		}
		if held[n] != nil {
			t.Fatalf("number %d was given twice", n)
		}
		held[n] = v
		if i%5 == 4 {
			gone := r.IntN(i)
			x.Remove(gone)
			delete(held, gone)
		}
	}
	if x.Len() != len(held) {
		t.Fatalf("%d typists, want %d", x.Len(), len(held))
	}
	for range 3 {
		v := newPerson(r).vector(r, 400)
		matches, err := x.Best(v, len(held))
		if err != nil || len(matches) != len(held) {
			t.Fatalf("%d matches, %v", len(matches), err)
		}
		for i, got := range matches {
			if i > 0 && got.Score.LogOdds > matches[i-1].Score.LogOdds {
				t.Fatal("matches are not in order")
			}
			if want, _ := m.Score(v, held[got.Typist]); got.Score != want {
				t.Fatalf("typist %d scores %+v, alone %+v", got.Typist, got.Score, want)
			}
		}
		few, _ := x.Best(v, 3)
		if !reflect.DeepEqual(few, matches[:3]) {
			t.Error("the best three are not the first three of all")
		}
	}
}

// TestLinksSayWhatTheyRestOn reads statements term by term.
func TestLinksSayWhatTheyRestOn(t *testing.T) {
	m := typist.Shipped()
	strong := typist.Score{LogOdds: 6, Gaps: 270}
	alone := m.Link(strong, 1000, nil)
	if want := 6 - math.Log(1000); math.Abs(alone.PosteriorLogOdds-want) > 1e-12 || alone.Proposed {
		t.Errorf("among 1,000: %+v, want log odds of %v", alone, want)
	}
	if alone.Measured || alone.FalseAcceptBound != 0 {
		t.Errorf("the bound of a score that few persons cannot show: %+v", alone)
	}
	weak := m.Link(typist.Score{LogOdds: -2, Gaps: 270}, 1, nil)
	if !weak.Measured || weak.FalseAcceptBound <= m.LeastRate() || weak.FalseAcceptBound > 1 {
		t.Errorf("the bound of a weak score: %+v", weak)
	}
	all := m.Link(strong, 1000, []typist.Observed{
		{typist.HASSH, true, 2, 1000}, {typist.ClientVersion, true, 2, 1000}, {typist.Network, true, 1, 1000}, {typist.ToolHabits, false, 0, 0},
	})
	want := []typist.Evidence{{"hassh", 3}, {"client version", 0}, {"network", 3}, {"tool habits", -0.5}}
	if !reflect.DeepEqual(all.Evidence, want) || !all.Proposed {
		t.Errorf("evidence: %+v, want %+v", all, want)
	}
	// What is seen several times has one cap.
	habit := typist.Observed{Trait: typist.ToolHabits, Same: true, Have: 1, Of: 9}
	other := typist.Observed{Trait: typist.ToolHabits}
	for _, c := range []struct {
		seen []typist.Observed
		nats float64
	}{{[]typist.Observed{habit}, math.Log(5)}, {[]typist.Observed{habit, habit, habit}, 2}, {[]typist.Observed{habit, other}, math.Log(5) - 0.5}, {[]typist.Observed{other, other}, -0.5}} {
		l := m.Link(strong, 10, c.seen)
		if len(l.Evidence) != 1 || l.Evidence[0].Name != "tool habits" || math.Abs(l.Evidence[0].Nats-c.nats) > 1e-12 {
			t.Errorf("habits %+v: %+v, want %v", c.seen, l.Evidence, c.nats)
		}
	}
	common := m.Link(strong, 10, []typist.Observed{{typist.HASSH, true, 900, 1000}})
	if n := common.Evidence[0].Nats; n < 0.1 || n > 0.11 {
		t.Errorf("a client that nearly all have says %v nats", n)
	}
}

func BenchmarkIndex(b *testing.B) {
	for _, keys := range []int{300, 1000} {
		b.Run(fmt.Sprintf("%d keys", keys), func(b *testing.B) { benchmarkIndex(b, keys, 100000) })
	}
}

func benchmarkIndex(b *testing.B, keys, typists int) {
	r := rand.New(rand.NewPCG(8, 8))
	x := typist.Shipped().NewIndex()
	for range typists {
		if _, err := x.Add(newPerson(r).vector(r, keys)); err != nil {
			b.Fatal(err)
		}
	}
	v := newPerson(r).vector(r, keys)
	for b.Loop() {
		if m, err := x.Best(v, 10); err != nil || len(m) != 10 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(x.Bytes())/float64(typists), "B/typist")
}

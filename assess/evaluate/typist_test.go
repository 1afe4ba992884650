package evaluate

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"gait/assess/population"
	"gait/assess/typist"
)

// typistStreams make up persons who type at two places each.
func typistStreams(persons, keys int) (list []typist.Stream) {
	c := chance(1)
	for i := range persons {
		own := make([]float64, 60)
		for d := range own {
			own[d] = c.share() - 0.5
		}
		for _, place := range []string{"a", "b"} {
			s := typist.Stream{Person: string(rune('A' + i)), Place: place}
			for range keys / typist.BlockKeys {
				var block []typist.Gap
				for range typist.BlockKeys {
					d := c.below(len(own))
					x := population.Digraphs()[d*10]
					g := typist.Gap{First: x.First, Second: x.Second}
					for column := range g.MS {
						g.MS[column] = math.Exp(x.Mean - 0.5 + own[d] + 0.5*c.share())
					}
					block = append(block, g)
				}
				s.Blocks = append(s.Blocks, block)
			}
			list = append(list, s)
		}
	}
	return list
}

// TestTypistMeasuresWhatIsThere measures made-up people who differ a lot: they
// are told apart, at the lengths that there are sessions of, and the answer is
// the same each time.
func TestTypistMeasuresWhatIsThere(t *testing.T) {
	streams := typistStreams(5, 400)
	r, err := Typist(streams, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := r["200"]
	if f.Declared != "fused" || f.Persons != 5 || f.PersonPairs != 10 || f.Sessions != 20 || f.Pairs != 100 {
		t.Errorf("200 keys: %+v", f)
	}
	for name, x := range map[string]*float64{"fused": f.BalancedEER, "in ticks": f.TicksBalancedEER, "itad": f.Methods["itad"].BalancedEER} {
		if x == nil || *x > 0.1 {
			t.Errorf("%s: people who differ a lot are told apart at %v", name, x)
		}
	}
	if ks := f.Methods["ks"].BalancedEER; ks == nil || *ks < *f.BalancedEER {
		t.Errorf("KS, which sees no digraph, has %v, less than %v", ks, *f.BalancedEER)
	}
	if f.Misses["0.001"] != nil || f.Misses["0.05"] == nil || f.DaysApart != nil {
		t.Errorf("what cannot be measured is not null: %+v", f)
	}
	if r["1000"].BalancedEER != nil || r["1000"].Methods["ks"].BalancedEER != nil {
		t.Error("there are figures of sessions that nobody typed")
	}
	a, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Typist(streams, nil)
	if b, _ := json.Marshal(again); !reflect.DeepEqual(a, b) {
		t.Error("the same streams give other figures")
	}
	stop := errors.New("stop")
	if _, err := Typist(streams, func() error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an end is not taken: %v", err)
	}
}

// TestEERAndMisses counts by hand: of 4 pairs of one person and 4 of two, one
// each lies on the wrong side.
func TestEERAndMisses(t *testing.T) {
	var pairs []typistPair
	for i, score := range []float64{1, 2, 3, 6} {
		p := typistPair{Compared: typist.Compared{A: i, B: 9}}
		p.scores[0] = score
		pairs = append(pairs, p)
	}
	for i, score := range []float64{2.5, 7, 8, 9} {
		p := typistPair{Compared: typist.Compared{A: i, B: i}}
		p.scores[0] = score
		pairs = append(pairs, p)
	}
	w := weighPairs(pairs, 0, true)
	if got := w.eer(); math.Abs(got-0.25) > 1e-9 {
		t.Errorf("EER %v, want 0.25", got)
	}
	for rate, want := range map[float64]float64{0: 0.25, 0.25: 0.25, 0.5: 0} {
		if got := w.missesAt(rate); math.Abs(got-want) > 1e-9 {
			t.Errorf("misses at %v: %v, want %v", rate, got, want)
		}
	}
	// A person with many sessions weighs as much as one with few, but not pooled.
	for range 6 {
		pairs = append(pairs, pairs[4])
	}
	if got := weighPairs(pairs, 0, true).missesAt(0); math.Abs(got-0.25) > 1e-9 {
		t.Errorf("balanced misses %v", got)
	}
	if got := weighPairs(pairs, 0, false).missesAt(0); math.Abs(got-0.7) > 1e-9 {
		t.Errorf("pooled misses %v", got)
	}
}

func TestSimpleMethods(t *testing.T) {
	if got := largestGap([]float64{1, 2, 3, 4}, []float64{3, 4, 5, 6}); got != 0.5 {
		t.Errorf("KS distance %v", got)
	}
	if got := tailAreas([]float64{2}, []float64{1, 2, 3}); math.Abs(got-1) > 1e-9 {
		t.Errorf("tail area of the middle %v", got)
	}
	if got := tailAreas([]float64{9}, []float64{1, 2, 3}); got != 0 {
		t.Errorf("tail area of what lies outside %v", got)
	}
	gaps := typistStreams(2, 100)
	one, other := plain(slices.Concat(gaps[0].Blocks...)), plain(slices.Concat(gaps[2].Blocks...))
	if one.apart(&one) != 0 || one.apart(&other) < 5 {
		t.Errorf("SimHashes lie %d and %d apart", one.apart(&one), one.apart(&other))
	}
	if itad, far := one.digraphs(&one); itad < 0.6 || far != 0 {
		t.Errorf("a session and itself: %v, %v", itad, far)
	}
}

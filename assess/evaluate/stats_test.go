package evaluate

import (
	"math"
	"testing"
	"time"

	"gait"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by || math.IsNaN(a) && math.IsNaN(b) }

// TestExactIntervals compares with published values of Clopper and Pearson.
func TestExactIntervals(t *testing.T) {
	for _, c := range []struct {
		hits, n   int
		low, high float64
	}{
		{0, 10, 0, 0.3085}, {10, 10, 0.6915, 1}, {5, 10, 0.1871, 0.8129}, {1, 10, 0.0025, 0.4450}, {0, 1, 0, 0.975},
		{2, 1000, 0.000242, 0.007206}, {0, 3000, 0, 0.001229}, {81, 263, 0.2527, 0.3676},
	} {
		got := Exact(c.hits, c.n)
		if !near(got[0], c.low, 6e-5) || !near(got[1], c.high, 6e-5) {
			t.Errorf("%d of %d: %v, want %v to %v", c.hits, c.n, got, c.low, c.high)
		}
	}
	if got := Exact(0, 0); got != (Interval{0, 1}) {
		t.Errorf("nothing tried: %v", got)
	}
	if r := rate(0, 0); r.Share != nil || r.Interval != nil {
		t.Error("nothing tried has a share")
	}
}

// sure makes verdicts of sure answers: truth, taken and group.
func sure(truth, taken int, group string, n int) (list []verdict) {
	for range n {
		v := verdict{truth: truth, taken: taken, group: group, p: []float64{0.1, 0.1, 0.1}}
		if taken >= 0 {
			v.p[taken] = 0.8
		}
		list = append(list, v)
	}
	return list
}

func TestEveryGroupWeighsTheSame(t *testing.T) {
	// 65 recordings of one script are right, the single one of another is not.
	list := append(sure(1, 1, "a", 65), sure(1, 0, "b", 1)...)
	list = append(list, sure(0, 0, "p", 3)...)
	weigh(list)
	s := score(list, 3)
	if !near(s.classes[1].recall, 0.5, 1e-12) {
		t.Errorf("recall %v, want 0.5", s.classes[1].recall)
	}
	if !near(s.classes[0].precision, 1/1.5, 1e-12) {
		t.Errorf("precision %v, want 1 of 1.5", s.classes[0].precision)
	}
	if c := s.classes[2]; c.n != 0 || !math.IsNaN(c.f1) || !math.IsNaN(c.recall) || !math.IsNaN(c.precision) {
		t.Errorf("a class without a sample has numbers: %+v", c)
	}
	if want := (0.8 + 2*0.5/1.5) / 2; !near(s.macroF1, want, 1e-12) {
		t.Errorf("macro-F1 %v, want %v", s.macroF1, want)
	}
	if s.classes[1].n != 66 || s.classes[1].groups != 2 || s.classes[1].hits != 65 {
		t.Errorf("counts: %+v", s.classes[1])
	}
	if !near(s.classes[1].taken[0], 0.5, 1e-12) {
		t.Errorf("confusion: %v", s.classes[1].taken)
	}
}

func TestNoAnswerIsNoHit(t *testing.T) {
	list := append(sure(0, -1, "p", 1), sure(0, 0, "p", 1)...)
	weigh(list)
	s := score(list, 3)
	if !near(s.classes[0].recall, 0.5, 1e-12) || !near(s.classes[0].precision, 1, 1e-12) || !near(s.classes[0].taken[3], 0.5, 1e-12) {
		t.Errorf("%+v", s.classes[0])
	}
}

func TestCllr(t *testing.T) {
	flat := []verdict{{truth: 0, group: "a", p: []float64{0.5, 0.5}}, {truth: 1, group: "b", p: []float64{0.5, 0.5}}}
	weigh(flat)
	if got := cllr(flat); !near(got, 1, 1e-12) {
		t.Errorf("nothing known of two classes costs %v bits, want 1", got)
	}
	// The usual form for two classes, with one ratio of 9 either way and a wrong one.
	list := []verdict{
		{truth: 0, group: "a", p: []float64{0.9, 0.1}}, {truth: 0, group: "b", p: []float64{0.2, 0.8}}, {truth: 1, group: "c", p: []float64{0.1, 0.9}},
	}
	weigh(list)
	want := ((math.Log2(1+1./9)+math.Log2(1+4))/2 + math.Log2(1+1./9)) / 2
	if got := cllr(list); !near(got, want, 1e-12) {
		t.Errorf("%v, want %v", got, want)
	}
	three := sure(2, -1, "a", 1)
	three[0].p = []float64{1. / 3, 1. / 3, 1. / 3}
	weigh(three)
	if got := cllr(three); !near(got, math.Log2(3), 1e-12) {
		t.Errorf("%v, want log2 of 3", got)
	}
	if got := cllr([]verdict{{truth: 0, group: "a", p: []float64{0, 1}, weight: 1}}); got != 40 {
		t.Errorf("certain and wrong costs %v bits, want 40", got)
	}
	if !math.IsNaN(cllr(nil)) {
		t.Error("no verdict has a cost")
	}
}

func TestNarrowKeepsPriorsEqual(t *testing.T) {
	j := judged{verdicts: []verdict{{truth: 1, group: "s", p: []float64{0.2, 0.2, 0.6}}, {truth: 0, group: "p", p: []float64{0.6, 0.3, 0.1}}}}
	j.samples = make([]subject, 2)
	two, _ := narrow(j, []int{-1, 1, 0})
	if len(two) != 1 || two[0].truth != 1 || two[0].taken != 0 || !near(two[0].p[0], 0.75, 1e-12) {
		t.Errorf("%+v", two)
	}
	machine, samples := narrow(j, []int{0, 1, 1})
	if machine[0].taken != 1 || !near(machine[0].p[1], 0.4/0.6, 1e-12) || machine[1].taken != 0 || machine[0].truth != 1 || len(samples) != 2 {
		t.Errorf("%+v", machine)
	}
}

// TestCalibrationOfACalibratedPredictor draws the truth from what is stated.
func TestCalibrationOfACalibratedPredictor(t *testing.T) {
	c := chance(1)
	var right, wrong []verdict
	for range 400 {
		p := c.share()
		v := verdict{group: "g", p: []float64{p, 1 - p}}
		v.truth = c.pick(v.p)
		right = append(right, v)
		v.p = []float64{p * p * p, 1 - p*p*p}
		wrong = append(wrong, v)
	}
	weigh(right)
	weigh(wrong)
	for i := range right { // one class each would be weighed apart
		right[i].weight, wrong[i].weight = 1, 1
	}
	a, b := reliability(right), reliability(wrong)
	if a.Error > a.Perfect95 {
		t.Errorf("a calibrated predictor is off by %v, and perfect ones by up to %v", a.Error, a.Perfect95)
	}
	if b.Error < 2*b.Perfect95 {
		t.Errorf("a predictor that is not calibrated is off by %v only, perfect ones by up to %v", b.Error, b.Perfect95)
	}
	n := 0
	for _, bin := range a.Bins {
		n += bin.N
	}
	if n != 800 {
		t.Errorf("%d statements in the table, want 800", n)
	}
	if reliability(nil) != nil {
		t.Error("a table of nothing")
	}
}

func TestBootstrapDrawsGroups(t *testing.T) {
	list := append(sure(0, 0, "a", 10), sure(0, 1, "b", 10)...)
	list = append(list, sure(1, 1, "c", 5)...)
	weigh(list)
	f1, cost := bootstrap(list, 2)
	again, _ := bootstrap(list, 2)
	if f1 == nil || cost == nil || *f1 != *again {
		t.Fatalf("%v, again %v", f1, again)
	}
	// One draw in four has only the group that is wrong, one only the other.
	if f1[0] > 0.34 || f1[1] < 0.999 {
		t.Errorf("macro-F1 from %v to %v, want from 1/3 to 1", f1[0], f1[1])
	}
	if cost[0] >= cost[1] {
		t.Errorf("Cllr %v", cost)
	}
}

func TestFoldsShareNoMark(t *testing.T) {
	of, n := folds([][]string{{"a"}, {"b"}, {"c"}, {"a"}, {"d"}, {"e"}})
	if n != 5 || of[0] != of[3] || of[0] == of[1] {
		t.Errorf("one mark each: %v", of)
	}
	of, n = folds([][]string{{"a", "x"}, {"b", "x"}, {"c", "y"}, {"a", "z"}, {"d", "y"}, {"e", "w"}})
	if n != 3 || of[0] != of[1] || of[0] != of[3] || of[2] != of[4] || of[5] == of[0] || of[5] == of[2] {
		t.Errorf("two marks each: %v", of)
	}
	// A chain makes one fold of all.
	if _, n = folds([][]string{{"1", "2"}, {"3", "4"}, {"2", "3"}}); n != 1 {
		t.Errorf("a chain makes %d folds", n)
	}
}

func TestChanceIsEvenAndTheSame(t *testing.T) {
	c := chance(0)
	if got := c.draw(); got != 0xe220a8397b1dcdaf { // the published first number for the seed 0
		t.Errorf("%x", got)
	}
	var counts [7]int
	for range 70000 {
		counts[c.below(7)]++
	}
	for i, n := range counts {
		if n < 9600 || n > 10400 {
			t.Errorf("%d came %d times of 70,000", i, n)
		}
	}
	if i := c.pick([]float64{0, 1, 0}); i != 1 {
		t.Errorf("picked %d", i)
	}
}

func typing(gaps ...time.Duration) []key {
	list := []key{{0, []byte("a")}}
	for _, g := range gaps {
		list = append(list, key{list[len(list)-1].at + g, []byte("b")})
	}
	return list
}

func repeat(g time.Duration, n int) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = g
	}
	return list
}

func TestWindowsHoldNoLongGap(t *testing.T) {
	gaps := append(repeat(100*time.Millisecond, 25), 6*time.Second)
	gaps = append(gaps, repeat(5*time.Second, 41)...)
	list := windows(typing(gaps...)) // 26 keys, a pause, 42 keys
	if len(list) != 3 {
		t.Fatalf("%d windows, want 3", len(list))
	}
	for _, w := range list {
		if len(w) != 20 {
			t.Errorf("a window of %d keys", len(w))
		}
		for i := 1; i < len(w); i++ {
			if w[i].at-w[i-1].at > 5*time.Second {
				t.Error("a window holds a long gap")
			}
		}
	}
	if got := cut(typing(gaps...), 30); len(got) != 2 || len(got[1]) != 30 {
		t.Errorf("%d pieces", len(got))
	}
}

func TestShuffledKeepsKeysAndGaps(t *testing.T) {
	var gaps []time.Duration
	for i := range 50 {
		gaps = append(gaps, time.Duration(i+1)*time.Millisecond)
	}
	keys := typing(gaps...)
	c := chance(3)
	out := shuffled(keys, &c)
	seen, moved := map[time.Duration]bool{}, 0
	for i := 1; i < len(out); i++ {
		g := out[i].at - out[i-1].at
		seen[g] = true
		if g != gaps[i-1] {
			moved++
		}
		if string(out[i].data) != string(keys[i].data) {
			t.Fatal("a key is another")
		}
	}
	if len(seen) != 50 || moved < 40 || out[50].at != keys[50].at {
		t.Errorf("%d gaps, %d moved, ends at %v", len(seen), moved, out[50].at)
	}
}

// TestTickedLooksLikeOpenSSH checks what is known of its clients: the first key
// at once, no key early, none late by more than a tick, and no gap between
// 1 ms and 17 ms within a spell.
func TestTickedLooksLikeOpenSSH(t *testing.T) {
	c := chance(5)
	var gaps []time.Duration
	for range 500 {
		gaps = append(gaps, time.Duration(c.share()*float64(300*time.Millisecond)))
	}
	keys := typing(append(gaps, 10*time.Second, 7*time.Millisecond)...)
	out := ticked(keys, &c)
	if out[0].at != 0 || out[501].at != keys[501].at {
		t.Error("a first key waited")
	}
	for i := range out {
		if d := out[i].at - keys[i].at; d < 0 || d > 22*time.Millisecond+time.Duration(10)*together {
			t.Fatalf("key %d is late by %v", i, d)
		}
		if i > 0 {
			if g := out[i].at - out[i-1].at; g > time.Millisecond && g < 17*time.Millisecond {
				t.Errorf("gap %d is %v", i, g)
			}
		}
	}
}

func TestHindsightGivesARuleItsBest(t *testing.T) {
	list := append(sure(0, 0, "a", 4), sure(1, 0, "b", 4)...)
	weigh(list)
	told := []string{"x", "x", "x", "x", "y", "y", "y", "y"}
	if got := hindsight(list, told, 2); !near(got, 1, 1e-12) {
		t.Errorf("a rule that tells them apart has %v", got)
	}
	blind := []string{"x", "x", "x", "x", "x", "x", "x", "x"}
	if got := hindsight(list, blind, 2); !near(got, 1./3, 1e-12) {
		t.Errorf("a rule that sees nothing has %v", got)
	}
	many := []string{"1", "2", "3", "4", "5", "6", "7", "8"}
	if got := hindsight(list, many, 2); !near(got, 1, 1e-12) {
		t.Errorf("a rule that sees each has %v", got)
	}
}

func TestRulesSee(t *testing.T) {
	s := &gait.Session{Header: gait.Header{Format: "shard"}}
	for i, at := range []time.Duration{0, time.Second, 2 * time.Second, 30 * time.Second} {
		s.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte([]string{"a", "/bin/BusyBox X", "b", "c"}[i])}, -1)
	}
	want := map[string]string{"file_type": "shard", "busybox": "true", "duration": "true", "bands": "true", "variation": "true"}
	for _, r := range rules {
		if got := r.see(s); got != want[r.name] {
			t.Errorf("%s sees %q, want %q", r.name, got, want[r.name])
		}
	}
	empty := &gait.Session{}
	for _, r := range rules {
		if got := r.see(empty); got != "false" && got != "" {
			t.Errorf("%s sees %q in nothing", r.name, got)
		}
	}
}

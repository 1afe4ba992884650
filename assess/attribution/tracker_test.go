package attribution

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// kept is the reference: all that is known, judged anew each time.
type kept map[string]Point

func (k kept) points() (all []Point) {
	for _, p := range k {
		all = append(all, p)
	}
	return all
}

// step puts or removes a session in a tracker and in the reference.
func step(tr *Tracker, all kept, p Point, remove bool) {
	if remove {
		tr.Remove(p.ref())
		delete(all, p.ref())
		return
	}
	tr.Put(p)
	all[p.ref()] = p
}

// agree fails where a tracker's state is not that of all points.
func agree(t interface{ Fatalf(string, ...any) }, tr *Tracker, kind Kind, all kept) {
	if len(tr.points) > 2*kind.Reach() {
		t.Fatalf("%d points are kept", len(tr.points))
	}
	if !tr.Whole() {
		tr.Reset(all.points())
	}
	if got, want := tr.State(), kind.Of(all.points()); !reflect.DeepEqual(got, want) {
		t.Fatalf("the tracker says %+v, all points say %+v", got, want)
	}
}

func TestTrackerEqualsRecomputationInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Labels, Numbers, Hashes}).Draw(t, "kind")
		tr, all := NewTracker(kind), kept{}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			p := Point{
				Session: fmt.Sprint(rapid.IntRange(0, 15).Draw(t, "session")),
				Start:   noon.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "hours")) * 3 * time.Hour),
				Value:   rapid.SampledFrom([]string{"typed", "pasted", "mixed", "unknown", ""}).Draw(t, "value"),
				Number:  rapid.Float64Range(-2, 2).Draw(t, "number"),
				Rules:   rapid.IntRange(1, 2).Draw(t, "rules"),
			}
			step(tr, all, p, rapid.IntRange(0, 4).Draw(t, "remove") == 0)
			agree(t, tr, kind, all)
		}
	})
}

func TestTrackerLetsGoOfTheOldestAndSaysWhenThatMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Labels, Numbers}).Draw(t, "kind")
		tr, all := NewTracker(kind), kept{}
		n := rapid.IntRange(3*kind.Reach(), 4*kind.Reach()).Draw(t, "sessions")
		for i, at := range rapid.Permutation(numbersTo(n)).Draw(t, "order") {
			step(tr, all, Point{Session: fmt.Sprint(at), Start: noon.Add(time.Duration(at) * time.Hour), Value: string(rune('A' + at%3)), Number: float64(at % 7), Rules: 1 + at/(n-20)*(i%2)}, false)
		}
		agree(t, tr, kind, all)
		for i, at := range rapid.Permutation(numbersTo(n)).Draw(t, "gone") {
			step(tr, all, Point{Session: fmt.Sprint(at)}, true)
			if i%8 == 0 || !tr.Whole() {
				agree(t, tr, kind, all)
			}
		}
	})
	tr := NewTracker(Labels)
	for i := range 129 {
		tr.Put(Point{Session: fmt.Sprint(i), Start: noon.Add(time.Duration(i) * time.Hour), Value: "A", Rules: 1})
	}
	for i := range 64 {
		if tr.Remove(fmt.Sprint(128 - i)); !tr.Whole() {
			t.Fatalf("not whole with %d left", len(tr.points))
		}
	}
	if tr.Remove("64"); tr.Whole() {
		t.Error("63 of 129 are left and it calls itself whole")
	}
}

// TestTrackerOfHashesLetsGoOfTheOldest puts more hashes than are kept, several at
// one time, in two orders, and takes some back.
func TestTrackerOfHashesLetsGoOfTheOldest(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	n := 2*Hashes.Reach() + 50
	of := func(at int) Point {
		return Point{Session: fmt.Sprint(at), Start: noon.Add(time.Duration(at/2) * time.Minute), Value: fmt.Sprint(at * at % 5), Rules: 1}
	}
	for _, order := range [][]int{numbersTo(n), chance.Perm(n)} {
		tr, all := NewTracker(Hashes), kept{}
		for _, at := range order {
			step(tr, all, of(at), false)
		}
		agree(t, tr, Hashes, all)
		for i := range 2000 {
			step(tr, all, of(n-1-i), true)
		}
		agree(t, tr, Hashes, all)
	}
}

func numbersTo(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// FuzzTracker reads steps out of bytes: four a step.
func FuzzTracker(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4})
	f.Add([]byte("AAAABBBBCCCCDDDDAAAAEEEEFFFF"))
	f.Add([]byte{0, 200, 1, 1, 1, 199, 1, 1, 2, 198, 0, 1, 3, 197, 1, 1, 4, 196, 0, 1, 0, 0, 0, 128})
	f.Fuzz(func(t *testing.T, data []byte) {
		kind := Labels + Kind(len(data)%3)
		tr, all := NewTracker(kind), kept{}
		for ; len(data) >= 4 && len(all) < 200; data = data[4:] {
			p := Point{Session: fmt.Sprint(data[0]), Start: noon.Add(time.Duration(data[1]) * time.Hour), Value: string(rune('A' + data[2]%4)), Number: float64(int8(data[2])), Rules: int(data[3] & 3)}
			step(tr, all, p, data[3]&128 != 0)
		}
		agree(t, tr, kind, all)
		s := tr.State()
		if s.Confidence < 0 || s.Confidence > 1 || s.Name == MultiActor && s.Confidence > MostSure {
			t.Fatalf("%s with confidence %v", s.Name, s.Confidence)
		}
		if (s.Name == Unknown) != (s.Confidence == 0) && kind == Labels {
			t.Fatalf("%s with confidence %v", s.Name, s.Confidence)
		}
	})
}

func TestChangedTellsOfTransitionsOnly(t *testing.T) {
	s := Label(days("AAAAA"))
	for _, from := range []Name{"", Unknown, Drifting} {
		tr, ok := Changed("id", "motor.input_modality", from, s)
		if !ok || tr.To != Stable || from != "" && tr.From != from || from == "" && tr.From != Unknown || len(tr.EvidenceRefs) != 5 || tr.EvidenceRefs[4] != "s004" {
			t.Errorf("from %q: %+v, %v", from, tr, ok)
		}
	}
	if _, ok := Changed("id", "p", Stable, s); ok {
		t.Error("stable to stable is told")
	}
	if _, ok := Changed("id", "p", "", State{Name: Unknown}); ok {
		t.Error("nothing to unknown is told")
	}
}

package profiler

import (
	"fmt"
	"slices"
	"testing"

	"gait/bus"
	"gait/store"
)

// names gives the references of tasks.
func names(list []*task) (refs []string) {
	for _, t := range list {
		refs = append(refs, t.ref())
	}
	return refs
}

func queued(ref string, size int64) *task {
	return ofEvent(store.Offer{Session: store.Session{Ref: ref, Size: size}})
}

func TestLiveComesBeforeBackfill(t *testing.T) {
	q := newQueue(1)
	for i := range 4 {
		x := queued(fmt.Sprint(i), 1)
		x.backfill = i < 2
		q.add(x)
	}
	if got := names(q.take(3)); !slices.Equal(got, []string{"2", "3", "0"}) {
		t.Errorf("taken %v", got)
	}
}

func TestSuspectsAreAlone(t *testing.T) {
	q := newQueue(4)
	one, bad, two := queued("one", 1), queued("bad", 1), queued("two", 1)
	bad.suspect = true
	q.add(one)
	first := q.take(9)
	q.add(bad)
	q.add(two)
	if got := names(q.take(9)); got != nil {
		t.Errorf("beside work under way: %v", got)
	}
	q.done(first[0])
	if got := names(q.take(9)); !slices.Equal(got, []string{"bad"}) {
		t.Errorf("taken %v", got)
	}
	if got := names(q.take(9)); got != nil {
		t.Errorf("beside a suspect: %v", got)
	}
	q.read(bad)
	if got := names(q.take(9)); got != nil {
		t.Errorf("beside a suspect that is not stored: %v", got)
	}
	q.done(bad)
	if got := names(q.take(9)); !slices.Equal(got, []string{"two"}) {
		t.Errorf("taken %v", got)
	}
}

func TestBytesUnderWayAreBounded(t *testing.T) {
	q := newQueue(8)
	for i, size := range []int64{byteBudget * 3, byteBudget / 2, byteBudget/2 + 1, 0, 10} {
		q.add(queued(fmt.Sprint(i), size))
	}
	want := [][]string{{"0"}, {"1"}, {"2", "3", "4"}}
	for _, w := range want {
		got := q.take(9)
		if !slices.Equal(names(got), w) {
			t.Fatalf("taken %v, want %v", names(got), w)
		}
		if more := q.take(9); more != nil {
			t.Fatalf("more: %v", names(more))
		}
		for _, x := range got {
			q.read(x)
			q.done(x)
		}
	}
	if waiting, flight := q.size(); waiting+flight+int(q.bytes)+q.unread != 0 {
		t.Errorf("left: %+v", q)
	}
}

func TestFewAreBegunAheadOfTheWorkers(t *testing.T) {
	q := newQueue(2)
	for i := range 500 {
		q.add(queued(fmt.Sprint(i), 1))
	}
	got := q.take(500)
	if len(got) != q.ahead || len(got) > 20 {
		t.Fatalf("%d were taken", len(got))
	}
	q.read(got[0])
	if more := q.take(500); len(more) != 1 {
		t.Errorf("%d more were taken", len(more))
	}
	for n := len(got) + 1; n < maxFlight; n++ { // read, and not stored
		for _, x := range q.tasks {
			q.over(x)
		}
		q.take(1)
	}
	if more := q.take(1); more != nil {
		t.Errorf("%d are under way", q.flight)
	}
}

// answers counts what became of a delivery.
type answers struct {
	bus.Delivery
	done int
}

func (a *answers) Done() error { a.done++; return nil }

func TestEventsOfOneSessionAreJoined(t *testing.T) {
	q := newQueue(1)
	var d [4]*answers
	task := func(i int) *task {
		x := queued("one", 1)
		d[i] = &answers{}
		x.deliveries = []bus.Delivery{d[i]}
		return x
	}
	first := task(0)
	q.add(first)
	q.add(task(1)) // joined: it will be read after this one came
	q.take(1)
	q.add(task(2)) // may tell of more than is being read
	q.add(task(3))
	if len(first.deliveries) != 2 || first.next == nil || len(first.next.deliveries) != 2 {
		t.Fatalf("%+v", first)
	}
	q.add(ofRow(&store.Session{Ref: "one"})) // a row tells nothing new
	if next := q.done(first); next == nil || next.next != nil || len(next.deliveries) != 2 {
		t.Errorf("%+v", next)
	}
	if waiting, flight := q.size(); waiting+flight != 0 || q.has("one") {
		t.Errorf("%d, %d", waiting, flight)
	}
}

func TestWaitsGrowAndDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		short, long := wait(0), wait(mostWait*100)
		if short < firstWait*4/5 || short > firstWait*6/5+1 || long < mostWait*4/5 || long > mostWait*6/5+1 {
			t.Fatalf("%v, %v", short, long)
		}
		seen[short.String()] = true
	}
	if len(seen) < 10 {
		t.Errorf("%d different waits of 50", len(seen))
	}
}

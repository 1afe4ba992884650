package profiler

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"gait/bus"
	"gait/recording"
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

func TestLittleBackfillIsUnderWayBesideLiveSessions(t *testing.T) {
	q := newQueue(4)
	for i := range 50 {
		x := queued(fmt.Sprint("old", i), 1)
		x.backfill = true
		q.add(x)
	}
	if got := q.take(20); len(got) != q.ahead {
		t.Errorf("%d were taken with nothing live", len(got))
	}
	q = newQueue(4)
	for i := range 50 {
		x := queued(fmt.Sprint("old", i), 1)
		x.backfill = true
		q.add(x)
	}
	q.add(queued("live", 1))
	if got := q.take(20); len(got) != calmFlight || got[0].ref() != "live" {
		t.Errorf("%d were taken beside a live one", len(got))
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

func TestBytesThatAreReadAreBounded(t *testing.T) {
	b := newBudget()
	ended, end := context.WithCancel(t.Context())
	end()
	whole := b.take(t.Context(), byteBudget)
	b.take(ended, 1)() // there is no room, and nothing to be given back
	whole()
	half := b.take(t.Context(), byteBudget/2)
	b.take(ended, byteBudget/2+1)()
	other := b.take(t.Context(), byteBudget/2)
	half()
	other()
	b.take(t.Context(), byteBudget)() // all of it is there again
}

// TestWeight holds what a session is taken to weigh: the size of a session in a
// shard is a place in the file, and says nothing.
func TestWeight(t *testing.T) {
	for _, x := range []struct {
		place recording.Place
		size  int64
		want  int64
	}{
		{recording.Place{Format: "shard"}, 1 << 40, usualWeight},
		{recording.Place{Format: "shard", Weight: 1 << 20, Bytes: 5}, 0, 1 << 20},
		{recording.Place{Format: "shard", Weight: 1, Bytes: 1 << 21}, 0, 1 << 21},
		{recording.Place{Format: "cowrie"}, 1 << 22, 1 << 22},
		{recording.Place{Format: "cowrie"}, 10, usualWeight},
		{recording.Place{Format: "shard", Weight: 1 << 50}, 0, byteBudget},
	} {
		task := &task{place: x.place}
		task.row.Size = x.size
		if got := task.weight(); got != x.want {
			t.Errorf("%+v, %d: %d, want %d", x.place, x.size, got, x.want)
		}
	}
}

func TestNothingIsLeftInTheQueue(t *testing.T) {
	q := newQueue(8)
	for i := range 5 {
		q.add(queued(fmt.Sprint(i), 1))
	}
	for _, x := range q.take(9) {
		q.read(x)
		q.done(x)
	}
	if waiting, flight := q.size(); waiting+flight+q.unread != 0 {
		t.Errorf("left: %+v", q)
	}
}

func TestFewAreBegunAheadOfTheWorkers(t *testing.T) {
	q := newQueue(2)
	for i := range 500 {
		q.add(queued(fmt.Sprint(i), 1))
	}
	got := q.take(500)
	if len(got) != q.ahead || len(got) > 2+2*beginGroup {
		t.Fatalf("%d were taken", len(got))
	}
	for i, x := range got {
		q.read(x)
		more := len(q.take(500))
		if i+1 < q.ahead-q.few && more > 0 || i+1 == q.ahead-q.few && more != i+1 {
			t.Fatalf("%d more were taken after %d were read: many are begun together", more, i+1)
		}
		if more > 0 {
			break
		}
	}
	for q.flight < maxFlight { // read, and not stored
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

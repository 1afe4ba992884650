package profiler

import (
	"context"
	"sync"
	"time"
)

// maxFlight bounds what is under way at once, and calmFlight what of backfill
// may be beside live sessions: they wait for the transaction that stores it.
const (
	maxFlight  = 128
	calmFlight = 6
	lately     = time.Second // after the last live session
)

// queue holds the tasks that were admitted, and counts those that were begun.
// Live sessions come before backfill. Suspects, which were begun before and
// never answered, are taken one at a time, with nothing else under way, so that
// one that kills the process kills nobody else's work.
type queue struct {
	mu       sync.Mutex
	live     []*task
	backfill []*task
	suspects []*task
	tasks    map[string]*task // by reference: waiting or under way
	flight   int              // begun and not answered
	unread   int              // of those, not read yet
	ahead    int              // the most that may be unread
	few      int              // unread ones at which more are begun, where more wait than can be
	lived    time.Time        // when a live session came last
	alone    bool             // a suspect is under way
	changed  chan struct{}    // has a value when a taker should look again
	waiters  []chan struct{}
}

func newQueue(workers int) *queue {
	return &queue{tasks: map[string]*task{}, changed: make(chan struct{}, 1), ahead: workers + max(workers, beginGroup/2), few: workers}
}

// clear forgets what an earlier run left.
func (q *queue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.live, q.backfill, q.suspects = nil, nil, nil
	clear(q.tasks)
	q.flight, q.unread, q.alone = 0, 0, false
}

// add puts a task in its line. One whose session is there already is joined
// with that.
func (q *queue) add(t *task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if old := q.tasks[t.ref()]; old != nil {
		old.join(t)
		return
	}
	q.tasks[t.ref()] = t
	switch {
	case t.suspect:
		q.suspects = append(q.suspects, t)
	case t.backfill:
		q.backfill = append(q.backfill, t)
	default:
		q.live = append(q.live, t)
		q.lived = time.Now()
	}
	q.wake()
}

// join hands over what another event of the same session brings: its delivery
// is answered together with this one, unless this one may have been read
// before that event came. Then the session's turn comes again.
func (t *task) join(o *task) {
	switch {
	case !o.event:
	case !t.begun && t.next == nil:
		t.deliveries = append(t.deliveries, o.deliveries...)
	case t.next == nil:
		t.next = o
	default:
		t.next.deliveries = append(t.next.deliveries, o.deliveries...)
	}
}

// take gives up to a number of tasks to be begun together; none where none can
// be begun now, or few of many that wait: beginning costs a transaction.
func (q *queue) take(most int) []*task {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.alone || len(q.suspects) > 0 && q.flight > 0 {
		return nil
	}
	if len(q.suspects) > 0 {
		t := q.suspects[0]
		q.suspects = q.suspects[1:]
		q.alone = true
		return q.start(nil, t)
	}
	if q.unread > q.few && len(q.live)+len(q.backfill) > q.ahead-q.unread {
		return nil
	}
	group := q.begin(nil, &q.live, most, maxFlight)
	if time.Since(q.lived) < lately {
		return q.begin(group, &q.backfill, most, calmFlight)
	}
	return q.begin(group, &q.backfill, most, maxFlight)
}

// begin adds the first tasks of a line to a group, while it has room and fewer
// than flight are under way.
func (q *queue) begin(group []*task, line *[]*task, most, flight int) []*task {
	for len(*line) > 0 && len(group) < most && q.flight < flight && q.unread < q.ahead {
		t := (*line)[0]
		(*line)[0] = nil
		*line = (*line)[1:]
		group = q.start(group, t)
	}
	return group
}

// start counts a task as under way. From here on it counts as begun, though
// the store may not know it yet.
func (q *queue) start(group []*task, t *task) []*task {
	t.begun = true
	q.flight++
	q.unread++
	t.unread = true
	return append(group, t)
}

// read notes that a task has been read.
func (q *queue) read(t *task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.over(t)
	q.wake()
}

// over counts a task as read.
func (q *queue) over(t *task) {
	if t.unread {
		t.unread = false
		q.unread--
	}
}

// done takes a task out, and gives the one that has to follow it.
func (q *queue) done(t *task) (next *task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.tasks, t.ref())
	q.flight--
	q.over(t)
	if t.suspect {
		q.alone = false
	}
	q.wake()
	return t.next
}

// wake tells whoever takes, and whoever waits, to look again.
func (q *queue) wake() {
	select {
	case q.changed <- struct{}{}:
	default:
	}
	for _, w := range q.waiters {
		close(w)
	}
	q.waiters = nil
}

// settle waits until at most a number of tasks are under way.
func (q *queue) settle(ctx context.Context, most int) {
	q.until(ctx, func() bool { return q.flight <= most })
}

// thin waits until fewer than a number of tasks wait or are under way.
func (q *queue) thin(ctx context.Context, most int) {
	q.until(ctx, func() bool { return len(q.live)+len(q.backfill)+len(q.suspects)+q.flight < most })
}

// until waits for a state of the queue.
func (q *queue) until(ctx context.Context, so func() bool) {
	for {
		q.mu.Lock()
		if so() {
			q.mu.Unlock()
			return
		}
		w := make(chan struct{})
		q.waiters = append(q.waiters, w)
		q.mu.Unlock()
		select {
		case <-w:
		case <-ctx.Done():
			return
		}
	}
}

// drop empties the lines, and gives what was in them.
func (q *queue) drop() (list []*task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, line := range []*[]*task{&q.live, &q.backfill, &q.suspects} {
		for _, t := range *line {
			delete(q.tasks, t.ref())
		}
		list = append(list, *line...)
		*line = nil
	}
	return list
}

// size says how many tasks wait, and how many are under way.
func (q *queue) size() (waiting, flight int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.live) + len(q.backfill) + len(q.suspects), q.flight
}

// has says whether a session is in line or under way.
func (q *queue) has(ref string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.tasks[ref] != nil
}

// refs gives the references of all tasks in line or under way.
func (q *queue) refs() map[string]bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := make(map[string]bool, len(q.tasks))
	for ref := range q.tasks {
		all[ref] = true
	}
	return all
}

package bus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"
)

// machine is a NATS server on a port of its own, that can be stopped, started
// and replaced.
type machine struct {
	t    *testing.T
	port int
	dir  string
	s    *server.Server
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, port: -1, dir: t.TempDir()}
	m.start()
	t.Cleanup(m.stop)
	return m
}

func (m *machine) start() {
	m.t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: m.port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: m.dir, JetStreamMaxStore: 4 << 30,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(patience) {
		m.t.Fatal("the server does not start")
	}
	m.s = s
	m.port = s.Addr().(*net.TCPAddr).Port
}

func (m *machine) stop() {
	if m.s != nil {
		m.s.Shutdown()
		m.s.WaitForShutdown()
	}
	m.s = nil
}

func (m *machine) options(report func(error)) Options {
	return Options{URL: "nats://127.0.0.1:" + strconv.Itoa(m.port), Report: report}
}

// reports keeps what the bus reported.
type reports struct {
	mu   sync.Mutex
	list []string
	last error
}

func (r *reports) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.last = append(r.list, text(err)), err
}

func (r *reports) now() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// collectAll answers all deliveries until every number up to n came at least once.
func collectAll(t *testing.T, c *consuming, n int) {
	t.Helper()
	seen := map[string]bool{}
	for len(seen) < n {
		d := c.next(t)
		seen[string(d.Message().Data)] = true
		_ = d.Done() // where the server is away it is delivered again
	}
}

func TestServerStopsAndStarts(t *testing.T) {
	m := newMachine(t)
	var r reports
	b := start(t, m.options(r.report), quick())
	c := consume(t, b, Consumer{InFlight: 16})
	const rounds, each = 5, 200
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for i := range rounds * each {
			publishLater(t, b, ended(i))
		}
	}()
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		collectAll(t, c, rounds*each)
	}()
	for range rounds {
		m.stop()
		until(t, "reported", func() bool { return errors.Is(r.now(), ErrAway) })
		if err := b.Ping(context.Background()); !errors.Is(err, ErrAway) {
			t.Errorf("ping while it is away: %v", err)
		}
		m.start()
		until(t, "mended", func() bool { return r.now() == nil && b.Ping(context.Background()) == nil })
	}
	<-finished
	<-collected
	until(t, "answered", func() bool {
		u, a, err := b.Pending(context.Background(), Consumer{Name: "profiler", Stream: StreamSessions})
		for len(c.each) > 0 {
			_ = c.next(t).Done()
		}
		return err == nil && u == 0 && a == 0
	})
	for _, s := range r.list {
		if strings.Contains(s, "\n\n") {
			t.Errorf("%q", s)
		}
	}
}

func TestServerIsReplacedByAnEmptyOne(t *testing.T) {
	m := newMachine(t)
	b := start(t, m.options(nil), quick())
	c := consume(t, b, Consumer{})
	publish(t, b, endeds(0, 3)...)
	old := []Delivery{c.next(t), c.next(t), c.next(t)}
	m.stop()
	until(t, "noticed", func() bool { return !b.nc.IsConnected() })
	if err := old[0].Done(); !errors.Is(err, ErrAway) {
		t.Errorf("answered nobody: %v", err)
	}
	m.dir = t.TempDir()
	m.start()
	publishLater(t, b, endeds(10, 13)...)
	// The new messages have the numbers of the old: an answer to the old ones
	// must not count for them.
	fresh := []Delivery{c.next(t), c.next(t), c.next(t)}
	for i, d := range old {
		if err := d.Done(); i > 0 && !errors.Is(err, ErrAway) {
			t.Errorf("answered another server: %v", err)
		}
	}
	pending(t, b, 0, 3)
	for i, d := range fresh {
		wantNumber(t, d, 10+i)
		done(t, d)
	}
	pending(t, b, 0, 0)
	states, err := b.State(context.Background())
	if err != nil || len(states) != 3 || states[2].Unavailable != "" {
		t.Errorf("%+v, %v", states, err)
	}
}

func TestAnswersGivenWhileAwayCount(t *testing.T) {
	m := newMachine(t)
	tune := quick()
	tune.ackWait = time.Hour
	b := start(t, m.options(nil), tune)
	c := consume(t, b, Consumer{})
	publish(t, b, endeds(0, 2)...)
	one, two := c.next(t), c.next(t)
	m.stop()
	until(t, "noticed", func() bool { return !b.nc.IsConnected() })
	if err := one.Done(); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
	m.start()
	pending(t, b, 0, 1)
	done(t, two)
	pending(t, b, 0, 0)
}

func TestStreamsAndConsumersThatGoAwayComeBack(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		c := consume(t, b, Consumer{})
		publish(t, b, ended(0))
		done(t, c.next(t))
		if err := b.js.DeleteConsumer(context.Background(), o.Prefix+StreamSessions, o.Prefix+"profiler"); err != nil {
			t.Fatal(err)
		}
		publish(t, b, ended(1))
		for d := c.next(t); string(d.Message().Data) != "1"; d = c.next(t) { // a new durable starts from the beginning
			done(t, d)
		}
		for _, s := range streams() {
			if err := b.js.DeleteStream(context.Background(), o.Prefix+s.name); err != nil {
				t.Fatal(err)
			}
		}
		publish(t, b, ended(2))
		d := c.next(t)
		wantNumber(t, d, 2)
		done(t, d)
	})
}

func TestServerThatIsAwayAtFirst(t *testing.T) {
	m := newMachine(t)
	o := m.options(nil)
	m.stop()
	var r reports
	o.Report = r.report
	b := start(t, o, quick())
	c := consume(t, b, Consumer{})
	until(t, "reported", func() bool { return errors.Is(r.now(), ErrAway) })
	if err := b.Publish(context.Background(), ended(0)); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
	if _, err := b.State(context.Background()); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
	m.start()
	publishLater(t, b, ended(0))
	done(t, c.next(t))
	until(t, "mended", func() bool { return r.now() == nil })
}

func TestFullStreams(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		tune := quick()
		tune.streamBytes = 64 << 10
		var r reports
		o.Report = r.report
		b := start(t, o, tune)
		load := func(i int) Message {
			m := ended(i)
			m.Data = append(m.Data, make([]byte, 1024)...)
			return m
		}
		taken := 0
		for ; ; taken++ {
			if err := b.Publish(context.Background(), load(taken)); err != nil {
				if !errors.Is(err, ErrFull) {
					t.Fatal(err)
				}
				break
			}
		}
		if taken < 40 || taken > 64 {
			t.Errorf("full after %d", taken)
		}
		until(t, "reported", func() bool { return errors.Is(r.now(), ErrFull) })
		found, err := b.js.Stream(context.Background(), o.Prefix+StreamSessions)
		if err != nil {
			t.Fatal(err)
		}
		if err := found.Purge(context.Background(), jetstream.WithPurgeKeep(10)); err != nil {
			t.Fatal(err)
		}
		publish(t, b, load(taken))
		until(t, "mended", func() bool { return r.now() == nil })
		pending(t, b, 11, 0)

		// The oldest observations go instead.
		for i := range 200 {
			publish(t, b, Message{Subject: "attacker.observation.motor.input_modality", Data: append(fmt.Append(nil, i, " "), make([]byte, 1024)...)})
		}
		c := consume(t, b, Consumer{Name: "late", Stream: StreamObservations})
		first := c.next(t)
		var n int
		if _, err := fmt.Sscan(string(first.Message().Data), &n); err != nil || n < 100 {
			t.Errorf("the first that is left is %d, %v", n, err)
		}
		done(t, first)
		for i := n + 1; i < 200; i++ {
			d := c.next(t)
			if !strings.HasPrefix(string(d.Message().Data), fmt.Sprint(i, " ")) {
				t.Fatalf("%.8q, want %d", d.Message().Data, i)
			}
			done(t, d)
		}
	})
}

// An embedded server whose streams stopped is started again under those that
// use it.
func TestEmbeddedServerIsRevived(t *testing.T) {
	b := start(t, Options{}, quick())
	c := consume(t, b, Consumer{})
	publish(t, b, endeds(0, 2)...)
	one := c.next(t)
	wantNumber(t, c.next(t), 1)
	b.embedded.mu.Lock()
	b.embedded.started = time.Time{} // long ago
	old := b.embedded.server
	b.embedded.mu.Unlock()
	old.ShutdownJetStream() // what a full disk does
	publishLater(t, b, ended(2))
	d := c.next(t)
	wantNumber(t, d, 2)
	done(t, d)
	done(t, one)
	pending(t, b, 0, 1)
}

func TestFolderBelongsToOne(t *testing.T) {
	dir := t.TempDir()
	b := start(t, Options{Dir: dir}, quick())
	if _, err := Open(context.Background(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), dir+" is used by another") {
		t.Errorf("%v", err)
	}
	b.Close()
	b = start(t, Options{Dir: dir, Strict: true}, quick())
	publish(t, b, ended(0))
	if info, err := os.Stat(filepath.Join(dir, "jetstream")); err != nil || !info.IsDir() {
		t.Error(err)
	}
}

func TestOptionsThatCannotBeRight(t *testing.T) {
	for want, o := range map[string]Options{
		"no folder":       {},
		"is none":         {URL: "nats://"},
		"begins with":     {URL: "http://user:secret@host:4222"},
		"no such file":    {URL: "nats://127.0.0.1:1", Credentials: "/nowhere/to/be/found"},
		"both its file":   {URL: "nats://127.0.0.1:1", Cert: "recover_test.go"},
		"prefix":          {Dir: t.TempDir(), Prefix: "a.b"},
		"not a directory": {Dir: "recover_test.go/below"},
	} {
		b, err := Open(context.Background(), o)
		if err == nil {
			b.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestStreamThatIsAnothers(t *testing.T) {
	m := newMachine(t)
	b := start(t, m.options(nil), quick())
	foreign := jetstream.StreamConfig{Name: "FOREIGN", Subjects: []string{"second." + SubjectSessionEnded}}
	if _, err := b.js.CreateStream(t.Context(), foreign); err != nil {
		t.Fatal(err)
	}
	var r reports
	o := m.options(r.report)
	o.Prefix = "second"
	start(t, o, quick())
	until(t, "reported", func() bool {
		return r.now() != nil && strings.Contains(r.now().Error(), "make stream secondSESSIONS")
	})
	if err := b.Ping(context.Background()); err != nil {
		t.Error(err)
	}
}

// A disk that takes no more, which is what a limit on the size of files looks
// like, stops the embedded server; it goes on by itself when there is room.
func TestDiskThatTakesNoMore(t *testing.T) {
	b := start(t, Options{}, quick())
	c := consume(t, b, Consumer{})
	b.embedded.mu.Lock()
	b.embedded.started = time.Time{} // long ago
	b.embedded.mu.Unlock()
	signal.Ignore(unix.SIGXFSZ)
	defer signal.Reset(unix.SIGXFSZ)
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 4 << 20, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	restore := sync.OnceFunc(func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
	})
	defer restore()
	taken, n := 0, 0
	load := func() error {
		n++
		m := ended(n)
		m.Data = append(m.Data, make([]byte, 500<<10)...)
		return b.Publish(context.Background(), m)
	}
	until(t, "refused", func() bool {
		err := load()
		if err == nil {
			taken++
		}
		return errors.Is(err, ErrFull)
	})
	restore()
	until(t, "taken again", func() bool { return load() == nil })
	seen := map[string]bool{}
	for len(seen) < taken+1 {
		d := c.next(t)
		seen[d.Message().ID] = true
		_ = d.Done()
	}
}

package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// tuning are the times and sizes that tests change.
type tuning struct {
	ackWait     time.Duration // after which an unanswered delivery is made again
	progress    time.Duration // how often the server is told that work goes on
	heartbeat   time.Duration // how often the server says that it is there while it has nothing
	answer      time.Duration // the longest wait for the answer to a message
	reconnect   time.Duration // between attempts to connect
	check       time.Duration // how often the supervisor looks
	streamBytes int64         // of every stream; 0 for what the table says
}

func defaultTuning() tuning {
	return tuning{
		ackWait: time.Minute, progress: 10 * time.Second, heartbeat: 5 * time.Second,
		answer: 10 * time.Second, reconnect: 250 * time.Millisecond, check: 5 * time.Second,
	}
}

// setupTimeout bounds how long Open waits for streams on an external server.
const setupTimeout = 5 * time.Second

// natsBus is a connection to JetStream, embedded or external.
type natsBus struct {
	o        Options
	tuning   tuning
	embedded *embedded // nil for an external server
	nc       *nats.Conn
	js       jetstream.JetStream

	closed context.Context // ends with Close
	end    context.CancelFunc
	done   sync.WaitGroup // the supervisor, the reporter, and every Consume

	ensuring chan struct{} // holds one value while someone makes the streams
	ensured  time.Time     // when they were last found whole; guarded by ensuring
	slots    chan struct{} // one value for each message that has no answer yet

	mu        sync.Mutex
	link      context.Context // ends when the connection is lost
	cut       context.CancelFunc
	renewed   chan struct{} // closed, and replaced, at each connection
	connected time.Time     // when the newest one was made
	troubles  map[string]error
	told      chan struct{} // says that troubles changed
	look      chan struct{} // asks the supervisor to look now
	sick      chan struct{} // closed while the disk fails the embedded server
	full      map[string]bool
	follows   map[string]*fan
	attached  map[string]bool // durables that this process attached once
}

// Open opens the bus that the options ask for. An embedded server that cannot
// start is an error, and so are options that can never be right. An external
// server that is away is none: what is published has [ErrAway] until it is
// there, and Report is told.
func Open(ctx context.Context, o Options) (Bus, error) {
	b, err := open(ctx, o, defaultTuning())
	if err != nil {
		return nil, fmt.Errorf("open the bus: %w", err)
	}
	return b, nil
}

func open(ctx context.Context, o Options, t tuning) (*natsBus, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if err := CheckPrefix(o.Prefix); err != nil {
		return nil, err
	}
	b := &natsBus{
		o: o, tuning: t,
		ensuring: make(chan struct{}, 1), slots: make(chan struct{}, maxOutstanding),
		renewed: make(chan struct{}), told: make(chan struct{}, 1), look: make(chan struct{}, 1), sick: make(chan struct{}),
		troubles: map[string]error{}, full: map[string]bool{}, follows: map[string]*fan{}, attached: map[string]bool{},
	}
	b.closed, b.end = context.WithCancel(context.Background())
	b.link, b.cut = context.WithCancel(b.closed)
	if err := b.connect(); err != nil {
		b.end()
		return nil, err
	}
	if err := b.setUp(ctx); err != nil {
		b.shut()
		return nil, err
	}
	b.done.Go(b.supervise)
	b.done.Go(b.report)
	return b, nil
}

// setUp makes the streams. An external server may do without for the moment.
func (b *natsBus) setUp(ctx context.Context) error {
	timeout := setupTimeout
	if b.embedded != nil {
		timeout = startTimeout
	}
	within, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if b.embedded == nil && !b.nc.IsConnected() {
		b.trouble(troubleConnection, fmt.Errorf("%w: no server answers at %s", ErrAway, b.where()))
		return ctx.Err()
	}
	err := b.ensure(within, time.Now())
	if err != nil && b.embedded == nil && ctx.Err() == nil {
		b.trouble(troubleStreams, err)
		b.poke()
		return nil
	}
	return err
}

// connect makes the connection, and the embedded server where one is asked for.
func (b *natsBus) connect() error {
	options := []nats.Option{
		nats.Name("gait"),
		nats.MaxReconnects(-1),
		nats.CustomReconnectDelay(b.delay),
		// What is sent while there is no connection fails at once: an answer to
		// a delivery must never reach a server that did not make it.
		nats.ReconnectBufSize(-1),
		nats.Timeout(5 * time.Second),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { b.lost(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { b.lost(err) }),
		nats.ConnectHandler(func(*nats.Conn) { b.renew() }),
		nats.ReconnectHandler(func(*nats.Conn) { b.renew() }),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) { b.refused(s, err) }),
	}
	address := b.o.URL
	if address == "" {
		var err error
		if b.embedded, err = openEmbedded(b.o, b.notice); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(b.embedded))
	} else {
		more, err := external(b.o)
		if err != nil {
			return err
		}
		options = append(options, more...)
	}
	nc, err := nats.Connect(address, options...)
	if err == nil {
		b.nc = nc
		b.js, err = jetstream.New(nc,
			jetstream.WithPublishAsyncMaxPending(4*maxOutstanding),
			jetstream.WithPublishAsyncTimeout(b.tuning.answer),
			jetstream.WithDefaultTimeout(b.tuning.answer))
	}
	if err != nil {
		b.shut()
	}
	return err
}

// external checks what is said of an external server, and gives the options
// for it. Its errors never hold a password.
func external(o Options) ([]nats.Option, error) {
	for address := range strings.SplitSeq(o.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil || u.Host == "" {
			return nil, errors.New("the address of the NATS server is none: it looks like nats://HOST:4222, several with commas")
		}
		switch u.Scheme {
		case "nats", "tls", "ws", "wss":
		default:
			return nil, fmt.Errorf("the address of the NATS server begins with %.20q: nats, tls, ws or wss are known", u.Scheme)
		}
	}
	options := []nats.Option{nats.RetryOnFailedConnect(true), nats.IgnoreAuthErrorAbort()}
	for _, path := range []string{o.Credentials, o.CA, o.Cert, o.Key} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		f.Close()
	}
	if o.Credentials != "" {
		options = append(options, nats.UserCredentials(o.Credentials))
	}
	if o.CA != "" {
		options = append(options, nats.RootCAs(o.CA))
	}
	if (o.Cert == "") != (o.Key == "") {
		return nil, errors.New("a client certificate needs both its file and that of its key")
	}
	if o.Cert != "" {
		options = append(options, nats.ClientCert(o.Cert, o.Key))
	}
	return options, nil
}

// delay gives the time before the next attempt to connect: it grows to twenty
// times the first, and is spread so that many clients do not come at once.
func (b *natsBus) delay(attempts int) time.Duration {
	base := b.tuning.reconnect * time.Duration(min(max(attempts, 1), 20))
	if b.embedded != nil {
		base = min(base, time.Second)
	}
	return base/2 + rand.N(base)
}

// where names the server for messages, without what is secret in its address.
func (b *natsBus) where() string {
	if b.embedded != nil {
		return b.embedded.dir
	}
	var hosts []string
	for address := range strings.SplitSeq(b.o.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil {
			hosts = append(hosts, u.Host)
		}
	}
	return strings.Join(hosts, ", ")
}

// Close ends every Consume and Follow, gives the connection back, and stops an
// embedded server. Deliveries without an answer are made again when a bus is
// opened next.
func (b *natsBus) Close() error {
	b.mu.Lock()
	b.end()
	b.mu.Unlock()
	done := make(chan struct{})
	go func() {
		b.done.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second): // a consumer's function does not return
	}
	b.shut()
	return nil
}

// enter counts one who uses the bus until done; it says no once it is closed.
func (b *natsBus) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed.Err() != nil {
		return false
	}
	b.done.Add(1)
	return true
}

// shut closes what is open.
func (b *natsBus) shut() {
	b.end()
	if b.nc != nil {
		if b.nc.IsConnected() {
			_ = b.nc.FlushTimeout(2 * time.Second) // answers that are under way; without them it is delivered again
		}
		b.nc.Close()
	}
	if b.embedded != nil {
		b.embedded.close()
	}
}

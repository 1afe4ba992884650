package bus

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// The streams. What each holds, how long, and what happens when it is full, is
// said in the package comment.
const (
	StreamSessions     = "SESSIONS"
	StreamObservations = "OBSERVATIONS"
	StreamActivity     = "ACTIVITY"
)

// HeaderBackfill marks a session that ended long before it was found; such
// sessions come after live ones and are not shown as live.
const HeaderBackfill = "Gait-Backfill"

// HeaderType says which primitive an observation is of.
const HeaderType = "Gait-Type"

// Errors that callers branch on. The first two pass: what could not be published
// stays where it came from and is published later. The others do not: the
// message itself cannot be published.
var (
	// ErrFull says that the stream refuses more.
	ErrFull = errors.New("the stream is full")
	// ErrAway says that the bus cannot be reached, or does not answer.
	ErrAway = errors.New("the bus is away")
	// ErrSubject says that a text cannot stand in a subject of the bus, or that
	// no stream holds the subject.
	ErrSubject = errors.New("not a subject to publish on")
	// ErrHeader says that a header or the id of a message is none that may be
	// sent.
	ErrHeader = errors.New("not a header to publish")
	// ErrTooLarge says that a message is larger than the bus takes.
	ErrTooLarge = errors.New("the message is larger than the bus takes")
)

// Message is something to publish.
type Message struct {
	Subject string // literal: a wildcard or an empty token is refused
	ID      string // what tells repeated messages apart; empty for none
	Header  map[string]string
	Data    []byte
}

// Bus is a connection to JetStream. It is safe for concurrent use.
type Bus interface {
	// Publish publishes one message and waits until the stream has it.
	Publish(ctx context.Context, m Message) error
	// PublishAll publishes many and waits until each has an answer. It gives
	// an error for each message, in order; nil where the stream has it. A list
	// of nothing but nils is given as nil.
	PublishAll(ctx context.Context, list []Message) []error
	// Consume attaches a durable consumer and calls f with batches of
	// deliveries, on one goroutine, until the context ends or the bus is
	// closed for good; then it gives the context's error. A server that goes
	// away and comes back, also with empty streams, does not end it. The
	// deliveries must each be answered; they may be answered after f has
	// returned, from any goroutine. While at most c.InFlight are unanswered,
	// more are delivered.
	Consume(ctx context.Context, c Consumer, f func([]Delivery)) error
	// Follow calls f with what is published on a subject (wildcards allowed)
	// from now on, without any promise: what comes while nobody listens is
	// gone. It returns when the context ends.
	Follow(ctx context.Context, subject string, f func(Message)) error
	// Pending gives how many messages of a durable consumer are undelivered,
	// and how many are delivered and unanswered.
	Pending(ctx context.Context, c Consumer) (undelivered, unanswered int, err error)
	// State says what is in the streams.
	State(ctx context.Context) ([]StreamState, error)
	// Ping says whether the bus answers; the error says what is wrong.
	Ping(ctx context.Context) error
	// Close gives everything back; an embedded server is stopped.
	Close() error
}

// Consumer says what a durable consumer wants.
type Consumer struct {
	Name     string // of the durable: letters, digits, "-" and "_"
	Stream   string
	Subject  string // filter; empty for all of the stream
	InFlight int    // most unanswered deliveries; 0 stands for 256
	Batch    int    // most deliveries in one call; 0 stands for 64
}

// Delivery is a message that was delivered and waits for an answer. While it
// has none and its context has not ended, the server is told every 10 s that
// the work goes on; 60 s without that and it is delivered again.
type Delivery interface {
	// Message gives what was delivered.
	Message() Message
	// Backfill says whether the message carries HeaderBackfill.
	Backfill() bool
	// Deliveries counts this one and those before.
	Deliveries() int
	// Done says that the work was done, or never can be: it is not delivered
	// again. An error means that it may be.
	Done() error
	// Later asks for it again after a while.
	Later(after time.Duration) error
}

// StreamState is what is in one stream.
type StreamState struct {
	Name        string
	Messages    uint64
	Bytes       uint64
	FirstSeq    uint64
	LastSeq     uint64
	Consumers   int
	LimitBytes  int64
	Unavailable string // why it cannot be told; empty where it can
}

// Options say which bus to open.
type Options struct {
	// URL is that of an external server or cluster (nats://, tls://, several
	// with commas). Empty starts a server of our own inside the process,
	// without any port.
	URL         string
	Credentials string // path of a credentials file
	CA          string // path of a certificate authority, for TLS
	Cert, Key   string // paths of a client certificate
	// Dir is where the embedded server keeps its streams.
	Dir string
	// Strict syncs every message to disk before it is acknowledged; else every
	// 10 s. Embedded server only.
	Strict bool
	// Prefix is put before the names of streams and durables, and with a dot
	// before every subject, so that several systems can share an account of a
	// server without seeing each other. Callers of a [Bus] name streams and
	// subjects without it. See [CheckPrefix].
	Prefix   string
	Replicas int // of the streams, on a cluster; 0 stands for 1
	// Report is told what is wrong, and that it is mended (nil); it is called
	// from one goroutine, and only when that changes. It may be nil.
	Report func(err error)
	// Log takes what the embedded server says: what it warns of as warnings,
	// the rest at debug level. nil stands for slog.Default().
	Log *slog.Logger
}

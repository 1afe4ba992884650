package bus

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"gait/internal/disk"
)

// Limits of the embedded server.
const (
	maxPayload   = 1 << 20
	maxStore     = 3 << 30 // what the streams may take in all, and some for the server's own files
	maxMemory    = 64 << 20
	startTimeout = 30 * time.Second
	// minFree is what must be free on the disk before a server that was stopped
	// by a full disk is started again.
	minFree = 16 << 20
	// minUptime is how long a server runs before it is started again.
	minUptime = 3 * time.Second
)

// embedded is a NATS server inside the process, without a port. A server whose
// streams were stopped by an error of the disk stays that way; revive starts
// another one in its place, to which the connection finds by itself.
type embedded struct {
	dir    string
	strict bool
	log    *slog.Logger
	failed func() // called when the server cannot write to the disk

	mu      sync.Mutex
	server  *server.Server // nil while there is none
	started time.Time
	stopped bool
	lock    io.Closer
}

// openEmbedded starts a server that keeps its streams below a folder, and calls
// failed when it cannot write there.
func openEmbedded(o Options, failed func()) (*embedded, error) {
	if o.Dir == "" {
		return nil, errors.New("no folder for the streams of the embedded bus")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := disk.Local(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	e := &embedded{dir: dir, strict: o.Strict, log: o.Log, failed: failed, started: time.Now()}
	if e.lock, err = lockFolder(dir); err != nil {
		return nil, err
	}
	if e.server, err = e.start(); err != nil {
		e.lock.Close()
		return nil, err
	}
	return e, nil
}

// start starts one server and waits until its streams are back.
func (e *embedded) start() (*server.Server, error) {
	log := &serverLog{log: e.log, failed: e.failed}
	s, err := server.NewServer(&server.Options{
		ServerName:         "gait",
		DontListen:         true,
		NoSigs:             true,
		JetStream:          true,
		StoreDir:           e.dir,
		SyncInterval:       10 * time.Second,
		SyncAlways:         e.strict,
		JetStreamMaxStore:  maxStore,
		JetStreamMaxMemory: maxMemory,
		MaxPayload:         maxPayload,
		MaxPending:         64 << 20,
		MaxConn:            64,

		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, err
	}
	s.SetLoggerV2(log, false, false, false)
	go s.Start()
	ready := s.ReadyForConnections(startTimeout)
	if ready && s.JetStreamEnabled() {
		return s, nil
	}
	s.Shutdown()
	s.WaitForShutdown()
	if last := log.last(); last != "" {
		return nil, fmt.Errorf("start the embedded bus in %s: %s", e.dir, last)
	}
	return nil, fmt.Errorf("start the embedded bus in %s: not ready after %s", e.dir, startTimeout)
}

// InProcessConn gives a connection to the server that runs.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return nil, errors.New("the embedded bus is not running")
	}
	return e.server.InProcessConn()
}

// well says whether the server runs and takes messages.
func (e *embedded) well() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.server != nil && e.server.Running() && e.server.JetStreamEnabled()
}

// revive puts a new server in the place of one that stopped taking messages,
// once there is room on the disk for it to write.
func (e *embedded) revive() error {
	if room, err := disk.Measure(e.dir); err != nil {
		return err
	} else if room.Free < minFree {
		return fmt.Errorf("%w: only %d MB are free on the disk of %s", ErrFull, room.Free>>20, e.dir)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil
	}
	if ago := time.Since(e.started); ago < minUptime {
		return fmt.Errorf("%w: the embedded bus in %s refuses messages, and was started %s ago", ErrFull, e.dir, ago.Round(time.Millisecond))
	}
	e.started = time.Now()
	shutdown(e.server)
	var err error
	e.server, err = e.start()
	return err
}

// close stops the server for good.
func (e *embedded) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return
	}
	shutdown(e.server)
	e.server, e.stopped = nil, true
	e.lock.Close()
}

func shutdown(s *server.Server) {
	if s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
}

// serverLog takes what the server says, and keeps the last that was fatal. The
// server's own notices are details to whoever runs gait.
type serverLog struct {
	log    *slog.Logger
	failed func()
	mu     sync.Mutex
	fatal  string
}

// Noticef is for starts, stops and what was recovered.
func (l *serverLog) Noticef(format string, v ...any) { l.debug(format, v) }

// Warnf is for what is wrong and goes on.
func (l *serverLog) Warnf(format string, v ...any) { l.warn(format, v) }

// Errorf is for what failed. A stream that cannot be written says so here and
// nowhere else: from then on it leaves messages without an answer.
func (l *serverLog) Errorf(format string, v ...any) {
	l.warn(format, v)
	if strings.Contains(format, "critical write error") || strings.Contains(format, "failed to store a msg") {
		l.failed()
	}
}

// Fatalf is for what keeps the server from starting. It does not end the
// process.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fatal = fmt.Sprintf(format, v...)
}

// Debugf is for details.
func (l *serverLog) Debugf(format string, v ...any) { l.debug(format, v) }

// Tracef is for every protocol line; it holds payloads and is dropped.
func (l *serverLog) Tracef(string, ...any) {}

func (l *serverLog) warn(format string, v []any) {
	l.log.Warn("embedded bus: " + fmt.Sprintf(format, v...))
}

func (l *serverLog) debug(format string, v []any) {
	l.log.Debug("embedded bus: " + fmt.Sprintf(format, v...))
}

func (l *serverLog) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

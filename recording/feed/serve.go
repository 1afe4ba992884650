package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"gait/internal/fault"
	"gait/recording/shard"
)

// Options say what a collector does with those who connect. Writer and Believe
// are needed.
type Options struct {
	// Writer gives the writer of a decoy and service, as Believe named them. It
	// is asked for each session and gives the same one each time.
	Writer func(decoy, service string) (*shard.Writer, error)
	// Believe gives what is to be believed of a hello: of the names, and of the
	// address. See [Trust].
	Believe func(pid, uid int, h Hello) Hello

	Connections int // at once; 0: 1,024
	PerUser     int // of one uid; 0: 64. A quarter of them may be without a believed address.

	Log *slog.Logger // nil: nobody is told
}

// How long a peer may take: for its hello, and for what is left of a frame that
// has begun. Between frames it may be silent as long as it likes.
const (
	helloWithin = 5 * time.Second
	frameWithin = 30 * time.Second
	replyWithin = 5 * time.Second
	// toldEvery is how often refusals are told of.
	toldEvery = 10 * time.Second
)

func (o Options) filled() (Options, error) {
	if o.Writer == nil || o.Believe == nil {
		return o, errors.New("feed: neither a writer nor what to believe may be missing")
	}
	if o.Connections <= 0 {
		o.Connections = 1024
	}
	if o.PerUser <= 0 {
		o.PerUser = 64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// server is what connections share.
type server struct {
	o       Options
	mu      sync.Mutex
	all     int
	users   map[int]int // connections by uid
	unknown map[int]int // those of them without a believed address
	refused atomic.Int64
	told    atomic.Int64 // when refusals were told of, in nanoseconds since began
	began   time.Time
}

// Serve takes recorders until the context ends, then ends the sessions that are
// still open, and closes the listener. Nothing that a peer sends reaches
// another one's session, a log line, or more memory than a frame's.
func Serve(ctx context.Context, l *Listener, o Options) error {
	o, err := o.filled()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	s := &server{o: o, users: map[int]int{}, unknown: map[int]int{}, began: time.Now()}
	s.told.Store(-int64(toldEvery))
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	closed := make(chan error, 1)
	context.AfterFunc(ctx, func() { closed <- l.Close() })
	for {
		c, err := l.AcceptUnix()
		switch {
		case err == nil:
			wait.Go(func() { s.guarded(ctx, c) })
		case ctx.Err() != nil:
			if err := <-closed; err != nil && !errors.Is(err, net.ErrClosed) {
				return fmt.Errorf("close the socket: %w", err)
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("take recorders: %w", err)
		default: // out of descriptors, for instance
			s.refuse("a connection cannot be taken", "error", err.Error())
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}
}

// guarded serves a connection to its end; a fault in it ends it alone.
func (s *server) guarded(ctx context.Context, c *net.UnixConn) {
	defer func() {
		if x := recover(); x != nil {
			s.o.Log.Error("a recorder's connection broke", "fault", fault.Text(x))
		}
	}()
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	pid, uid, err := peer(c)
	if err != nil {
		s.refuse("a recorder has no identity", "error", err.Error())
		return
	}
	if !s.enter(uid) {
		answer(c, welcome{Refused: "too many sessions at once"})
		s.refuse("too many recorders at once", "uid", uid)
		return
	}
	defer s.leave(uid)
	x := &session{server: s, conn: c, ctx: ctx, pid: pid, uid: uid}
	x.run()
}

// enter counts a connection; false where there are too many.
func (s *server) enter(uid int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= s.o.Connections || s.users[uid] >= s.o.PerUser {
		return false
	}
	s.all++
	s.users[uid]++
	return true
}

func (s *server) leave(uid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.users[uid]--; s.users[uid] == 0 {
		delete(s.users, uid)
	}
}

// stranger counts a session whose address is not believed: those that a visitor
// makes up leave room for the ones that sshd starts.
func (s *server) stranger(uid int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unknown[uid] >= max(s.o.PerUser/4, 1) {
		return false
	}
	s.unknown[uid]++
	return true
}

func (s *server) forget(uid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unknown[uid]--; s.unknown[uid] == 0 {
		delete(s.unknown, uid)
	}
}

// refuse tells of a connection that was not served, now and then.
func (s *server) refuse(what string, with ...any) {
	n, now, told := s.refused.Add(1), int64(time.Since(s.began)), s.told.Load()
	if now-told >= int64(toldEvery) && s.told.CompareAndSwap(told, now) {
		s.o.Log.Warn(what, append(with, "refused so far", n)...)
	}
}

// answer sends a frame to a peer that may not read it.
func answer(c *net.UnixConn, what welcome) {
	if frame, err := appendMessage(nil, frameWelcome, what); err == nil {
		send(c, frame)
	}
}

func send(c *net.UnixConn, frame []byte) {
	if c.SetWriteDeadline(time.Now().Add(replyWithin)) == nil {
		_, _ = c.Write(frame) // who does not read it has lost nothing
	}
}

// Package telnetd is the Telnet server of a decoy: it agrees on options as the
// telnetd of GNU inetutils in Debian does, asks for a name and a password, and
// gives a terminal with the decoy's shell to whom the gate lets in. It runs
// nothing, reads no file of the host and opens no connection.
//
// # How far the disguise goes
//
// The options, their order and the moments at which they are sent are those of
// the real server, held against it by tests. It differs on purpose in one
// point: a client that does not answer, or that sends plain lines at once, is
// not left waiting but gets its prompt. Of what the real server offers for
// authentication and encryption nothing is behind the offer, as there.
//
// # Times
//
// What one read from the socket gives is one event, with the time of that read;
// an input holds the bytes that are left when commands of the protocol are
// taken out. Names and passwords are not recorded; what was sent with them but
// not read by the login is the first input, at the beginning of the session.
package telnetd

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"gait"
	"gait/decoy/door"
	"gait/decoy/visit"
)

// Options say what a server is and where it gives things to. Shell and Gate
// must be set; what is nil else is not done.
type Options struct {
	Listeners []net.Listener // already open; Serve closes them
	Host      func() string  // the host's name in the login prompt
	Issue     string         // the lines before the first prompt; the last may lack its end
	Shell     visit.Shell
	Gate      visit.Gate
	Sink      visit.Sink
	// Begin begins to record a session. It may give nil.
	Begin  func(h gait.Header) visit.Tape
	Limits Limits
	Log    *slog.Logger
}

// Limits bound what clients can take. Zero stands for the default.
type Limits struct {
	Connections int           // at once; 2,000
	PerAddress  int           // at once from one address, or one /64; 1,000
	Login       time.Duration // for the whole login; 60 s
	Idle        time.Duration // without a byte in either direction; 1 h
	Tries       int           // of a login; 5
	Delay       time.Duration // before a refused password is answered; none below zero, 3 s
	Quiet       time.Duration // for a client that answers no option; 1 s
}

// filled gives the limits with defaults in the place of zeros.
func (l Limits) filled() Limits {
	l.Connections, l.PerAddress, l.Tries = cmp.Or(l.Connections, 2000), cmp.Or(l.PerAddress, 1000), cmp.Or(l.Tries, 5)
	l.Login, l.Idle = cmp.Or(l.Login, time.Minute), cmp.Or(l.Idle, time.Hour)
	l.Delay, l.Quiet = cmp.Or(l.Delay, 3*time.Second), cmp.Or(l.Quiet, time.Second)
	return l
}

// server is a server that runs.
type server struct{ Options }

// Serve serves until the context ends or a listener fails, closes listeners
// and connections, and returns when all that it started has ended. The error is
// nil where the context ended.
func Serve(ctx context.Context, o Options) error {
	if o.Shell == nil || o.Gate == nil {
		for _, l := range o.Listeners {
			l.Close()
		}
		return errors.New("telnet server: no shell or no gate")
	}
	o.Limits = o.Limits.filled()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{o}
	return door.Serve(ctx, door.Options{
		Service: "telnet", Listeners: o.Listeners, Log: o.Log,
		Limits: door.Limits{Connections: o.Limits.Connections, PerAddress: o.Limits.PerAddress},
		Serve:  func(ctx context.Context, c net.Conn, _ func()) { s.serve(ctx, c) },
	})
}

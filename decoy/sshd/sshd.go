// Package sshd is the SSH server of a decoy. It lets in whom the gate lets in,
// gives them the shell of the decoy, records what passes, and tells the sink
// what is caught beside the sessions. It runs nothing, reads no file of the
// host and opens no connection: forwarding is refused.
//
// # How far the disguise goes
//
// What a server shows before the keys are agreed on (version line, algorithm
// lists, their order and markers, compression, languages) is that of the
// [Profile], byte for byte; a test holds it against Debian's sshd. What comes
// after that is golang.org/x/crypto's and differs from OpenSSH in these points:
//
//   - The extension message lists the signature algorithms as OpenSSH 9.2 does
//     but for webauthn-sk-ecdsa-sha2-nistp256@openssh.com, and announces
//     ping@openssh.com, which OpenSSH has from 9.5 on, in the place of
//     publickey-hostbound@openssh.com.
//   - After a refused login the methods are listed as
//     "password,publickey,keyboard-interactive", where OpenSSH begins with
//     publickey: "Permission denied (password,publickey,...)" is what a careful
//     visitor can see. A profile with Keys unset offers no public keys, and has
//     OpenSSH's order.
//   - After the last try the connection is closed with "too many
//     authentication failures", which OpenSSH begins with a capital, and after
//     128 requests of any kind, which OpenSSH does not count.
//   - A session is opened with a window of 2 MB; OpenSSH opens it with none and
//     widens it when the command begins. It is adjusted in other steps.
//   - Under chacha20-poly1305 packets are padded to multiples of 16 bytes,
//     under OpenSSH to 8, so that their lengths differ.
//   - Refused channels carry the language "en"; OpenSSH leaves it empty.
//   - A message that breaks the protocol closes the connection without the
//     disconnect message that OpenSSH sends. So does a version line of more than
//     255 bytes, which OpenSSH takes up to 8,192.
//   - The server asks for new keys after other amounts of data.
//   - The version message of sftp lists fewer extensions than sftp-server's.
//   - Signatures and key exchanges take other times than OpenSSL's.
//
// # Times
//
// The library joins channel-data messages that wait into one read. [messages]
// takes them apart, one event each. An event has the time when the bytes that
// held its end were read from the socket.
package sshd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"gait"
	"gait/decoy/door"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// Terminal is a terminal from the server's side.
type Terminal interface {
	visit.Terminal
	// Resize says that the client has another size.
	Resize(visit.Size)
	// Hangup says that the client is gone.
	Hangup()
}

// Options say what a server is and where it gives things to. Shell and Gate
// must be set; what is nil else is not done.
type Options struct {
	Listeners []net.Listener // already open; Serve closes them
	Keys      []ssh.Signer   // host keys: RSA, ECDSA P-256 and Ed25519 where the profile has them
	Profile   Profile        // what server it seems to be
	Shell     visit.Shell
	Gate      visit.Gate
	Sink      visit.Sink

	// Begin begins to record a session. It may give nil.
	Begin func(h gait.Header) visit.Tape
	// Terminal makes a terminal of a name and size: it reads what the client
	// types from in until it ends, and writes to out.
	Terminal func(in io.Reader, out io.Writer, name string, size visit.Size) Terminal
	// FS gives the tree of a visitor for scp and sftp.
	FS      func(v visit.Visitor) *vfs.FS
	Uploads visit.Uploads
	Limits  Limits
	Log     *slog.Logger
}

// Limits bound what clients can take. Zero stands for the default.
type Limits struct {
	Connections int           // at once; 2,000
	PerAddress  int           // at once from one address; 1,000
	Startups    door.Startups // connections that have not logged in
	Grace       time.Duration // for the login; 120 s
	Idle        time.Duration // without a byte in either direction; 1 h
	Channels    int           // sessions of one connection at once; 10
	Tries       int           // of a login; 6
	Delay       time.Duration // before a refused password is answered; none below zero, 2 s
}

// filled gives the limits with defaults in the place of zeros.
func (l Limits) filled() Limits {
	l.Connections, l.PerAddress = cmp.Or(l.Connections, 2000), cmp.Or(l.PerAddress, 1000)
	l.Startups.Begin, l.Startups.Rate, l.Startups.Full = cmp.Or(l.Startups.Begin, 500), cmp.Or(l.Startups.Rate, 30), cmp.Or(l.Startups.Full, 1000)
	l.Channels, l.Tries = cmp.Or(l.Channels, 10), cmp.Or(l.Tries, 6)
	l.Grace, l.Idle, l.Delay = cmp.Or(l.Grace, 120*time.Second), cmp.Or(l.Idle, time.Hour), cmp.Or(l.Delay, 2*time.Second)
	return l
}

// server is a server that runs.
type server struct {
	Options
	config ssh.ServerConfig      // what connections share
	own    []ssh.AlgorithmSigner // the host keys that are offered
	stuck  atomic.Int32          // inputs that nobody reads, for long
}

// Serve serves until the context ends or a listener fails, closes listeners
// and connections, and returns when all that it started has ended. The error is
// nil where the context ended.
func Serve(ctx context.Context, o Options) error {
	s, err := newServer(o)
	if err != nil {
		for _, l := range o.Listeners {
			l.Close()
		}
		return err
	}
	return door.Serve(ctx, door.Options{
		Service: "ssh", Listeners: o.Listeners, Refuse: refuse, Serve: s.serve, Log: s.Log,
		Limits: door.Limits{Connections: s.Limits.Connections, PerAddress: s.Limits.PerAddress, Startups: s.Limits.Startups},
	})
}

// refuse tells who comes when there are too many, as sshd does.
func refuse(c net.Conn) {
	c.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
	c.Write([]byte("Exceeded MaxStartups\r\n"))
}

// newServer checks the options and makes what connections share.
func newServer(o Options) (*server, error) {
	if o.Shell == nil || o.Gate == nil {
		return nil, errors.New("ssh server: no shell or no gate")
	}
	if err := o.Profile.Fits(); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.filled()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{Options: o}
	s.config.ServerVersion = o.Profile.Version()
	s.config.KeyExchanges = o.Profile.Kex
	s.config.Ciphers = o.Profile.Ciphers
	s.config.MACs = o.Profile.MACs
	s.config.PublicKeyAuthAlgorithms = signatures
	s.config.MaxAuthTries = o.Limits.Tries
	keys, own, err := hostKeys(o.Keys, o.Profile.HostKeys)
	if err != nil {
		return nil, fmt.Errorf("ssh server: %w", err)
	}
	s.own = own
	for _, k := range keys {
		s.config.AddHostKey(k)
	}
	return s, nil
}

// caught gives an event to the sink.
func (s *server) caught(v visit.Visitor, k visit.Kind, text string, fields map[string]string) {
	if s.Sink != nil {
		s.Sink.Caught(visit.Event{Time: time.Now(), Kind: k, Visitor: v, Text: text, Fields: fields})
	}
}

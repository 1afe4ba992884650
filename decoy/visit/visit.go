// Package visit holds what the parts of a decoy say to each other about one
// visit: who came, what is to be run for him, and what was caught beside his
// session.
package visit

import (
	"context"
	"io"
	"net/netip"
	"time"
)

// Visitor is who is at the other end of a connection.
type Visitor struct {
	Connection string         // UUID of the connection
	Service    string         // "ssh" or "telnet"
	Remote     netip.AddrPort // canonical
	Local      netip.AddrPort
	Client     string // version string, SSH only
	HASSH      string // of the client, SSH only
	Obfuscated bool   // the client must be assumed to hide the times of keys
	User       string // empty before a login
}

// Size is the size of a terminal in characters.
type Size struct{ Cols, Rows int }

// Terminal is the terminal of a session, with a line discipline as the kernel
// has one. Read and Write are what programs do; the client's side belongs to
// whoever made it.
type Terminal interface {
	io.ReadWriter
	// SetMode sets how input is treated, and gives how it was.
	SetMode(Mode) (old Mode)
	// Size gives the size as the client told it last.
	Size() Size
	// Name gives the terminal type, "xterm" for instance.
	Name() string
	// Signals gives the channel on which SIGINT (^C), SIGQUIT (^\), SIGTSTP
	// (^Z), SIGWINCH and SIGHUP come for the foreground; it is the same for
	// the life of the terminal and holds at least one of each.
	Signals() <-chan Signal
	// Wake has f called when a signal has come, so that nobody needs to wait for
	// one. f must not wait, nor use the terminal beyond its channels.
	Wake(f func())
	// Closed is closed when the client is gone: SIGHUP, once and for all.
	Closed() <-chan struct{}
}

// Signal is the number of a signal on Linux.
type Signal int

// Signals that a terminal or a program sends.
const (
	SIGHUP   Signal = 1
	SIGINT   Signal = 2
	SIGQUIT  Signal = 3
	SIGKILL  Signal = 9
	SIGPIPE  Signal = 13
	SIGTERM  Signal = 15
	SIGTSTP  Signal = 20
	SIGWINCH Signal = 28
)

// Mode is how a terminal treats input.
type Mode struct {
	Canonical bool // lines, with erase, kill and end of file; else single bytes
	Echo      bool
	Signals   bool // ^C, ^\ and ^Z are signals and not input
	Raw       bool // output is sent as it is; else a line feed gets a carriage return
}

// Cooked is the mode of a terminal that nobody changed.
var Cooked = Mode{Canonical: true, Echo: true, Signals: true}

// Session is what a server wants to have run for a visitor.
type Session struct {
	Visitor
	ID       string // of the session in the shard
	Began    time.Time
	Env      []string // name=value, as the client asked for
	Exec     string   // the command given at login; empty for a shell
	Terminal Terminal // nil where the client asked for none; else Stdin, Stdout and Stderr are it
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
}

// Shell runs sessions.
type Shell interface {
	// Run runs one to its end and gives its exit code (128 and the signal
	// where one ended it). It returns soon after the context ends.
	Run(ctx context.Context, s Session) int
}

// Kind says what was caught.
type Kind string

// Kinds of what is caught beside a session.
const (
	Connected    Kind = "connected"    // Text: client version; Fields: the key exchange lists, hassh
	Disconnected Kind = "disconnected" // Text: why
	Auth         Kind = "auth"         // Text: password, or public key in authorized_keys form; Fields: method, outcome ("accepted", "refused")
	Environ      Kind = "environ"      // Text: name=value
	PTY          Kind = "pty"          // Text: terminal type; Fields: cols, rows
	Started      Kind = "started"      // a session began; Fields: session, fidelity notes
	Ended        Kind = "ended"        // Fields: session, reason, duration
	Exec         Kind = "exec"         // Text: command
	Upload       Kind = "upload"       // Text: path; Fields: sha256, size, via ("sftp", "scp", "shell"), outcome
	Download     Kind = "download"     // Text: URL; Fields: via ("wget", "curl", ...), outcome
	Forward      Kind = "forward"      // Text: host:port; Fields: direction
	Unknown      Kind = "unknown"      // a command that the shell does not have; Text: its name
)

// Event is something that was caught. Text and the values of Fields are as the
// attacker wrote them: they belong in the decoy's own log and nowhere else.
type Event struct {
	Time time.Time
	Kind Kind
	Visitor
	Session string // where it belongs to one
	Text    string
	Fields  map[string]string
}

// Sink takes what is caught. It does not wait, and may drop.
type Sink interface {
	// Caught takes one event.
	Caught(Event)
}

// Gate decides who is let in.
type Gate interface {
	// Admit says whether a login is accepted. It is asked once for each
	// password; try counts from 1 in one connection.
	Admit(v Visitor, user, password string, try int) bool
	// User says whether there is an account with that name.
	User(name string) bool
}

// Uploads keeps what visitors bring.
type Uploads interface {
	// Keep takes content and gives its SHA-256 in hex, and whether it was kept
	// (there are limits of size and total).
	Keep(r io.Reader) (sum string, size int64, kept bool, err error)
}

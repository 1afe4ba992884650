// Package proc is the contract between a decoy's shell and the programs that it
// runs: what a program is, and what it may use. Programs know nothing of the
// host: everything that they read, write or ask for is in the [Process].
package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"gait/decoy/machine"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// Program is something that can be run by its name.
type Program struct {
	Name string   // as it is typed
	Path string   // "/usr/bin/cat"; empty for an applet of busybox alone
	Also []string // other names or paths of it
	// Busybox says that busybox has an applet of that name, with this
	// behaviour unless Applet is set.
	Busybox bool
	Applet  func(*Process) int
	Run     func(*Process) int // gives the exit code
}

// Process is a program that runs. Writes to Out and Err never fail in a way
// that a program must report: when nobody reads any more, or a budget is spent,
// the context ends, and Write gives an error.
type Process struct {
	Ctx   context.Context
	Args  []string // Args[0] is the name it was called by
	Env   Environ  // exported variables
	FS    *vfs.FS  // its own: working directory, credentials, umask
	World *machine.World
	Visit *visit.Session
	PID   int
	PPID  int

	In       io.Reader
	Out, Err io.Writer
	Terminal visit.Terminal // the controlling terminal, nil for none
	InTTY    bool           // In is the terminal
	OutTTY   bool
	ErrTTY   bool

	// Files gives what stands under paths beside the tree: "/dev/fd/63" of a
	// process substitution. Nil where there is nothing.
	Files map[string]func() (io.ReadWriteCloser, error)

	Shell  Shell
	Budget *Budget
	Sink   visit.Sink
	Keep   visit.Uploads // nil where nothing is kept

	// Pipe opens a named pipe by its inode, and waits for who opens its other end.
	Pipe func(inode uint64, flag int) (io.ReadWriteCloser, error)
}

// Shell is what a program may ask the shell for.
type Shell interface {
	// Exec runs a program by name or path, with the streams, environment and
	// credentials of p, and waits. It gives the exit code: 127 and a message
	// "NAME: command not found" are the caller's affair, so found says whether
	// there is such a program, and err is why one that is there cannot be run
	// (EACCES, ENOEXEC, EISDIR).
	Exec(p *Process, args []string) (code int, found bool, err error)
	// Source runs a script in a new shell with the streams, environment and
	// credentials of p, and gives its exit code.
	Source(p *Process, s Script) int
	// Lookup gives the path of a program on the PATH of p.
	Lookup(p *Process, name string) (path string, found bool)
	// Interactive runs an interactive shell on the terminal of p until it
	// exits, as "bash", "su" and "sudo -i" do; login reads the profile.
	Interactive(p *Process, login bool) int
	// History is what the history command shows, and Forget empties it.
	History() []string
}

// Script is shell text, as "sh -c text name args" runs it.
type Script struct {
	Posix bool // It is false for bash.
	Text  string
	Name  string // This is $0.
	Args  []string
}

// Environ is an environment in order.
type Environ []string

// Get gives the value of a variable.
func (e Environ) Get(name string) string { v, _ := e.Lookup(name); return v }

// Lookup gives the value of a variable, and whether it is set.
func (e Environ) Lookup(name string) (string, bool) {
	for i := len(e) - 1; i >= 0; i-- {
		if n, v, ok := strings.Cut(e[i], "="); ok && n == name {
			return v, true
		}
	}
	return "", false
}

// Set gives an environment with a variable set.
func (e Environ) Set(name, value string) Environ {
	out := make(Environ, 0, len(e)+1)
	for _, s := range e {
		if n, _, _ := strings.Cut(s, "="); n != name {
			out = append(out, s)
		}
	}
	return append(out, name+"="+value)
}

// Name gives the name under which it complains.
func (p *Process) Name() string { return p.Args[0] }

// Printf writes to Out.
func (p *Process) Printf(format string, args ...any) { fmt.Fprintf(p.Out, format, args...) }

// Println writes a line to Out.
func (p *Process) Println(text string) { io.WriteString(p.Out, text+"\n") }

// Complain writes "name: text" and a line feed to Err, and gives 1.
func (p *Process) Complain(format string, args ...any) int {
	fmt.Fprintf(p.Err, p.Args[0]+": "+format+"\n", args...)
	return 1
}

// Now gives the machine's time.
func (p *Process) Now() time.Time { return p.World.Now() }

// Sleep waits; it is false where the process was ended meanwhile.
func (p *Process) Sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-p.Ctx.Done():
		return false
	}
}

// Open opens a file to read; "-" is In. /dev/stdin, /dev/tty and /proc/self/fd/0
// are what they are for the process.
func (p *Process) Open(name string) (io.ReadCloser, error) {
	switch name {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return io.NopCloser(p.In), nil
	case "/dev/tty":
		if p.Terminal == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENXIO}
		}
		return io.NopCloser(p.Terminal), nil
	}
	if open := p.Files[name]; open != nil {
		return open()
	}
	f, err := p.FS.Open(name, vfs.ReadOnly, 0)
	if err != nil {
		return nil, err
	}
	if f.Kind() == vfs.Pipe && p.Pipe != nil {
		f.Close()
		return p.Pipe(f.Inode, vfs.ReadOnly)
	}
	return f, nil
}

// Caught tells of something beside the session.
func (p *Process) Caught(kind visit.Kind, text string, fields map[string]string) {
	if p.Sink == nil {
		return
	}
	p.Sink.Caught(visit.Event{Time: time.Now(), Kind: kind, Visitor: p.Visit.Visitor, Session: p.Visit.ID, Text: text, Fields: fields})
}

// Text gives an error as the C library words it: "No such file or directory".
func Text(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		s := no.Error() // of Go's own table, which is that of the C library in lower case
		if special, ok := wording[no]; ok {
			return special
		}
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return err.Error()
}

// wording lists what the two tables say differently.
var wording = map[syscall.Errno]string{
	syscall.EIO:     "Input/output error",
	syscall.ENOEXEC: "Exec format error",
	syscall.EXDEV:   "Invalid cross-device link",
	syscall.ENXIO:   "No such device or address",
}

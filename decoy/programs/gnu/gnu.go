// Package gnu holds what the made-up programs of GNU share: how they quote names,
// complain, read lines within the budget of the session, write, and compare.
package gnu

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"gait/decoy/proc"
)

// Try complains as a program does that was called wrongly: with the line "Try
// 'name --help' for more information." It gives 1.
func Try(p *proc.Process, format string, args ...any) int {
	if format != "" {
		p.Complain(format, args...)
	}
	fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.Args[0])
	return 1
}

// Missing complains that there is no operand.
func Missing(p *proc.Process) int { return Try(p, "missing operand") }

// Extra complains of one operand too many.
func Extra(p *proc.Process, operand string) int {
	return Try(p, "extra operand %s", Quote(p, operand))
}

// About says of what a program is part, for --help and --version.
type About struct {
	Pack    string // "GNU coreutils"; empty for coreutils
	Version string // empty for that of coreutils
	Usage   string // what follows the name: "[OPTION]... [FILE]..."
	Does    string // in one sentence
	By      string // who wrote it
}

// Told answers --help and --version where one of them is among the options. The
// first of both counts.
func (a About) Told(p *proc.Process, o *proc.Options) bool {
	for _, g := range o.Given {
		switch g.Name {
		case "help":
			p.Printf("Usage: %s %s\n%s\n\n      --help        display this help and exit\n      --version     output version information and exit\n", p.Name(), a.Usage, a.Does)
			if a.Pack == "" {
				p.Printf("\nGNU coreutils online help: <https://www.gnu.org/software/coreutils/>\n")
			}
			return true
		case "version":
			pack, version := a.Pack, a.Version
			if pack == "" {
				pack = "GNU coreutils"
			}
			if version == "" {
				version = "9.1"
			}
			p.Printf("%s (%s) %s\nLicense GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\nThis is free software: you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n", base(p.Name()), pack, version)
			if a.By != "" {
				p.Printf("\nWritten by %s.\n", a.By)
			}
			return true
		}
	}
	return false
}

func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// Parse reads the options and answers --help and --version. It gives nil, and
// the exit code, where there is nothing left to do.
func Parse(p *proc.Process, f proc.Flags, a About) (o *proc.Options, code int) {
	if o = f.Parse(p); o == nil {
		return nil, 1
	}
	if a.Told(p, o) {
		return nil, 0
	}
	return o, 0
}

// Output gives a buffered writer to Out. It has to be flushed.
func Output(p *proc.Process) *bufio.Writer { return bufio.NewWriterSize(p.Out, 16<<10) }

// Tie gives a reader that flushes w before it waits for more: so what a person
// types is answered at once, and a stream costs few writes.
func Tie(r io.Reader, w *bufio.Writer) io.Reader { return tied{r, w} }

type tied struct {
	r io.Reader
	w *bufio.Writer
}

func (t tied) Read(b []byte) (int, error) {
	if err := t.w.Flush(); err != nil {
		return 0, io.EOF
	}
	return t.r.Read(b)
}

// Open opens a file, or In for "-", so that reading it ends with the process and
// costs steps of the budget.
func Open(p *proc.Process, name string) (io.ReadCloser, error) {
	f, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	return Guard(p, f), nil
}

// Guard gives a reader that ends with the process and costs steps.
func Guard(p *proc.Process, r io.ReadCloser) io.ReadCloser { return guarded{p, r} }

type guarded struct {
	p *proc.Process
	r io.ReadCloser
}

func (g guarded) Read(b []byte) (int, error) {
	if err := Step(g.p); err != nil {
		return 0, err
	}
	return g.r.Read(b)
}

func (g guarded) Close() error { return g.r.Close() }

// Programs leave the shell so many steps, and make the rest of theirs slowly.
const (
	spared = 50_000
	pause  = 2 * time.Millisecond
)

// Step takes a step of the budget, and gives an error where the process was
// ended. A program that has used up its steps goes on slowly: it seems to run
// until somebody ends it, and costs next to nothing.
func Step(p *proc.Process) error {
	if p.Budget.Steps.Load() > spared {
		p.Budget.Steps.Add(-1)
	} else {
		p.Sleep(pause)
	}
	return p.Ctx.Err()
}

// Stop says whether an error is one that a program does not tell of, because the
// process was ended.
func Stop(p *proc.Process) bool { return p.Ctx.Err() != nil }

// Why words an error for a message.
func Why(err error) string { return proc.Text(err) }

// Copy copies until the end; an error of reading alone is one.
func Copy(w io.Writer, r io.Reader) error {
	buf := make([]byte, 16<<10)
	for {
		n, err := r.Read(buf)
		if _, werr := w.Write(buf[:n]); werr != nil || err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Create opens a file to write, with flags of vfs. The names of streams are what
// they are for the process.
func Create(p *proc.Process, name string, flag int, perm uint32) (io.WriteCloser, error) {
	switch name {
	case "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return stream{p.Out}, nil
	case "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2":
		return stream{p.Err}, nil
	case "/dev/tty":
		if p.Terminal != nil {
			return stream{p.Terminal}, nil
		}
	}
	if open := p.Files[name]; open != nil {
		return open()
	}
	f, err := p.FS.Open(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

type stream struct{ io.Writer }

func (stream) Close() error { return nil }

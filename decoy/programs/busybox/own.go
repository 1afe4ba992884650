package busybox

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// own gives what busybox does in its own way: an applet made from the program of
// the same name.
func own(name string, run func(*proc.Process) int) func(*proc.Process) int {
	switch name {
	case "kill":
		return killer(gnu.Applet(run, killWords))
	case "killall":
		return killer(killall(run))
	case "mount":
		return mount(run)
	case "df":
		return df(run)
	case "free":
		return free
	case "ps":
		return ps
	case "echo":
		return echo(run)
	case "printf":
		return printf(run)
	case "mkdir":
		return mkdir(run)
	case "sed":
		return sed(run)
	case "dd":
		return dd(run)
	case "hostname":
		return hostname(run)
	case "head":
		return gnu.Applet(run, numberWords...)
	case "tail":
		return tail(gnu.Applet(run, numberWords...))
	case "id":
		return gnu.Applet(run, gnu.Words{Before: "'", After: "': no such user", Instead: "unknown user "})
	}
	return run
}

// numberWords are those of head and tail.
var numberWords = []gnu.Words{
	{Before: "invalid number of lines: '", After: "'", Instead: "invalid number '", Then: "'"},
	{Before: "invalid number of bytes: '", After: "'", Instead: "invalid number '", Then: "'"},
}

// apart gives a process with words of its own.
func apart(p *proc.Process, args []string) *proc.Process {
	q := *p
	q.Args = args
	return &q
}

// heard runs a program and keeps what it says. It is for those that say little.
func heard(run func(*proc.Process) int, p *proc.Process) (code int, out, said string) {
	var a, b bytes.Buffer
	q := *p
	q.Out, q.Err = &a, &b
	code = run(&q)
	return code, a.String(), b.String()
}

// echo has no options of two dashes.
func echo(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		if len(p.Args) == 2 && strings.HasPrefix(p.Args[1], "--") {
			p.Println(p.Args[1])
			return 0
		}
		return run(p)
	}
}

// printf has no options, and says nothing of words that it has no use for.
func printf(run func(*proc.Process) int) func(*proc.Process) int {
	run = gnu.Applet(run, gnu.Words{Before: "'", After: "': expected a numeric value", Instead: "invalid number '", Then: "'"})
	return func(p *proc.Process) int {
		switch {
		case p.Args[1] == "--" && len(p.Args) == 2:
			return usage(p, 1)
		case strings.HasPrefix(p.Args[1], "--") && p.Args[1] != "--":
			p = apart(p, append([]string{p.Args[0], "--"}, p.Args[1:]...))
		}
		q := *p
		q.Err = without{p.Err, ": warning: ignoring excess arguments"}
		return run(&q)
	}
}

// without is a writer that leaves out what has a text in it.
type without struct {
	w    io.Writer
	text string
}

func (w without) Write(b []byte) (int, error) {
	if strings.Contains(string(b), w.text) {
		return len(b), nil
	}
	return w.w.Write(b)
}

// mkdir tells of the folders that it made in its own words.
func mkdir(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		var told bytes.Buffer
		q := *p
		q.Out = &told
		code := run(&q)
		text := strings.ReplaceAll("\n"+told.String(), "\nmkdir: created directory '", "\ncreated directory: '")
		p.Printf("%s", text[1:])
		return code
	}
}

// sed says what it is not.
func sed(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		for _, a := range p.Args[1:] {
			if a == "--version" {
				p.Println("This is not GNU sed version 4.0")
				return 0
			}
		}
		return run(p)
	}
}

// ddWords are those that dd knows.
var ddWords = strings.Fields("if of bs ibs obs count skip seek conv iflag oflag status")

// dd shows two lines of numbers.
func dd(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		args, told := p.Args, false
		for _, a := range args[1:] {
			name, value, ok := strings.Cut(a, "=")
			known := false
			for _, w := range ddWords {
				known = known || w == name
			}
			if !ok || !known {
				return usage(p, 1)
			}
			if strings.Contains("bs ibs obs count skip seek", name) && (value == "" || value[0] < '0' || value[0] > '9') {
				return p.Complain("invalid number '%s'", value)
			}
			told = told || name == "status"
		}
		if !told {
			args = append(args[:len(args):len(args)], "status=noxfer")
		}
		return run(apart(p, args))
	}
}

// hostname reads a name from a file.
func hostname(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		for i, a := range p.Args[1:] {
			if name, ok := strings.CutPrefix(a, "-F"); ok {
				if name == "" && i+2 < len(p.Args) {
					name = p.Args[i+2]
				}
				if _, err := p.FS.Stat(name); err != nil {
					return p.Complain("can't open '%s': %s", name, gnu.Why(err))
				}
			}
		}
		return run(p)
	}
}

// tail complains once more where there is nothing to read.
func tail(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		c := counter{p: p}
		q := *p
		q.Err = &c
		code := run(&q)
		files := call{manner: manners["tail"]}
		if files.read(p.Args[1:]); c.missing > 0 && c.missing == files.operands {
			fmt.Fprintf(p.Err, "tail: no files\n")
		}
		return code
	}
}

// counter counts the files that cannot be opened.
type counter struct {
	p       *proc.Process
	missing int
}

func (c *counter) Write(b []byte) (int, error) {
	c.missing += strings.Count(string(b), ": can't open '")
	return c.p.Err.Write(b)
}

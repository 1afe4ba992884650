package system

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// mostOutput bounds what watch keeps of a command's output.
const mostOutput = 64 << 10

// capped is a buffer that forgets what does not fit.
type capped struct{ bytes.Buffer }

func (c *capped) Write(b []byte) (int, error) {
	if room := mostOutput - c.Len(); room > 0 {
		c.Buffer.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}

const watchHelp = "\nUsage:\n watch [options] command\n\nOptions:\n  -b, --beep             beep if command has a non-zero exit\n  -c, --color            interpret ANSI color and style sequences\n  -d, --differences[=<permanent>]\n                         highlight changes between updates\n  -e, --errexit          exit if command has a non-zero exit\n  -g, --chgexit          exit when output from command changes\n  -q, --equexit <cycles>\n                         exit when output from command does not change\n  -n, --interval <secs>  seconds to wait between updates\n  -p, --precise          attempt run command in precise intervals\n  -t, --no-title         turn off header\n  -w, --no-wrap          turn off line wrapping\n  -x, --exec             pass command to exec instead of \"sh -c\"\n\n -h, --help     display this help and exit\n -v, --version  output version information and exit\n\nFor more details see watch(1).\n"

func runWatch(p *proc.Process) int {
	o := proc.Flags{Short: "bcd::egq:n:ptwxvh", Long: map[string]proc.Long{"beep": {As: "b"}, "color": {As: "c"}, "differences": {As: "d", Value: 2}, "errexit": {As: "e"}, "chgexit": {As: "g"}, "interval": {As: "n", Value: 1}, "no-title": {As: "t"}, "exec": {As: "x"}, "precise": {As: "p"}, "help": {As: "h"}, "version": {As: "v"}}, First: true}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("v"):
		p.Println("watch from procps-ng 4.0.2")
		return 0
	case o.Has("h"):
		p.Printf("%s", watchHelp)
		return 0
	case len(o.Operands) == 0:
		fmt.Fprint(p.Err, watchHelp)
		return 1
	}
	every := 2.0
	if text, ok := o.Last("n"); ok {
		v, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
		if err != nil {
			return p.Complain("failed to parse argument: '%s': Invalid argument", text)
		}
		every = min(max(v, 0.1), 86400)
	}
	if p.Terminal == nil || !p.OutTTY {
		fmt.Fprintln(p.Err, "Error opening terminal: unknown.")
		return 1
	}
	return watching(p, o, every)
}

// watching runs the command again and again until ^C.
func watching(p *proc.Process, o *proc.Options, every float64) int {
	fmt.Fprint(p.Out, "\x1b[?1049h\x1b[H\x1b[2J")
	defer restore(p)
	last := ""
	for {
		var out capped
		q := *p
		q.Out, q.Err, q.OutTTY, q.ErrTTY = &out, &out, false, false
		var code int
		if o.Has("x") {
			code = run(&q, o.Operands)
		} else {
			code = p.Shell.Source(&q, proc.Script{Posix: true, Text: strings.Join(o.Operands, " "), Name: "sh"})
		}
		size := p.Terminal.Size()
		screen := watchScreen(p, o, every, size) + clipped(out.String(), size, o.Has("t"))
		if _, err := fmt.Fprint(p.Out, "\x1b[H\x1b[2J"+screen); err != nil {
			return 1
		}
		if o.Has("e") && code != 0 {
			return 8
		}
		if o.Has("g") && last != "" && last != out.String() {
			return 0
		}
		last = out.String()
		if !p.Sleep(time.Duration(every * float64(time.Second))) {
			return 0
		}
	}
}

// watchScreen is the head of the screen.
func watchScreen(p *proc.Process, o *proc.Options, every float64, size visit.Size) string {
	if o.Has("t") {
		return ""
	}
	left := fmt.Sprintf("Every %.1fs: %s", every, strings.Join(o.Operands, " "))
	right := p.World.Hostname() + ": " + p.Now().Format("Mon Jan _2 15:04:05 2006")
	room := max(size.Cols, 80) - len(right) - 1
	if len(left) > room {
		left = left[:max(room-3, 0)] + "..."
	}
	return fmt.Sprintf("%-*s%s\r\n\r\n", room+1, left, right)
}

// clipped gives as much of a text as a screen shows.
func clipped(text string, size visit.Size, bare bool) string {
	rows, cols := size.Rows, size.Cols
	if rows <= 0 || cols <= 0 {
		rows, cols = 24, 80
	}
	if !bare {
		rows -= 2
	}
	var out []string
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if len(out) >= rows {
			break
		}
		r := []rune(line)
		out = append(out, string(r[:min(len(r), cols)]))
	}
	return strings.Join(out, "\r\n")
}

// restore gives the screen back. What a process writes after ^C is lost, so
// this goes to the terminal of the session.
func restore(p *proc.Process) {
	if t := p.Visit.Terminal; t != nil {
		fmt.Fprintf(t, "\x1b[%d;1H\x1b[?1049l", max(t.Size().Rows, 1))
	}
}

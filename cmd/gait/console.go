package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"gait"
)

// defaultColumns is the width of text where nothing says otherwise.
const defaultColumns = 80

// console is what a subcommand talks to.
type console struct {
	in          io.Reader
	out, err    io.Writer
	terminal    bool // out is a terminal
	errTerminal bool // err is a terminal
	color       bool // out is a terminal that wants colours
	raw         bool // the terminal does not end lines by itself
	columns     int  // width of the terminal, or of text where there is none
	now         func() time.Time
}

// newConsole talks to the process's own streams. Colours need a terminal, and
// the variables NO_COLOR and TERM=dumb turn them off. COLUMNS sets the width
// where the output is no terminal.
func newConsole() *console {
	c := &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, columns: defaultColumns, now: time.Now}
	c.errTerminal = term.IsTerminal(int(os.Stderr.Fd()))
	fd := int(os.Stdout.Fd())
	if !term.IsTerminal(fd) {
		if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
			c.columns = min(n, maxColumns)
		}
		return c
	}
	c.terminal = true
	c.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if w, _, err := term.GetSize(fd); err == nil && w > 0 {
		c.columns = min(w, maxColumns)
	}
	return c
}

// maxColumns bounds the width that text is laid out for: longer lines are hard
// to read, and a made-up width must not ask for memory.
const maxColumns = 400

// printable makes text from a recording, a file name or an error harmless in
// a terminal: what would move the cursor or hide text is shown as an escape.
func printable(s string) string {
	if harmless(s) {
		return s
	}
	b := gait.AppendString(nil, s)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(string(b[1 : len(b)-1]))
}

// harmless says whether all of a text is printable ASCII.
func harmless(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

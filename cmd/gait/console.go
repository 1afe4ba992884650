package main

import (
	"os"
	"strings"

	"golang.org/x/term"

	"gait"
)

// newConsole talks to the process's own streams.
func newConsole() *console {
	c := &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, columns: 80}
	if fd := int(os.Stdout.Fd()); term.IsTerminal(fd) {
		c.terminal = true
		if w, _, err := term.GetSize(fd); err == nil && w > 0 {
			c.columns = w
		}
	}
	return c
}

// printable makes text from a recording, a file name or an error harmless in
// a terminal: what would move the cursor or hide text is shown as an escape.
func printable(s string) string {
	b := gait.AppendString(nil, s)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(string(b[1 : len(b)-1]))
}

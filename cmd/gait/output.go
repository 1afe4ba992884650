package main

import (
	"bufio"
	"io"
)

// output writes pieces of text in a row: to a pipe or file through a large
// buffer, to a terminal at once and around the progress bar. Only one
// goroutine writes at a time.
type output struct {
	to        *bufio.Writer
	problems  io.Writer
	at        bool // write through at once
	separator string
	begun     bool // a piece was written
}

// outputBuffer is the size of the buffer before a pipe or a file.
const outputBuffer = 256 << 10

func newOutput(c *console, bar *progress, separator string) *output {
	return &output{
		to:        bufio.NewWriterSize(bar.around(c.out, c.terminal), outputBuffer),
		problems:  bar.around(c.err, c.errTerminal),
		at:        c.terminal,
		separator: separator,
	}
}

// text writes what stands before or after all pieces.
func (o *output) text(s string) error {
	_, err := o.to.WriteString(s)
	return err
}

// piece writes a piece. The first one goes without the separator that it
// begins with.
func (o *output) piece(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if !o.begun {
		o.begun = true
		b = b[len(o.separator):]
	}
	_, err := o.to.Write(b)
	if err == nil && o.at {
		err = o.to.Flush()
	}
	return err
}

// flush writes what is left.
func (o *output) flush() error { return o.to.Flush() }

// problem writes a line about something that went wrong. That it cannot be
// told must not keep the rest from being read.
func (o *output) problem(line string) {
	io.WriteString(o.problems, line+"\n")
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	xterm "golang.org/x/term"

	"gait"
	"gait/recording"
	"gait/term"
)

// replayCmd plays a session in the terminal.
type replayCmd struct {
	Session string  `placeholder:"ID" help:"The session to play, where the recording holds several."`
	Speed   float64 `default:"1" placeholder:"N" help:"Play N times as fast."`
	MaxIdle float64 `default:"2" placeholder:"S" help:"Shorten pauses to S seconds; 0 keeps them as they were."`
	Timing  string  `placeholder:"FILE" help:"Timing file of a script(1) recording, where it is not found by itself."`
	limitFlags

	File string `arg:"" help:"A recording, or - for standard input."`
}

// Help says more than the one line of the summary.
func (*replayCmd) Help() string {
	return `Output is shown as it was recorded, the keys in the line below it. What reaches beyond the screen is left out and counted: titles, clipboard, links, colours of the terminal, device queries, printing, window changes, and modes of keyboard and mouse. A recording without output shows its keys instead.
Into a file or pipe the output goes without pauses.

Keys:
` + replayKeys
}

// Validate is called by the parser.
func (v *replayCmd) Validate() error {
	switch {
	case !(v.Speed > 0 && v.Speed <= 1e6):
		return errors.New("--speed: must be above 0")
	case !(v.MaxIdle >= 0 && v.MaxIdle <= 1e6):
		return errors.New("--max-idle: must be 0 or more")
	}
	return v.limitFlags.Validate()
}

// Run plays the session.
func (v *replayCmd) Run(ctx context.Context, c *console) error {
	s, err := oneSession(ctx, v.File, v.Session, recording.Options{Limits: v.limits(), Timing: v.Timing, Stdin: c.in})
	if err != nil {
		return told(v.File, err)
	}
	var f *term.Filter
	if out, ok := c.out.(*os.File); ok && c.terminal {
		f, err = v.inTerminal(ctx, c, out, s)
	} else {
		f, err = pour(ctx, c, s)
	}
	if list := dropsOf(f); list != "" {
		fmt.Fprintf(c.err, "gait: left out of %s: %s\n", printable(v.File), list)
	}
	return err
}

// inTerminal plays with pauses. The terminal is given back however it ends.
func (v *replayCmd) inTerminal(ctx context.Context, c *console, out *os.File, s *gait.Session) (*term.Filter, error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGQUIT)
	defer stop()
	view := &screen{out: out, size: func() (int, int) {
		if w, h, err := xterm.GetSize(int(out.Fd())); err == nil && w > 0 && h > 0 {
			return w, h
		}
		return defaultColumns, 24
	}}
	var keys chan []byte
	if in, ok := c.in.(*os.File); ok && v.File != "-" && xterm.IsTerminal(int(in.Fd())) {
		state, err := xterm.MakeRaw(int(in.Fd()))
		if err != nil {
			return &view.filter, fmt.Errorf("set up the terminal: %w", err)
		}
		defer xterm.Restore(int(in.Fd()), state)
		keys = make(chan []byte)
		go readKeys(ctx, in, keys)
	}
	p := newPlayer(s, v.Speed, time.Duration(v.MaxIdle*float64(time.Second)))
	return &view.filter, newReplay(p, view, keys).run(ctx)
}

// readKeys hands on what is typed until the input or the context ends.
func readKeys(ctx context.Context, in io.Reader, keys chan<- []byte) {
	defer close(keys)
	for {
		buf := make([]byte, 64)
		n, err := in.Read(buf)
		if err != nil {
			return
		}
		select {
		case keys <- buf[:n]:
		case <-ctx.Done():
			return
		}
	}
}

// pour writes the filtered output without pauses; the keys where a recording
// holds no output.
func pour(ctx context.Context, c *console, s *gait.Session) (*term.Filter, error) {
	f := &term.Filter{}
	kind, show := gait.Output, func(b []byte) []byte { return b }
	if len(s.Block(gait.Output)) == 0 && len(s.Block(gait.Input)) > 0 {
		kind, show = gait.Input, func(b []byte) []byte { return bytes.ReplaceAll(keyText(b), []byte("\r\n"), []byte("\n")) }
		fmt.Fprintln(c.err, "gait: this recording holds no output; these are its keys")
	}
	var buf []byte
	for _, e := range s.Events() {
		if e.Kind != kind {
			continue
		}
		if err := ctx.Err(); err != nil {
			return f, err
		}
		buf = f.Append(buf[:0], show(e.Data))
		if _, err := c.out.Write(buf); err != nil {
			return f, err
		}
	}
	_, err := c.out.Write(f.Flush(buf[:0]))
	return f, err
}

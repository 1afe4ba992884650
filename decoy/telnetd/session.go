package telnetd

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"gait"
	"gait/decoy/tty"
	"gait/decoy/visit"
)

// run is a session that is recorded.
type run struct {
	visit visit.Session
	began time.Duration // since the connection began
	size  visit.Size    // of the window, then
	tape  visit.Tape    // nil where nothing is recorded, and after the end
	last  time.Duration
}

// note writes to the tape. The time is since the connection began.
func (c *conn) note(write func(t visit.Tape, at time.Duration), at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.run; r != nil && r.tape != nil {
		r.last = max(at-r.began, r.last)
		write(r.tape, r.last)
	}
}

// resized takes another size of the client's window.
func (c *conn) resized(size visit.Size) {
	c.note(func(t visit.Tape, at time.Duration) { t.Resize(at, size.Cols, size.Rows) }, c.at)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.term != nil {
		c.term.Resize(size)
	}
}

// Write is the terminal's way to the client. What is written is recorded before
// the client can answer it.
func (c *conn) Write(p []byte) (int, error) {
	c.note(func(t visit.Tape, at time.Duration) { t.Output(at, p) }, time.Since(c.w.began))
	n, err := c.w.text(p)
	if err != nil {
		c.lost(err)
	}
	return n, err
}

// lost notes why nothing more passes; the first reason counts.
func (c *conn) lost(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone == "" {
		c.gone = reason(err)
	}
}

// session runs the shell, and says why it ended.
func (c *conn) session(ctx context.Context) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.w.login()
	r := c.begin()
	c.started(r)
	c.Shell.Run(ctx, r.visit)
	c.term.Write(nil) // the echo of the last keys goes out first
	c.term.Hangup()
	return c.end(r)
}

// begin makes the terminal and begins the recording.
func (c *conn) begin() *run {
	name := c.opts.term
	if name == "" {
		name = "dumb"
	}
	if c.cr && len(c.typed) > 0 && c.typed[0] == '\n' {
		c.typed = c.typed[1:]
	}
	r := &run{began: time.Since(c.w.began), size: c.opts.size}
	r.visit = visit.Session{
		Visitor: c.who, ID: uuid.NewString(), Began: c.w.began.Add(r.began), Env: []string{"TERM=" + name},
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Begin != nil {
		r.tape = c.Begin(c.header(r.visit, name))
	}
	c.run = r
	if r.tape != nil && len(c.typed) > 0 {
		r.tape.Input(0, c.typed)
	}
	c.term = tty.New(c, c, name, r.size)
	r.visit.Terminal, r.visit.Stdin, r.visit.Stdout, r.visit.Stderr = c.term, c.term, c.term, c.term
	return r
}

// header is what the recording says of the session. Where the client told no
// size it is the one that programs assume.
func (c *conn) header(v visit.Session, term string) gait.Header {
	size := c.opts.size
	if size.Cols == 0 || size.Rows == 0 {
		size = visit.Size{Cols: 80, Rows: 24}
	}
	return gait.Header{
		ID: v.ID, Start: v.Began, Service: v.Service,
		SourceIP: v.Remote.Addr().String(), SourcePort: int(v.Remote.Port()),
		Width: size.Cols, Height: size.Rows,
		Env: []gait.Var{{Name: "SHELL", Value: "/bin/bash"}, {Name: "TERM", Value: term}},
	}
}

// started tells the sink of the session.
func (c *conn) started(r *run) {
	size := r.size
	c.tell(r, visit.PTY, r.visit.Terminal.Name(), map[string]string{"cols": strconv.Itoa(size.Cols), "rows": strconv.Itoa(size.Rows)})
	c.tell(r, visit.Started, "", map[string]string{"session": r.visit.ID})
}

// end ends the recording.
func (c *conn) end(r *run) string {
	c.mu.Lock()
	why := c.gone
	if why == "" {
		why = "exit"
	}
	at := max(time.Since(c.w.began)-r.began, r.last)
	if r.tape != nil {
		r.tape.End(at, why)
		r.tape = nil
	}
	c.mu.Unlock()
	c.tell(r, visit.Ended, "", map[string]string{
		"session": r.visit.ID, "reason": why, "duration": strconv.FormatFloat(at.Seconds(), 'f', 6, 64),
	})
	return why
}

// tell tells the sink of something in the session.
func (c *conn) tell(r *run, k visit.Kind, text string, fields map[string]string) {
	if c.Sink != nil {
		c.Sink.Caught(visit.Event{Time: time.Now(), Kind: k, Visitor: r.visit.Visitor, Session: r.visit.ID, Text: text, Fields: fields})
	}
}

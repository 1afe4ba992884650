package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

// watchCmd follows live what changes.
type watchCmd struct {
	askFlags
	Attacker string `placeholder:"ADDRESS" help:"Only this attacker: an address, or a UUID."`
	Backfill bool   `help:"Show also sessions that ended long before they were found."`
	Output   string `short:"o" enum:"table,jsonl" default:"table" help:"Form: table to read, or jsonl: each event as it comes."`
}

// Help says how it ends.
func (*watchCmd) Help() string {
	return `One line for each session, soon after it ended. Where the connection is lost it is taken up again without a gap.
q or Ctrl-C ends it.`
}

// Run follows until the user ends it.
func (w *watchCmd) Run(ctx context.Context, c *console) error {
	api, err := w.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	if !api.live {
		return fmt.Errorf("no gait runs on %s: start gait run, or name its folder with --data, or its address with --url", w.Data)
	}
	path := "/events"
	if w.Attacker != "" {
		a, err := api.attacker(ctx, w.Attacker)
		if err != nil {
			return err
		}
		path = "/attackers/" + a.UUID + "/events"
	}
	ctx, stop := quitKey(ctx, c)
	defer stop()
	f := &follower{api: api, path: path, take: (&watching{cmd: w, console: c, api: api}).event, lost: func(err error) {
		fmt.Fprintf(c.err, "gait: the connection is lost (%s); trying again%s", printable(err.Error()), eol(c))
	}}
	err = f.run(ctx)
	if ctx.Err() != nil {
		return nil // ending it is the usual way to end it
	}
	return err
}

// follower keeps a stream of events open, and goes on after the last one where
// it is lost.
type follower struct {
	api  *client
	path string
	take func(context.Context, liveEvent) error
	lost func(error)

	last  string
	delay time.Duration
}

// liveEvent is one event of the stream.
type liveEvent struct {
	id, typ string
	data    []byte // the envelope
}

// run follows until the context ends, or the API refuses.
func (f *follower) run(ctx context.Context) error {
	for warned := false; ; {
		began := time.Now()
		err := f.once(ctx)
		var refused *problem
		var done outputError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &done):
			return done.error
		case errors.As(err, &refused) && refused.Status < 500:
			return err
		}
		if time.Since(began) > 5*time.Second {
			warned, f.delay = false, 0
		}
		if !warned {
			warned = true
			f.lost(err)
		}
		f.delay = min(max(2*f.delay, 250*time.Millisecond), 10*time.Second)
		if err := until(ctx, time.Now().Add(f.delay/2+rand.N(f.delay))); err != nil {
			return err
		}
	}
}

// outputError is an error of what takes the events.
type outputError struct{ error }

// once reads one connection until it breaks.
func (f *follower) once(ctx context.Context) error {
	req, err := f.api.request(ctx, http.MethodGet, f.path, nil)
	if err != nil {
		return err
	}
	if f.last != "" {
		req.Header.Set("Last-Event-ID", f.last)
	}
	res, err := f.api.http.Do(req)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		return newProblem(res.StatusCode, b)
	}
	in := bufio.NewScanner(res.Body)
	in.Buffer(make([]byte, 0, 64<<10), 16<<20)
	var e liveEvent
	for in.Scan() {
		name, value, _ := strings.Cut(in.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.typ = value
		case "data":
			e.data = append(e.data, value...)
		}
		if in.Text() != "" {
			continue
		}
		if len(e.data) > 0 {
			if err := f.take(ctx, e); err != nil {
				return outputError{err}
			}
		}
		if e.id != "" {
			f.last = e.id
		}
		e = liveEvent{}
	}
	if err := in.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF
}

// watching prints what changes.
type watching struct {
	cmd     *watchCmd
	console *console
	api     *client
	ref     string // of the session whose observations come in
	begun   bool

	observed []observed // of that session
}

// lineTells are the primitives that a line tells of.
var lineTells = []string{
	"motor.input_modality", "motor.keystroke_cadence", "cognitive.inter_command_latency_class",
	"cognitive.feedback_loop_engagement", "cognitive.command_branch_diversity",
}

// event takes one event: observations are gathered until their session comes.
func (w *watching) event(ctx context.Context, e liveEvent) error {
	if w.cmd.Output == "jsonl" {
		_, err := w.console.out.Write(append(e.data, '\n'))
		return err
	}
	var envelope struct {
		Payload json.RawMessage `json:"payload"`
	}
	if err := json.Unmarshal(e.data, &envelope); err != nil {
		return fmt.Errorf("an event that is no JSON: %w", err)
	}
	switch e.typ {
	case "snapshot":
		return w.snapshot(ctx, envelope.Payload)
	case "observation":
		var o struct {
			observed
			Ref string `json:"evidence_ref"`
		}
		if err := json.Unmarshal(envelope.Payload, &o); err != nil {
			return err
		}
		if o.Ref != w.ref {
			w.ref, w.observed = o.Ref, nil
		}
		w.observed = append(w.observed, o.observed)
	case "session":
		return w.session(envelope.Payload)
	}
	return nil
}

// recent is how many sessions are shown before the first that is live.
const recent = 10

// recentSession is a session in a snapshot.
type recentSession struct {
	Self     string `json:"self"`
	State    string `json:"state"`
	Backfill bool   `json:"backfill"`
}

// snapshot shows once what came last.
func (w *watching) snapshot(ctx context.Context, payload json.RawMessage) error {
	if w.begun {
		return nil
	}
	w.begun = true
	var state struct {
		Sessions []recentSession `json:"sessions"`
	}
	if err := json.Unmarshal(payload, &state); err != nil {
		return err
	}
	list := slices.DeleteFunc(state.Sessions, func(x recentSession) bool {
		return x.State == "waiting" || x.Backfill && !w.cmd.Backfill
	})
	for _, x := range slices.Backward(list[:min(recent, len(list))]) {
		var y sessionLine
		if err := w.api.get(ctx, strings.TrimPrefix(x.Self, "/api/v1"), nil, &y); err != nil {
			return err
		}
		if err := w.line(&y); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w.console.err, "watching; q or Ctrl-C ends it%s", eol(w.console))
	return err
}

// sessionLine is a session that gets a line.
type sessionLine struct {
	sessionItem
	Backfill  bool       `json:"backfill"`
	Forgotten bool       `json:"forgotten"`
	End       *time.Time `json:"end"`
}

// session prints a session with what was observed just before.
func (w *watching) session(payload json.RawMessage) error {
	var x sessionLine
	if err := json.Unmarshal(payload, &x); err != nil {
		return err
	}
	if x.Forgotten || x.Backfill && !w.cmd.Backfill {
		return nil
	}
	if x.Ref == w.ref {
		x.Observed = w.observed
	}
	return w.line(&x)
}

// line prints a session.
func (w *watching) line(x *sessionLine) error {
	var values []string
	for _, p := range lineTells {
		for _, o := range x.Observed {
			if o.Primitive == p && o.Value != "unknown" {
				values = append(values, o.Value)
			}
		}
	}
	at := "        "
	if x.End != nil {
		at = x.End.Local().Format(time.TimeOnly)
	}
	said := strings.Join(values, " · ")
	if said == "" {
		said = x.State
	}
	head := fmt.Sprintf("%s  %s  %s  %s", at, pad(printable(dash(x.Address)), 15), pad(printable(x.Decoy+"/"+x.Service), 14),
		pad(printable(howLong(seconds(x.Duration))), 12))
	said = printable(said)
	if w.console.terminal {
		said = clip(said, max(12, w.console.columns-cells(head)-2))
	}
	_, err := fmt.Fprintf(w.console.out, "%s  %s%s", head, style(w.console.color).paint(bold, said), eol(w.console))
	return err
}

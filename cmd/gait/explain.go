package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gait"
	"gait/profile"
	"gait/recording"
)

type explainCmd struct {
	Session string `placeholder:"ID" help:"The session to explain, where the recording holds several."`
	Timing  string `placeholder:"FILE" help:"Timing file of a script(1) recording, where it is not found by itself."`
	Compat  bool   `help:"Read exactly as the reference engine does, commands out of keys; nothing is stored. docs/compat.md says what differs."`
	operatorFlags
	limitFlags

	File      string `arg:"" help:"A recording, or - for standard input."`
	Primitive string `arg:"" optional:"" help:"Explain this primitive alone; a domain such as motor stands for all of its own."`
}

// Help says more than the one line of the summary.
func (*explainCmd) Help() string {
	return `For each value: what was measured, the thresholds it was compared with, how far the next one is, and what lies beyond it.
Above them a picture: the gaps between keys over time, on a logarithmic scale, and how many commands were given when.
Only times and counts are shown, nothing of what was typed or printed.`
}

// Validate is called by the parser.
func (e *explainCmd) Validate() error {
	return e.limitFlags.Validate()
}

// Run explains one session.
func (e *explainCmd) Run(ctx context.Context, c *console) error {
	var names []string
	if e.Primitive != "" {
		names = []string{e.Primitive}
	}
	only, err := pick(names)
	if err != nil {
		return err
	}
	s, err := oneSession(ctx, e.File, e.Session, recording.Options{Limits: e.limits(), Timing: e.Timing, Stdin: c.in})
	if err != nil {
		return told(e.File, err)
	}
	seen := newTimeline(max(40, c.columns))
	list := e.primitives()
	if e.Compat {
		list = profile.Published(list)
	}
	r := profile.EngineOf(slices.Concat(list, []*profile.Primitive{seen.probe()}), e.Compat).Profile(s, c.now())
	x := &explanation{style: style(c.color), columns: max(40, c.columns), only: only, list: list, result: r, session: s, compat: e.Compat}
	w := bufio.NewWriter(c.out)
	head := newTableForm(c, only, false)
	w.Write(head.headline(nil, s, r))
	for _, line := range seen.picture(s.Fidelity.Input) {
		fmt.Fprintln(w, line)
	}
	x.write(w)
	if err := w.Flush(); err != nil {
		return err
	}
	for _, f := range r.Failures {
		if only.has(f.Primitive) {
			fmt.Fprintln(c.err, failure{e.File, f.Error()}.line())
			err = errFailed
		}
	}
	return err
}

// told makes the error that names the path it is about.
func told(path string, err error) error {
	f := newFailure(path, err)
	if f.path == "" {
		return err
	}
	return errors.New(f.path + ": " + f.text)
}

// listedSessions is how many sessions are named where one must be chosen.
const listedSessions = 10

// errEnough ends the reading of sessions that nobody needs.
var errEnough = errors.New("enough sessions")

// oneSession reads the session of an id, or the only one that a file holds.
func oneSession(ctx context.Context, path, id string, opt recording.Options) (*gait.Session, error) {
	f, err := recording.Open(path, opt)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if id != "" {
		s, err := f.Session(id)
		if errors.Is(err, recording.ErrNoSession) {
			return nil, fmt.Errorf("no session %s in it", id)
		}
		return s, err
	}
	ids, err := firstIDs(ctx, f)
	switch {
	case len(ids) > 1:
		return nil, choose(ids)
	case len(ids) == 1:
		return f.Session(ids[0])
	case err == nil:
		err = errors.New("holds no session")
	}
	return nil, err
}

// firstIDs gives the ids of the first sessions of a file, one more than are
// listed. The error is that of a part that cannot be read.
func firstIDs(ctx context.Context, f *recording.File) (ids []string, failed error) {
	for _, b := range f.Batches() {
		err := b.Each(func(s *gait.Session) error {
			if ids = append(ids, s.ID); len(ids) > listedSessions {
				return errEnough
			}
			return ctx.Err()
		})
		switch {
		case errors.Is(err, errEnough):
			return ids, failed
		case ctx.Err() != nil:
			return nil, err
		case failed == nil:
			failed = err
		}
	}
	return ids, failed
}

// choose is the error that asks to choose one of several sessions.
func choose(ids []string) error {
	more := ""
	if len(ids) > listedSessions {
		ids, more = ids[:listedSessions], ", ..."
	}
	return errors.New("holds more than one session; choose one with --session ID: " + strings.Join(ids, ", ") + more)
}

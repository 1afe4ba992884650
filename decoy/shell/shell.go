// Package shell is what a visitor of the decoy talks to: bash of Debian 12, and
// dash for scripts of sh, over a made-up machine. It parses what is typed with
// mvdan.cc/sh and evaluates it itself: nothing that it does reaches the host.
//
// One interp is one shell process. A subshell, a stage of a pipeline and a
// background job are copies of it that run on goroutines of their own. Programs
// are Go functions that are given a [proc.Process]. Signals end contexts.
//
// Whatever a visitor writes costs something of the session's [proc.Budget];
// when that is spent, the answer is what a real machine under limits says.
package shell

import (
	"context"
	"net/netip"
	"path"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
)

// LineEditor reads lines from a terminal; there is one for a session.
type LineEditor = visit.LineEditor

// Request is what a shell wants read.
type Request = visit.LineRequest

// Options say what a shell works with.
type Options struct {
	Programs []proc.Program // what can be run, beside the shells themselves
	Worlds   func(netip.Addr) *machine.World
	Limits   proc.Limits
	Sink     visit.Sink    // nil where nobody listens
	Uploads  visit.Uploads // nil where nothing is kept
	// Edit makes the line editor of a session. Without it lines are read as
	// the terminal gives them.
	Edit func(t visit.Terminal) LineEditor
}

// Shell implements [visit.Shell] for all sessions of a decoy.
type Shell struct {
	o      Options
	byPath map[string]*proc.Program
}

// New makes a shell.
func New(o Options) *Shell {
	s := &Shell{o: o, byPath: map[string]*proc.Program{}}
	for i := range o.Programs {
		s.add(&o.Programs[i])
	}
	for _, p := range Programs() {
		s.add(&p)
	}
	return s
}

// Programs gives the shells as programs, for whoever lists what can be run;
// New adds them by itself.
func Programs() []proc.Program {
	return []proc.Program{
		{Name: "bash", Path: "/usr/bin/bash", Also: []string{"rbash"}, Run: runBash},
		{Name: "sh", Path: "/usr/bin/sh", Also: []string{"dash"}, Busybox: true, Run: runDash},
		{Name: "ash", Busybox: true, Run: runDash},
	}
}

// add puts a program under all of its paths; the first of a path counts.
func (s *Shell) add(p *proc.Program) {
	if p.Path == "" {
		return
	}
	for _, name := range append([]string{p.Path}, p.Also...) {
		if !path.IsAbs(name) {
			name = path.Join(path.Dir(p.Path), name)
		}
		if s.byPath[name] == nil {
			s.byPath[name] = p
		}
	}
}

// Run runs a session to its end.
func (s *Shell) Run(ctx context.Context, v visit.Session) int {
	ses, end := s.open(ctx, v)
	defer end()
	return ses.run()
}

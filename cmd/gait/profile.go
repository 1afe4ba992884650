package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"gait/assess"
	"gait/recording"
)

type profileCmd struct {
	Output  string   `short:"o" enum:"table,json,jsonl" default:"table" help:"Form of the result: table to read, json (one document with everything), jsonl (one observation a line)."`
	Session string   `placeholder:"ID" help:"Profile the session of this id alone."`
	Only    []string `placeholder:"PRIMITIVE" help:"Give these primitives alone, named with commas between them; a domain such as motor stands for all of its own."`
	Verbose bool     `short:"v" help:"Tell also what was odd about the recordings, how often each primitive spoke, and what could not be observed."`
	Quiet   bool     `short:"q" help:"No progress and no summary; failures are still told."`

	StrictEnvelope bool   `help:"Write observations with the fields of the public schema alone."`
	Compat         bool   `help:"Read exactly as the reference engine does, commands out of keys; nothing is stored. docs/compat.md says what differs."`
	Workers        int    `placeholder:"N" help:"How many sessions are profiled at once; by default one for each processor. The result does not depend on it."`
	Follow         bool   `help:"Watch one session that goes on, and say after each act who is at the keys (gait.operator), until it ends. With -o jsonl one object a line."`
	Timing         string `placeholder:"FILE" help:"Timing file of a script(1) recording, where it is not found by itself."`
	operatorFlags
	limitFlags

	Paths []string `arg:"" name:"path" help:"Recordings, folders of them, or - for standard input."`
}

// Help says more than the one line of the summary.
func (*profileCmd) Help() string {
	return `Formats are told by content: shards, Cowrie, Kippo and HonSSH tty logs, Cowrie JSON logs with their tty logs,
asciicast v1 to v3, script(1); each also packed with gzip or zstd, or in a tar archive. Folders are walked.

Exit status: 0 when all was read, 1 when something could not be read (the rest is given), 2 for wrong usage.`
}

// Validate is called by the parser.
func (p *profileCmd) Validate() error {
	if p.Workers < 0 || p.Workers > maxWorkers {
		return fmt.Errorf("--workers: must be from 1 to %d", maxWorkers)
	}
	if p.Follow && (len(p.Paths) != 1 || p.Compat || p.Output == "json") {
		return errors.New("--follow: takes one recording, -o table or jsonl, and no --compat")
	}
	if p.set() && p.Compat {
		return errOperatorCompat
	}
	return p.limitFlags.Validate()
}

// maxWorkers bounds the workers: each holds memory for the sessions at hand.
const maxWorkers = 256

// Run profiles all sessions of all paths.
func (p *profileCmd) Run(ctx context.Context, c *console) error {
	if p.Follow {
		f := &following{c: c, path: p.Paths[0], id: p.Session, opt: p.options(c), judge: p.setting(), asJSON: p.Output == "jsonl"}
		return f.run(ctx)
	}
	only, err := pick(p.Only)
	if err != nil {
		return err
	}
	w := p.Workers
	if w == 0 {
		w = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	r := newProfiling(p, c, w)
	r.wants = only
	r.form = p.form(c, only)
	return r.run(ctx)
}

// options say how recordings are opened.
func (p *profileCmd) options(c *console) recording.Options {
	return recording.Options{Limits: p.limits(), Timing: p.Timing, Stdin: c.in}
}

// form gives the form that was asked for.
func (p *profileCmd) form(c *console, only wanted) form {
	switch p.Output {
	case "jsonl":
		return jsonlForm{strict: p.StrictEnvelope, only: only}
	case "json":
		return &jsonForm{strict: p.StrictEnvelope, only: only}
	}
	return newTableForm(c, only, p.Verbose)
}

// wanted is the set of primitives that are asked for; nil stands for all.
type wanted map[string]bool

// has says whether a primitive is asked for.
func (w wanted) has(primitive string) bool { return w == nil || w[primitive] }

// pick finds the primitives that names stand for: that of a primitive, or what
// comes before a dot in several. The error names what comes near.
func pick(names []string) (wanted, error) {
	if len(names) == 0 {
		return nil, nil
	}
	list, err := assess.Select(names)
	if err != nil {
		return nil, usageError{err.Error()}
	}
	w := wanted{}
	for _, p := range list {
		w[p.Name] = true
	}
	return w, nil
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// doctorCmd looks for what is wrong.
type doctorCmd struct {
	runFlags
	Quick bool   `help:"Do not look through the whole database."`
	Form  string `short:"o" name:"form" enum:"table,json" default:"table" help:"Form: table to read, or json."`
}

// Help says what is looked at.
func (*doctorCmd) Help() string {
	return `Give it the flags of gait run (or the same configuration), and run it as the user that gait runs as. It looks at paths,
their owners and modes, user and groups, disk, clock, database, bus, ports and, where the system runs, at what that says
of itself. It changes nothing. Exit status: 0 when nothing is wrong, 1 when something is.`
}

// finding is what one check found.
type finding struct {
	Check string `json:"check"`
	Wrong bool   `json:"wrong"`
	What  string `json:"what"`
	Cure  string `json:"cure,omitempty"`
}

// examination gathers findings.
type examination struct {
	opt   *runFlags
	quick bool
	file  string   // the configuration file that was read
	live  *runFile // the system that runs on the data folder; nil for none
	list  []finding
}

func (x *examination) fine(check, what string) {
	x.list = append(x.list, finding{Check: check, What: what})
}

func (x *examination) wrong(check, what, cure string) {
	x.list = append(x.list, finding{check, true, what, cure})
}

// Run examines everything and prints what it found.
func (d *doctorCmd) Run(ctx context.Context, c *console, s *settings) error {
	x := &examination{opt: &d.runFlags, quick: d.Quick, file: s.path}
	x.opt.Data = absolute(x.opt.Data)
	for _, look := range []func(context.Context){x.config, x.who, x.folder, x.room, x.clock, x.sources, x.running, x.database, x.bus, x.ports} {
		look(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := d.print(c, x.list); err != nil {
		return err
	}
	for _, f := range x.list {
		if f.Wrong {
			return errFailed
		}
	}
	return nil
}

func (d *doctorCmd) print(c *console, list []finding) error {
	if d.Form == "json" {
		b, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s\n", b)
		return err
	}
	s := style(c.color)
	for _, f := range list {
		mark, look := "ok   ", faint
		if f.Wrong {
			mark, look = "WRONG", alert
		}
		for i, line := range wrap(f.What, max(40, c.columns-17)) {
			lead := s.paint(look, mark) + "  " + pad(f.Check, 9)
			if i > 0 {
				lead = pad("", 16)
			}
			fmt.Fprintf(c.out, "%s %s\n", lead, printable(line))
		}
		if f.Cure != "" {
			for i, line := range wrap(f.Cure, max(40, c.columns-20)) {
				lead := "→ "
				if i > 0 {
					lead = "  "
				}
				fmt.Fprintf(c.out, "%s%s%s\n", pad("", 17), lead, printable(line))
			}
		}
	}
	return nil
}

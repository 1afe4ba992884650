package main

import (
	"context"
	"fmt"
	"time"

	"gait/serve"
	"gait/store"
)

// runCmd runs everything in one process.
type runCmd struct{ runFlags }

// Help says what it does.
func (*runCmd) Help() string {
	return `Sessions that end below the folders are found, profiled, stored, announced and served within a second, and those that
ended earlier after them. Nothing else is needed: database and bus are inside. SIGINT or SIGTERM ends it; nothing is lost
however it ends.

Every flag can also be set by the environment and by a configuration file: see gait config --help.

Examples:
  gait run --cowrie /home/cowrie/cowrie
  gait run --shards /var/lib/decoys --keep-observations 90d --data /var/lib/gait
  gait run --decoy-ssh 127.0.0.1:2222`
}

// Run runs everything until it is asked to stop.
func (r *runCmd) Run(ctx context.Context, c *console) error {
	return newSystem(c, &r.runFlags, parts{collect: true, profile: true, serve: true, decoy: true}).serveAll(ctx)
}

// tellReady says that the system is ready: what is watched, where to look, how
// to stop. The link that lets a browser in is for the person at the terminal
// alone.
func (y *system) tellReady(ctx context.Context) {
	notify("READY=1")
	y.log.Info("ready", "after", time.Since(y.began).Round(time.Millisecond).String(), "data", y.opt.Data)
	if !y.parts.serve {
		return
	}
	if !y.console.terminal {
		fmt.Fprintf(y.console.out, "listening on %s\n", y.base())
		return
	}
	s := style(y.console.color)
	line := func(name, text string) {
		fmt.Fprintf(y.console.out, "  %s%s\n", s.paint(faint, pad(name, 9)), printable(text))
	}
	fmt.Fprintf(y.console.out, "\n%s\n", s.paint(bold, "gait is running"))
	if y.parts.collect {
		for i, w := range y.watched() {
			name := "watches"
			if i > 0 {
				name = ""
			}
			line(name, w)
		}
	}
	for i, visit := range y.decoyLines() {
		name := "decoy"
		if i > 0 {
			name = ""
		}
		line(name, visit)
	}
	link, err := serve.LoginLink(ctx, y.store, y.base(), store.Operator)
	if err != nil {
		y.log.Warn("no login link could be made; gait login makes one", "error", withoutSecrets(err))
		link = y.base()
	}
	line("open", link)
	line("", "(works once, within ten minutes; gait login prints another)")
	line("live", "gait watch"+y.dataFlag())
	line("stop", "Ctrl-C")
	fmt.Fprintln(y.console.out)
}

// dataFlag is what other commands need to find this system.
func (y *system) dataFlag() string {
	if y.opt.Data == absolute(defaultData) {
		return ""
	}
	return " --data " + y.opt.Data
}

// watched lists what sessions are looked for in.
func (y *system) watched() []string {
	o := &y.opt.watchFlags
	list := []string{y.path(shardsDir) + " (shards)"}
	for _, l := range []struct {
		kind  string
		paths []string
	}{{"shards", o.Shards}, {"Cowrie", o.Cowrie}, {"recordings", o.Recordings}, {"syslog", o.Syslog}} {
		for _, p := range l.paths {
			list = append(list, fmt.Sprintf("%s (%s)", p, l.kind))
		}
	}
	if o.RecordSocket != "" {
		list = append(list, o.RecordSocket+" (recorders)")
	}
	return list
}

// sharedFlags are those of the stages that run as processes of their own.
type sharedFlags struct {
	dataFlags
	storeFlags
	busFlags
	logFlags
	MetricsListen string `conf:"" placeholder:"HOST:PORT" group:"serve" help:"Serve /metrics there."`
	DebugListen   string `conf:"" placeholder:"HOST:PORT" group:"serve" help:"Serve /debug there: queues and profiles of the program. Keep it on this machine."`
}

// system makes the system of one stage. SQLite belongs to one process.
func (f *sharedFlags) system(c *console, o *runFlags, p parts) (*system, error) {
	if !f.postgres() {
		return nil, usageError{"a stage of its own needs --store postgres://...: SQLite serves one process, and gait run is that"}
	}
	if f.Nats == "" && !f.NoBus && !p.serve {
		return nil, usageError{"a stage of its own needs --nats URL, the server that the stages share (or --no-bus: the stages then meet in the database)"}
	}
	o.dataFlags, o.storeFlags, o.busFlags, o.logFlags = f.dataFlags, f.storeFlags, f.busFlags, f.logFlags
	o.MetricsListen, o.DebugListen = f.MetricsListen, f.DebugListen
	if f.Nats == "" {
		o.NoBus = true // serve reads the change log
	}
	return newSystem(c, o, p), nil
}

// collectCmd runs the stage that finds sessions that ended.
type collectCmd struct {
	sharedFlags
	watchFlags
	keepFlags
	limitFlags
}

// Run runs it until it is asked to stop.
func (x *collectCmd) Run(ctx context.Context, c *console) error {
	y, err := x.system(c, &runFlags{watchFlags: x.watchFlags, keepFlags: x.keepFlags, workFlags: workFlags{limitFlags: x.limitFlags}}, parts{collect: true})
	if err != nil {
		return err
	}
	return y.serveAll(ctx)
}

// workCmd runs the stage that profiles sessions.
type workCmd struct {
	sharedFlags
	rootFlags
	workFlags
	GiveUp         longTime `conf:"" placeholder:"TIME" default:"24h" group:"work" help:"How long a session waits for its recording before it is parked."`
	StrictEnvelope bool     `conf:"" group:"work" help:"Announce observations with the fields of the public schema alone."`
}

// Help says how many there may be.
func (*workCmd) Help() string {
	return `Any number of gait work share the sessions. Each needs the folders of recordings at the same paths as gait collect.`
}

// Run runs it until it is asked to stop.
func (x *workCmd) Run(ctx context.Context, c *console) error {
	o := &runFlags{watchFlags: watchFlags{rootFlags: x.rootFlags, GiveUp: x.GiveUp}, workFlags: x.workFlags}
	o.StrictEnvelope = x.StrictEnvelope
	y, err := x.system(c, o, parts{profile: true})
	if err != nil {
		return err
	}
	return y.serveAll(ctx)
}

// serveCmd runs the stage that answers.
type serveCmd struct {
	dataFlags
	storeFlags
	rootFlags
	serveFlags
	limitFlags
	logFlags
}

// Help says what it needs.
func (*serveCmd) Help() string {
	return `It reads the database and, to show recordings, the folders that hold them. Any number may run.`
}

// Run runs it until it is asked to stop.
func (x *serveCmd) Run(ctx context.Context, c *console) error {
	f := sharedFlags{dataFlags: x.dataFlags, storeFlags: x.storeFlags, logFlags: x.logFlags, MetricsListen: x.MetricsListen, DebugListen: x.DebugListen}
	o := &runFlags{watchFlags: watchFlags{rootFlags: x.rootFlags}, serveFlags: x.serveFlags, workFlags: workFlags{limitFlags: x.limitFlags}}
	y, err := f.system(c, o, parts{serve: true})
	if err != nil {
		return err
	}
	return y.serveAll(ctx)
}

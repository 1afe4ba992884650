package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"gait/decoy"
	"gait/internal/health"
)

const (
	decoyDir   = "decoy"       // in the data folder
	decoyChild = "decoy-child" // the subcommand that the child is
)

// decoyCmd runs a decoy as a process of its own.
type decoyCmd struct {
	dataFlags
	busFlags
	decoyFlags
	logFlags
}

// Help says what it does.
func (*decoyCmd) Help() string {
	return `A machine that is none: whoever logs in finds a small Debian server, and what he does is recorded into shards in the
data folder, where gait run finds it. No command is run, nothing of this machine is shown, nothing is fetched. It runs as
a child process that may write its own folders and nothing else. gait run --decoy-ssh does all of it in one.

Examples:
  gait decoy --decoy-ssh 127.0.0.1:2222
  gait decoy --decoy-ssh :22 --decoy-telnet :23 --public --data /var/lib/gait`
}

// Run runs the decoy until it is asked to stop.
func (d *decoyCmd) Run(ctx context.Context, c *console) error {
	if !d.asked() {
		return usageError{"no address to listen on: write --decoy-ssh HOST:PORT or --decoy-telnet HOST:PORT"}
	}
	d.Data = absolute(d.Data)
	d.NoBus = d.NoBus || d.Nats == "" // a bus inside would tell nobody
	y := newSystem(c, &runFlags{dataFlags: d.dataFlags, busFlags: d.busFlags, decoyFlags: d.decoyFlags, logFlags: d.logFlags}, parts{})
	for _, step := range []func(context.Context) error{y.openDecoyFolder, y.openBus, y.makeDecoy} {
		if err := step(ctx); err != nil {
			return errors.Join(err, y.close())
		}
	}
	err := y.work(ctx)
	return y.ended(ctx, errors.Join(err, y.close()))
}

// ended turns being asked to stop into no error.
func (y *system) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		y.log.Info("stopped")
		return nil
	}
	return err
}

// openDecoyFolder makes the data folder for a decoy alone: whoever watches it
// may be another process.
func (y *system) openDecoyFolder(context.Context) error { return ownFolders(y.opt.Data) }

// decoyChildCmd is the decoy's child.
type decoyChildCmd struct{}

// Run is the child until its parent is gone.
func (*decoyChildCmd) Run(c *console) error {
	if code := decoy.Child(c.in, c.out, c.err); code != 0 {
		return errFailed
	}
	return nil
}

// makeDecoy opens the decoy, and makes what publishes what it says.
func (y *system) makeDecoy(context.Context) error {
	if !y.opt.asked() {
		return nil
	}
	o, err := decoyOptions(&y.opt.decoyFlags, y.opt.Data)
	if err != nil {
		return err
	}
	o.Log, o.Report = y.log, y.decoyReport
	if y.bus != nil {
		a, err := newActivity(y.registry)
		if err != nil {
			return err
		}
		o.Publish = a.take
		y.add("activity", func(ctx context.Context) error { return a.run(ctx, y.bus) })
	}
	if y.decoy, err = decoy.Open(o); err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%w; another program is there: take another port with --decoy-ssh or --decoy-telnet", err)
		}
		return err
	}
	y.later(y.decoy)
	y.duties = append(y.duties, duty{name: "decoy", ends: !y.parts.serve, run: y.decoy.Run})
	return nil
}

// decoyReport puts how the decoy is on the board and into the log.
func (y *system) decoyReport(r decoy.Report) {
	y.board.Tell("decoy", "state", map[string]any{"running": r.Running, "starts": r.Starts, "rejected": r.Rejected})
	if r.Error != nil {
		y.board.Set(health.Condition{Part: "decoy", Name: "closed", Cause: withoutSecrets(r.Error), Cure: "it is started again by itself; see the log where that does not help"})
		return
	}
	y.board.Clear("decoy", "closed")
	ssh, telnet := y.decoy.Addresses()
	y.log.Info("the decoy is open", "decoy", y.opt.Name, "ssh", strings.Join(ssh, " "), "telnet", strings.Join(telnet, " "))
}

// decoyLines say on the terminal how to visit the decoy.
func (y *system) decoyLines() (lines []string) {
	if y.decoy == nil {
		return nil
	}
	hint := ""
	if y.opt.Accept == "any" {
		hint = " (any password)"
	}
	ssh, telnet := y.decoy.Addresses()
	for _, at := range ssh {
		host, port := visited(at)
		lines = append(lines, fmt.Sprintf("ssh -p %s root@%s%s", port, host, hint))
	}
	for _, at := range telnet {
		host, port := visited(at)
		lines = append(lines, fmt.Sprintf("telnet %s %s", host, port))
	}
	return lines
}

// visited gives host and port by which this machine reaches an address that is
// listened on.
func visited(at string) (host, port string) {
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return at, ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return host, port
}

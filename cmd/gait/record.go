package main

import (
	"os"

	"gait/record"
	_ "gait/record/early" // runs recorders; what comes here is to be explained
)

// recordCmd puts a shell on record.
type recordCmd struct {
	Decoy       string   `placeholder:"NAME" help:"Name of the decoy that the session belongs to; by itself the host's. With a collector, what that one says counts."`
	Service     string   `placeholder:"NAME" default:"ssh" help:"Service that the session belongs to."`
	Socket      string   `placeholder:"PATH" default:"/run/gait/record.sock" help:"Socket of the collector that keeps the session: gait run --record-socket."`
	Shards      string   `placeholder:"DIR" help:"Write the session below this folder instead, for containers where the visitor is root anyway: he can forge it."`
	Sink        string   `placeholder:"SINK" default:"unix:/dev/log" help:"Where an RFC 5424 line about the session goes: unix:PATH, udp:HOST:PORT, a file, - for the log of the container, or none."`
	AppName     string   `placeholder:"NAME" default:"sessrec" help:"Application name in that line."`
	ProcessName string   `placeholder:"NAME" help:"What lists of processes show of the recorder."`
	Shell       string   `placeholder:"PATH" help:"Shell to run instead of the user's own."`
	Config      string   `placeholder:"PATH" default:"/etc/gait/record.toml" help:"File with settings by the names of these flags. The environment, which is the visitor's, sets none."`
	Command     []string `arg:"" optional:"" passthrough:"partial" name:"shell" help:"Shell and its arguments, after --; by itself the user's login shell."`
}

// Help says how it is used.
func (*recordCmd) Help() string {
	return `Runs a shell in a terminal and records keys, output and sizes with their times. As a login shell (the program's path in
/etc/passwd) it takes its settings from the file alone. What goes wrong with the recording never reaches the shell.

Examples:
  ForceCommand exec /usr/local/bin/gait record               in sshd_config
  gait record --shards /var/lib/gait/shards --decoy web-01   in a container
  gait record -- /bin/bash --norc`
}

// Run is called for command lines that the recorder itself did not understand
// but the parser does.
func (r *recordCmd) Run() error {
	if len(r.Command) > 0 && r.Command[0] == "--" {
		r.Command = r.Command[1:]
	}
	o := record.Options{
		Decoy: r.Decoy, Service: r.Service, Socket: r.Socket, Shards: r.Shards, Sink: r.Sink, AppName: r.AppName,
		ProcessName: r.ProcessName, Shell: r.Shell, Command: r.Command,
	}
	o.Configure(r.Config)
	os.Exit(record.Run(o))
	return nil
}

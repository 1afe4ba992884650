// Package record puts a terminal on record: it runs a shell and brings what is
// typed, what is shown, and the sizes of the terminal to a [Tape], each with the
// time at which its bytes arrived.
//
// What it promises:
//
//   - The session comes first. Bytes are passed on as they are and in order, in
//     both directions; modes, sizes, job control, signals and the exit code are
//     the shell's. Nothing that goes wrong with the recording reaches it: the
//     shell starts before there is a tape, events wait in memory for a slow one
//     (output up to a bound, keys up to another), what does not fit is counted,
//     and a tape that is lost is told of in a log and never on the terminal.
//   - Times are monotonic and taken when a read returns, before anything else is
//     done with its bytes. A read is one event.
//   - A budget that is spent costs nothing but counting.
//   - Where nothing but a command is asked for, without a terminal, it gets the
//     descriptors themselves: the recorder is not between it and the network. Its
//     session holds the command, its times, and no input. A shell that reads its
//     commands from a pipe is recorded as one at a terminal is.
//   - A recorder below one that records a terminal only runs the shell. This is
//     seen in the chain of parents, which no visitor can choose, and never in the
//     environment. Where it cannot be seen, a session is recorded twice rather
//     than not at all.
//   - It runs as the visitor, who can end it, but not look into it or change what
//     it sends: it cannot be traced by its own user.
//
// It works on Linux alone.
package record

import (
	"time"

	"gait/recording/shard"
)

// Tape keeps one session: a shard of this process, or a collector elsewhere.
// Times are monotonic since the session's start. Missing says that so many
// bytes and events of a channel, i or o, came and were not given to the tape.
// Limits are how many bytes of input and of output it keeps. End gives what
// became of the session; nothing is kept after it.
type Tape interface {
	// Input takes keys.
	Input(at time.Duration, data []byte)
	// Output takes what was printed.
	Output(at time.Duration, data []byte)
	// Resize takes another size of the terminal.
	Resize(at time.Duration, cols, rows int)
	// Missing says what was not given.
	Missing(at time.Duration, m shard.Missing, events int64)
	// Limits are how many bytes of each are kept.
	Limits() (input, output int64)
	// End ends the session.
	End(at time.Duration, reason string) shard.Totals
}

// Options say what is run and where it is recorded. All of them come from the
// command line or a file that only the operator writes; the environment, which
// is the visitor's, says none.
type Options struct {
	Decoy   string // name of the decoy; empty for the host's
	Service string // empty for ssh
	Socket  string // of the collector; empty for DefaultSocket
	Shards  string // folder of shards to write to instead

	Sink        string // where the line about the session goes; empty for DefaultSink
	AppName     string // of that line; empty for sessrec
	ProcessName string // what is seen of the recorder in a list of processes

	Shell   string   // run instead of the user's own shell
	Command []string // run instead of the user's shell
	// Login says that this program is the user's shell, by the name that it was
	// called by. Args are then the shell's arguments, and Dash says that its name
	// began with a dash.
	Login bool
	Dash  bool
	Args  []string

	Fault string // why the file of settings was not used
}

// What is assumed where nothing is said.
const (
	DefaultSocket  = "/run/gait/record.sock"
	DefaultSink    = "unix:/dev/log"
	DefaultService = "ssh"
	DefaultAppName = "sessrec"
	DefaultConfig  = "/etc/gait/record.toml"
)

// Reasons of the end of a session.
const (
	endExit   = "exit"   // of the shell
	endSignal = "signal" // that ended the shell or was passed to it
	endHangup = "hangup" // of the terminal or the connection
)

// Why nothing is kept of a session, beside what a tape says.
const (
	skippedSocket   = "collector_away"
	skippedShards   = "shards_unusable"
	skippedTerminal = "no_terminal"
	skippedStuck    = "recording_stuck"
)

package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"gait"
	"gait/recording"
	"gait/recording/asciicast"
	"gait/recording/shard"
)

// What gait convert writes.
const (
	toShard     = "shard"
	toAsciicast = "asciicast"
)

// convertCmd writes the sessions of a recording in another format.
type convertCmd struct {
	To      string `enum:"auto,shard,asciicast" default:"auto" help:"Format to write: shard (JSON lines of any number of sessions) or asciicast (version 2, one session). By itself it is asciicast where OUT ends in .cast or is a folder, else shard."`
	Output  string `short:"o" placeholder:"OUT" help:"File to write instead of standard output; for asciicast also a folder, which gets one file a session."`
	Session string `placeholder:"ID" help:"Write this session alone."`
	Players bool   `help:"Write asciicast that every player takes: bytes that are no text become U+FFFD."`
	Force   bool   `short:"f" help:"Replace files that exist."`
	Timing  string `placeholder:"FILE" help:"Timing file of a script(1) recording."`
	File    string `arg:"" help:"Recording of any format, packed or not; - is standard input."`
	limitFlags
}

// Help tells what does not survive the way.
func (convertCmd) Help() string {
	return `Every byte of input and output comes through. A shard keeps no markers and times to the microsecond; an asciicast keeps no addresses and the start to the second.

Examples:
  gait convert lib/cowrie/tty/6d20cd1e97 -o session.cast
  gait convert ttylogs.tgz --to asciicast -o casts/
  gait convert session.cast | gait profile -`
}

// Run converts. Nothing is written where the recording cannot be opened.
func (v *convertCmd) Run(ctx context.Context, c *console) error {
	v.choose()
	if v.To == toShard && namesFolder(v.Output) {
		return usageError{fmt.Sprintf("%s is a folder, and a shard is one file of all sessions: name a file", v.Output)}
	}
	f, err := recording.Open(v.File, recording.Options{Limits: v.limits(), Timing: v.Timing, Stdin: c.in})
	if err != nil {
		return fmt.Errorf("%s: %w", v.File, err)
	}
	defer f.Close()
	out := v.sink(c.out)
	failed, err := v.convert(ctx, f, out, c.err)
	if cerr := out.close(err == nil); err == nil {
		err = cerr
	}
	if err == nil && failed {
		return errFailed
	}
	return err
}

// choose settles the format to write.
func (v *convertCmd) choose() {
	if v.To != "auto" {
		return
	}
	v.To = toShard
	if strings.HasSuffix(v.Output, ".cast") || namesFolder(v.Output) {
		v.To = toAsciicast
	}
}

// convert writes the sessions that are asked for. A part of the recording that
// cannot be read is reported and the next one follows; failed tells.
func (v *convertCmd) convert(ctx context.Context, f *recording.File, out sink, errs io.Writer) (failed bool, err error) {
	if v.Session != "" {
		s, err := f.Session(v.Session)
		if err != nil {
			return false, fmt.Errorf("%s: session %s: %w", v.File, v.Session, err)
		}
		return false, out.put(s)
	}
	n := 0
	for s, err := range recording.Sessions(f) {
		if ctx.Err() != nil {
			return failed, ctx.Err()
		}
		if err != nil {
			failed = true
			fmt.Fprintln(errs, newFailure(v.File, err).line())
			continue
		}
		if err := out.put(s); err != nil {
			return failed, err
		}
		n++
	}
	if n == 0 && !failed {
		return false, fmt.Errorf("%s: holds no session", v.File)
	}
	return failed, nil
}

// encoder writes sessions in one format.
type encoder func(w io.Writer) func(*gait.Session) error

// encoder gives the writer of the chosen format.
func (v *convertCmd) encoder() encoder {
	if v.To == toAsciicast {
		return func(w io.Writer) func(*gait.Session) error {
			return func(s *gait.Session) error { return asciicast.Writer{Players: v.Players}.Write(w, s) }
		}
	}
	return func(w io.Writer) func(*gait.Session) error {
		ids, e := shardIDs{}, shard.NewEncoder(w)
		return func(s *gait.Session) error { return e.Session(ids.named(s)) }
	}
}

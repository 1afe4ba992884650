package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gait"
	"gait/internal/simulate"
	"gait/recording/shard"
)

// appender appends to files, each piece in one write, and keeps a few of them
// open.
type appender struct {
	open  map[string]*os.File
	short map[string]bool // the last write to it was cut short
}

// mostOpen bounds the files that are kept open.
const mostOpen = 128

// append writes one piece. What was cut short is not completed: the next
// piece begins with a line feed if lines is set.
func (a *appender) append(path string, piece []byte, lines bool) error {
	f := a.open[path]
	if f == nil {
		if len(a.open) >= mostOpen {
			a.close()
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		var err error
		if f, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644); err != nil {
			return err
		}
		if a.open == nil {
			a.open, a.short = map[string]*os.File{}, map[string]bool{}
		}
		a.open[path] = f
	}
	if lines && a.short[path] {
		piece = append([]byte("\n"), piece...)
	}
	n, err := f.Write(piece)
	if err == nil {
		delete(a.short, path)
	} else if n > 0 {
		a.short[path] = true
	}
	return err
}

// done closes one file.
func (a *appender) done(path string) {
	if f := a.open[path]; f != nil {
		f.Close()
		delete(a.open, path)
	}
}

// close closes all files.
func (a *appender) close() {
	for path, f := range a.open {
		f.Close()
		delete(a.open, path)
	}
}

// shardScene writes shards.
type shardScene struct {
	*appender
	root string
}

func (*shardScene) lead() time.Duration { return 0 }

// steps gives the lines of a session in its shard.
func (w *shardScene) steps(s *gait.Session) ([]step, error) {
	path := filepath.Join(w.root, s.Decoy, s.Service, "transcripts", "sessions-"+s.Start.Format(time.DateOnly)+".jsonl")
	var b bytes.Buffer
	if err := shard.NewEncoder(&b).Session(s); err != nil {
		return nil, err
	}
	times := []time.Duration{0}
	for _, e := range s.Events() {
		if e.Kind != gait.Exec {
			times = append(times, e.Time)
		}
	}
	times = append(times, s.End.Time)
	var list []step
	for line := range bytes.Lines(b.Bytes()) {
		list = append(list, step{times[min(len(list), len(times)-1)], func() error { return w.append(path, line, true) }})
	}
	return list, nil
}

// cowrieScene writes what an installation of Cowrie does: the event log and the
// terminal logs, which are named by their content when they are closed.
type cowrieScene struct {
	*appender
	root string
}

func (*cowrieScene) lead() time.Duration { return simulate.CowrieLead }

// steps gives what Cowrie writes of a session.
func (w *cowrieScene) steps(s *gait.Session) ([]step, error) {
	name, records := simulate.TTYLog(s)
	v := &simulate.CowrieVisit{Session: s, ID: strings.ReplaceAll(s.ID, "-", "")[:12], Sensor: s.Decoy, Name: name}
	log := filepath.Join(w.root, "var", "log", "cowrie", "cowrie.json")
	dir := filepath.Join(w.root, "var", "lib", "cowrie", "tty")
	open := filepath.Join(dir, s.Start.Format("20060102-150405-")+v.ID+"-"+random(4)+"i.log")
	var list []step
	for _, r := range records {
		list = append(list, step{r.At, func() error { return w.append(open, r.Data, false) }})
	}
	last := list[len(list)-1].write
	list[len(list)-1].write = func() error {
		if err := last(); err != nil {
			return err
		}
		w.done(open)
		final := filepath.Join(dir, name)
		if _, err := os.Stat(final); err == nil {
			v.Duplicate = true
			return os.Remove(open)
		}
		return os.Rename(open, final)
	}
	return merge(list, w.lines(v, log)), nil
}

// lines gives the steps of the event log; whether a terminal log was thrown
// away is known only when its time has come.
func (w *cowrieScene) lines(v *simulate.CowrieVisit, log string) (list []step) {
	for _, e := range v.Events() {
		list = append(list, step{e.Line().At, func() error { return w.append(log, e.Line().Data, true) }})
	}
	return list
}

// merge puts two lists of steps into one, in order of time; at one time those
// of the first come first.
func merge(a, b []step) (all []step) {
	for len(a) > 0 && len(b) > 0 {
		if b[0].at < a[0].at {
			all, b = append(all, b[0]), b[1:]
		} else {
			all, a = append(all, a[0]), a[1:]
		}
	}
	return append(append(all, a...), b...)
}

// random gives so many hexadecimal digits.
func random(digits int) string {
	b := make([]byte, (digits+1)/2)
	rand.Read(b)
	return hex.EncodeToString(b)[:digits]
}

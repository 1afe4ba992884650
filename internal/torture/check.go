package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// key names one observation.
type key struct{ ref, primitive string }

// envelope is what of an observation must be the same wherever it is seen. The
// attacker and the time of profiling are not known offline.
type envelope struct {
	ID         string          `json:"id"`
	Primitive  string          `json:"primitive"`
	Value      string          `json:"value"`
	Confidence float64         `json:"confidence"`
	Window     json.RawMessage `json:"window"`
	Ref        string          `json:"evidence_ref"`
	Gait       struct {
		Measures json.RawMessage `json:"measures"`
		Rules    int             `json:"rules"`
		Clock    string          `json:"clock"`
		Revision string          `json:"revision"`
	} `json:"gait"`
}

// same says whether two envelopes tell the same, but for the attacker.
func (e *envelope) same(f *envelope) bool {
	return e.ID == f.ID && e.Value == f.Value && e.Confidence == f.Confidence && bytes.Equal(e.Window, f.Window) &&
		bytes.Equal(e.Gait.Measures, f.Gait.Measures) && e.Gait.Rules == f.Gait.Rules && e.Gait.Clock == f.Gait.Clock && e.extent() == f.extent()
}

// extent is the revision without the attacker.
func (e *envelope) extent() string {
	i := strings.LastIndexByte(e.Gait.Revision, '/')
	return e.Gait.Revision[:max(i, 0)]
}

// ended says whether the end of the session was seen.
func (e *envelope) ended() bool { return strings.HasSuffix(e.extent(), "/end") }

// settling bounds how long the system may take to catch up once nothing
// disturbs it any more.
const settling = 3 * time.Minute

// check lets the sessions that are under way end, waits until the system has
// caught up, and compares.
func (w *world) check(ctx context.Context) (t tally, err error) {
	w.feed.hold()
	want, err := w.offline(ctx)
	if err != nil {
		return t, err
	}
	deadline := time.Now().Add(settling)
	for {
		if t, err = w.compare(ctx, want); err == nil || time.Now().After(deadline) || !pause(ctx, time.Second) {
			break
		}
	}
	if err != nil {
		return t, err
	}
	return t, w.sound(ctx)
}

// offline reads the recordings without the system.
func (w *world) offline(ctx context.Context) (map[key]envelope, error) {
	all, err := w.envelopes(ctx, "profile", "-q", "-o", "jsonl", w.path("shards"))
	for k, e := range all {
		if !e.ended() { // the writer was stopped within it
			delete(all, k)
		}
	}
	if err == nil && len(all) == 0 {
		err = errors.New("no session was written")
	}
	return all, err
}

// compare compares the store with what it should hold, and what was announced
// with the store.
func (w *world) compare(ctx context.Context, want map[key]envelope) (tally, error) {
	have, err := w.envelopes(ctx, append([]string{"db", "export", "-o", "jsonl"}, w.store()...)...)
	if err != nil {
		return tally{}, err
	}
	sessions := map[string]bool{}
	for k, e := range want {
		sessions[k.ref] = true
		got, ok := have[k]
		if !ok {
			return tally{}, fmt.Errorf("%s of %s is not in the store", k.primitive, k.ref)
		}
		if !got.same(&e) {
			return tally{}, fmt.Errorf("%s of %s is %+v in the store and %+v offline", k.primitive, k.ref, got, e)
		}
	}
	for k, e := range have {
		if _, ok := want[k]; !ok && e.ended() {
			return tally{}, fmt.Errorf("%s of %s is in the store and in no recording", k.primitive, k.ref)
		}
	}
	return tally{sessions: len(sessions), observations: len(want)}, w.announced(have)
}

// announced says which observation was not announced with its last value.
func (w *world) announced(have map[key]envelope) error {
	var told map[key]envelope
	if w.heard != nil {
		told = w.heard.all()
	} else {
		f, err := os.Open(w.path("announced.jsonl"))
		if err != nil {
			return err
		}
		defer f.Close()
		if told, err = read(f, true); err != nil {
			return err
		}
	}
	for k, e := range have {
		got, ok := told[k]
		if !ok {
			return fmt.Errorf("%s of %s was never announced", k.primitive, k.ref)
		}
		if !got.same(&e) || got.Gait.Revision != e.Gait.Revision {
			return fmt.Errorf("%s of %s was announced last as %+v, and is %+v", k.primitive, k.ref, got, e)
		}
	}
	return nil
}

// sound lets the program look for contradictions in its own store.
func (w *world) sound(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, w.o.gait, append([]string{"db", "check"}, w.store()...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("gait db check: %w\n%s", err, out)
	}
	return nil
}

// envelopes runs a command that prints envelopes.
func (w *world) envelopes(ctx context.Context, args ...string) (map[key]envelope, error) {
	cmd := exec.CommandContext(ctx, w.o.gait, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("gait %s: %w\n%s", args[0], err, errs.Bytes())
	}
	return read(&out, false)
}

// read reads envelopes, one a line. Where again is set the last of several of
// one observation counts, and a torn line is passed over; else they are errors.
func read(r io.Reader, again bool) (map[key]envelope, error) {
	all := map[key]envelope{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e envelope
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			if again {
				continue
			}
			return nil, err
		}
		k := key{e.Ref, e.Primitive}
		if _, there := all[k]; there && !again {
			return nil, fmt.Errorf("%s of %s is there twice", k.primitive, k.ref)
		}
		all[k] = e
	}
	return all, lines.Err()
}

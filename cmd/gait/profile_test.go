package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait/recording"
)

// testConsole collects what is printed.
func testConsole() (c *console, out, errs *bytes.Buffer) {
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	now := func() time.Time { return time.Unix(1714600000, 0) }
	return &console{in: strings.NewReader(""), out: out, err: errs, columns: 100, now: now}, out, errs
}

// writeShard writes a shard of sessions, interleaved in pairs, and gives its
// path.
func writeShard(t *testing.T, dir, name string, sessions int) string {
	t.Helper()
	var b bytes.Buffer
	id := func(i int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", i, len(name)) }
	for i := 0; i < sessions; i += 2 {
		for n := i; n < i+2; n++ {
			fmt.Fprintf(&b, `{"sid":"%s","hdr":{"version":2,"width":80,"height":24,"timestamp":%d}}`+"\n", id(n), 1714521600+n)
		}
		for k := range 12 + i%7 {
			for n := i; n < i+2; n++ {
				fmt.Fprintf(&b, `{"sid":"%s","t":%d.%06d,"ch":"i","d":"%c"}`+"\n", id(n), k, 1000*(n%900), "ls -la\rid"[k%9])
				fmt.Fprintf(&b, `{"sid":"%s","t":%d.%06d,"ch":"o","d":"root@web:~# "}`+"\n", id(n), k, 1000*(n%900)+500)
			}
		}
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnyNumberOfWorkersGivesTheSameBytes(t *testing.T) {
	dir := t.TempDir()
	big := writeShard(t, dir, "big.jsonl", 1200) // several batches
	if info, err := os.Stat(big); err != nil || info.Size() <= wholeSize {
		t.Fatalf("the shard is read in one piece: %v, %v", info, err)
	}
	for i := range 20 {
		writeShard(t, dir, fmt.Sprintf("small%02d.jsonl", i), 2+2*i)
	}
	os.WriteFile(filepath.Join(dir, "torn.jsonl"), []byte(`{"sid":"00000000-0000-4000-8000-000000000000","hdr":{`), 0o600)
	for _, form := range []string{"jsonl", "json", "table"} {
		var want string
		for _, workers := range []int{1, 2, 3, 8, 31} {
			for _, room := range []int{pieceRoom, 1} {
				c, out, errs := testConsole()
				p := &profileCmd{Output: form, Verbose: true, Paths: []string{dir}, limitFlags: defaultLimitFlags()}
				r := newProfiling(p, c, workers)
				r.form, r.room = p.form(c, nil), room
				if err := r.run(t.Context()); err != nil {
					t.Fatal(err)
				}
				got := out.String() + errs.String()
				if len(got) < 1000 || strings.Count(got, "motor.input_modality") == 0 && form != "table" {
					t.Fatalf("%s: %.200q", form, got)
				}
				if want == "" {
					want = got
				} else if got != want {
					t.Errorf("%s with %d workers and room for %d bytes differs", form, workers, room)
				}
			}
		}
	}
}

func TestJSONIsOneDocument(t *testing.T) {
	dir := t.TempDir()
	name := "a\x1b]0;x\a\"\\\u202e.jsonl"
	writeShard(t, dir, name, 4)
	os.WriteFile(filepath.Join(dir, "torn.jsonl"), []byte(`{"sid":"00000000-0000-4000-8000-000000000000","hdr":{`), 0o600)
	for _, paths := range [][]string{{dir}, {filepath.Join(dir, "missing")}, {dir, filepath.Join(dir, "missing")}} {
		c, out, _ := testConsole()
		run(t.Context(), c, append([]string{"profile", "-o", "json"}, paths...))
		var doc struct {
			Sessions []struct {
				ID, Path     string
				Observations []struct{ Primitive, Value string }
				Fidelity     struct{ Input string }
			}
			Files, Failures []struct{ Path, Error string }
			Totals          struct{ Sessions, Failures int }
		}
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
			t.Fatalf("%v in %.300q", err, out)
		}
		if len(doc.Sessions) != doc.Totals.Sessions || len(doc.Failures) != doc.Totals.Failures {
			t.Errorf("%d sessions and %d failures, the totals are %+v", len(doc.Sessions), len(doc.Failures), doc.Totals)
		}
		for _, s := range doc.Sessions {
			if s.Path != filepath.Join(dir, name) && s.Path != filepath.Join(dir, "torn.jsonl") {
				t.Errorf("path %q", s.Path)
			}
		}
		if strings.ContainsAny(out.String(), "\x1b\a\u202e") {
			t.Errorf("a control character came through: %q", out)
		}
	}
}

// full is a writer whose reader goes away after some bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
	}
	return len(b), nil
}

func TestReaderThatGoesAwayEndsItQuietly(t *testing.T) {
	dir := t.TempDir()
	writeShard(t, dir, "big.jsonl", 1200)
	for _, left := range []int{0, 1 << 10, 1 << 18} {
		for _, form := range []string{"jsonl", "json", "table"} {
			c, _, errs := testConsole()
			c.out = &full{left}
			if code := run(t.Context(), c, []string{"profile", "-o", form, "--workers", "3", dir}); code != exitOK || errs.Len() > 0 {
				t.Errorf("%s after %d bytes: exit code %d, %q", form, left, code, errs)
			}
		}
	}
}

func TestOtherFailuresToWriteAreTold(t *testing.T) {
	dir := t.TempDir()
	writeShard(t, dir, "web.jsonl", 4)
	c, _, errs := testConsole()
	c.out = errWriter{}
	if code := run(t.Context(), c, []string{"profile", dir}); code != exitFailed || errs.String() != "gait: no space\n" {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

type errWriter struct{}

func (errWriter) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestInterruptEndsIt(t *testing.T) {
	dir := t.TempDir()
	writeShard(t, dir, "big.jsonl", 1200)
	ctx, stop := context.WithCancel(t.Context())
	c, _, errs := testConsole()
	c.out = writerFunc(func(b []byte) (int, error) {
		stop()
		return len(b), nil
	})
	if code := run(ctx, c, []string{"profile", "-o", "jsonl", dir}); code != exitStopped || errs.String() != "gait: stopped\n" {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestPanicCostsOneInput(t *testing.T) {
	c, _, _ := testConsole()
	p := &profileCmd{Output: "jsonl", limitFlags: defaultLimitFlags()}
	r := newProfiling(p, c, 1)
	r.form, r.bar = p.form(c, nil), newProgress(c, nil, true)
	for cause, want := range map[string]any{
		"secret text":         "gait failed on it with a string",
		"index out of range ": "index out of range",
	} {
		j := &job{path: "evil", open: func() (*recording.File, error) {
			if cause == "secret text" {
				panic(cause)
			}
			var none []byte
			return nil, errors.New(string(none[len(none)]))
		}}
		got := r.work(t.Context(), &r.workers[0], j)
		if len(got.failures) != 1 || got.failures[0].path != "evil" || !strings.Contains(got.failures[0].text, want.(string)) ||
			strings.Contains(got.failures[0].text, "secret") {
			t.Errorf("%q", got.failures)
		}
	}
	if _, _, err := openBatches(func() (*recording.File, error) { panic(io.EOF) }); err == nil {
		t.Error("a panic while opening is no error")
	}
}

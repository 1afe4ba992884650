package shell

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gait/decoy/proc"
)

// FuzzExec runs whatever comes: it must end, and nothing in it may panic.
func FuzzExec(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, name := range files {
		data, _ := os.ReadFile(name)
		for i, entry := range strings.Split(string(data), "\n####\n") {
			if i%6 != 0 { // enough to begin with
				continue
			}
			text, _, _ := strings.Cut(entry, "\n==== ")
			f.Add(text, strings.HasPrefix(text, "#dash"))
		}
	}
	f.Fuzz(func(t *testing.T, text string, posix bool) {
		if strings.Contains(text, "sleep") || strings.Contains(text, "tsort") {
			return
		}
		var log bytes.Buffer
		old := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		defer slog.SetDefault(old)
		synctest.Test(t, func(t *testing.T) { // a shell that cannot fork waits for seconds, as bash does
			r := newRig(proc.Limits{Commands: 60, Steps: 3000, Output: 1 << 18, Processes: 12, Memory: 1 << 20})
			s, _, _ := r.session(strings.NewReader("one\ntwo\n"))
			s.Exec = text
			if posix {
				s.Exec = "exec sh -c '" + strings.ReplaceAll(text, "'", `'\''`) + "'"
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			r.shell.Run(ctx, s)
			if ctx.Err() != nil {
				t.Fatalf("%q took more than an hour", text)
			}
		})
		if strings.Contains(log.String(), "in=shell ") { // and not one of the small programs of the tests
			t.Fatalf("%q: %s", text, log.String())
		}
	})
}

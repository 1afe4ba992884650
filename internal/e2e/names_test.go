package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gait/internal/programtest"
)

// TestNamesThatDoNotShow has recordings under names that would turn a line
// round, break it or colour it: they are read like all others.
func TestNamesThatDoNotShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	names := []string{"a\u202etsac", "b\nc", "d\x1b[31m", "e\u200b\u2066", "'; drop table sessions;--", "<img src=x onerror=alert(1)>", "%0A"}
	for i, name := range names {
		cast := fmt.Sprintf(`{"version":2,"width":80,"height":24,"timestamp":%d}`+"\n"+`[0.1,"i","ls\r"]`+"\n"+`[2.0,"i","id\r"]`+"\n", 1778241403+i)
		w.write(w.Path("recordings", name+".cast"), []byte(cast))
		w.write(w.Path("recordings", name+".jsonl"), newTape(i+1).header("").keys("ls\r").ended())
	}
	long := time.Now().Add(-time.Hour)
	for _, name := range names {
		for _, end := range []string{".cast", ".jsonl"} {
			if err := os.Chtimes(w.Path("recordings", name+end), long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := w.start("run", "run", "--recordings", w.Path("recordings"), "--listen", "127.0.0.1:0").ready()
	programtest.Await(t, "all to be profiled", func() bool {
		var stats struct{ Sessions map[string]int }
		s.get("/stats", &stats)
		return stats.Sessions["profiled"] == 2*len(names)
	})
	var list struct{ Items []struct{ Reason string } }
	if s.get("/rejected", &list); len(list.Items) > 0 {
		t.Errorf("events were rejected: %v", list.Items)
	}
	if text := w.Output("sessions", "--data", w.Path("run")); strings.ContainsAny(text, "\x1b\u202e\u200b") {
		t.Errorf("a name reached the terminal: %q", text)
	}
}

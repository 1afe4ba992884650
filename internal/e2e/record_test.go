package e2e

import (
	"bytes"
	"strings"
	"testing"
)

// record runs a shell that reads lines, with gait record before it.
func (w *world) record(args ...string) {
	w.T.Helper()
	c := w.Command(append(append([]string{"record", "--config=none", "--decoy=web-01"}, args...), "--", "/bin/sh")...)
	c.Stdin = strings.NewReader("uname -a\necho 'a visitor' >&2\nls /\nexit\n")
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil || out.Len() == 0 || errs.String() != "a visitor\n" {
		w.T.Fatalf("%v: %q %q", err, &out, &errs)
	}
}

// TestWhatTheRecorderSaysIsUnderstood has sessions recorded into shards, and the
// lines that the recorder writes about them read from its log.
func TestWhatTheRecorderSaysIsUnderstood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	log := w.Path("syslog")
	w.write(log, nil)
	s := w.start("run", "run", "--shards", w.Path("root"), "--syslog", "file:"+log, "--listen", "127.0.0.1:0").ready()
	w.record("--shards", w.Path("root"), "--sink", log)
	w.record("--socket", w.Path("nobody"), "--sink", log)
	s.awaitState("profiled", 1)
	s.awaitState("unrecorded", 1)
	if text := w.Output("sessions", "--data", s.Data, "--state", "unrecorded", "-o", "json"); !strings.Contains(text, "collector_away") {
		t.Errorf("%s", text)
	}
	if text := w.Output("sessions", "--data", s.Data, "--rejected"); strings.Contains(text, "unusable") {
		t.Errorf("%s", text)
	}
}

// TestTheRecorderBringsItsSessionToTheCollector records through the socket of a
// running system.
func TestTheRecorderBringsItsSessionToTheCollector(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	socket := w.Path("s", "r.sock")
	s := w.start("run", "run", "--record-socket", socket, "--record-decoy", "db-02", "--listen", "127.0.0.1:0").ready()
	w.record("--socket", socket, "--sink", "none")
	s.awaitState("profiled", 1)
	var list struct {
		Items []struct{ Decoy, Service, Address string }
	}
	if s.get("/sessions", &list); len(list.Items) != 1 || list.Items[0].Decoy != "db-02" || list.Items[0].Service != "ssh" {
		t.Errorf("%+v", list.Items)
	}
}

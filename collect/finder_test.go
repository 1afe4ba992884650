package collect

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/store"
)

// announcement writes a line session_recorded.
type announcement struct {
	decoy, service, address string
	n                       int
	end                     time.Time
	bytes                   int
}

func (a announcement) line() string {
	if a.service == "" {
		a.service = "ssh"
	}
	if a.end.IsZero() {
		a.end = time.Now()
	}
	return fmt.Sprintf("<134>1 %s %s sessrec - session_recorded [relay@55555 sid=%q service=%q src_ip=%q duration_s=\"61.204\" bytes=\"%d\" truncated=\"false\"]\n",
		a.end.UTC().Format("2006-01-02T15:04:05.000000Z07:00"), a.decoy, sid(a.n), a.service, a.address, a.bytes)
}

func pendingOf(decoy string, n int) string { return "pending:" + decoy + "/ssh#" + sid(n) }

// syslogFile gives the file that a world hears syslog from.
func (w *world) syslogFile(t *testing.T) (path string, option func(*Options)) {
	path = filepath.Join(t.TempDir(), "syslog")
	return path, func(o *Options) { o.Syslog = []string{"file:" + path} }
}

// say appends to a file outside the tree.
func say(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestARecordedSessionIsFound(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	log, heard := w.syslogFile(t)
	w.write(t, "web-01", file, tape{n: 1, keys: []string{"abc"}}.lines())
	w.start(t, heard)
	say(t, log, "something else\n"+announcement{decoy: "web-01", n: 1, address: "198.51.100.7", bytes: 3}.line())
	s := w.waitRow(t, ref("web-01", file, 1), nil)
	if s.Closed != store.ClosedLogged || s.Address != "198.51.100.7" || s.Duration != 61204*time.Millisecond || s.CauseKind != "" || s.Backfill {
		t.Errorf("%+v", s)
	}
	wait(t, "hand-in", func() bool { return w.bus.handed(s.Ref) > 0 })
	// One that the sweep found before, without an address.
	w.write(t, "web-01", file, tape{n: 2, end: true}.lines())
	s = w.waitRow(t, ref("web-01", file, 2), nil)
	w.profiled(t, s)
	say(t, log, announcement{decoy: "web-01", n: 2, address: "198.51.100.8"}.line())
	s = w.waitRow(t, s.Ref, func(s store.Session) bool { return s.Address != "" })
	if s.State != store.Waiting {
		t.Errorf("joined and not profiled again: %+v", s)
	}
	// The line before the recording; the start in the day before.
	say(t, log, announcement{decoy: "web-01", n: 3, address: "-"}.line())
	w.waitRow(t, pendingOf("web-01", 3), nil)
	w.write(t, "web-01", today(1), tape{n: 3, keys: []string{"x"}}.lines())
	w.waitRow(t, ref("web-01", today(1), 3), nil)
	if s := w.row(t, pendingOf("web-01", 3)); s.Ref != "" {
		t.Errorf("it waits still: %+v", s)
	}
	if w.log.lines("cannot be collected", "do not hold") > 0 {
		t.Error("warned of what came a moment later")
	}
}

func TestHeadersBeatSyslog(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	log, heard := w.syslogFile(t)
	w.write(t, "web-01", file, tape{n: 1, address: "198.51.100.7", keys: []string{"a"}}.lines()+tape{n: 2, address: "198.51.100.7", keys: []string{"a"}}.lines())
	w.start(t, heard)
	say(t, log, announcement{decoy: "web-01", n: 1, address: "-"}.line()+announcement{decoy: "web-01", n: 2, address: "203.0.113.9"}.line())
	if s := w.waitRow(t, ref("web-01", file, 1), nil); s.Address != "198.51.100.7" || s.Disputed {
		t.Errorf("%+v", s)
	}
	if s := w.waitRow(t, ref("web-01", file, 2), nil); !s.Disputed || s.Attacker != "" {
		t.Errorf("two addresses: %+v", s)
	}
}

func TestCausesInTheirOrder(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	w.write(t, "web-01", today(0), tape{n: 77, keys: []string{"a"}}.lines())
	w.write(t, "web-02", today(9), tape{n: 78, end: true}.lines())
	w.start(t, heard)
	say(t, log, announcement{decoy: "web-01", service: "ftp", n: 1}.line()+announcement{decoy: "nowhere", n: 2}.line()+
		announcement{decoy: "web-02", n: 3}.line()+announcement{decoy: "web-01", n: 4}.line()+announcement{decoy: "web-01", n: 77, bytes: 5000}.line()+
		announcement{decoy: "web-01", n: 5}.line())
	for _, x := range []struct{ ref, kind, text, cure string }{
		{"pending:web-01/ftp#" + sid(1), store.CauseService, "ftp", "--services"},
		{pendingOf("nowhere", 2), store.CauseOutside, "nowhere", "--shards"},
		{pendingOf("web-02", 3), store.CauseNoFile, "web-02/ssh/transcripts", "clock"},
		{pendingOf("web-01", 4), store.CauseNoSession, "do not hold", "web-01/ssh/transcripts"},
		{ref("web-01", today(0), 77), store.CauseBytes, today(0), "read again"},
	} {
		s := w.waitRow(t, x.ref, func(s store.Session) bool { return s.CauseKind != "" })
		if s.CauseKind != x.kind || !strings.Contains(s.Cause, x.text) || s.State != store.Waiting || !s.NextTry.After(time.Now()) {
			t.Errorf("%+v", s)
		}
		wait(t, "a warning of "+x.kind, func() bool { return w.log.lines("level=WARN", x.text, x.cure) == 1 })
		standing := false
		for _, c := range w.board.Conditions() {
			standing = standing || c.Part == part && strings.HasPrefix(c.Name, x.kind) && c.Cure != ""
		}
		if !standing {
			t.Errorf("%s is not on the board", x.kind)
		}
	}
	if w.bus.len() != 1 || w.bus.handed(ref("web-02", today(9), 78)) != 1 {
		t.Error("what was not found was handed in")
	}
	w.write(t, "web-01", today(0), tape{n: 4, keys: []string{"a"}}.lines()+tape{n: 5, keys: []string{"a"}}.lines())
	w.waitRow(t, ref("web-01", today(0), 4), nil)
	w.waitRow(t, ref("web-01", today(0), 5), nil)
	wait(t, "the condition to go", func() bool {
		for _, c := range w.board.Conditions() {
			if strings.HasPrefix(c.Name, store.CauseNoSession) {
				return false
			}
		}
		return true
	})
}

func TestWaitingSessionsOutliveANewStart(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	w.start(t, heard)
	say(t, log, announcement{decoy: "web-01", n: 1, address: "198.51.100.7", bytes: 1}.line())
	w.waitRow(t, pendingOf("web-01", 1), nil)
	w.stop()
	w.write(t, "web-01", today(0), tape{n: 1, keys: []string{"a"}}.lines())
	w.start(t, heard)
	s := w.waitRow(t, ref("web-01", today(0), 1), nil)
	if s.Address != "198.51.100.7" || w.row(t, pendingOf("web-01", 1)).Ref != "" {
		t.Errorf("%+v", s)
	}
}

func TestGivingUp(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	w.write(t, "web-02", today(0), tape{n: 2, keys: []string{"a"}}.lines())
	w.start(t, heard, func(o *Options) { o.GiveUp = 200 * time.Millisecond })
	say(t, log, announcement{decoy: "web-01", n: 1}.line()+announcement{decoy: "web-02", n: 2, bytes: 99}.line())
	s := w.waitRow(t, pendingOf("web-01", 1), func(s store.Session) bool { return s.State == store.Parked })
	if s.CauseKind != store.CauseOutside {
		t.Errorf("%+v", s)
	}
	part := ref("web-02", today(0), 2)
	s = w.waitRow(t, part, func(s store.Session) bool { return s.State == store.Waiting && s.CauseKind == "" })
	wait(t, "what is not whole to be handed in", func() bool { return w.bus.handed(part) > 0 })
	w.stop()
	w.write(t, "web-01", today(0), tape{n: 1, keys: []string{"a"}}.lines())
	c := w.start(t, heard)
	c.finder.groups(t.Context()) // as every 30 s
	c.finder.load(t.Context())
	w.waitRow(t, ref("web-01", today(0), 1), nil)
}

func TestSkippedSessionsHaveRows(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	line := "<134>1 2026-05-08T10:00:00Z web-01 sessrec - session_skipped [relay@55555 reason=\"disk_pressure\"]\n"
	say(t, log, line+line)
	w.start(t, heard)
	wait(t, "the row", func() bool {
		page, err := w.store.Sessions(t.Context(), store.SessionQuery{States: []store.State{store.Unrecorded}})
		return err == nil && len(page.Items) == 1 && page.Items[0].CauseKind == "disk_pressure"
	})
	if w.bus.len() > 0 {
		t.Error("handed in")
	}
}

func TestParkedSessionsGoOnWhenTheirCauseIsGone(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	w.write(t, "web-01", file, tape{n: 1, end: true}.lines())
	c := w.start(t)
	s := w.waitRow(t, ref("web-01", file, 1), nil)
	wait(t, "hand-in", func() bool { return w.bus.handed(s.Ref) == 1 })
	err := w.store.Settle(t.Context(), []store.Settlement{{Ref: s.Ref, State: store.Parked, CauseKind: store.CauseUnreadable, Cause: "may not be read"}})
	if err != nil {
		t.Fatal(err)
	}
	c.finder.groups(t.Context())
	if s = w.row(t, s.Ref); s.State != store.Waiting || s.CauseKind != "" {
		t.Errorf("%+v", s)
	}
}

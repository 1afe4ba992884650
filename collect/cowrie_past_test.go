package collect

import (
	"path/filepath"
	"testing"
	"time"
)

// TestThePastOfACowrieComesLater gives a Cowrie a past that the store cannot
// take now: what ended lately is found all the same, also what is appended
// later. Once the store takes it, all of the past is found, and a new start adds
// nothing.
func TestThePastOfACowrieComesLater(t *testing.T) {
	old := newHoneypot(30, time.Now().Add(-50*time.Hour).UTC(), 10*time.Minute)
	now := newHoneypot(31, time.Now().Add(-40*time.Minute).UTC(), time.Second)
	dir := t.TempDir()
	logs := filepath.Join(dir, "var", "log", "cowrie")
	for _, h := range []*honeypot{old, now} {
		h.putFiles(t, filepath.Join(dir, "var", "lib", "cowrie", "tty"))
	}
	lay(t, filepath.Join(logs, "cowrie.json.2026-01-01"), old.text(0, len(old.lines)))
	half := len(now.lines) / 2
	live := filepath.Join(logs, "cowrie.json")
	lay(t, live, now.text(0, half))
	w := newWorld(t)
	all := w.store
	w.opt.Store = noPast{all}
	w.startCowrie(t, dir, true)
	wait(t, "what ended lately", func() bool { return len(w.rows(t)) > 0 })
	before := len(w.rows(t))
	appendTo(t, live, now.text(half, len(now.lines)))
	wait(t, "what was appended", func() bool { return len(w.rows(t)) > before })
	for ref, s := range w.rows(t) {
		if s.Backfill {
			t.Errorf("%s is backfill", ref)
		}
	}
	w.stop()
	w.opt.Store = all
	w.startCowrie(t, dir, true)
	w.equals(t, offline(t, dir), dir)
	past := 0
	for _, s := range w.rows(t) {
		if s.Backfill {
			past++
		}
	}
	if past == 0 {
		t.Error("no session of the past is backfill")
	}
	var p Progress
	wait(t, "progress", func() bool { return w.fact(t, "sweep of Cowrie in "+dir, &p) && p.Left == 0 })
	w.stop()
	w.startCowrie(t, dir, false)
	pause(300 * time.Millisecond)
	if n := w.count(t, "offered_total", "added"); n != 0 {
		t.Errorf("%v were added by a new start", n)
	}
}

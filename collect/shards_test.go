package collect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait/internal/health"
	"gait/store"
)

func TestShardsAreFollowed(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	w.write(t, "web-01", file, tape{n: 1, address: "198.51.100.7", keys: []string{"ls\r"}, end: true}.lines())
	w.start(t)
	s := w.waitRow(t, ref("web-01", file, 1), nil)
	if s.State != store.Waiting || s.Address != "198.51.100.7" || s.Decoy != "web-01" || s.Service != "ssh" || s.Closed != store.ClosedEnd || !s.EndSeen ||
		s.Backfill || s.Source != "shards" || s.Path != filepath.Join(w.root, "web-01/ssh/transcripts", file) || s.Duration != 2*time.Second {
		t.Errorf("%+v", s)
	}
	// Two sessions in turn, with bytes that are no UTF-8, one in a decoy that
	// is new.
	two, three := tape{n: 2, keys: []string{"\xac\xac", "x"}, end: true}.lines(), tape{n: 3, keys: []string{"y"}, end: true}.lines()
	half := strings.Index(two, "\n") + 1
	w.write(t, "web-01", file, two[:half]+three+strings.ReplaceAll(two[half:], `\udcac`, "\xac"))
	w.write(t, "db-7", file, tape{n: 4, end: true}.lines())
	for n, decoy := range map[int]string{1: "web-01", 2: "web-01", 3: "web-01", 4: "db-7"} {
		w.waitRow(t, ref(decoy, file, n), nil)
		wait(t, "hand-in", func() bool { return w.bus.handed(ref(decoy, file, n)) == 1 })
	}
	pause(50 * time.Millisecond)
	if n := w.bus.len(); n != 4 {
		t.Errorf("%d sessions were handed in", n)
	}
}

func TestSilentSessionsEndAndGoOn(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	w.start(t, func(o *Options) { o.Idle = 400 * time.Millisecond })
	one := ref("web-01", file, 1)
	w.write(t, "web-01", file, tape{n: 1, keys: []string{"a"}}.lines())
	s := w.waitRow(t, one, nil)
	if s.Closed != store.ClosedSilence || s.EndSeen {
		t.Errorf("%+v", s)
	}
	w.profiled(t, s)
	text := tape{n: 1, keys: []string{"a", "b"}, end: true}.lines()
	more := text[strings.LastIndex(text[:strings.LastIndex(text, `{"sid"`)-1], `{"sid"`):]
	w.write(t, "web-01", file, more)
	s = w.waitRow(t, one, func(s store.Session) bool { return s.EndSeen })
	if s.State != store.Waiting || s.Closed != store.ClosedEnd {
		t.Errorf("%+v", s)
	}
	w.profiled(t, s)
	w.write(t, "web-01", file, more)
	pause(time.Second)
	if s = w.row(t, one); s.State != store.Profiled {
		t.Errorf("after its end was seen it went on: %+v", s)
	}
}

func TestANewStartOffersNothingTwice(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	var text strings.Builder
	for n := range 50 {
		text.WriteString(tape{n: n, keys: []string{"a"}, end: n%2 == 0}.lines())
	}
	path := w.write(t, "web-01", file, text.String())
	age(t, path, 20*time.Minute) // silent before we came
	w.start(t)
	wait(t, "all sessions", func() bool { return w.count(t, "offered_total", "added") == 50 })
	w.stop()
	w.start(t)
	w.write(t, "web-01", file, tape{n: 99, end: true}.lines())
	w.waitRow(t, ref("web-01", file, 99), nil)
	wait(t, "what was offered to be counted", func() bool { return w.count(t, "offered_total", "") > 0 }) // after it is stored
	if n := w.count(t, "offered_total", ""); n != 1 {
		t.Errorf("%v sessions were offered again", n-1)
	}
}

func TestHostileTreesHarmNothing(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	outside := t.TempDir()
	if err := os.MkdirAll(filepath.Join(outside, "ssh/transcripts"), 0o755); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(outside, "ssh/transcripts", file)
	if err := os.WriteFile(secret, []byte(tape{n: 66, end: true}.lines()), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(w.root, "web-01/ssh/transcripts")
	w.write(t, "web-01", "sessions-2026-05-01.jsonl", "")
	w.write(t, "Web_99", file, tape{n: 67, end: true}.lines())
	w.writeAt(t, filepath.Join("web-01/ftp/transcripts", file), tape{n: 68, end: true}.lines())
	w.write(t, "web-01", "sessions-x.jsonl", tape{n: 69, end: true}.lines())
	w.writeAt(t, "web-02/ssh/transcripts", "a file where a folder should be")
	w.writeAt(t, "stray", "x")
	for at, to := range map[string]string{"linked": outside, "web-01/telnet": filepath.Join(outside, "ssh"), "web-01/ssh/transcripts/" + today(1): secret} {
		if err := os.Symlink(to, filepath.Join(w.root, at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, file), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sessions-2026-05-02.jsonl"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write(t, "good", file, strings.Repeat("\x00", 9000)+"\n{\"sid\":\n"+tape{n: 1, end: true}.lines())
	w.start(t)
	w.waitRow(t, ref("good", file, 1), nil)
	if err := os.Remove(filepath.Join(dir, file)); err != nil {
		t.Fatal(err)
	}
	w.write(t, "web-01", file, tape{n: 2, end: true}.lines()) // no FIFO any more
	w.waitRow(t, ref("web-01", file, 2), nil)
	page, err := w.store.Sessions(t.Context(), store.SessionQuery{})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%d sessions, %v", len(page.Items), err)
	}
	if w.log.lines("not in the list", "web-01/ftp", "--services") != 1 || w.log.lines("a link") == 0 {
		t.Errorf("not told:\n%s", w.log.b.String())
	}
}

func TestShardsThatChangeUnderneath(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	path := w.write(t, "web-01", file, tape{n: 1, keys: []string{strings.Repeat("x", 3000)}, end: true}.lines())
	w.start(t, func(o *Options) { o.Sweep = 300 * time.Millisecond })
	w.waitRow(t, ref("web-01", file, 1), nil)
	if err := os.WriteFile(path, []byte(tape{n: 2, end: true}.lines()), 0o644); err != nil { // shorter
		t.Fatal(err)
	}
	w.waitRow(t, ref("web-01", file, 2), nil)
	other := filepath.Join(filepath.Dir(path), "new")
	if err := os.WriteFile(other, []byte(tape{n: 3, end: true}.lines()), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil { // replaced
		t.Fatal(err)
	}
	w.waitRow(t, ref("web-01", file, 3), nil)
	rotated := strings.Replace(file, ".jsonl", ".1.jsonl", 1)
	w.write(t, "web-01", rotated, tape{n: 4, end: true}.lines())
	w.waitRow(t, ref("web-01", rotated, 4), nil)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	packed := path + ".gz" // packed while known, with one that was never seen
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(tape{n: 3, end: true}.lines() + tape{n: 5, end: true}.lines())); err != nil {
		t.Fatal(err)
	}
	z.Close()
	if err := os.WriteFile(packed, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s := w.waitRow(t, ref("web-01", file, 5), nil)
	if s.Path != packed {
		t.Errorf("it lies in %s", s.Path)
	}
}

func TestOldShardsAreBackfill(t *testing.T) {
	w := newWorld(t)
	w.bus.set(trickleMost, nil) // the profiler is busy
	old := today(30)
	start := time.Now().AddDate(0, 0, -30)
	age(t, w.write(t, "web-01", old, tape{n: 1, start: start, keys: []string{"a"}}.lines()+tape{n: 2, start: start, end: true}.lines()), 29*24*time.Hour)
	file := today(0)
	w.start(t)
	for n := 1; n <= 2; n++ {
		if s := w.waitRow(t, ref("web-01", old, n), nil); !s.Backfill || s.State != store.Waiting {
			t.Errorf("%+v", s)
		}
	}
	w.write(t, "web-01", file, tape{n: 3, end: true}.lines())
	wait(t, "the live one", func() bool { return w.bus.handed(ref("web-01", file, 3)) == 1 })
	if w.bus.len() != 1 {
		t.Error("backfill was handed in while the profiler was busy")
	}
	w.bus.set(0, nil)
	wait(t, "backfill", func() bool { return w.bus.handed(ref("web-01", old, 1))+w.bus.handed(ref("web-01", old, 2)) == 2 })
	if w.bus.backs != 2 {
		t.Errorf("%d carry the header", w.bus.backs)
	}
	var p Progress
	wait(t, "progress", func() bool {
		return w.fact(t, "backfill", &p) && w.fact(t, "sweep of shards in "+w.root, &p) && p.Left == 0
	})
}

func TestSinceLeavesOutWhatIsOlder(t *testing.T) {
	w := newWorld(t)
	age(t, w.write(t, "web-01", today(30), tape{n: 1, start: time.Now().AddDate(0, 0, -30), end: true}.lines()), 29*24*time.Hour)
	age(t, w.write(t, "web-01", today(5), tape{n: 2, start: time.Now().AddDate(0, 0, -30), end: true}.lines()+tape{n: 3, start: time.Now().AddDate(0, 0, -5), end: true}.lines()), 4*24*time.Hour)
	w.start(t, func(o *Options) { o.Since = time.Now().AddDate(0, 0, -10) })
	w.waitRow(t, ref("web-01", today(5), 3), nil)
	if w.row(t, ref("web-01", today(30), 1)).Ref != "" || w.row(t, ref("web-01", today(5), 2)).Ref != "" {
		t.Error("older sessions were taken")
	}
}

func TestTooManyFilesToFollowAreSwept(t *testing.T) {
	w := newWorld(t)
	const files = mostFollowed + 20
	for n := range files {
		w.write(t, "web-01", fmt.Sprintf("sessions-2999-01-01.%d.jsonl", n), tape{n: n, end: true}.lines())
	}
	w.start(t)
	wait(t, "all of them", func() bool { return w.count(t, "offered_total", "added") == files })
	if n := w.count(t, "followed_files", ""); n > mostFollowed {
		t.Errorf("%v files are followed", n)
	}
}

func TestAShutGateHoldsIntake(t *testing.T) {
	w := newWorld(t)
	w.gate.Shut("the disk is nearly full")
	file := today(0)
	w.write(t, "web-01", file, tape{n: 1, end: true}.lines())
	w.start(t)
	pause(300 * time.Millisecond)
	if w.row(t, ref("web-01", file, 1)).Ref != "" {
		t.Fatal("taken in through a shut gate")
	}
	w.gate.Open()
	w.waitRow(t, ref("web-01", file, 1), nil)
}

func TestDoubtfulStartsAreKeptAndMarked(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	w.write(t, "web-01", file, tape{n: 1, start: time.Unix(5000, 0), end: true}.lines()+tape{n: 2, start: time.Now().AddDate(3, 0, 0), end: true}.lines())
	w.start(t)
	for n := 1; n <= 2; n++ {
		if s := w.waitRow(t, ref("web-01", file, n), nil); !s.Doubtful || s.Backfill {
			t.Errorf("%+v", s)
		}
	}
}

func TestManySessionsAreSweptOnce(t *testing.T) {
	w := newWorld(t)
	files, each := 100, 1000
	if testing.Short() {
		files = 10
	}
	for f := range files {
		var text strings.Builder
		for n := range each {
			fmt.Fprintf(&text, "{\"sid\":%q,\"hdr\":{\"version\":2,\"timestamp\":1700000000}}\n{\"sid\":%q,\"end\":{\"t\":1}}\n", sid(f*each+n), sid(f*each+n))
		}
		age(t, w.write(t, "web-01", today(10+f), text.String()), 9*24*time.Hour)
	}
	w.bus.set(1000, nil)
	w.start(t)
	swept := func() bool {
		var p Progress
		return w.fact(t, "sweep of shards in "+w.root, &p) && p.Left == 0
	}
	wait(t, "the sweep", func() bool { return w.count(t, "offered_total", "added") == float64(files*each) && swept() })
	w.stop()
	w.board = health.NewBoard()
	w.opt.Board = w.board
	w.start(t)
	wait(t, "the second sweep", swept)
	if n := w.count(t, "read_bytes_total", ""); n != 0 {
		t.Errorf("the second sweep read %v bytes", n)
	}
}

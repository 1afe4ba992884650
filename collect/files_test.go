package collect

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/internal/shared"
	"gait/internal/simulate"
)

// terminalOf gives a made-up terminal log.
func terminalOf(seed uint64) (name string, data []byte) {
	name, records := simulate.TTYLog(simulate.Visitors[seed%6].Session(seed))
	for _, r := range records {
		data = append(data, r.Data...)
	}
	return name, data
}

const cast = `{"version": 2, "width": 80, "height": 24, "timestamp": 1714521600}
[0.1, "o", "$ "]
[1.5, "i", "ls\r"]
[1.6, "o", "ls\r\n"]
`

func ageAll(t *testing.T, dir string) {
	t.Helper()
	filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			age(t, p, time.Hour)
		}
		return nil
	})
}

func TestRecordingsOfAnyFormat(t *testing.T) {
	dir := t.TempDir()
	name, data := terminalOf(1)
	lay(t, filepath.Join(dir, "a", name), data)
	lay(t, filepath.Join(dir, "b", "again"), data) // a second place
	_, other := terminalOf(2)
	lay(t, filepath.Join(dir, "packed.gz"), gzipped(other))
	lay(t, filepath.Join(dir, "one.cast"), []byte(cast))
	lay(t, filepath.Join(dir, "s", "typescript"), []byte("Script started on 2026-01-01 10:00:00+00:00 [TERM=\"xterm\" COLUMNS=\"80\" LINES=\"24\"]\n$ ls\n"))
	lay(t, filepath.Join(dir, "s", "timing"), []byte("0.100000 2\n1.000000 3\n"))
	ageAll(t, dir)
	want := offline(t, dir)
	if len(want) != 4 {
		t.Fatalf("%d recordings are expected", len(want))
	}
	lay(t, filepath.Join(dir, "half.cast.part"), []byte(cast))
	lay(t, filepath.Join(dir, ".hidden.cast"), []byte(cast+"[2.0, \"o\", \"x\"]\n"))
	lay(t, filepath.Join(dir, "notes.txt"), []byte("no recording\n"))
	lay(t, filepath.Join(dir, "b\xff.cast"), []byte(cast+"[2.0, \"o\", \"y\"]\n"))
	lay(t, filepath.Join(dir, "esc\x1b[2J\n.cast"), []byte("\xff\xfe"))
	lay(t, filepath.Join(dir, "downloads", "x.cast"), []byte(cast+"[2.0, \"o\", \"z\"]\n"))
	if err := os.Mkdir(filepath.Join(dir, "tty"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.cast")); err != nil {
		t.Fatal(err)
	}
	ageAll(t, dir)
	w := newWorld(t)
	begin := func() { w.start(t, func(o *Options) { o.Shards, o.Recordings = nil, []string{dir} }) }
	begin()
	w.equals(t, want, dir)
	passed := w.log.lines("passed over below the recordings")
	if passed == 0 || w.log.lines("\x1b") > 0 {
		t.Errorf("%d files were passed over, or a name was told as it is", passed)
	}
	w.stop()
	before := w.count(t, "offered_total", "recordings")
	begin()
	pause(200 * time.Millisecond)
	if n := w.count(t, "offered_total", "recordings"); n != 0 || before == 0 {
		t.Errorf("%v sessions were offered at first, %v again", before, n)
	}
	if n := w.log.lines("passed over below the recordings"); n != passed {
		t.Errorf("passed over was told %d times, then %d", passed, n)
	}
}

func TestRecordingIsTakenWhenRenamed(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Recordings = nil, []string{dir} })
	wait(t, "the first look", func() bool { return w.board != nil })
	pause(100 * time.Millisecond)
	lay(t, filepath.Join(dir, "x.cast.part"), []byte(cast))
	pause(50 * time.Millisecond)
	began := time.Now()
	if err := os.Rename(filepath.Join(dir, "x.cast.part"), filepath.Join(dir, "x.cast")); err != nil {
		t.Fatal(err)
	}
	wait(t, "its session", func() bool { return len(w.rows(t)) == 1 })
	if took := time.Since(began); took > fileCalm*3/4 {
		t.Errorf("a file that was renamed into place waited for %v", took)
	}
}

func TestRecordingIsNotTakenWhileItGrows(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Recordings = nil, []string{dir} })
	pause(100 * time.Millisecond)
	for i := range 12 {
		appendTo(t, filepath.Join(dir, "x.cast"), []byte(strings.Split(cast, "\n")[min(i, 3)]+"\n"))
		pause(250 * time.Millisecond)
	}
	if n := len(w.rows(t)); n != 0 {
		t.Errorf("%d sessions were taken too early", n)
	}
}

func TestUnreadableRecordingIsTriedAgainWhenItChanges(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.cast")
	lay(t, path, []byte("{\"version\": 2"))
	age(t, path, time.Hour)
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Recordings = nil, []string{dir} })
	wait(t, "a word about it", func() bool { return w.log.lines("passed over below the recordings") > 0 })
	lay(t, path+".new", []byte(cast))
	pause(20 * time.Millisecond)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	wait(t, "its session", func() bool { return len(w.rows(t)) == 1 })
}

func TestCowrieFolderAmongRecordings(t *testing.T) {
	dir := t.TempDir()
	h := newHoneypot(14, time.Now().Add(-72*time.Hour).UTC().Truncate(time.Second), 20*time.Minute)
	lay(t, filepath.Join(dir, "old", "log", "cowrie.json"), h.text(0, len(h.lines)))
	h.putFiles(t, filepath.Join(dir, "old", "log", "tty"))
	_, data := terminalOf(3)
	lay(t, filepath.Join(dir, "alone"), data)
	ageAll(t, dir)
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Recordings = nil, []string{dir} })
	w.equals(t, offline(t, dir), dir)
}

func TestCorpusAsRecordingsAndAsCowrie(t *testing.T) {
	corpus := shared.Path(t, "corpus", "cowrie")
	want := offline(t, corpus)
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Recordings = nil, []string{corpus} })
	w.equals(t, want, corpus)

	// The same files in the folder of a Cowrie whose event log was lost.
	dir := t.TempDir()
	entries, err := os.ReadDir(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(corpus, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		lay(t, filepath.Join(dir, "var", "lib", "cowrie", "tty", e.Name()), data)
	}
	ageAll(t, dir)
	h := newHoneypot(5, time.Now().Add(-72*time.Hour).UTC().Truncate(time.Second), 20*time.Minute)
	lay(t, filepath.Join(dir, "var", "log", "cowrie", "cowrie.json"), h.text(0, len(h.lines)))
	h.putFiles(t, filepath.Join(dir, "var", "lib", "cowrie", "tty"))
	w = newWorld(t)
	begin := func() { w.start(t, func(o *Options) { o.Shards, o.Cowrie = nil, []string{dir} }) }
	begin()
	want = offline(t, dir)
	w.equals(t, want, dir)
	w.stop()
	begin()
	w.equals(t, want, dir)
}

func TestFileMarksAreBounded(t *testing.T) {
	m := newFileMarks("k:", nil)
	for i := range 300_000 {
		m.put(fmt.Sprintf("f%d", i), fileStamp{ino: uint64(i), size: 1, written: 2})
	}
	stored := map[string][]byte{}
	for _, c := range m.changed() {
		if len(c.Value) > 64<<10 {
			t.Fatalf("a cursor of %d bytes", len(c.Value))
		}
		stored[c.Name] = c.Value
	}
	again := newFileMarks("k:", stored)
	if !again.has("f7", fileStamp{7, 1, 2}) || again.has("f7", fileStamp{7, 2, 2}) || again.has("g", fileStamp{}) {
		t.Error("marks were not stored")
	}
	again.forget("f7")
	if again.has("f7", fileStamp{7, 1, 2}) || len(again.changed()) != 1 {
		t.Error("a mark was not forgotten")
	}
}

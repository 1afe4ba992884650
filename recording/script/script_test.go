package script

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// files is a folder in memory. It cannot be compared, as a Dir need not be.
type files map[string]string

func (d files) Open(name string) (*reader.Neighbour, error) {
	text, ok := d[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return &reader.Neighbour{Source: *d.source(name, text), Closer: io.NopCloser(nil)}, nil
}

func (d files) source(name, text string) *reader.Source {
	return &reader.Source{ReaderAt: strings.NewReader(text), Size: int64(len(text)), Name: name, Path: "rec/" + name, Dir: d}
}

// read reads a session through one of the files.
func (d files) read(t testing.TB, name string) *gait.Session {
	t.Helper()
	return readSource(t, d.source(name, d[name]), reader.DefaultLimits())
}

func readSource(t testing.TB, src *reader.Source, lim reader.Limits) *gait.Session {
	t.Helper()
	r, err := Format{}.Open(src, lim)
	if err != nil {
		t.Fatal(err)
	}
	var got *gait.Session
	for _, b := range r.Batches() {
		if err := b.Each(func(s *gait.Session) error { got = s; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// list writes events as "kind time data".
func list(s *gait.Session) string {
	var b strings.Builder
	for _, e := range s.Events() {
		fmt.Fprintf(&b, "%s %v %q\n", e.Kind, e.Time, e.Data)
	}
	return b.String()
}

const (
	begun = "Script started on 2026-05-08 12:00:00+02:00 [TERM=\"xterm\" TTY=\"/dev/pts/1\" COLUMNS=\"100\" LINES=\"30\"]\n"
	done  = "\nScript done on 2026-05-08 12:00:09+02:00 [COMMAND_EXIT_CODE=\"0\"]\n"
)

func headers(out, in string) string {
	s := "H 0.000000 START_TIME 2026-05-08 12:00:01+02:00\nH 0.000000 TERM vt220\nH 0.000000 TTY /dev/pts/1\n" +
		"H 0.000000 COLUMNS 120\nH 0.000000 LINES 40\nH 0.000000 SHELL /bin/bash\nH 0.000000 COMMAND bash -i\nH 0.000000 TIMING_LOG t.tm\n"
	if out != "" {
		s += "H 0.000000 OUTPUT_LOG " + out + "\n"
	}
	if in != "" {
		s += "H 0.000000 INPUT_LOG " + in + "\n"
	}
	return s
}

const (
	body   = "O 0.100000 2\nI 0.500000 1\nO 0.000150 1\nS 0.250000 SIGWINCH ROWS=50 COLS=132\nI 1.000000 2\nS 0.100000 SIGTERM\n"
	ending = "H 0.000000 DURATION 2.345678\nH 0.000000 EXIT_CODE 3\n"
	events = "output 100ms \"$ \"\ninput 600ms \"l\"\noutput 600.15ms \"l\"\nresize 850.15ms \"132x50\"\ninput 1.85015s \"\\xff\\r\"\nmarker 1.95015s \"SIGTERM\"\n"
	inputs = "input 600ms \"l\"\nresize 850.15ms \"132x50\"\ninput 1.85015s \"\\xff\\r\"\nmarker 1.95015s \"SIGTERM\"\n"
)

func TestOneFileForBoth(t *testing.T) {
	d := files{"io.log": begun + "$ ll\xff\r" + done, "io.tm": headers("/var/log/io.log", "/var/log/io.log") + body + ending}
	for name := range d {
		s := d.read(t, name)
		if list(s) != events || len(s.Oddities) > 0 {
			t.Errorf("%s: %s%v", name, list(s), s.Oddities)
		}
		want := gait.Fidelity{
			Input: gait.GranularityPacket, Resolution: time.Microsecond, Clock: gait.ClockMonotonic,
			Lossless: true, Output: true, Closed: "exit record",
		}
		if s.Fidelity != want || s.End != (gait.End{Seen: true, Time: 2345678 * time.Microsecond, Reason: "exit"}) {
			t.Errorf("%s: %+v %+v", name, s.Fidelity, s.End)
		}
		if ref := fmt.Sprintf("file:%x#1", sha256.Sum256([]byte(d["io.tm"]+d["io.log"]))); s.EvidenceRef != ref {
			t.Errorf("%s: %s", name, s.EvidenceRef)
		}
		if !s.Start.Equal(time.Date(2026, 5, 8, 10, 0, 1, 0, time.UTC)) || s.Width != 120 || s.Height != 40 || s.Command != "bash -i" ||
			s.ID != "1" || s.Format != "script" || s.Path != "rec/"+name || fmt.Sprint(s.Env) != "[{TERM vt220} {SHELL /bin/bash}]" {
			t.Errorf("%s: %+v", name, s.Header)
		}
	}
}

func TestTwoFiles(t *testing.T) {
	d := files{
		"out.log": begun + "$ l" + done, "in.log": begun + "l\xff\r" + done,
		"s.tm": headers("out.log", "in.log") + body + ending,
	}
	d["out.tm"], d["in.timing"] = d["s.tm"], d["s.tm"]
	var ref string
	for _, name := range []string{"s.tm", "out.log", "in.log"} {
		s := d.read(t, name)
		if list(s) != events || len(s.Oddities) > 0 || s.Fidelity.Input != gait.GranularityPacket || !s.Fidelity.Output {
			t.Errorf("%s: %s%v", name, list(s), s.Oddities)
		}
		if ref != "" && s.EvidenceRef != ref {
			t.Errorf("%s: another evidence reference", name)
		}
		ref = s.EvidenceRef
	}
	delete(d, "out.log")
	s := d.read(t, "s.tm")
	if list(s) != inputs || s.Oddities.Count(gait.OddMissingFile) != 1 || s.Fidelity.Output {
		t.Errorf("%s%v %+v", list(s), s.Oddities, s.Fidelity)
	}
}

func TestOneStream(t *testing.T) {
	d := files{"in.log": begun + "l\xff\r" + done, "i.tm": headers("", "in.log") + strings.ReplaceAll(body, "O 0", "T 0") + ending}
	s := d.read(t, "i.tm")
	if s.Fidelity.Output || s.Fidelity.Input != gait.GranularityPacket || list(s) != inputs || s.Oddities.Count(gait.OddChannel) != 2 {
		t.Errorf("%+v %s%v", s.Fidelity, list(s), s.Oddities)
	}
	d = files{"out.log": begun + "$ l" + done, "o.tm": headers("out.log", "") + "O 0.100000 2\nO 0.200000 1\n" + ending}
	s = d.read(t, "o.tm")
	if !s.Fidelity.Output || s.Fidelity.Input != gait.GranularityNone || list(s) != "output 100ms \"$ \"\noutput 300ms \"l\"\n" {
		t.Errorf("%+v %s", s.Fidelity, list(s))
	}
}

func TestClassic(t *testing.T) {
	d := files{"typescript": begun + "$ ls\r\n" + done, "timing": "0.100000 2\n1.500000 2\n0.000001 2\n"}
	want := "output 100ms \"$ \"\noutput 1.6s \"ls\"\noutput 1.600001s \"\\r\\n\"\n"
	for name := range d {
		s := d.read(t, name)
		if list(s) != want || len(s.Oddities) > 0 || s.Fidelity.Input != gait.GranularityNone || !s.Fidelity.Output {
			t.Errorf("%s: %s%v %+v", name, list(s), s.Oddities, s.Fidelity)
		}
		if !s.End.Seen || s.End.Time != s.Last() || s.Width != 100 || s.Height != 30 || s.Env[0].Value != "xterm" ||
			!s.Start.Equal(time.Date(2026, 5, 8, 10, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v", name, s.Header)
		}
	}
	d["typescript"] = begun + "$ ls\r\n"
	if s := d.read(t, "timing"); s.End.Seen || s.Oddities.Count(gait.OddUnclosed) != 1 || s.Fidelity.Closed != "end of file" {
		t.Errorf("%+v %v", s.Header, s.Oddities)
	}
	d["typescript"] = begun + "$ ls\r\n" + strings.Repeat("more", 1000)
	if s := d.read(t, "timing"); !s.Fidelity.OutputPartial {
		t.Error("bytes without times were not noticed")
	}
}

func TestTimingIsFoundByName(t *testing.T) {
	for data, timing := range map[string]string{
		"a.log": "a.log.timing", "b.log": "b.tm", "c": "c.time", "typescript": "timing", "typescript-7": "timing-7", "x.y": "timing", "d.typescript": "d.timing",
	} {
		d := files{data: begun + "ab" + done, timing: "0.100000 2\n", "timing.txt": "x"}
		if s := d.read(t, data); s.Len() != 1 {
			t.Errorf("%s, %s: %d events", data, timing, s.Len())
		}
	}
	d := files{"a.log": begun + "ab" + done, "a.log.timing": "no timing file", "a.tm": "0.100000 2\n"}
	if s := d.read(t, "a.log"); s.Len() != 1 {
		t.Errorf("%d events", s.Len())
	}
}

func TestTimingThatTheUserNamed(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	text, timing := begun+"ab"+done, "0.1 2\n"
	path := filepath.Join(other, "t.tm")
	if err := os.WriteFile(path, []byte(timing), 0o600); err != nil {
		t.Fatal(err)
	}
	gz := filepath.Join(other, "t.gz")
	os.WriteFile(gz, []byte("\x1f\x8b\x08"), 0o600)
	text2 := filepath.Join(other, "text")
	os.WriteFile(text2, []byte("hello\n"), 0o600)
	for name, c := range map[string]struct {
		dir    reader.Dir
		timing string
		ok     bool
	}{
		"elsewhere":            {nil, path, true},
		"elsewhere, with dir":  {files{"t.tm": "9.9 1\n"}, path, true},
		"beside":               {files{"t.tm": timing}, filepath.Join(dir, "t.tm"), true},
		"base name beside":     {files{"t.tm": timing}, "t.tm", true},
		"missing":              {files{}, filepath.Join(dir, "t.tm"), false},
		"missing, without dir": {nil, filepath.Join(dir, "t.tm"), false},
		"a folder":             {nil, other, false},
		"compressed":           {nil, gz, false},
		"no timing file":       {nil, text2, false},
	} {
		src := &reader.Source{ReaderAt: strings.NewReader(text), Size: int64(len(text)), Name: "a", Path: filepath.Join(dir, "a"), Dir: c.dir, Timing: c.timing}
		r, err := Format{}.Open(src, reader.DefaultLimits())
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err != nil {
			checkError(t, err)
		} else if s, err := r.Session("1"); err != nil || list(s) != "output 100ms \"ab\"\n" {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var e *reader.Error
	if !errors.As(err, &e) || e.What == "" || e.Do == "" || e.Path == "" {
		t.Errorf("%#v", err)
	}
}

func TestWhatIsMissing(t *testing.T) {
	d := files{
		"a.log": begun, "b.tm": "0.100000 2\n", "c.tm": headers("../../etc/passwd", "..") + body,
		"d.tm": headers("d.tm", `C:\x\.`) + body, "text": "hello\n",
	}
	for name, text := range d {
		_, err := Format{}.Open(d.source(name, text), reader.DefaultLimits())
		checkError(t, err)
		alone := d.source(name, text)
		alone.Dir = nil
		_, err = Format{}.Open(alone, reader.DefaultLimits())
		checkError(t, err)
	}
}

func TestRenamedFilesAreFoundByName(t *testing.T) {
	d := files{"s.log": begun + "$ ll\xff\r" + done, "s.tm": headers("io.log", "io.log") + body + ending}
	if s := d.read(t, "s.tm"); list(s) != events || s.Oddities.Count(gait.OddMissingFile) != 0 {
		t.Errorf("%s%v", list(s), s.Oddities)
	}
	d = files{"s.log": begun + "$ l" + done, "s.tm": headers("o.log", "i.log") + body + ending}
	if s := d.read(t, "s.tm"); s.Oddities.Count(gait.OddMissingFile) != 1 || s.Fidelity.Input != gait.GranularityNone || !s.Fidelity.Output {
		t.Errorf("%s%v", list(s), s.Oddities)
	}
}

func TestSession(t *testing.T) {
	d := files{"a": begun + "ab" + done, "timing": "0.1 2\n"}
	if _, err := (Format{}).Open(d.source("a", d["a"]), reader.DefaultLimits()); err == nil {
		t.Fatal("a timing file of another form was found by name")
	}
	d["timing"] = "0.100000 2\n"
	r, err := Format{}.Open(d.source("a", d["a"]), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Session("2"); err != reader.ErrNoSession || r.Format() != "script" || r.Batches()[0].Size() == 0 || r.Oddities() != nil {
		t.Fatal(err)
	}
	delete(d, "timing")
	if _, err := r.Session("1"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

package ttylog

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

func TestSession(t *testing.T) {
	for _, native := range []bool{false, true} {
		l := &log{native: native}
		l.open(0).out(10, "$ ").in(1000, "ls\r").out(1001, "ls\r\n").in(2000, "\x00\xff\x1b[A").close(3000)
		s := one(t, l)
		if got, want := text(s), "o@10ms:$  i@1s:ls\r o@1.001s:ls\r\n i@2s:\x00\xff\x1b[A"; got != want {
			t.Errorf("native %v: %q, want %q", native, got, want)
		}
		if want := time.UnixMicro(epoch).UTC(); s.Start != want {
			t.Errorf("start %v, want %v", s.Start, want)
		}
		want := gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Clock: gait.ClockWall,
			Lossless: true, Output: true, Closed: "close record"}
		if s.Fidelity != want {
			t.Errorf("fidelity %+v, want %+v", s.Fidelity, want)
		}
		if s.End != (gait.End{Seen: true, Time: 3 * time.Second}) || len(s.Oddities) != 0 {
			t.Errorf("end %+v, oddities %v", s.End, s.Oddities)
		}
		if s.ID != "1" || s.Format != "ttylog" || s.Path != "some/log" || s.Service != "" ||
			!strings.HasPrefix(s.EvidenceRef, "file:") || len(s.EvidenceRef) != len("file:#1")+64 {
			t.Errorf("header %+v", s.Header)
		}
	}
}

func TestDetect(t *testing.T) {
	good := new(log).open(0).Bytes()
	change := func(at int, c byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = c
		return b
	}
	for name, c := range map[string]struct {
		head []byte
		want bool
	}{
		"packed":        {good, true},
		"native":        {(&log{native: true}).open(0).Bytes(), true},
		"short":         {good[:23], false},
		"empty":         {nil, false},
		"write first":   {new(log).in(0, "x").Bytes(), false},
		"length":        {change(8, 1), false},
		"direction":     {change(12, 1), false},
		"terminal":      {change(4, 1), false},
		"before 2009":   {change(19, 0x20), false},
		"after 2038":    {change(19, 0x90), false},
		"microseconds":  {change(23, 0x7f), false},
		"text":          {[]byte(strings.Repeat("Script started on ", 10)), false},
		"JSON":          {[]byte(`{"eventid":"cowrie.session.connect","session":"0123456789ab"}`), false},
		"zeros":         {make([]byte, 4096), false},
		"big endian op": {[]byte("\x00\x00\x00\x01" + string(good[4:])), false},
	} {
		if got := (Format{}).Detect(c.head); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	var e *reader.Error
	_, err := Format{}.Open(source([]byte("not a log")), reader.DefaultLimits())
	if !errors.As(err, &e) || e.Path != "some/log" || e.What == "" || e.Do == "" {
		t.Fatalf("%v", err)
	}
}

func TestManyRecordings(t *testing.T) {
	l := new(log).open(0).in(100, "a").close(200).in(300, "late").open(5000).in(5100, "b").close(5200).open(9000).in(9500, "c")
	all, odd := read(t, l.Bytes(), reader.DefaultLimits())
	if len(all) != 3 || odd.Count(gait.OddManyRecords) != 2 {
		t.Fatalf("%d sessions, oddities %v", len(all), odd)
	}
	for i, want := range []string{"i@100ms:a", "i@100ms:b", "i@500ms:c"} {
		s := all[i]
		if text(s) != want || !strings.HasSuffix(s.EvidenceRef, "#"+s.ID) || s.ID != string(rune('1'+i)) {
			t.Errorf("session %s (%s): %q, want %q", s.ID, s.EvidenceRef, text(s), want)
		}
	}
	if all[0].Oddities.Count(gait.OddAfterEnd) != 1 || !all[1].Start.Equal(time.UnixMicro(epoch+5_000_000)) {
		t.Errorf("%v, start %v", all[0].Oddities, all[1].Start)
	}
	if c := all[2].Fidelity.Closed; c != "end of file" || all[2].End.Seen || all[2].Oddities.Count(gait.OddUnclosed) != 1 {
		t.Errorf("closed %q, %v", c, all[2].Oddities)
	}
	lim := reader.DefaultLimits()
	lim.Sessions = 2
	if all, odd = read(t, l.Bytes(), lim); len(all) != 2 || odd.Count(gait.OddSessionsLimit) != 1 {
		t.Errorf("with a limit of 2: %d sessions, %v", len(all), odd)
	}
}

func TestSessionByID(t *testing.T) {
	l := new(log).open(0).in(100, "a").close(200).open(5000).in(5100, "b").close(5200)
	rec, err := Format{}.Open(source(l.Bytes()), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	s, err := rec.Session("2")
	if err != nil || text(s) != "i@100ms:b" || !strings.HasSuffix(s.EvidenceRef, "#2") {
		t.Fatalf("%v, %v", s, err)
	}
	for _, id := range []string{"", "0", "3", "02", "-1", "x"} {
		if _, err := rec.Session(id); !errors.Is(err, reader.ErrNoSession) {
			t.Errorf("id %q: %v", id, err)
		}
	}
}

func TestEachStopsAtTheFirstError(t *testing.T) {
	l := new(log).open(0).open(1).open(2)
	stop, calls := errors.New("stop"), 0
	_, err := Each(source(l.Bytes()), reader.DefaultLimits(), func(n int, last bool, _ *gait.Session) error {
		calls++
		if last != (n == 3) {
			t.Errorf("session %d: last %v", n, last)
		}
		if n == 2 {
			return stop
		}
		return nil
	})
	if err != stop || calls != 2 {
		t.Fatalf("%v after %d calls", err, calls)
	}
}

func TestFailingDisk(t *testing.T) {
	l := new(log).open(0).in(100, strings.Repeat("x", 1<<20)).close(200)
	for from := int64(0); from < int64(l.Len()); from += 50_000 {
		src := source(l.Bytes())
		src.ReaderAt = failing{bytes.NewReader(l.Bytes()), from}
		_, err := Each(src, reader.DefaultLimits(), func(int, bool, *gait.Session) error { return nil })
		if !errors.Is(err, errDisk) {
			t.Fatalf("failing from byte %d: %v", from, err)
		}
	}
}

func TestCorpus(t *testing.T) {
	for _, path := range corpus(t) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !(Format{}).Detect(b[:min(len(b), reader.HeadSize)]) {
			t.Errorf("%s is not detected", path)
			continue
		}
		all, odd := read(t, b, reader.DefaultLimits())
		if len(all) != 1 || len(odd) != 0 {
			t.Fatalf("%s: %d sessions, %v", path, len(all), odd)
		}
		s := all[0]
		if s.Len() == 0 || s.Fidelity.Swapped || s.Fidelity.Input == gait.GranularityKey || !s.End.Seen || s.Truncated != "" {
			t.Errorf("%s: %d events, %+v, %v", path, s.Len(), s.Header, s.Oddities)
		}
		for _, o := range s.Oddities {
			if o.Kind != gait.OddEmptyEvent { // one log holds an output of no bytes
				t.Errorf("%s: %v", path, o)
			}
		}
		if len(s.Block(gait.Marker)) != 0 {
			t.Errorf("%s: a command was taken for the operator's keys", path)
		}
	}
}

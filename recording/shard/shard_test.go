package shard

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

const (
	sidA = "11111111-1111-4111-8111-111111111111"
	sidB = "22222222-2222-4222-8222-222222222222"
)

// open indexes a shard that is given as text.
func open(t testing.TB, text string, limits ...func(*reader.Limits)) *Recording {
	t.Helper()
	return openParts(t, text, partBytes, limits...)
}

// openParts does the same with an index that is made of parts of a given size.
func openParts(t testing.TB, text string, size int64, limits ...func(*reader.Limits)) *Recording {
	t.Helper()
	lim := reader.DefaultLimits()
	for _, f := range limits {
		f(&lim)
	}
	src := &reader.Source{ReaderAt: strings.NewReader(text), Size: int64(len(text)), Name: "sessions-2026-05-08.jsonl",
		Path: "/data/decky-01/ssh/transcripts/sessions-2026-05-08.jsonl"}
	r := NewRecording(src, lim)
	r.partBytes = size
	if err := r.Grow(true); err != nil {
		t.Fatal(err)
	}
	return r
}

// sessions reads all sessions by batches and checks that reading each by its
// id gives the same.
func sessions(t testing.TB, r *Recording) []*gait.Session {
	t.Helper()
	var list []*gait.Session
	for _, b := range r.Batches() {
		if err := b.Each(func(s *gait.Session) error {
			list = append(list, s.Clone())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range list {
		one, err := r.Session(s.ID)
		if err != nil {
			t.Fatalf("session %s by its id: %v", s.ID, err)
		}
		if got, want := describe(one), describe(s); got != want {
			t.Fatalf("by its id the session reads\n%s\nin the batch\n%s", got, want)
		}
	}
	return list
}

// describe writes down all that a session holds.
func describe(s *gait.Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v %v\n", s.ID, s.Truncated, s.Oddities)
	for _, e := range s.Events() {
		fmt.Fprintf(&b, "%v %v %q\n", e.Time, e.Kind, e.Data)
	}
	return b.String()
}

func hdr(sid string) string {
	return `{"sid":"` + sid + `","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600,"env":{"SHELL":"/bin/bash"}}}` + "\n"
}

func ev(sid, t, ch, d string) string {
	return `{"sid":"` + sid + `","t":` + t + `,"ch":"` + ch + `","d":"` + d + `"}` + "\n"
}

func TestHeaderAndPlace(t *testing.T) {
	s := sessions(t, open(t, `{"sid":"`+sidA+`","hdr":{"version":2,"width":100,"height":30,"timestamp":1714521600,"env":{"TERM":"xterm","N":null},`+
		`"src_ip":"::ffff:198.51.100.7","src_port":4022,"service":"telnet","client":"SSH-2.0-x","hassh":"00112233445566778899aabbccddeeff","obfuscated":true,"exec":"id"}}`+"\n"+
		`{"sid":"`+sidA+`","end":{"t":61.2,"reason":"exit","events":3,"bytes_i":0,"bytes_o":0}}`+"\n"))[0]
	if s.Width != 100 || s.Height != 30 || s.Start.Unix() != 1714521600 || s.SourceIP != "198.51.100.7" || s.SourcePort != 4022 ||
		s.Client != "SSH-2.0-x" || s.HASSH != "00112233445566778899aabbccddeeff" || !s.Obfuscated || len(s.Env) != 1 || s.Env[0] != (gait.Var{Name: "TERM", Value: "xterm"}) {
		t.Errorf("header: %+v", s.Header)
	}
	if s.Decoy != "decky-01" || s.Service != "ssh" || s.EvidenceRef != "shard:decky-01/ssh/sessions-2026-05-08.jsonl#"+sidA {
		t.Errorf("place: %q %q %q", s.Decoy, s.Service, s.EvidenceRef)
	}
	if e := s.Event(0); e.Kind != gait.Exec || string(e.Data) != "id" {
		t.Errorf("exec: %v", e)
	}
	if !s.End.Seen || s.End.Reason != "exit" || s.End.Time != 61200*time.Millisecond || s.Fidelity.Closed != "end record" {
		t.Errorf("end: %+v", s.End)
	}
}

func TestPlaceOutsideATree(t *testing.T) {
	for path, want := range map[string]string{
		"/tmp/x.jsonl": "shard:-/-/x.jsonl#1",
		"/a/DECOY/ssh/transcripts/sessions-2026-05-08.jsonl":         "shard:-/-/sessions-2026-05-08.jsonl#1",
		"/a/decky/ssh/transcripts/sessions-2026-05-08.3.jsonl":       "shard:decky/ssh/sessions-2026-05-08.3.jsonl#1",
		"/a/decky/ssh/elsewhere/sessions-2026-05-08.jsonl":           "shard:-/-/sessions-2026-05-08.jsonl#1",
		"/a/b/../../etc/ssh/transcripts/sessions-2026-05-08.jsonl":   "shard:etc/ssh/sessions-2026-05-08.jsonl#1",
		"/a/de\x1bcky/ssh/transcripts/sessions-2026-05-08.jsonl":     "shard:-/-/sessions-2026-05-08.jsonl#1",
		"/a/decky/\u202essh/transcripts/sessions-2026-05-08.1.jsonl": "shard:-/-/sessions-2026-05-08.1.jsonl#1",
	} {
		name := path[strings.LastIndexByte(path, '/')+1:]
		h := gait.Header{ID: "1"}
		p := placeOf(&reader.Source{Name: name, Path: path})
		p.fill(&h)
		if h.EvidenceRef != want {
			t.Errorf("%q: %q, want %q", path, h.EvidenceRef, want)
		}
	}
}

func TestInterleavedSessionsComeInOrderOfAppearance(t *testing.T) {
	list := sessions(t, open(t, hdr(sidB)+hdr(sidA)+ev(sidA, "1.0", "i", "a")+ev(sidB, "1.5", "o", "x")+ev(sidA, "2.0", "i", `\r`)+
		ev(sidB, "2.5", "r", "120x40")))
	if len(list) != 2 || list[0].ID != sidB || list[1].ID != sidA {
		t.Fatalf("sessions: %v", list)
	}
	if list[1].Len() != 2 || string(list[1].Block(gait.Input)) != "a\r" || list[0].Event(1).Kind != gait.Resize {
		t.Errorf("events: %s%s", describe(list[0]), describe(list[1]))
	}
}

func TestCutReadsAreJoined(t *testing.T) {
	full := strings.Repeat("x", pieceBytes)
	for name, c := range map[string]struct {
		text string
		want []int
	}{
		"three pieces":                 {ev(sidA, "1.0", "i", full) + ev(sidA, "1.0", "i", full) + ev(sidA, "1.0", "i", "y"), []int{2*pieceBytes + 1}},
		"another time":                 {ev(sidA, "1.0", "i", full) + ev(sidA, "1.000001", "i", "y"), []int{pieceBytes, 1}},
		"another channel":              {ev(sidA, "1.0", "i", full) + ev(sidA, "1.0", "o", "y"), []int{pieceBytes, 1}},
		"a short piece first":          {ev(sidA, "1.0", "i", full[1:]) + ev(sidA, "1.0", "i", "y"), []int{pieceBytes - 1, 1}},
		"a raw character cut in two":   {ev(sidA, "1.0", "i", full[:pieceBytes-1]+"\xc3") + ev(sidA, "1.0", "i", "\xa9"), []int{pieceBytes + 1}},
		"an escape counts as one byte": {ev(sidA, "1.0", "i", full[:pieceBytes-1]+`\r`) + ev(sidA, "1.0", "i", "y"), []int{pieceBytes + 1}},
	} {
		s := sessions(t, open(t, hdr(sidA)+c.text))[0]
		var got []int
		for _, e := range s.Events() {
			got = append(got, len(e.Data))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: events of %v bytes, want %v", name, got, c.want)
		}
	}
}

func TestOddities(t *testing.T) {
	good := hdr(sidA) + ev(sidA, "1.0", "i", "a")
	for _, c := range []struct {
		name, text, odd string
		input           string // what A's input must be
	}{
		{"torn line", good + `{"sid":"` + sidA + `","t":2.0,"ch":"i","d":"` + "\n" + ev(sidA, "3.0", "i", "b"), gait.OddTornLine, "ab"},
		{"glued line of the same session", good + `{"sid":"` + sidA + `","t":2.0,"ch":"i","d":"hal` + ev(sidA, "3.0", "i", "b"), gait.OddResync, "ab"},
		{"glued line of another session", good + `{"sid":"` + sidB + `","t":2.0,"ch":"i","d":"hal` + ev(sidA, "3.0", "i", "b"), gait.OddResync, "ab"},
		{"glued after garbage", good + "\xff\x00garbage" + ev(sidA, "3.0", "i", "b"), gait.OddResync, "ab"},
		{"run of NUL", good + strings.Repeat("\x00", 5000) + ev(sidA, "3.0", "i", "b"), gait.OddNUL, "ab"},
		{"line of NUL", good + strings.Repeat("\x00", 50) + "\n" + ev(sidA, "3.0", "i", "b"), gait.OddNUL, "ab"},
		{"foreign line", good + "[1,2]\n" + ev(sidA, "3.0", "i", "b"), gait.OddForeignLine, "ab"},
		{"line without an id", good + `{"t":1}` + "\n", gait.OddForeignLine, "a"},
		{"no JSON", good + "not json\n", gait.OddTornLine, "a"},
		{"second header", good + hdr(sidA) + ev(sidA, "3.0", "i", "b"), gait.OddSecondHeader, "ab"},
		{"after the end", good + `{"sid":"` + sidA + `","end":{"t":2.0,"reason":"exit"}}` + "\n" + ev(sidA, "3.0", "i", "b"), gait.OddAfterEnd, "a"},
		{"time goes back", good + ev(sidA, "0.5", "i", "b"), gait.OddTimeBack, "ab"},
		{"negative time", good + ev(sidA, "-1", "i", "b"), gait.OddTimeBack, "ab"},
		{"infinite time", good + ev(sidA, "Infinity", "i", "b"), gait.OddTimeBad, "ab"},
		{"no number", good + ev(sidA, "NaN", "i", "b"), gait.OddTimeBad, "ab"},
		{"huge time", good + ev(sidA, "1e999", "i", "b"), gait.OddTimeBad, "ab"},
		{"unknown channel", good + ev(sidA, "2.0", "z", "b"), gait.OddChannel, "a"},
		{"lone surrogate", good + ev(sidA, "2.0", "i", `\ud800`), gait.OddSurrogate, "a\xed\xa0\x80"},
		{"empty event", good + ev(sidA, "2.0", "i", ""), gait.OddEmptyEvent, "a"},
		{"bad escape", good + ev(sidA, "2.0", "i", `\x41`), gait.OddTornLine, "a"},
		{"raw control byte", good + ev(sidA, "2.0", "i", "\x01"), gait.OddTornLine, "a"},
		{"no header", ev(sidA, "1.0", "i", "a"), gait.OddNoHeader, "a"},
		{"bytes missing", good + `{"sid":"` + sidA + `","end":{"t":2.0,"bytes_i":2}}` + "\n", gait.OddMissingBytes, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := openParts(t, c.text, 100)
			var s *gait.Session
			odd := gait.Oddities{}
			for _, x := range sessions(t, r) {
				odd.Merge(x.Oddities)
				if x.ID == sidA {
					s = x
				}
			}
			odd.Merge(r.Oddities())
			if s == nil || string(s.Block(gait.Input)) != c.input {
				t.Fatalf("input of A: %v, want %q", s, c.input)
			}
			if odd.Count(c.odd) != 1 {
				t.Errorf("oddities %v, want one %q", odd, c.odd)
			}
		})
	}
}

func TestShapesThatOtherWritersUse(t *testing.T) {
	s := sessions(t, open(t, `{"hdr": {"timestamp": 5.5, "width": 90}, "sid": "`+sidA+`"}`+"\n"+
		`{"sid": "`+sidA+`", "t": 1.0, "ch": "i", "d": "l\u0073"}`+"\r\n"+
		`{"d":"\r","ch":"i","t":15e-1,"sid":"`+sidA+`"}`+"\n"+
		`{"sid":"`+sidA+`","t":2.000000,"ch":"i","d":"more","by":"another"}`+"\n"+
		`{"sid":"`+sidA+`","t":3.5,"ch":"i","d":"\"","by":"x"}`))
	if len(s) != 1 || string(s[0].Block(gait.Input)) != "ls\rmore\"" || s[0].Oddities.Count(gait.OddTornLine) > 0 || s[0].Width != 90 || s[0].Event(1).Time != 1500*time.Millisecond {
		t.Fatalf("got %s", describe(s[0]))
	}
	if s[0].Start.UnixMicro() != 5500000 {
		t.Errorf("start %v", s[0].Start)
	}
}

func TestAnyIDThatCanStandInALine(t *testing.T) {
	list := sessions(t, open(t, ev("x", "1.0", "i", "a")+ev(strings.ToUpper(sidA)+"F", "1.0", "i", "b")+ev(strings.Repeat("y", 65), "1.0", "i", "c")+
		ev("with space", "1.0", "i", "d")))
	if len(list) != 2 || list[0].ID != "x" {
		t.Errorf("sessions: %v", list)
	}
}

func TestLimitsEndTheSessionNotTheFile(t *testing.T) {
	after := ev(sidB, "1.0", "i", "b")
	for _, c := range []struct {
		name, text, truncated string
		set                   func(*reader.Limits)
	}{
		{"line", ev(sidA, "1.0", "i", "a") + ev(sidA, "2.0", "o", strings.Repeat("x", 3<<20)) + after, "line over limit", nil},
		{"events", ev(sidA, "1.0", "i", "a") + ev(sidA, "2.0", "i", "a") + after, "events over limit", func(l *reader.Limits) { l.Events = 1 }},
		{"bytes", ev(sidA, "1.0", "i", "a") + ev(sidA, "2.0", "i", "aa") + after, "bytes over limit", func(l *reader.Limits) { l.Bytes = 2 }},
		{"lines", ev(sidA, "1.0", "i", "a") + ev(sidA, "2.0", "i", `\r\n`) + after, "lines over limit", func(l *reader.Limits) { l.Lines = 1 }},
		{"duration", ev(sidA, "1.0", "i", "a") + ev(sidA, "604801.0", "i", "a") + after, "time over limit", nil},
		{"recorder", ev(sidA, "1.0", "i", "a") + `{"sid":"` + sidA + `","trunc":true}` + "\n" + after, "the recorder's limit", nil},
	} {
		set := c.set
		if set == nil {
			set = func(*reader.Limits) {}
		}
		list := sessions(t, open(t, c.text, set))
		if len(list) != 2 || list[0].Truncated != c.truncated || string(list[0].Block(gait.Input)) != "a" || string(list[1].Block(gait.Input)) != "b" {
			t.Errorf("%s: %d sessions, %q", c.name, len(list), list[0].Truncated)
		}
	}
}

func TestALineGluedToALongOneIsNotLost(t *testing.T) {
	for _, size := range []int{1 << 20, 3 << 20, 5<<20 + 17} {
		r := open(t, ev(sidA, "1.0", "i", "a")+`{"sid":"`+sidA+`","t":2.0,"ch":"o","d":"`+strings.Repeat("x", size)+ev(sidB, "1.0", "i", "b"))
		list := sessions(t, r)
		if len(list) != 2 || string(list[1].Block(gait.Input)) != "b" || r.Oddities().Count(gait.OddLongLine) != 1 {
			t.Errorf("%d bytes: %d sessions, %v", size, len(list), r.Oddities())
		}
	}
}

func TestSessionsBeyondTheLimitAreCounted(t *testing.T) {
	r := open(t, ev(sidA, "1.0", "i", "a")+ev(sidB, "1.0", "i", "b"), func(l *reader.Limits) { l.Sessions = 1 })
	if list := sessions(t, r); len(list) != 1 || r.Oddities().Count(gait.OddSessionsLimit) != 1 {
		t.Errorf("%d sessions, %v", len(list), r.Oddities())
	}
}

func TestTheIndexGrowsWithTheFile(t *testing.T) {
	var file bytes.Buffer
	src := &reader.Source{Name: "a.jsonl"}
	r := NewRecording(src, reader.DefaultLimits())
	grow := func(text string) {
		file.WriteString(text)
		src.ReaderAt, src.Size = bytes.NewReader(file.Bytes()), int64(file.Len())
		if err := r.Grow(false); err != nil {
			t.Fatal(err)
		}
	}
	grow(ev(sidA, "1.0", "i", "a") + ev(sidA, "2.0", "i", "b")[:20])
	if s, err := r.Session(sidA); err != nil || string(s.Block(gait.Input)) != "a" {
		t.Fatalf("half a line: %v %v", s, err)
	}
	grow(ev(sidA, "2.0", "i", "b")[20:] + ev(sidB, "1.0", "i", "x"))
	if s, err := r.Session(sidA); err != nil || string(s.Block(gait.Input)) != "ab" {
		t.Fatalf("grown: %v %v", s, err)
	}
	if _, err := r.Session("33333333-3333-4333-8333-333333333333"); err != reader.ErrNoSession {
		t.Fatalf("a session that is not there: %v", err)
	}
	file.Truncate(10)
	grow("\n" + ev(sidB, "1.0", "i", "y"))
	if s, err := r.Session(sidB); err != nil || string(s.Block(gait.Input)) != "y" || r.Oddities().Count(gait.OddChangedFile) != 1 {
		t.Fatalf("truncated: %v %v %v", s, err, r.Oddities())
	}
	file.Reset()
	grow(ev(sidA, "1.0", "i", "z") + ev(sidA, "2.0", "o", strings.Repeat("longer than before", 30)))
	if s, err := r.Session(sidA); err != nil || string(s.Block(gait.Input)) != "z" || r.Oddities().Count(gait.OddChangedFile) != 2 {
		t.Fatalf("replaced: %v %v %v", s, err, r.Oddities())
	}
}

// Sessions whose lines come in turn are read in batches of many, each in a
// bounded number of passes.
func TestManySessionsInTurn(t *testing.T) {
	const n, lines = 1000, 7
	var text strings.Builder
	id := func(i int) string { return fmt.Sprintf("11111111-1111-4111-8111-%012x", i) }
	for l := range lines {
		for i := range n {
			text.WriteString(ev(id(i), fmt.Sprintf("%d.%06d", l, i), "i", string(rune('a'+l))))
		}
	}
	r := open(t, text.String())
	if b := r.Batches(); len(b) > 10 {
		t.Errorf("%d passes over the file", len(b))
	}
	list := sessions(t, r)
	for i, s := range list {
		if s.ID != id(i) || string(s.Block(gait.Input)) != "abcdefg" || s.Event(1).Time != time.Second+time.Duration(i)*time.Microsecond {
			t.Fatalf("session %d: %s", i, describe(s))
		}
	}
	if len(list) != n {
		t.Errorf("%d sessions", len(list))
	}
}

// TestASessionBeyondTheLimitSaysSo asks for sessions of a file that holds more
// than may be: the first is read, another one is not said not to be there.
func TestASessionBeyondTheLimitSaysSo(t *testing.T) {
	r := open(t, ev(sidA, "1.0", "i", "a")+ev(sidB, "1.0", "i", "b"), func(l *reader.Limits) { l.Sessions = 1 })
	if s, err := r.Session(sidA); err != nil || s.ID != sidA {
		t.Errorf("%+v, %v", s, err)
	}
	var e *reader.Error
	if _, err := r.Session(sidB); !errors.As(err, &e) || errors.Is(err, reader.ErrNoSession) || !strings.Contains(e.Do, "--max-sessions") {
		t.Errorf("%v", err)
	}
}

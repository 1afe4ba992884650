package asciicast

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"gait"
	"gait/recording/reader"
)

// source makes a source of a text.
func source(text string) *reader.Source {
	return &reader.Source{ReaderAt: strings.NewReader(text), Size: int64(len(text)), Name: "a.cast", Path: "dir/a.cast"}
}

// read reads a text that must be a recording.
func read(t testing.TB, text string, lim reader.Limits) *gait.Session {
	t.Helper()
	r, err := Format{}.Open(source(text), lim)
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

func readText(t testing.TB, text string) *gait.Session {
	t.Helper()
	return read(t, text, reader.DefaultLimits())
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
	headV2 = `{"version": 2, "width": 80, "height": 24}` + "\n"
	headV3 = `{"version":3,"term":{"cols":120,"rows":40,"type":"xterm-256color"}}` + "\n"
)

func TestDetect(t *testing.T) {
	long := strings.Repeat("x", reader.HeadSize)
	for text, want := range map[string]int{
		headV2:                     2,
		headV3:                     3,
		headV2 + `[0.1, "i", "x"]`: 2,
		`{"version":2}` + "\n[0.1,\"o\",\"x\"]\n":                       2,
		`{"height":NaN,"width":1e999,"version":2.0}`:                    2,
		"\ufeff\n " + headV2:                                            2,
		`{"version":1,"width":80,"height":24,"stdout":[[0.1,"x"]]}`:     1,
		"{\n \"version\": 1,\n \"stdout\": [\n [0.1, \"x\"]":            1,
		`{"stdout":[],"version":1}`:                                     1,
		`{"version":2,"width":80,"env":{"A":"` + long:                   2,
		`{"version":1,"width":80,"env":{"A":"` + long:                   1,
		`{"version":2,"width":80,`:                                      0,
		`{"version":2}`:                                                 0,
		`{"version":3,"sources":["a.ts"],"mappings":"AAAA"}`:            0,
		`{"version":1,"width":80,"height":24}`:                          0,
		`{"sid":"x","hdr":{"version":2,"width":80,"height":24}}`:        0,
		`{"version":4,"width":80}` + "\n[0.1,\"o\",\"x\"]\n":            0,
		`[0.1, "o", "x"]`:                                               0,
		``:                                                              0,
		`{`:                                                             0,
		`Script started on 2026-01-01 10:00:00+00:00`:                   0,
		strings.Repeat(`{"version":`, 400):                              0,
		`{"version":` + strings.Repeat(`[`, 4000):                       0,
		`{"eventid":"cowrie.session.connect","session":"0123456789ab"}`: 0,
	} {
		head := text[:min(len(text), reader.HeadSize)]
		if got := probe([]byte(head)); got != want {
			t.Errorf("%.80q: version %d, want %d", text, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	_, err := Format{}.Open(source("hello"), reader.DefaultLimits())
	var e *reader.Error
	if !errors.As(err, &e) || e.What == "" || e.Do == "" || e.Path != "dir/a.cast" {
		t.Fatalf("%#v", err)
	}
}

func TestHeaderV2(t *testing.T) {
	text := `{"version":2,"width":132,"height":43,"timestamp":1714521600,"title":"a \u001b]0;t","command":"/bin/sh","idle_time_limit":1.5,` +
		`"env":{"TERM":"xterm","SHELL":null,"B":"\udcff"},"theme":{"fg":"#fff"}}` + "\n" +
		`[0.25, "o", "$ "]` + "\n" + `[1.5, "i", "l"]` + "\n" + `[1.500001, "r", "100x30"]` + "\n" + `[2, "m", "here"]` + "\n"
	s := readText(t, text)
	h := s.Header
	want := gait.Header{
		ID: "1", Start: time.Unix(1714521600, 0).UTC(), Width: 132, Height: 43, Title: "a \x1b]0;t", Command: "/bin/sh",
		Env: []gait.Var{{Name: "TERM", Value: "xterm"}, {Name: "B", Value: "\xff"}}, Format: "asciicast", Path: "dir/a.cast",
		EvidenceRef: fmt.Sprintf("file:%x#1", sha256.Sum256([]byte(text))), Extent: h.Extent,
		Fidelity: gait.Fidelity{
			Input: gait.GranularityPacket, Resolution: time.Microsecond, Clock: gait.ClockMonotonic, Output: true, Closed: "end of file",
		},
	}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
	events := "output 250ms \"$ \"\ninput 1.5s \"l\"\nresize 1.500001s \"100x30\"\nmarker 2s \"here\"\n"
	if got := list(s); got != events || len(s.Oddities) != 0 {
		t.Errorf("%s%v", got, s.Oddities)
	}
}

func TestHeaderThatMakesNoSense(t *testing.T) {
	s := readText(t, `{"version":2,"width":NaN,"height":1e99,"timestamp":"now","title":7,"env":[1],"command":{"a":1}}`+"\n[0.1,\"o\",\"x\"]\n")
	if s.Width != 0 || s.Height != 0 || !s.Start.IsZero() || s.Title != "" || s.Command != "" || s.Env != nil || s.Len() != 1 {
		t.Errorf("%+v", s.Header)
	}
	text := strings.Repeat("x", 10_000)
	s = readText(t, `{"version":2,"width":80,"height":24,"title":"`+text+`","env":{"A":"`+text+`"`+strings.Repeat(`,"B":"c"`, 500)+"}}\n")
	if len(s.Title) != maxText || len(s.Env) != maxVars || len(s.Env[0].Value) != maxText {
		t.Errorf("title %d, variables %d, first %d", len(s.Title), len(s.Env), len(s.Env[0].Value))
	}
}

func TestDoubtfulStart(t *testing.T) {
	for written, want := range map[string]struct {
		year, odd int
	}{
		"1714521600": {2024, 0}, "1714521600.5": {2024, 0}, "0": {1970, 1}, "-5": {1969, 1}, "4102444800": {2100, 1},
		"253402300799": {1, 1}, "1e99": {1, 1}, "-1e99": {1, 1}, "null": {1, 0},
	} {
		s := readText(t, `{"version":2,"width":80,"height":24,"timestamp":`+written+"}\n")
		if y := s.Start.Year(); y != want.year || s.Oddities.Count(gait.OddClockStep) != int64(want.odd) {
			t.Errorf("%s: %v, %v", written, s.Start, s.Oddities)
		}
	}
}

func TestV3(t *testing.T) {
	s := readText(t, headV3+
		"# a comment\n"+`[0.100, "o", "$ "]`+"\n"+`[0.200, "q", "?"]`+"\n"+`[0.050, "r", "90x20"]`+"\n"+
		`[0.500, "i", "x"]`+"\n"+`[1.0, "x", "0"]`+"\n# bye\n"+`[0.1, "o", "late"]`+"\n")
	want := "output 100ms \"$ \"\nresize 350ms \"90x20\"\ninput 850ms \"x\"\n"
	if got := list(s); got != want {
		t.Errorf("%s", got)
	}
	if s.Width != 120 || s.Height != 40 || len(s.Env) != 1 || s.Env[0] != (gait.Var{Name: "TERM", Value: "xterm-256color"}) {
		t.Errorf("%+v", s.Header)
	}
	if s.End != (gait.End{Seen: true, Time: 1850 * time.Millisecond, Reason: "exit"}) || s.Fidelity.Closed != "exit record" {
		t.Errorf("%+v %+v", s.End, s.Fidelity)
	}
	if s.Fidelity.Resolution != time.Millisecond || s.Oddities.Count(gait.OddChannel) != 1 || s.Oddities.Count(gait.OddAfterEnd) != 1 {
		t.Errorf("%+v %v", s.Fidelity, s.Oddities)
	}
}

func TestV1(t *testing.T) {
	s := readText(t, `{"version":1,"width":80,"height":24,"duration":9.5,"command":null,"title":"t","env":{"TERM":null,"SHELL":"/bin/sh"},
		"stdout":[[0.5,"a"],[1.25,"b\r\n"],[null,"c"],[1,"d"],["x"],[0.1]],"stdout":[[1,"again"]],"height":25}`)
	if got := list(s); got != "output 500ms \"a\"\noutput 1.75s \"b\\r\\n\"\noutput 1.75s \"c\"\noutput 2.75s \"d\"\n" {
		t.Error(got)
	}
	f := gait.Fidelity{Resolution: time.Millisecond, Output: true, Closed: "end of file"}
	if s.Fidelity != f || s.Title != "t" || s.Height != 25 || len(s.Env) != 1 {
		t.Errorf("%+v", s.Header)
	}
	for kind, n := range map[string]int64{gait.OddBadRecord: 2, gait.OddSecondHeader: 1, gait.OddTimeBad: 1} {
		if s.Oddities.Count(kind) != n {
			t.Errorf("%s: %v", kind, s.Oddities)
		}
	}
}

func TestV1CutAndBroken(t *testing.T) {
	head := `{"version":1,"width":80,"height":24,"stdout":[[0.5,"a"],[1.25,"b"]`
	for _, tail := range []string{"", ",", `,[0.1,"c`, "]", ` x]}`, `,[0.1,"c"`, `]"x":1}`} {
		s := readText(t, head+tail)
		if s.Len() != 2 || s.Oddities.Count(gait.OddTornLine) != 1 {
			t.Errorf("%q: %d events, %v", tail, s.Len(), s.Oddities)
		}
	}
	if s := readText(t, head+"]}\nmore"); s.Len() != 2 || s.Oddities.Count(gait.OddForeignLine) != 1 {
		t.Errorf("%d events, %v", s.Len(), s.Oddities)
	}
}

func TestSession(t *testing.T) {
	r, err := Format{}.Open(source(headV2+`[1,"o","x"]`), reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Session("1")
	if err != nil || s.Len() != 1 || r.Format() != "asciicast" || r.Batches()[0].Size() == 0 || r.Oddities() != nil {
		t.Fatalf("%v, %v", s, err)
	}
	if _, err := r.Session("2"); err != reader.ErrNoSession {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if err := r.Batches()[0].Each(func(*gait.Session) error { return stop }); err != stop {
		t.Fatal(err)
	}
}

func TestInputThatCannotBeRead(t *testing.T) {
	broken := errors.New("broken")
	c := newCast(reader.DefaultLimits())
	if err := c.readLines(iotest.ErrReader(broken), c.eventV2); err != broken {
		t.Error(err)
	}
	if err := c.readV1(iotest.ErrReader(broken)); err != broken {
		t.Error(err)
	}
}

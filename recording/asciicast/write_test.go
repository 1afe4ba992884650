package asciicast

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"gait"
)

// drawSession makes any session that the reader's default limits allow.
func drawSession(t *rapid.T) *gait.Session {
	s := &gait.Session{}
	unit := rapid.SampledFrom([]time.Duration{time.Nanosecond, time.Microsecond, time.Millisecond}).Draw(t, "unit")
	now := time.Duration(0)
	for range rapid.IntRange(0, 30).Draw(t, "events") {
		now += unit * time.Duration(rapid.Int64Range(0, 3e6).Draw(t, "gap"))
		e := gait.Event{Time: now, Kind: gait.Kind(rapid.IntRange(1, 5).Draw(t, "kind"))}
		if e.Kind == gait.Resize {
			e.Data = fmt.Appendf(nil, "%dx%d", rapid.IntRange(1, maxSide).Draw(t, "cols"), rapid.IntRange(1, 500).Draw(t, "rows"))
		} else if rapid.Bool().Draw(t, "text") {
			e.Data = []byte(rapid.String().Draw(t, "data"))
		} else {
			e.Data = rapid.SliceOf(rapid.Byte()).Draw(t, "data")
		}
		if len(e.Data) > 0 {
			s.Append(e, -1)
		}
	}
	return s
}

func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawSession(r)
		var b bytes.Buffer
		if err := Write(&b, s); err != nil {
			r.Fatal(err)
		}
		got := readText(t, b.String())
		if list(got) != list(s) {
			r.Fatalf("wrote\n%s\nread\n%s\nfrom\n%s", list(s), list(got), b.String())
		}
		if n := len(got.Oddities); n > 1 || n == 1 && got.Oddities[0].Kind != gait.OddReplacement {
			r.Fatal(got.Oddities)
		}
	})
}

func TestWriteForPlayers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawSession(r)
		var b bytes.Buffer
		if err := (Writer{Players: true}).Write(&b, s); err != nil {
			r.Fatal(err)
		}
		var text [gait.Exec + 1]string
		for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
			if i > 0 {
				kind, data := player(r, line)
				text[kind] += data
			}
		}
		for k := gait.Input; k <= gait.Output; k++ {
			if want := string([]rune(string(s.Block(k)))); text[k] != want {
				r.Fatalf("%s: %q, want %q", k, text[k], want)
			}
		}
	})
}

// player reads a line as a player does: it must be what the same text gives
// when it is written again, so that it held no lone surrogate.
func player(t *rapid.T, line string) (gait.Kind, string) {
	var e [3]any
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		t.Fatal(line, err)
	}
	data := e[2].(string)
	var f frame
	if err := f.parse([]byte(line), true); err != nil || string(f.data) != data || f.lone > 0 || !utf8.Valid(f.data) {
		t.Fatalf("%s: %q, %d, %v", line, f.data, f.lone, err)
	}
	for k, code := range codes {
		if code == e[1] {
			return gait.Kind(k), data
		}
	}
	t.Fatal(line)
	return 0, ""
}

func TestWriteHeader(t *testing.T) {
	s := &gait.Session{Header: gait.Header{
		Start: time.Unix(1714521600, 5e8).UTC(), Width: 120, Height: 40, Title: "t\x1b\xff", Command: "sh -c \"x\"",
		Env: []gait.Var{{Name: "TERM", Value: "xterm"}, {Name: "A\"", Value: "é"}, {Name: "TERM", Value: "vt100"}},
	}}
	var b bytes.Buffer
	if err := Write(&b, s); err != nil {
		t.Fatal(err)
	}
	want := `{"version":2,"width":120,"height":40,"timestamp":1714521600,"command":"sh -c \"x\"","title":"t\u001b\udcff","env":{"TERM":"xterm","A\"":"\u00e9"}}` + "\n"
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
	got := readText(t, b.String())
	if got.Title != s.Title || got.Command != s.Command || !reflect.DeepEqual(got.Env, s.Env[:2]) || got.Width != 120 {
		t.Errorf("%+v", got.Header)
	}
	b.Reset()
	(Writer{Players: true}).Write(&b, &gait.Session{Header: gait.Header{Title: "\xff"}})
	if b.String() != `{"version":2,"width":80,"height":24,"title":"\ufffd"}`+"\n" {
		t.Errorf("%s", b.String())
	}
}

func TestWriteTimes(t *testing.T) {
	s := &gait.Session{}
	s.Append(gait.Event{Time: 1500 * time.Millisecond, Kind: gait.Input, Data: []byte("a")}, -1)
	s.Append(gait.Event{Time: 2*time.Second + 1, Kind: gait.Output, Data: []byte("\xe4\xbd")}, -1)
	s.Append(gait.Event{Time: 2*time.Second + 1, Kind: gait.Output, Data: []byte("\xa0b")}, -1)
	for players, want := range map[bool]string{
		false: `[1.500000,"i","a"]` + "\n" + `[2.000000001,"o","\udce4\udcbd"]` + "\n" + `[2.000000001,"o","\udca0b"]` + "\n",
		true:  `[1.500000,"i","a"]` + "\n" + `[2.000000001,"o","\u4f60b"]` + "\n",
	} {
		var b bytes.Buffer
		(Writer{Players: players}).Write(&b, s)
		if _, got, _ := strings.Cut(b.String(), "\n"); got != want {
			t.Errorf("players %v:\n%s", players, got)
		}
	}
}

func TestLongTextIsWrittenInPieces(t *testing.T) {
	for shift := range 4 {
		s := &gait.Session{}
		data := strings.Repeat("x", shift) + strings.Repeat("😀", 3*piece/4) + strings.Repeat("\x80", piece)
		s.Append(gait.Event{Kind: gait.Output, Data: []byte(data)}, -1)
		var b bytes.Buffer
		Write(&b, s)
		if strings.Contains(b.String(), `\udcf0`) {
			t.Error("a character was parted")
		}
		if got := readText(t, b.String()); string(got.Event(0).Data) != data {
			t.Error("data was changed")
		}
	}
}

// full fails after some bytes.
type full struct{ left int }

var errFull = errors.New("disk full")

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	s := &gait.Session{}
	for range 100 {
		s.Append(gait.Event{Kind: gait.Output, Data: bytes.Repeat([]byte("x"), 10_000)}, -1)
	}
	for left := 0; left < 1_000_000; left += 100_000 {
		if err := Write(&full{left}, s); err != errFull {
			t.Fatalf("after %d bytes: %v", left, err)
		}
	}
}

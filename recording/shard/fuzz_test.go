package shard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gait"
	"gait/internal/jsonstr"
	"gait/recording/reader"
)

// anySession draws a session of bytes of every value.
func anySession(t *rapid.T) *gait.Session {
	s := &gait.Session{}
	s.ID = sidA
	s.Start = time.Unix(1714521600, 0).UTC()
	at := time.Duration(0)
	for range rapid.IntRange(0, 20).Draw(t, "events") {
		at += time.Duration(rapid.IntRange(1, 1e7).Draw(t, "gap")) * time.Microsecond
		kind := rapid.SampledFrom([]gait.Kind{gait.Input, gait.Output, gait.Resize}).Draw(t, "kind")
		data := rapid.SliceOfN(rapid.Byte(), 1, 2*pieceBytes).Draw(t, "data")
		if rapid.Bool().Draw(t, "text") {
			data = []byte(rapid.StringN(1, 40, -1).Draw(t, "text"))
		}
		s.Append(gait.Event{Time: at, Kind: kind, Data: data}, -1)
	}
	return s
}

func TestWhatIsWrittenReadsBackEqual(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anySession(rt)
		var file bytes.Buffer
		if err := NewEncoder(&file).Session(s); err != nil {
			rt.Fatal(err)
		}
		for _, c := range file.Bytes() {
			if c != '\n' && (c < 0x20 || c > 0x7e) {
				rt.Fatalf("byte %#x in the file", c)
			}
		}
		got := sessions(t, open(t, file.String()))
		if len(got) != 1 || describe(got[0]) != describe(s) {
			rt.Fatalf("read\n%vwritten\n%v", got, describe(s))
		}
	})
}

// Every byte value, alone and in pairs with each kind of neighbour, survives in
// both escapings: ours, and raw as the reference recorder writes it.
func TestEveryByteSurvives(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i), 0xc3, byte(i), byte(i))
	}
	all = append(all, "é你😀\xed\xa0\x80\xf4\x90\x80\x80"...)
	raw := []byte(nil)
	for _, c := range all {
		if c >= 0x80 {
			raw = append(raw, c)
		} else {
			raw = jsonstr.Append(raw, []byte{c})
		}
	}
	for name, d := range map[string][]byte{"ours": jsonstr.Append(nil, all), "raw": raw} {
		s := sessions(t, open(t, ev(sidA, "1.0", "i", string(d))))
		if len(s) != 1 || !bytes.Equal(s[0].Block(gait.Input), all) {
			t.Errorf("%s: not every byte came back", name)
		}
	}
}

// Two events of one time on one channel must not be joined by any reader.
func TestOneTimeIsNeverWrittenTwice(t *testing.T) {
	s := &gait.Session{}
	s.ID = sidA
	full := bytes.Repeat([]byte{'x'}, pieceBytes)
	for range 3 {
		s.Append(gait.Event{Time: time.Second, Kind: gait.Input, Data: full}, -1)
	}
	var file bytes.Buffer
	if err := NewEncoder(&file).Session(s); err != nil {
		t.Fatal(err)
	}
	got := sessions(t, open(t, file.String()))[0]
	if got.Len() != 3 || got.Event(2).Time != time.Second+2*time.Microsecond {
		t.Errorf("read back: %s", describe(got))
	}
}

func FuzzShard(f *testing.F) {
	good := hdr(sidA) + ev(sidA, "1.0", "i", "ls") + ev(sidB, "1.5", "o", `\ud83d\ude00`) + ev(sidA, "2.0", "i", `\r`)
	f.Add([]byte(good))
	f.Add([]byte(good[:len(good)-30] + good))
	f.Add([]byte("\x00\x00" + good + "\x00"))
	f.Add([]byte(`{"sid":"x","end":{"t":1,"bytes_i":5}}` + "\n" + `{"sid":"x","trunc":true}` + "\n" + `{"sid":"x","skip":{"t":1,"ch":"o"}}`))
	f.Add([]byte(`{"sid":"00000000-0000-0000-0000-00000000-000"0`))
	f.Add([]byte(ev(sidA, "NaN", "i", "x") + ev(sidA, "-1e-400", "i", "x") + ev(sidA, "0.1", "q", "x")))
	f.Fuzz(func(t *testing.T, text []byte) {
		limits := func(l *reader.Limits) { l.Line, l.Events, l.Sessions = 2000, 50, 20 }
		r := open(t, string(text), limits)
		cut := openParts(t, string(text), 50, limits)
		list, same := sessions(t, r), sessions(t, cut)
		if len(list) != len(same) {
			t.Fatalf("%d sessions, %d where the index is made in parts", len(list), len(same))
		}
		for i, s := range list {
			if describe(s) != describe(same[i]) {
				t.Fatalf("a session reads\n%s\nwhere the index is made in parts\n%s", describe(s), describe(same[i]))
			}
			last := time.Duration(0)
			for _, e := range s.Events() {
				if len(e.Data) == 0 || e.Kind != gait.Resize && e.Time < last {
					t.Fatalf("event %v after %v", e, last)
				}
				if e.Kind != gait.Resize {
					last = e.Time
				}
			}
			if s.Len() > 50 {
				t.Fatalf("%d events", s.Len())
			}
		}
		if n := r.index.entries.n; n > 20 {
			t.Fatalf("%d sessions", n)
		}
	})
}

// The parser by hand and encoding/json must agree on what an event line says.
func FuzzLine(f *testing.F) {
	f.Add([]byte(ev("x", "1.5", "i", "ls")))
	f.Add([]byte(ev("x", "01.5", "i", `a\"}`)))
	f.Add([]byte(ev("x", "1e3", "o", `\u00`)))
	f.Add([]byte(`{"sid":"x","t":0,"ch":"i","d":"","by":"y"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		id := lineID(line)
		if id == nil {
			return
		}
		fast := parse(line, len(id))
		if fast.kind == lineEvent {
			if _, _, ok := jsonstr.Unescape(nil, fast.text); !ok {
				fast = parsed{}
			}
		}
		slow := parseAny(line)
		if fast.kind == lineEvent && fast.time == gait.NoTime && slow.kind != lineEvent {
			return // words that Python writes for a time, and JSON does not have
		}
		if fast.kind != slow.kind && !(fast.kind == lineTorn && !json.Valid(line)) && !(fast.kind == lineHeader && !json.Valid(line)) {
			t.Fatalf("%q: by hand %v, by encoding/json %v", line, fast.kind, slow.kind)
		}
		if slow.kind == lineEvent && describeLine(fast) != describeLine(slow) {
			t.Fatalf("%q: by hand %s, by encoding/json %s", line, describeLine(fast), describeLine(slow))
		}
	})
}

func describeLine(p parsed) string { return fmt.Sprintf("%v %q %q", p.time, p.ch, p.text) }

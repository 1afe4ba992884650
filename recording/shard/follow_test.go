package shard

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// grow lets a follower read a text, in steps of at most so many bytes.
func grow(t testing.TB, f *Follower, text string, most int64) (anew bool) {
	t.Helper()
	return growAt(t, f, text, Growth{Most: most})
}

func growAt(t testing.TB, f *Follower, text string, g Growth) (anew bool) {
	t.Helper()
	g.Source, g.Size = strings.NewReader(text), int64(len(text))
	for {
		out := f.Grow(g)
		if out.Error != nil {
			t.Fatal(out.Error)
		}
		anew = anew || out.Anew
		if !out.More {
			return anew
		}
	}
}

func end(sid string) string {
	return `{"sid":"` + sid + `","end":{"t":61.2,"reason":"exit","events":1,"bytes_i":1,"bytes_o":1}}` + "\n"
}

func follower() *Follower { return NewFollower(reader.DefaultLimits()) }

func TestFollowerSeesSessionsEnd(t *testing.T) {
	f := follower()
	text := `{"sid":"` + sidA + `","hdr":{"version":2,"timestamp":1714521600,"src_ip":"::ffff:198.51.100.7"}}` + "\n" +
		hdr(sidB) + ev(sidA, "1.5", "i", "ls\\r") + ev(sidB, "2.000000", "o", "\\udcac\\u00e9\\ud83d\\ude00\xac")
	growAt(t, f, text, Growth{Now: 1})
	a, ok := f.Find(sidA)
	if !ok || a.Address != "198.51.100.7" || a.Start.Unix() != 1714521600 || a.Length != 1500*time.Millisecond || a.Raw != 3 || !a.Header || a.End {
		t.Errorf("%+v", a)
	}
	if b, _ := f.Find(sidB); b.Raw != 1+2+4+1 || b.Size != int64(len(text)) || b.Address != "" || b.ID != sidB {
		t.Errorf("%+v", b)
	}
	if list := f.Ended(10); len(list) > 0 {
		t.Errorf("%+v", list)
	}
	text += end(sidA) + ev(sidA, "99.0", "i", "late") + ev(sidB, "3.0", "i", "x")
	growAt(t, f, text, Growth{Now: 5})
	list := f.Ended(10)
	if len(list) != 1 || list[0].ID != sidA || !list[0].End || list[0].Length != 61200*time.Millisecond {
		t.Fatalf("%+v", list)
	}
	if again := f.Ended(10); len(again) > 0 {
		t.Errorf("given twice: %+v", again)
	}
	f.Again(list)
	if again := f.Ended(10); len(again) != 1 {
		t.Errorf("not given again")
	}
	if list := f.Silent(4, 10); len(list) > 0 {
		t.Errorf("%+v", list)
	}
	silent := f.Silent(5, 10)
	if len(silent) != 1 || silent[0].ID != sidB || silent[0].Raw != 9 {
		t.Fatalf("%+v", silent)
	}
	f.Forget(list[0])
	text += ev(sidB, "4.0", "i", "y")
	growAt(t, f, text, Growth{Now: 6})
	f.Forget(silent[0]) // it has grown since
	if _, ok := f.Find(sidB); !ok || f.Len() != 1 {
		t.Error("a session that grew was forgotten")
	}
	f.Forget(f.Silent(6, 1)[0])
	if f.Len() != 0 || f.slots != nil {
		t.Error("not forgotten")
	}
}

func TestFollowerSurvivesTheFile(t *testing.T) {
	whole := hdr(sidA) + ev(sidA, "1.0", "i", "a")
	for name, x := range map[string]struct {
		steps []string
		want  string // sessions and their raw bytes
		torn  int64
		anew  bool
	}{
		"a last line without line feed": {steps: []string{whole[:len(whole)-1], whole + ev(sidA, "2.0", "i", "b")}, want: "A2"},
		"a torn last line":              {steps: []string{whole[:len(whole)-3], whole}, want: "A1"},
		"a short write":                 {steps: []string{whole + `{"sid":"` + sidA + `","t":2.0,"ch`, whole + `{"sid":"` + sidA + `","t":2.0,"ch` + "\n" + ev(sidA, "2.0", "i", "b")}, want: "A2", torn: 1},
		"a glued line":                  {steps: []string{whole + `{"sid":"` + sidA + `","t":2.` + ev(sidB, "2.0", "i", "b")}, want: "A1 B1"},
		"a run of NUL":                  {steps: []string{whole + strings.Repeat("\x00", 5000), whole + strings.Repeat("\x00", 5000) + ev(sidA, "2.0", "i", "b")}, want: "A2"},
		"truncated":                     {steps: []string{whole, hdr(sidB)}, want: "B0", anew: true},
		"truncated to nothing":          {steps: []string{whole, "", hdr(sidB) + ev(sidB, "1", "o", strings.Repeat("x", 2000))}, want: "B2000", anew: true},
		"replaced by a longer one":      {steps: []string{whole, hdr(sidB) + ev(sidB, "1.0", "i", "bb") + ev(sidB, "2.0", "i", "bb")}, want: "B4", anew: true},
		"no shard at all":               {steps: []string{"hello\n\n\nthere\n"}, torn: 2},
	} {
		for _, most := range []int64{0, 1, 100} {
			f := follower()
			anew := false
			for _, text := range x.steps {
				anew = grow(t, f, text, most) || anew
			}
			var got []string
			for s := range f.All() {
				got = append(got, fmt.Sprintf("%c%d", map[string]byte{sidA: 'A', sidB: 'B'}[s.ID], s.Raw))
			}
			if g := strings.Join(got, " "); g != x.want || f.Torn() != x.torn || anew != x.anew {
				t.Errorf("%s, %d bytes at once: %s, %d torn, anew %v", name, most, g, f.Torn(), anew)
			}
		}
	}
}

func TestFollowerIsBounded(t *testing.T) {
	lim := reader.DefaultLimits()
	lim.Sessions, lim.Line = 3, 1000
	f := NewFollower(lim)
	var text strings.Builder
	for n := range 5 {
		text.WriteString(hdr(fmt.Sprintf("id-%d", n)))
	}
	text.WriteString(ev("id-0", "1.0", "i", strings.Repeat("x", 5000)) + ev("id-1", "1.0", "i", "y"))
	grow(t, f, text.String(), 0)
	if f.Len() != 3 || f.Position() != int64(text.Len()) {
		t.Errorf("%d sessions, %d of %d bytes", f.Len(), f.Position(), text.Len())
	}
	s, ok := f.Find("id-1")
	if !ok || s.ID != "id-1" || s.Raw != 1 {
		t.Errorf("%+v", s)
	}
	f.Forget(s)
	grow(t, f, text.String()+hdr("id-9"), 0)
	if _, ok := f.Find("id-9"); !ok {
		t.Error("no room after one was forgotten")
	}
}

func TestFollowerForgetsMany(t *testing.T) {
	f := follower()
	var b bytes.Buffer
	for n := range 20_000 {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		b.WriteString(hdr(id) + end(id))
	}
	grow(t, f, b.String(), 1<<20)
	for n := 0; ; {
		list := f.Ended(256)
		for _, s := range list {
			f.Forget(s)
		}
		if n += len(list); len(list) == 0 {
			if n != 20_000 || f.Len() != 0 {
				t.Errorf("%d ended, %d left", n, f.Len())
			}
			break
		}
	}
}

// FuzzFollow lets a follower read any bytes in two steps: it must see the
// sessions that an index of the whole sees, at the same place.
func FuzzFollow(f *testing.F) {
	whole := hdr(sidA) + ev(sidA, "1.0", "i", "a") + hdr(sidB) + end(sidA)
	f.Add([]byte(whole), uint16(30))
	f.Add([]byte("\x00\x00"+whole+`{"sid":"`), uint16(200))
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		lim := reader.DefaultLimits()
		lim.Line = 300
		fo := NewFollower(lim)
		at := min(int(cut), len(data))
		grow(t, fo, string(data[:at]), 64)
		grow(t, fo, string(data), 64)
		if fo.Position() > int64(len(data)) {
			t.Fatalf("position %d of %d", fo.Position(), len(data))
		}
		src := &reader.Source{ReaderAt: bytes.NewReader(data), Size: int64(len(data)), Name: "x"}
		r := NewRecording(src, lim)
		if err := r.Grow(true); err != nil {
			t.Fatal(err)
		}
		for s := range fo.All() {
			k := keyOf([]byte(s.ID))
			if n, _ := r.index.find(&k); n < 0 && at == len(data) {
				t.Fatalf("session %q is not in the index", s.ID)
			}
			if s.Raw < 0 || s.Size < 0 || s.Size > int64(len(data)) || s.Length < gait.NoTime {
				t.Fatalf("%+v", s)
			}
		}
		for _, s := range fo.Silent(0, 1000) {
			fo.Forget(s)
		}
		for _, s := range fo.Ended(1000) {
			fo.Forget(s)
		}
		if fo.Len() > 0 {
			t.Fatalf("%d sessions are left", fo.Len())
		}
	})
}

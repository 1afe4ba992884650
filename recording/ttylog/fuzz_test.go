package ttylog

import (
	"slices"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
	"pgregory.net/rapid"
)

// check holds what is true of every session that a reader gives.
func check(t interface{ Fatalf(string, ...any) }, s *gait.Session, lim reader.Limits, size int) {
	var last time.Duration
	var sum int64
	for i, e := range s.Events() {
		if e.Kind != gait.Marker && (e.Time < last || e.Time > lim.Duration) {
			t.Fatalf("event %d at %v after %v", i, e.Time, last)
		}
		if e.Kind != gait.Marker {
			last = e.Time
		}
		sum += int64(len(e.Data))
	}
	if sum != s.Extent || s.Extent > lim.Bytes || s.Len() > lim.Events || s.Extent > int64(size) {
		t.Fatalf("%d events of %d bytes (extent %d) in a file of %d", s.Len(), sum, s.Extent, size)
	}
	if s.End.Seen && (s.End.Time < s.Last() || s.End.Time > lim.Duration) || s.End.Seen != (s.Fidelity.Closed == "close record") {
		t.Fatalf("end %+v, last event %v, closed %q", s.End, s.Last(), s.Fidelity.Closed)
	}
	if s.ID == "" || s.EvidenceRef == "" || s.Format != name {
		t.Fatalf("header %+v", s.Header)
	}
}

func FuzzTTYLog(f *testing.F) {
	f.Add(new(log).open(0).out(1, "$ ").in(1000, "ls\r").out(1001, "ls\r\n").close(2000).open(3000).Bytes())
	f.Add(new(log).open(0).third(5, "uname -a").out(9, "Linux").close(20).Bytes())
	f.Add((&log{native: true}).open(0).in(5, "x").rec(9, 9, 9, "bad").in(7, "y").Bytes())
	f.Add(new(log).open(0).in(1, "$ ").typed(100, 2, 1, "uname -a\r").third(5000, "x").Bytes())
	lim := reader.Limits{Events: 20, Bytes: 200, Duration: time.Hour, Sessions: 5, Line: 1 << 10}
	f.Fuzz(func(t *testing.T, b []byte) {
		rec, err := Format{}.Open(source(b), lim)
		if (err == nil) != (Format{}).Detect(b) {
			t.Fatalf("detected %v, opened with %v", err != nil, err)
		}
		if err != nil {
			return
		}
		var all []*gait.Session
		if err := rec.Batches()[0].Each(func(s *gait.Session) error {
			check(t, s, lim, len(b))
			all = append(all, s.Clone())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 || len(all) > lim.Sessions {
			t.Fatalf("%d sessions", len(all))
		}
		last := all[len(all)-1]
		s, err := rec.Session(last.ID)
		if err != nil || text(s) != text(last) || s.EvidenceRef != last.EvidenceRef || !slices.Equal(s.Oddities, last.Oddities) {
			t.Fatalf("session %s read alone differs: %v", last.ID, err)
		}
	})
}

// TestWriteThenRead holds that what a recorder writes comes back, whatever the
// bytes and the times are.
func TestWriteThenRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &log{native: rapid.Bool().Draw(t, "native")}
		l.open(0)
		want := ""
		at := int64(0)
		for i := range rapid.IntRange(0, 20).Draw(t, "records") {
			at += rapid.Int64Range(0, 10_000_000).Draw(t, "gap")
			data := string(rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "data"))
			dir := rapid.SampledFrom([]int32{dirInput, dirOutput}).Draw(t, "dir")
			if i > 0 {
				want += " "
			}
			kind := "i"
			if dir == dirOutput {
				kind, data = "o", "\x00"+data // no echo
			} else {
				data = "k" + data
			}
			want += kind + "@" + (time.Duration(at) * time.Microsecond).String() + ":" + data
			l.rec(opWrite, dir, at, data)
		}
		l.rec(opClose, 0, at, "")
		var got string
		if _, err := Each(source(l.Bytes()), reader.DefaultLimits(), func(_ int, _ bool, s *gait.Session) error {
			got = text(s)
			if len(s.Oddities) != 0 || !s.End.Seen {
				t.Fatalf("%+v, %v", s.End, s.Oddities)
			}
			return nil
		}); err != nil || got != want {
			t.Fatalf("%v: %q, want %q", err, got, want)
		}
	})
}

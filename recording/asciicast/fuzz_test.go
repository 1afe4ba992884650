package asciicast

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// FuzzAsciicast holds what must be true of any input: what was detected can be
// opened, limits hold, time does not go back, and what was read comes back
// when it is written and read again.
func FuzzAsciicast(f *testing.F) {
	for _, s := range []string{
		headV2 + "[0.1,\"i\",\"x\"]\n[0.2,\"r\",\"80x24\"]\n[NaN,\"o\",\"\\udcff\\ud800\"]\n{\"version\":2}\n[1",
		headV3 + "#c\n[0.1,\"i\",\"x\"]\n[1e3,\"m\",\"\xff\"]\n[0.1,\"x\",\"0\"]\n[1,\"o\",\"late\"]",
		`{"version":1,"width":80,"env":{"A":null},"stdout":[[0.1,"a"],[1,"\u001b"]],"title":"t"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := reader.DefaultLimits()
		lim.Line, lim.Events, lim.Bytes = 1000, 50, 500
		head := data[:min(len(data), reader.HeadSize)]
		src := &reader.Source{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}
		r, err := Format{}.Open(src, lim)
		if (Format{}).Detect(head) != (err == nil) {
			t.Fatalf("detected, but: %v", err)
		}
		if err != nil {
			return
		}
		s, err := r.Session("1")
		if err != nil {
			t.Fatal(err)
		}
		checkSession(t, s, lim)
		var b strings.Builder
		if err := Write(&b, s); err != nil {
			t.Fatal(err)
		}
		if again := readText(t, b.String()); list(again) != list(s) {
			t.Fatalf("read\n%s\nthen\n%s", list(s), list(again))
		}
	})
}

func checkSession(t *testing.T, s *gait.Session, lim reader.Limits) {
	if s.Len() > lim.Events || s.Extent > lim.Bytes || s.Width > maxSide || len(s.Env) > maxVars+1 {
		t.Fatalf("beyond the limits: %d events, %+v", s.Len(), s.Header)
	}
	last, sum := time.Duration(0), int64(0)
	for i, e := range s.Events() {
		if len(e.Data) == 0 || e.Time < last || e.Time > lim.Duration {
			t.Fatalf("event %d: %+v after %v", i, e, last)
		}
		if e.Kind != gait.Resize && e.Kind != gait.Marker {
			last = e.Time
		}
		sum += int64(len(e.Data))
	}
	if sum != s.Extent || s.End.Seen && s.End.Time < s.Last() {
		t.Fatalf("%d bytes, %+v", sum, s.Header)
	}
}

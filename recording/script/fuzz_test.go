package script

import (
	"bytes"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// FuzzScript gives any bytes as timing file, output and input. What is read
// must be the beginning of the files of bytes, in order, and within limits.
func FuzzScript(f *testing.F) {
	f.Add([]byte(headers("out", "in")+body+ending), []byte(begun+"$ l"+done), []byte(begun+"l\xff\r"))
	f.Add([]byte("0.100000 2\n1.5 99999\nnan 1\n-1 1\n"), []byte(begun+"$ l"+done), []byte(""))
	f.Add([]byte("H 0.000000 INPUT_LOG ../in\nI 0.1 1\nO 1e9 1\nI 0.1 1\x00"), []byte("\nabc"), []byte("\nabc"))
	f.Fuzz(func(t *testing.T, timing, out, in []byte) {
		d := files{"s.tm": string(timing), "out": string(out), "in": string(in)}
		lim := reader.DefaultLimits()
		lim.Line, lim.Events, lim.Bytes = 200, 20, 300
		for _, name := range []string{"s.tm", "out"} {
			src := d.source(name, d[name])
			if name == "out" {
				src.Timing = "s.tm"
			}
			r, err := Format{}.Open(src, lim)
			if err != nil {
				checkError(t, err)
				continue
			}
			s, err := r.Session("1")
			if err != nil {
				t.Fatal(err)
			}
			checkSession(t, s, lim)
			checkBytes(t, s, r.(*recording), [2][]byte{out, in})
		}
	})
}

// checkBytes holds that nothing was invented, lost in between or mixed up.
func checkBytes(t *testing.T, s *gait.Session, r *recording, files [2][]byte) {
	_, out, _ := bytes.Cut(files[0], []byte("\n"))
	_, in, _ := bytes.Cut(files[1], []byte("\n"))
	if r.input.same(r.output) {
		var both []byte
		for _, e := range s.Events() {
			if e.Kind == gait.Input || e.Kind == gait.Output {
				both = append(both, e.Data...)
			}
		}
		if !bytes.HasPrefix(out, both) && !bytes.HasPrefix(in, both) {
			t.Fatalf("%q is no beginning of %q", both, out)
		}
		return
	}
	for _, b := range [][]byte{s.Block(gait.Output), s.Block(gait.Input)} {
		if !bytes.HasPrefix(out, b) && !bytes.HasPrefix(in, b) {
			t.Fatalf("%q is no beginning of %q or %q", b, out, in)
		}
	}
}

func checkSession(t *testing.T, s *gait.Session, lim reader.Limits) {
	if s.Len() > lim.Events || s.Extent > lim.Bytes || s.Width > maxSide || len(s.Env) > 2 {
		t.Fatalf("beyond the limits: %d events, %+v", s.Len(), s.Header)
	}
	last := time.Duration(0)
	for i, e := range s.Events() {
		if len(e.Data) == 0 || e.Time < last || e.Time > lim.Duration {
			t.Fatalf("event %d: %+v after %v", i, e, last)
		}
		if e.Kind != gait.Resize && e.Kind != gait.Marker {
			last = e.Time
		}
	}
	if s.End.Seen && (s.End.Time < s.Last() || s.Truncated != "" && s.End.Time > lim.Duration) {
		t.Fatalf("%+v", s.End)
	}
}

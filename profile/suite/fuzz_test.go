package suite_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"gait"
	"gait/profile"
	"gait/profile/suite"
)

// sessionOf reads a session out of any bytes: for each event a byte for its
// kind, one for the gap before it, one for its length, and its data.
func sessionOf(b []byte) *gait.Session {
	s := &gait.Session{}
	s.ID, s.EvidenceRef = "1", "file:fuzz#1"
	s.Fidelity = gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true}
	if len(b) > 0 {
		s.Fidelity.Input = gait.Granularity(b[0] & 3)
		s.Fidelity.Output = b[0]&4 == 0
		s.Fidelity.SharedTiming = b[0]&8 != 0
		if b[0]&16 != 0 {
			s.Start = time.Unix(1714521600, 0)
		}
		b = b[1:]
	}
	at := time.Duration(0)
	for len(b) >= 3 {
		kind := gait.Kind(b[0]%5) + gait.Input
		gap := time.Duration(b[1]&0x3f) << (b[1] >> 6 * 7) * time.Microsecond * 50
		size := min(int(b[2]), len(b)-3)
		if at += gap; b[0] > 250 {
			at -= 2 * gap // a clock that steps back
		}
		s.Append(gait.Event{Time: at, Kind: kind, Data: b[3 : 3+size]}, -1)
		b = b[3+size:]
	}
	return s
}

// event writes what sessionOf reads.
func event(kind gait.Kind, gap byte, data string) string {
	return string([]byte{byte(kind - gait.Input), gap, byte(len(data))}) + data
}

func FuzzProfile(f *testing.F) {
	keys := ""
	for _, c := range "cat /etc/passwd | grep root\r" {
		keys += event(gait.Input, 0x5a, string(c)) + event(gait.Output, 1, string(c))
	}
	out := event(gait.Output, 9, "bash: cat: command not found\r\nLANG=de_AT\r\nroot@web01:~# ")
	f.Add([]byte("\x12" + keys + out + keys + out + keys))
	f.Add([]byte("\x03" + event(gait.Input, 3, "\x1b[200~cat <<EOF\rls\rEOF\r\x1b[201~") + out + event(gait.Input, 3, "\x1b[A\r\x03\x15\x7f\xac\t|\r")))
	f.Add([]byte("\x02" + event(gait.Exec, 0, "uname -a") + event(gait.Output, 1, "\x1b]0;t\x07\x1bPtmux;PS C:\\> ") + event(gait.Resize, 1, "80x24")))
	used := profile.NewEngine(suite.All)
	f.Fuzz(func(t *testing.T, b []byte) {
		s := sessionOf(b)
		got, fresh := used.Profile(s, time.Unix(1, 0)), profile.Run(s, suite.All, time.Unix(1, 0))
		for _, x := range got.Failures {
			t.Fatal(x)
		}
		if len(got.Observations) != len(fresh.Observations) || len(got.Observations)+len(got.NotObservable) > len(suite.All) {
			t.Fatalf("%d observations, %d on a fresh engine, %d not observable", len(got.Observations), len(fresh.Observations), len(got.NotObservable))
		}
		for i := range got.Observations {
			o := &got.Observations[i]
			line := o.AppendJSON(nil, false)
			if !bytes.Equal(line, fresh.Observations[i].AppendJSON(nil, false)) {
				t.Fatalf("%s\non a fresh engine\n%s", line, fresh.Observations[i].AppendJSON(nil, false))
			}
			if !json.Valid(line) || o.Confidence < 0 || o.Confidence > 1 || o.Window.End < o.Window.Start {
				t.Fatalf("%s", line)
			}
			if p := suite.Find(o.Primitive); p.Kind == profile.Label && !slices.Contains(p.Values, o.Value) {
				t.Fatalf("%s is no value of %s", o.Value, o.Primitive)
			}
		}
	})
}

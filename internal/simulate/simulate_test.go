package simulate

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gait"
)

// seeds is how many sessions of each visitor the tests make up.
const seeds = 25

// eachSession runs a check on sessions of all visitors.
func eachSession(t *testing.T, check func(t *testing.T, v *Visitor, s *gait.Session)) {
	if len(Visitors) < 11 {
		t.Fatalf("only %d visitors", len(Visitors))
	}
	for _, v := range Visitors {
		t.Run(v.Name, func(t *testing.T) {
			for seed := range uint64(seeds) {
				check(t, v, v.Session(seed))
			}
		})
	}
}

func TestSessionsAreWellFormed(t *testing.T) {
	eachSession(t, func(t *testing.T, _ *Visitor, s *gait.Session) {
		if s.Len() < 2 || len(s.Oddities) > 0 {
			t.Fatalf("%d events, oddities %v", s.Len(), s.Oddities)
		}
		var latest [gait.Exec + 1]int64
		var end gait.End
		for i, e := range s.Events() {
			us := e.Time.Microseconds()
			if e.Time.Nanoseconds() != us*1000 || us <= latest[e.Kind] && i > 0 {
				t.Fatalf("event %d at %v after %d us on %v", i, e.Time, latest[e.Kind], e.Kind)
			}
			latest[e.Kind] = us
			switch e.Kind {
			case gait.Input:
				end.BytesIn += int64(len(e.Data))
			case gait.Output:
				end.BytesOut += int64(len(e.Data))
			}
		}
		if s.End.BytesIn != end.BytesIn || s.End.BytesOut != end.BytesOut || !s.End.Seen || s.End.Time < s.Last() {
			t.Errorf("end record %+v", s.End)
		}
		if len(s.ID) != 36 || s.ID[14] != '4' || s.Start.Nanosecond() != 0 {
			t.Errorf("header %+v", s.Header)
		}
	})
}

func TestSameSeedGivesTheSameSession(t *testing.T) {
	for _, v := range Visitors {
		a, b, c := v.Session(7), v.Session(7), v.Session(8)
		if !equal(a, b) {
			t.Errorf("%s: two sessions of one seed differ", v.Name)
		}
		if equal(a, c) || a.ID == c.ID {
			t.Errorf("%s: sessions of two seeds are equal", v.Name)
		}
	}
	if typist.Session(1).ID == human.Session(1).ID {
		t.Error("two visitors share a session id")
	}
}

func equal(a, b *gait.Session) bool {
	if a.Len() != b.Len() || a.Start != b.Start || a.ID != b.ID {
		return false
	}
	for i, e := range a.Events() {
		if f := b.Event(i); e.Time != f.Time || e.Kind != f.Kind || !bytes.Equal(e.Data, f.Data) {
			return false
		}
	}
	return true
}

var (
	addresses  = regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
	documented = regexp.MustCompile(`^(198\.51\.100|203\.0\.113)\.`)
)

func TestAddressesAreForDocumentation(t *testing.T) {
	found := 0
	eachSession(t, func(t *testing.T, _ *Visitor, s *gait.Session) {
		text := s.SourceIP + "\n" + string(s.Block(gait.Input)) + string(s.Block(gait.Output)) + string(s.Block(gait.Exec))
		for _, a := range addresses.FindAllString(text, -1) {
			found++
			if !documented.MatchString(a) {
				t.Fatalf("the address %s belongs to someone", a)
			}
		}
	})
	if found == 0 {
		t.Fatal("no address was found")
	}
}

func TestRawSessionsHoldEveryByte(t *testing.T) {
	out := rawBytes.Session(1).Block(gait.Output)
	for b := range 256 {
		if bytes.IndexByte(out, byte(b)) < 0 {
			t.Errorf("byte %#x is not in the output", b)
		}
	}
}

func TestSlipsAreTakenBack(t *testing.T) {
	slips := 0
	for seed := range uint64(seeds) {
		in := typist.Session(seed).Block(gait.Input)
		slips += bytes.Count(in, []byte{0x7f})
		if !bytes.HasSuffix(in, []byte("\r")) {
			t.Errorf("seed %d does not end a line", seed)
		}
	}
	if slips < seeds {
		t.Errorf("%d slips in %d sessions", slips, seeds)
	}
}

func TestVisitorsHaveNamesOfTheirOwn(t *testing.T) {
	var names []string
	for _, v := range Visitors {
		if slices.Contains(names, v.Name) || v.Name != strings.ToLower(v.Name) || v.Doc == "" || Find(v.Name) != v {
			t.Errorf("visitor %q", v.Name)
		}
		names = append(names, v.Name)
	}
	if Find("nobody") != nil {
		t.Error("nobody was found")
	}
}

func TestDrawFollowsItsQuantiles(t *testing.T) {
	s := tape{dice: dice{rand.NewPCG(1, 1)}}
	const n = 20_000
	below := 0
	for range n {
		v := s.draw(keyGaps)
		if v < keyGaps[0].value || v > keyGaps[len(keyGaps)-1].value {
			t.Fatalf("drew %d", v)
		}
		if v < 155*ms {
			below++
		}
	}
	if below < n*48/100 || below > n*52/100 {
		t.Errorf("%d of %d draws lie below the median", below, n)
	}
}

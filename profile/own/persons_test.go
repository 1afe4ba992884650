package own

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/internal/shared"
	"gait/profile"
)

// typist is one known person's typing on one site: when each key was pressed,
// in seconds, and which it was.
type typist struct {
	person string
	at     []float64
	keys   []byte
}

// typists reads the recordings of known persons. A person may have gone on
// weeks later in the same one, which is over the limits of the readers.
func typists(t *testing.T) (list []typist) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "typing"), "*.cast"))
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d recordings, %v", len(paths), err)
	}
	for _, path := range paths {
		person, _, _ := strings.Cut(filepath.Base(path), "-")
		x := typist{person: person}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, events, _ := strings.Cut(string(text), "\n")
		for d := json.NewDecoder(strings.NewReader(events)); d.More(); {
			var at float64
			var kind, key string
			if err := d.Decode(&[]any{&at, &kind, &key}); err != nil {
				t.Fatal(err)
			}
			if kind == "i" && len(key) == 1 {
				x.at, x.keys = append(x.at, at), append(x.keys, key[0])
			}
		}
		list = append(list, x)
	}
	return list
}

// session makes a session of keys, with half a tenth of a millisecond of noise
// in their times.
func session(r *rand.Rand, at []float64, keys []byte) *gait.Session {
	s := &gait.Session{}
	s.Fidelity = gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond}
	for i := range at {
		us := (at[i]-at[0])*1e6 + math.Abs(r.NormFloat64())*50
		s.Append(gait.Event{Time: time.Duration(us) * time.Microsecond, Kind: gait.Input, Data: keys[i : i+1]}, -1)
	}
	return s
}

// path is what happens to keys on their way to the recorder.
type path struct {
	name string
	send func(r *rand.Rand, at []float64) []float64
}

func exactly(_ *rand.Rand, at []float64) []float64 { return at }

// ticks sends keys as a client does that hides their times: the first after a
// pause at once, the others at ticks of a period that is drawn for each spell,
// a tenth about the nominal one; a spell ends 1.0 to 3.1 s after its last key.
func ticks(nominal float64) func(*rand.Rand, []float64) []float64 {
	return func(r *rand.Rand, at []float64) []float64 {
		out := make([]float64, len(at))
		period, next, end := 0.0, 0.0, math.Inf(-1)
		for i, t := range at {
			if t >= end {
				period = nominal * (0.9 + 0.2*r.Float64())
				out[i], next = t, t+period
			} else {
				for next < t {
					next += period * (0.99 + 0.02*r.Float64())
				}
				out[i] = next
			}
			end = t + 1.0 + 2.1*r.Float64()
		}
		return out
	}
}

// jitter delays each key by a time of exponential distribution; none overtakes
// another.
func jitter(mean float64) func(*rand.Rand, []float64) []float64 {
	return func(r *rand.Rand, at []float64) []float64 {
		out, last := make([]float64, len(at)), 0.0
		for i, t := range at {
			last = max(last, t+r.ExpFloat64()*mean)
			out[i] = last
		}
		return out
	}
}

var paths = []path{
	{"as typed", exactly},
	{"ticks 20 ms", ticks(0.020)},
	{"ticks 20 ms, then jitter 1 ms", func(r *rand.Rand, at []float64) []float64 { return jitter(0.001)(r, ticks(0.020)(r, at)) }},
	{"ticks 20 ms, then jitter 3 ms", func(r *rand.Rand, at []float64) []float64 { return jitter(0.003)(r, ticks(0.020)(r, at)) }},
	{"ticks 40 ms", ticks(0.040)},
	{"ticks 100 ms", ticks(0.100)},
	{"ticks 200 ms", ticks(0.200)},
	{"ticks 500 ms", ticks(0.500)},
	{"jitter 5 ms", jitter(0.005)},
	{"jitter 20 ms", jitter(0.020)},
	{"jitter 50 ms", jitter(0.050)},
}

// lengths are the numbers of keys of the sessions that are cut.
var lengths = []int{30, 50, 100, 200, 500, 1000}

// cut gives the sessions of n keys that are in the typing of a person on a
// path.
func (x *typist) cut(p path, n int) (list []*gait.Session) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	at := p.send(r, x.at)
	for i := 0; i+n <= len(at); i += n {
		list = append(list, session(r, at[i:i+n], x.keys[i:i+n]))
	}
	return list
}

// judged gives what a primitive says of a session: value, measures.
func judged(t *testing.T, e *profile.Engine, s *gait.Session) (value string, measures map[string]float64) {
	t.Helper()
	r := e.Profile(s, time.Unix(0, 0))
	for _, f := range r.Failures {
		t.Fatal(f)
	}
	if len(r.Observations) == 0 {
		return "silent", nil
	}
	measures = map[string]float64{}
	for _, m := range r.Observations[0].Measures {
		measures[m.Name] = m.Value
	}
	return r.Observations[0].Value, measures
}

// digraph is one row of the shuffled digraphs of known persons.
type digraph struct {
	person, site  string
	first, second string
	gaps          [5]float64 // in ms: as typed, ticks, and jitter of 5, 20 and 50 ms
}

func digraphs(t *testing.T) (list []digraph) {
	t.Helper()
	f, err := os.Open(shared.Path(t, "corpus", "digraphs.dev.tsv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(z)
	scan.Scan() // the head
	for scan.Scan() {
		c := strings.Split(scan.Text(), "\t")
		d := digraph{person: c[0], site: c[1], first: c[3], second: c[4]}
		for i := range d.gaps {
			if d.gaps[i], err = strconv.ParseFloat(c[5+i], 64); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, d)
	}
	if len(list) < 50_000 {
		t.Fatalf("only %d digraphs", len(list))
	}
	return list
}

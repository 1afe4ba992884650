package own

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gait"
	"gait/profile"
)

// TestTimingQualityOnPersons prints how often each quality is found, by what
// happened to the keys and by their number, and holds the two rates that hang
// together: no exact typing is called anything else, ticks are found.
func TestTimingQualityOnPersons(t *testing.T) {
	e := profile.NewEngine([]*profile.Primitive{TimingQuality})
	list := typists(t)
	for _, p := range paths {
		for _, n := range lengths {
			found, sessions := map[string]int{}, 0
			for i := range list {
				for _, s := range list[i].cut(p, n) {
					value, _ := judged(t, e, s)
					found[value]++
					sessions++
				}
			}
			t.Logf("%-30s %4d keys: %4d sessions, %v", p.name, n, sessions, found)
			switch {
			case p.name == "as typed" && found[profile.TimingExact]+found["silent"] < sessions:
				t.Errorf("exact typing of %d keys: %v", n, found)
			case p.name == "ticks 20 ms" && n >= 50 && found[profile.TimingQuantised]*100 < sessions*97:
				t.Errorf("ticks under %d keys: %v", n, found)
			}
		}
	}
}

// TestTimingQualityOfUnseenPersons sets the bound for ticks on all persons but
// one, the least whole number of nats that none of their exact sessions
// reaches, and counts that person's sessions by it.
func TestTimingQualityOfUnseenPersons(t *testing.T) {
	e := profile.NewEngine([]*profile.Primitive{TimingQuality})
	list := typists(t)
	const exact, ticked = 0, 1
	weights := map[string]*[2][]float64{}
	for i := range list {
		w := weights[list[i].person]
		if w == nil {
			w = &[2][]float64{}
			weights[list[i].person] = w
		}
		for which, p := range paths[:2] {
			for _, n := range []int{30, 50, 100} {
				for _, s := range list[i].cut(p, n) {
					if _, m := judged(t, e, s); m != nil {
						w[which] = append(w[which], m["tick_weight"])
					}
				}
			}
		}
	}
	wrong, called, found, hidden := 0, 0, 0, 0
	for person, own := range weights {
		bound := 0.0
		for other, w := range weights {
			for _, x := range w[exact] {
				if other != person {
					bound = max(bound, math.Floor(x)+1)
				}
			}
		}
		for _, x := range own[exact] {
			called++
			if x >= bound {
				wrong++
			}
		}
		for _, x := range own[ticked] {
			hidden++
			if x >= bound {
				found++
			}
		}
		if bound > profile.TicksBlind {
			t.Errorf("without %s the bound is %v nats", person, bound)
		}
	}
	t.Logf("persons left out in turn, 30 to 100 keys: %d of %d exact sessions called quantised, %d of %d through ticks found", wrong, called, found, hidden)
	if wrong*1000 > called || found*100 < hidden*97 {
		t.Error("the bound does not hold for unseen persons")
	}
}

// TestTimingQualityOnDigraphs does the same with the gaps that the corpus sent
// through ticks and jitter itself. They are shuffled in blocks of 50 gaps, so
// spells of different periods are mixed, which makes ticks harder to find.
func TestTimingQualityOnDigraphs(t *testing.T) {
	e := profile.NewEngine([]*profile.Primitive{TimingQuality})
	rows := digraphs(t)
	for column, name := range []string{"as typed", "ticks", "jitter 5 ms", "jitter 20 ms", "jitter 50 ms"} {
		for _, n := range []int{50, 100, 200, 500, 1000} {
			found, sessions := map[string]int{}, 0
			r := rand.New(rand.NewPCG(3, uint64(n)))
			for i := 0; i+n <= len(rows); i += n {
				if rows[i].person != rows[i+n-1].person || rows[i].site != rows[i+n-1].site {
					continue
				}
				value, _ := judged(t, e, shuffled(r, rows[i:i+n], column))
				found[value]++
				sessions++
			}
			t.Logf("%-12s %4d gaps: %4d sessions, %v", name, n, sessions, found)
			if name == "ticks" && n >= 100 && found[profile.TimingQuantised]*100 < sessions*90 {
				t.Errorf("ticks under %d gaps: %v", n, found)
			}
		}
	}
}

// shuffled makes a session of gaps in the order that they are in. The key that
// ends one gap begins the next, so what counts of keys is whether they differ.
func shuffled(r *rand.Rand, rows []digraph, column int) *gait.Session {
	at, keys := []float64{0}, []byte{'a'}
	for i := range rows {
		at = append(at, at[i]+rows[i].gaps[column]/1e3)
		key := keys[i]
		if rows[i].first != rows[i].second {
			key ^= 'a' ^ 'b'
		}
		keys = append(keys, key)
	}
	return session(r, at, keys)
}

func TestTimingQualityByClient(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	at, keys := []float64{0}, []byte("l")
	for i := range 120 {
		at = append(at, at[i]+0.07+0.2*r.Float64())
		keys = append(keys, "ls -a\r"[i%6])
	}
	hidden := ticks(0.020)(r, at)
	for _, c := range []struct {
		client     string
		width      int
		obfuscated bool
		at         []float64
		keys       int
		want       string
		confidence float64
	}{
		{"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3", 80, false, hidden, 120, "quantised", 0.95},
		{"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3", 80, false, hidden, 4, "quantised", 0.75},
		{"SSH-2.0-OpenSSH_9.5", 80, false, hidden, 4, "quantised", 0.75},
		{"SSH-2.0-OpenSSH_for_Windows_9.5", 80, false, hidden, 4, "quantised", 0.75},
		{"SSH-2.0-OpenSSH_10.0", 80, false, hidden, 4, "quantised", 0.75},
		{"", 0, true, hidden, 4, "quantised", 0.75},
		{"SSH-2.0-OpenSSH_9.4", 80, false, hidden, 4, "silent", 0},
		{"SSH-2.0-OpenSSH_9.4", 80, false, hidden, 120, "quantised", 0.85},
		{"SSH-2.0-OpenSSH_8.2p1", 80, false, at, 120, "exact", 0.80},
		{"SSH-2.0-OpenSSH_9.6p1", 0, false, hidden, 4, "silent", 0}, // no terminal
		{"SSH-2.0-OpenSSH_9.6p1", 80, false, at, 120, "exact", 0.80},
		{"SSH-2.0-OpenSSH_99999999999999999999", 80, false, hidden, 4, "silent", 0},
		{"SSH-2.0-OpenSSH_9.6p1", 80, false, hidden, 1, "silent", 0},
	} {
		t.Run(fmt.Sprintf("%s %d %d", c.client, c.width, c.keys), func(t *testing.T) {
			s := session(rand.New(rand.NewPCG(6, 6)), c.at[:c.keys], keys)
			s.Client, s.Width, s.Obfuscated = c.client, c.width, c.obfuscated
			got := "silent"
			res := profile.Run(s, []*profile.Primitive{TimingQuality}, s.Start)
			confidence := 0.0
			if len(res.Observations) > 0 {
				got, confidence = res.Observations[0].Value, res.Observations[0].Confidence
			}
			if got != c.want || math.Abs(confidence-c.confidence) > 1e-9 {
				t.Errorf("got %s %v, want %s %v", got, confidence, c.want, c.confidence)
			}
		})
	}
}

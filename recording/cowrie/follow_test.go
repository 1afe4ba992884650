package cowrie

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// parts are the terminal logs and event logs of a test.
type parts struct {
	files folder
	logs  map[string][]byte
}

func (p parts) Terminal(name string, _, _ time.Time) (*reader.Neighbour, error) {
	return p.files.Open(name)
}

func (p parts) Log(name string) (*reader.Source, error) {
	b, ok := p.logs[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return source("log/"+name, b), nil
}

// followed is a follower with what it told.
type followed struct {
	t     testing.TB
	f     *Follower
	parts parts
	told  map[string]Session // by reference, as told last
	order []string
}

func newFollowed(t testing.TB, p parts) *followed {
	return &followed{t: t, f: NewFollower(reader.DefaultLimits()), parts: p, told: map[string]Session{}}
}

// take takes over what there is to tell.
func (x *followed) take(idle time.Duration) {
	for _, v := range x.f.Take(idle) {
		found := 0
		for i := range v.Terminals() {
			s, ok := v.Terminal(i)
			if !ok {
				continue
			}
			for _, name := range s.Names {
				if _, ok := x.parts.files[name]; ok {
					found++
					x.tell(s)
					break
				}
			}
		}
		if found == 0 && v.Over() != NotOver && v.Commands() > 0 {
			x.tell(v.Lines(v.Terminals()))
		}
	}
}

func (x *followed) tell(s Session) {
	if _, ok := x.told[s.Ref]; !ok {
		x.order = append(x.order, s.Ref)
	}
	x.told[s.Ref] = s
}

// equal compares what was told with what Open gives.
func (x *followed) equal(r *Recording) {
	x.t.Helper()
	want := sessions(x.t, r)
	if len(want) != len(x.told) {
		x.t.Errorf("%d sessions were told, want %d: %v", len(x.told), len(want), x.order)
	}
	for _, w := range want {
		s, ok := x.told[w.EvidenceRef]
		if !ok {
			x.t.Errorf("%s was not told", w.EvidenceRef)
			continue
		}
		got, err := Read(s.Place, x.parts, reader.DefaultLimits())
		if err != nil {
			x.t.Errorf("%s: %v", s.Ref, err)
			continue
		}
		got.Path, w.Path = "", ""
		if !reflect.DeepEqual(got.Header, w.Header) && fmt.Sprint(got.Header) != fmt.Sprint(w.Header) || shown(got) != shown(w) {
			x.t.Errorf("%s:\n%+v\n%q\nwant\n%+v\n%q", s.Ref, got.Header, shown(got), w.Header, shown(w))
		}
		if s.ID != w.ID || s.Decoy != w.Decoy || s.Service != w.Service || s.Address != w.SourceIP || s.EndSeen != w.End.Seen && s.Over != "session.closed" {
			x.t.Errorf("told %+v, want %+v", s, w.Header)
		}
		for _, k := range []string{gait.OddNoHeader, gait.OddDuplicate, gait.OddMissingFile, gait.OddTimeBad, gait.OddUnclosed} {
			if got.Oddities.Count(k) != w.Oddities.Count(k) {
				x.t.Errorf("%s: %v, want %v", s.Ref, got.Oddities, w.Oddities)
			}
		}
	}
}

// feed reads logs in pieces, and begins again in another life now and then.
func (x *followed) feed(r *rand.Rand, lives bool, logs []string) {
	known := map[string]int64{}
	index := func(name string) int {
		for i, n := range logs {
			if n == name {
				return i
			}
		}
		return 0
	}
	died := 0
	for i, at := 0, int64(0); i < len(logs); {
		name := logs[i]
		b := x.parts.logs[name]
		if at == 0 || x.f.log < 0 || x.f.logs[x.f.log] != name {
			x.f.Begin(name, at, known[name])
		}
		to := min(int64(len(b)), at+1+int64(r.IntN(600)))
		final := to == int64(len(b))
		n, done, err := x.f.Read(bytes.NewReader(b[at:to]), 1+int64(r.IntN(900)), final)
		if err != nil {
			x.t.Fatal(err)
		}
		at += n
		x.take(time.Hour)
		if final && done {
			i, at = i+1, 0
		}
		if lives && died < 8 && r.IntN(5) == 0 {
			died++
			here := x.f.Here()
			for j := range index(here.Log) {
				known[logs[j]] = int64(len(x.parts.logs[logs[j]]))
			}
			known[here.Log] = max(known[here.Log], here.At)
			mark, headless := x.f.Oldest()
			x.f = NewFollower(reader.DefaultLimits())
			x.f.Headless(headless)
			i, at = index(mark.Log), mark.At
			if i < len(logs) {
				x.f.Begin(logs[i], at, known[logs[i]])
			}
		}
	}
	x.take(0)
}

// made makes up logs with all that makes them hard to read.
func made(r *rand.Rand) (p parts, names []string, all []*log) {
	p = parts{files: folder{}, logs: map[string][]byte{}}
	l := new(log)
	type conn struct {
		id   string
		ms   int
		step int
	}
	var open []conn
	named := map[string]bool{}
	ms := 0
	for n := 0; n < 25 || len(open) > 0; n++ {
		ms += 1 + r.IntN(900)
		if n < 25 && r.IntN(2) == 0 {
			c := conn{id: fmt.Sprintf("s%d", r.IntN(20)), ms: ms}
			open = slices.DeleteFunc(open, func(o conn) bool { return o.id == c.id })
			if n > 0 || r.IntN(2) == 0 {
				l.connect(ms, c.id)
			}
			open = append(open, c)
			continue
		}
		if len(open) == 0 {
			continue
		}
		i := r.IntN(len(open))
		c := &open[i]
		c.step++
		switch k := r.IntN(12); {
		case k < 4:
			l.command(ms, c.id, strings.Repeat("x", r.IntN(40)))
		case k == 4:
			l.ev(ms, c.id, "client.version", `"version":"SSH-2.0-x"`)
		case k == 5:
			l.ev(ms, c.id, "login.success", `"password":"p"`)
		case k == 6:
			l.WriteString(`{"torn` + "\n\x00\x00")
		case k < 9:
			name := fmt.Sprintf("t%d", r.IntN(12))
			there := named[name]
			named[name] = true
			l.tty(ms, c.id, "tty/"+name, there)
			if r.IntN(3) > 0 && !there {
				p.files[name] = terminal(c.ms+1, "id\r")
			}
		case k == 9:
			open = append(open[:i], open[i+1:]...)
		default:
			l.closed(ms, c.id)
			if r.IntN(4) == 0 {
				l.ev(ms+1, c.id, "command.input", `"late":true,"input":"late"`)
			}
			open = append(open[:i], open[i+1:]...)
		}
	}
	b := l.Bytes()
	for i := 0; len(b) > 0; i++ {
		n := min(len(b), 1+r.IntN(len(l.Bytes())))
		if r.IntN(2) == 0 { // mostly between lines
			n = bytes.IndexByte(b[n-1:], '\n') + n
		}
		name := fmt.Sprintf("log%d", i)
		p.logs[name] = b[:n:n]
		names = append(names, name)
		all = append(all, &log{*bytesBuffer(b[:n:n])})
		b = b[n:]
	}
	return p, names, all
}

func TestFollowerTellsWhatOpenGives(t *testing.T) {
	for seed := range uint64(400) {
		for _, lives := range []bool{false, true} {
			r := rand.New(rand.NewPCG(seed, 1))
			p, names, logs := made(r)
			x := newFollowed(t, p)
			x.feed(r, lives, names)
			x.equal(open(t, p.files, logs...))
			if t.Failed() {
				for _, n := range names {
					t.Logf("%s:\n%s", n, p.logs[n])
				}
				t.Fatalf("seed %d, lives %v", seed, lives)
			}
		}
	}
}

func TestReadRefusesWhatIsNoPlace(t *testing.T) {
	for _, s := range []string{"", "{}", `{"session":"a","n":1}`, `{"session":"../a","n":1,"spans":[{"l":"x"}]}`, `{"session":"a","n":0,"terminal":{"name":"x"}}`} {
		var e *reader.Error
		if _, err := Read([]byte(s), parts{}, reader.DefaultLimits()); !errors.As(err, &e) {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := Read([]byte(`{"session":"a","n":1,"terminal":{"name":"../../x"}}`), parts{}, reader.DefaultLimits()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

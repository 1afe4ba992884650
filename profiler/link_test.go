package profiler

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gait"
	"gait/assess/typist"
	"gait/internal/simulate"
	"gait/store"
)

// hands makes up sessions of persons, each typed twice from another address.
func persons(n int) (list []*gait.Session) {
	for i := range n {
		s := simulate.Find("human").Session(uint64(100 + i))
		s.ID, s.Decoy, s.Service = fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "decky-01", "ssh"
		s.SourceIP = fmt.Sprintf("198.18.%d.7", i)
		list = append(list, s)
	}
	return list
}

// again gives the keys of a session once more, typed from another address.
func again(s *gait.Session, id int) *gait.Session {
	other := *s
	other.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", 1000+id)
	other.SourceIP, other.HASSH = fmt.Sprintf("198.19.%d.8", id), s.HASSH
	return &other
}

func TestLinksAreProposed(t *testing.T) {
	k := newKit(t, func(o *Options) { o.Typist = typist.Shipped() })
	list := persons(6)
	for _, s := range list {
		k.handle(t, k.write(t, s))
	}
	if n, err := k.concluder.linker.round(t.Context()); err != nil || n != len(list) {
		t.Fatalf("%d compared, %v", n, err)
	}
	k.handle(t, k.write(t, again(list[2], 2)))
	if n, err := k.concluder.linker.round(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d compared, %v", n, err)
	}
	page, err := k.store.Links(t.Context(), store.LinkQuery{})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, l := range page.Items {
		found = found || l.Addresses == [2]string{"198.18.2.7", "198.19.2.8"} && l.Strength >= typist.ProposeLogOdds && strings.Contains(string(l.Statement), `{"name":"tool habits","nats":`)
		if l.State != store.LinkProposed {
			t.Errorf("%+v", l)
		}
	}
	if !found {
		t.Errorf("the same keys make no link: %+v", page.Items)
	}
	// Another process that reads all anew proposes the same, and a session that is
	// forgotten is in nobody's memory.
	if _, err := k.store.Forget(t.Context(), store.Subject{Address: "198.19.2.8"}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := k.concluder.linker.round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := k.concluder.linker.index.Len(); n != len(list) {
		t.Errorf("%d typists are in memory, %d are stored", n, len(list))
	}
}

// Two attackers that type alike are one where the rule says so and their
// addresses are of one network; typing with nothing rare in common is not enough.
func TestLinksAreAcceptedByRule(t *testing.T) {
	const near, far = "198.18.2.9", "198.19.2.8"
	for _, c := range []struct {
		name    string
		accept  float64
		address string
		merged  bool
	}{
		{"one network", 3, near, true},
		{"nothing rare in common", 3, far, false},
		{"no rule", 0, near, false},
		{"not strong enough", 100, near, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKit(t, func(o *Options) { o.Typist, o.AcceptLinks = typist.Shipped(), c.accept })
			list := persons(12)
			for _, s := range list {
				k.handle(t, k.write(t, s))
			}
			if _, err := k.concluder.linker.round(t.Context()); err != nil {
				t.Fatal(err)
			}
			other := again(list[2], 2)
			other.SourceIP = c.address
			k.handle(t, k.write(t, other))
			if _, err := k.concluder.linker.round(t.Context()); err != nil {
				t.Fatal(err)
			}
			page, err := k.store.Links(t.Context(), store.LinkQuery{})
			if err != nil {
				t.Fatal(err)
			}
			proposed := false
			for _, l := range page.Items {
				theirs := l.Addresses == [2]string{"198.18.2.7", c.address}
				proposed = proposed || theirs
				if accepted := l.State == store.LinkAccepted; accepted != (theirs && c.merged) || accepted && l.Who != "rule: log odds from 3 on" {
					t.Errorf("%s %v by %q, strength %.1f: %s", l.State, l.Addresses, l.Who, l.Strength, l.Statement)
				}
			}
			if !proposed {
				t.Errorf("the same keys make no link: %+v", page.Items)
			}
		})
	}
	for _, c := range []struct {
		accept float64
		model  *typist.Model
	}{{1, typist.Shipped()}, {math.NaN(), typist.Shipped()}, {3, nil}} {
		k := newKit(t)
		_, err := New(Options{Store: k.store, Library: k.library, Typist: c.model, AcceptLinks: c.accept})
		if err == nil {
			t.Errorf("links are accepted from %g on", c.accept)
		}
	}
}

func TestNothingOfTypingIsKeptUnasked(t *testing.T) {
	k := newKit(t)
	k.handle(t, k.write(t, persons(1)[0]))
	if list, err := k.store.Vectors(t.Context(), 0, 10, false); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
}

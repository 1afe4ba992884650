package bus

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// small are times for tests, and streams of which several fit on a server.
func small() tuning {
	tune := quick()
	tune.streamBytes = 16 << 20
	return tune
}

// systems opens two buses with prefixes of their own and one without any on
// one server.
func systems(t *testing.T) (one, two, bare *natsBus) {
	m := newMachine(t)
	for prefix, b := range map[string]**natsBus{"one": &one, "two": &two, "": &bare} {
		o := m.options(nil)
		o.Prefix = prefix
		*b = start(t, o, small())
	}
	return one, two, bare
}

// heard follows a subject on a bus, until the test ends.
func heard(t *testing.T, b *natsBus, subject string) <-chan string {
	t.Helper()
	got := make(chan string, 100)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.Follow(ctx, subject, func(m Message) { got <- m.Subject + " " + string(m.Data) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	until(t, "followed", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.follows[subject] != nil
	})
	if err := b.nc.Flush(); err != nil { // the server knows of it now
		t.Fatal(err)
	}
	return got
}

func hear(t *testing.T, from <-chan string, want string) {
	t.Helper()
	select {
	case got := <-from:
		if got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("%q was not heard", want)
	}
}

// apart checks that two buses on one server neither deliver nor tell each other
// anything, though both use the same names. What the second publishes comes
// after what the first did, and is all that the second has.
func apart(t *testing.T, one, two *natsBus) {
	t.Helper()
	name := fmt.Sprint("c", time.Now().UnixNano())
	told, othersTold := heard(t, one, "attacker.>"), heard(t, two, "attacker.>")
	all, othersAll := consume(t, one, Consumer{Name: name}), consume(t, two, Consumer{Name: name})
	named := Consumer{Name: name + "-named", Subject: SubjectSessionEnded}
	some, othersSome := consume(t, one, named), consume(t, two, named)
	observed := Message{Subject: SubjectObservation + "motor.input_modality", Data: []byte("typed")}
	publish(t, one, ended(1), observed)
	publish(t, two, ended(2))
	for c, want := range map[*consuming]int{all: 1, some: 1, othersAll: 2, othersSome: 2} {
		d := c.next(t)
		wantNumber(t, d, want)
		if s := d.Message().Subject; s != SubjectSessionEnded {
			t.Errorf("delivered on %s", s)
		}
		done(t, d)
	}
	hear(t, told, SubjectSessionEnded+" 1")
	hear(t, told, observed.Subject+" typed")
	hear(t, othersTold, SubjectSessionEnded+" 2")
}

func TestPrefixesKeepSystemsApart(t *testing.T) {
	one, two, _ := systems(t)
	apart(t, one, two)
}

func TestAPrefixKeepsASystemApartFromOneWithout(t *testing.T) {
	_, two, bare := systems(t)
	apart(t, bare, two)
}

func TestPrefixesKeepSystemsApartOnAServer(t *testing.T) {
	apart(t, start(t, externalServer(t), small()), start(t, externalServer(t), small()))
}

func TestSubjectsOnTheServer(t *testing.T) {
	one, _, bare := systems(t)
	nc, err := nats.Connect(bare.o.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	all, err := nc.SubscribeSync(">")
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	for b, want := range map[*natsBus]string{one: "one.attacker.session.ended", bare: "attacker.session.ended"} {
		publish(t, b, ended(1))
		for {
			m, err := all.NextMsg(patience)
			if err != nil {
				t.Fatal(err)
			}
			if string(m.Data) == "1" {
				if m.Subject != want {
					t.Errorf("published on %s, want %s", m.Subject, want)
				}
				break
			}
		}
	}
}

func TestPrefixesAreChecked(t *testing.T) {
	for _, good := range []string{"", "a", "lab-2", "A_b", "9", "gait2", strings.Repeat("a", 64)} {
		if err := CheckPrefix(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{
		"a.b", "a.", ".a", "*", ">", "a b", "a*", "a\n", "\x00", "ä", "$JS", "_INBOX", "-a", "attacker", "gait", "attribution", strings.Repeat("a", 65),
	} {
		if CheckPrefix(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

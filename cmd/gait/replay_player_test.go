package main

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gait"
)

// replayed makes a session of events "time kind data", kind one of o i r m x.
func replayed(t interface{ Fatal(...any) }, events ...string) *gait.Session {
	s := &gait.Session{}
	s.Width, s.Height = 80, 24
	kinds := map[string]gait.Kind{"o": gait.Output, "i": gait.Input, "r": gait.Resize, "m": gait.Marker, "x": gait.Exec}
	for _, e := range events {
		f := strings.SplitN(e, " ", 3)
		d, err := time.ParseDuration(f[0])
		if err != nil || kinds[f[1]] == 0 {
			t.Fatal(e)
		}
		s.Append(gait.Event{Time: d, Kind: kinds[f[1]], Data: []byte(f[2])}, -1)
	}
	return s
}

// recorder keeps the data of what is played.
type recorder struct{ text string }

func (r *recorder) play(e gait.Event) { r.text += string(e.Data) }

func TestPlayerPlaysWhatIsDue(t *testing.T) {
	s := replayed(t, "1s o a", "1500ms o b", "60s o c", "60s r 120x40", "61s o d")
	var r recorder
	p := newPlayer(s, 1, 2*time.Second)
	for _, c := range []struct {
		d    time.Duration
		want string
		at   time.Duration
	}{
		{900 * time.Millisecond, "", 900 * time.Millisecond},
		{100 * time.Millisecond, "a", time.Second},
		{500 * time.Millisecond, "ab", 1500 * time.Millisecond},
		{1999 * time.Millisecond, "ab", 3499 * time.Millisecond},
		{time.Millisecond, "abc120x40", time.Minute},
		{time.Hour, "abc120x40d", 61 * time.Second},
		{time.Hour, "abc120x40d", 61 * time.Second},
	} {
		if p.elapse(c.d, r.play); r.text != c.want || p.at != c.at {
			t.Fatalf("after %v: %q at %v, want %q at %v", c.d, r.text, p.at, c.want, c.at)
		}
	}
	if _, ok := p.due(); ok || !p.done() {
		t.Error("something is due after the end")
	}
}

func TestPlayerSpeedAndPause(t *testing.T) {
	s := replayed(t, "10s o a", "20s o b")
	var r recorder
	p := newPlayer(s, 4, 0)
	if due, _ := p.due(); due != 2500*time.Millisecond {
		t.Errorf("due in %v", due)
	}
	p.elapse(time.Second, r.play)
	if due, _ := p.due(); due != 1500*time.Millisecond || p.at != 4*time.Second {
		t.Errorf("due in %v at %v", due, p.at)
	}
	p.paused = true
	if p.elapse(time.Hour, r.play); r.text != "" {
		t.Error("a paused player played")
	}
	if p.step(r.play); r.text != "a" || p.at != 10*time.Second {
		t.Errorf("step played %q at %v", r.text, p.at)
	}
	p.setSpeed(0)
	slow := p.speed
	p.setSpeed(1e9)
	if slow != minSpeed || p.speed != maxSpeed {
		t.Errorf("speeds %v and %v", slow, p.speed)
	}
}

func TestPlayerSeeks(t *testing.T) {
	s := replayed(t, "1s o a", "2s o b", "2s o c", "9s o d")
	p := newPlayer(s, 1, 0)
	for _, c := range []struct {
		to       time.Duration
		from, on int
		back     bool
		at       time.Duration
	}{
		{2 * time.Second, 0, 3, false, 2 * time.Second},
		{5 * time.Second, 3, 3, false, 5 * time.Second},
		{time.Second, 0, 1, true, time.Second},
		{-time.Second, 0, 0, true, 0},
		{time.Hour, 0, 4, false, 9 * time.Second},
	} {
		from, on, back := p.seek(c.to)
		if from != c.from || on != c.on || back != c.back || p.at != c.at {
			t.Errorf("to %v: %d to %d, back %v, at %v", c.to, from, on, back, p.at)
		}
	}
	p.seek(5 * time.Second)
	if due, ok := p.due(); !ok || due != 4*time.Second {
		t.Errorf("after a seek into a pause, due in %v", due)
	}
}

func TestPlayerFindsLines(t *testing.T) {
	s := replayed(t, "1s i l", "2s i s", "3s i \r", "4s i \r", "5s i id\rw", "6s i \n", "7s x uname")
	p := newPlayer(s, 1, 0)
	if len(p.lines) != 3 || p.lines[0] != time.Second || p.lines[1] != 5*time.Second || p.lines[2] != 7*time.Second {
		t.Fatalf("lines at %v", p.lines)
	}
	p.seek(5500 * time.Millisecond)
	if p.line() != 2 || p.lineStart(1) != 7*time.Second || p.lineStart(-1) != time.Second || p.lineStart(-2) != 0 || p.lineStart(9) != p.end {
		t.Errorf("line %d, next %v, previous %v", p.line(), p.lineStart(1), p.lineStart(-1))
	}
}

// However time passes, all is played, once and in order.
func TestPlayerPlaysAllOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &gait.Session{}
		want := ""
		for _, ms := range rapid.SliceOfN(rapid.IntRange(0, 5000), 1, 30).Draw(t, "times") {
			c := string(rune('a' + len(want)%26))
			s.Append(gait.Event{Time: time.Duration(ms) * time.Millisecond, Kind: gait.Output, Data: []byte(c)}, -1)
			want += c
		}
		p := newPlayer(s, rapid.Float64Range(0.1, 10).Draw(t, "speed"), time.Duration(rapid.IntRange(0, 3000).Draw(t, "idle"))*time.Millisecond)
		var r recorder
		for range 10000 {
			if p.done() {
				break
			}
			before := p.at
			due, _ := p.due()
			d := time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond
			if rapid.Bool().Draw(t, "exact") {
				d = due + time.Microsecond
			}
			if p.elapse(d, r.play); p.at < before || p.at > p.end {
				t.Fatalf("from %v to %v", before, p.at)
			}
		}
		if r.text != want {
			t.Fatalf("played %q, want %q", r.text, want)
		}
	})
}

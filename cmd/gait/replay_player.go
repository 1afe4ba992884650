package main

import (
	"bytes"
	"sort"
	"time"

	"gait"
)

// The speeds that a replay can have.
const (
	minSpeed = 1.0 / 64
	maxSpeed = 1024
)

// burst is how many events are played at once before the keys are looked at
// again.
const burst = 4096

// player is a place in a session that is being replayed. It knows no clock and
// no terminal: it is told how much time has passed and says what is due.
type player struct {
	session *gait.Session
	speed   float64
	maxIdle time.Duration // the longest pause that is kept; 0 keeps all
	paused  bool

	next int           // the event that comes next
	at   time.Duration // the place in the session's own time
	wait time.Duration // until the next event, at speed 1
	end  time.Duration
	last time.Duration // the largest time of an event that was passed

	lines []time.Duration // when each line of input was begun
}

func newPlayer(s *gait.Session, speed float64, maxIdle time.Duration) *player {
	p := &player{session: s, maxIdle: maxIdle}
	p.setSpeed(speed)
	begun := false
	for _, e := range s.Events() {
		p.end = max(p.end, e.Time)
		switch {
		case e.Kind == gait.Exec:
			p.lines = append(p.lines, e.Time)
		case e.Kind == gait.Input:
			if !begun && !isLineEnd(e.Data[0]) {
				p.lines = append(p.lines, e.Time)
				begun = true
			}
			if bytes.ContainsAny(e.Data, "\r\n") {
				begun = !isLineEnd(e.Data[len(e.Data)-1])
			}
		}
	}
	p.rewind()
	return p
}

func isLineEnd(c byte) bool { return c == '\r' || c == '\n' }

func (p *player) setSpeed(speed float64) { p.speed = min(max(speed, minSpeed), maxSpeed) }

// rewind goes to the start of the session.
func (p *player) rewind() {
	p.next, p.at, p.last = 0, 0, 0
	p.arm()
}

// arm sets the wait for the next event.
func (p *player) arm() {
	p.wait = 0
	if p.done() {
		return
	}
	t, _, _ := p.session.Span(p.next)
	p.wait = max(0, t-p.at)
	if p.maxIdle > 0 {
		p.wait = min(p.wait, p.maxIdle)
	}
}

func (p *player) done() bool { return p.next >= p.session.Len() }

// due gives the time until the next event; false where none is to come.
func (p *player) due() (time.Duration, bool) {
	if p.paused || p.done() {
		return 0, false
	}
	return time.Duration(float64(p.wait) / p.speed), true
}

// elapse lets time pass and plays the events that are due, at most a burst of
// them.
func (p *player) elapse(d time.Duration, play func(gait.Event)) {
	for n := 0; n < burst && !p.paused && !p.done(); n++ {
		passed := time.Duration(float64(d) * p.speed)
		if passed < p.wait {
			p.wait -= passed
			t, _, _ := p.session.Span(p.next)
			p.at = min(p.at+passed, max(p.at, t))
			return
		}
		d -= time.Duration(float64(p.wait) / p.speed)
		p.step(play)
	}
}

// step plays the next event now.
func (p *player) step(play func(gait.Event)) {
	if p.done() {
		return
	}
	e := p.session.Event(p.next)
	p.next++
	p.last = max(p.last, e.Time)
	p.at = p.last
	play(e)
	p.arm()
}

// seek goes to a time. It gives the events that lie on the way, as the numbers
// from and to; back says that they count from an empty screen.
func (p *player) seek(t time.Duration) (from, to int, back bool) {
	t = min(max(t, 0), p.end)
	if back = t < p.at; back {
		p.rewind()
	}
	from = p.next
	for !p.done() {
		at, _, _ := p.session.Span(p.next)
		if at > t {
			break
		}
		p.last = max(p.last, at)
		p.next++
	}
	p.at = max(t, p.last)
	p.arm()
	return from, p.next, back
}

// line gives how many lines of input were begun so far.
func (p *player) line() int {
	return sort.Search(len(p.lines), func(i int) bool { return p.lines[i] > p.at })
}

// lineStart gives the time of the line that lies n lines from the current one;
// the session's start before the first, its end behind the last.
func (p *player) lineStart(n int) time.Duration {
	switch i := p.line() - 1 + n; {
	case i < 0:
		return 0
	case i >= len(p.lines):
		return p.end
	default:
		return p.lines[i]
	}
}

package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// sharedBuffer collects what is written by several goroutines.
type sharedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	written chan struct{} // gets a value after a write, where it has room
}

func (s *sharedBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.written <- struct{}{}:
	default:
	}
	return s.b.Write(b)
}

func (s *sharedBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestBarShowsBytesSessionsAndTimeLeft(t *testing.T) {
	to := sharedBuffer{written: make(chan struct{}, 1)}
	p := &progress{total: 1000, unit: howMuch, start: time.Now().Add(-time.Minute), width: 400, to: &to, quit: make(chan struct{}), ended: make(chan struct{})}
	p.done(500)
	for range 600 {
		p.session()
	}
	if got, want := p.amount()+", "+p.pace(), " 50% 500 bytes of 1,000 bytes, 10 sessions/s, 1 min 00 s left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	go p.watch()
	w := p.around(&to, true)
	for !strings.Contains(to.String(), "50%") {
		<-to.written
	}
	w.Write([]byte("above\n"))
	p.stop()
	w.Write([]byte("below\n"))
	got := to.String()
	for _, want := range []string{"50%", "above\n", "below\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

func TestNoBarOutsideOfATerminal(t *testing.T) {
	c, out, errs := testConsole()
	for _, p := range []*progress{newProgress(c, nil, false), newProgress(c, []source{{}}, false)} {
		if w := p.around(c.out, c.terminal); w != c.out {
			t.Error("what is written to a pipe takes another way")
		}
		p.done(1)
		p.stop()
	}
	if out.Len()+errs.Len() > 0 {
		t.Errorf("%s%s", out, errs)
	}
}

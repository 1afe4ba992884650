package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"
)

// arrivals are the times at which the events of sessions came.
type arrivals struct {
	mu   sync.Mutex
	at   map[string]time.Time
	last error
}

var sessionID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}`)

// read notes when the event of each session arrives.
func (a *arrivals) read(body io.Reader) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !ok || !bytes.Contains(data, []byte(`"type":"session"`)) {
			continue
		}
		id := string(sessionID.Find(data))
		a.mu.Lock()
		if _, there := a.at[id]; !there {
			a.at[id] = time.Now()
		}
		a.mu.Unlock()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = errors.Join(errors.New("the stream ended"), lines.Err())
}

func (a *arrivals) of(id string) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.at[id]
	return at, ok
}

// follow feeds sessions at a rate and gives how long each took to its event.
func (s *system) follow(f *feed, rate int) ([]time.Duration, error) {
	r, err := s.request("/api/v1/events")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	a := &arrivals{at: map[string]time.Time{}}
	go a.read(r.Body)
	type written struct {
		id string
		at time.Time
	}
	var list []written
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for end := time.Now().Add(time.Duration(s.l.seconds) * time.Second); time.Now().Before(end); {
		<-tick.C
		id, _, err := f.one()
		if err != nil {
			return nil, err
		}
		list = append(list, written{id, time.Now()})
	}
	var took []time.Duration
	deadline := time.Now().Add(time.Minute)
	for _, w := range list[min(rate, len(list)/4):] { // the first second is warm-up
		at, ok := a.of(w.id)
		for !ok && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
			at, ok = a.of(w.id)
		}
		if !ok {
			return nil, fmt.Errorf("no event of session %s came (%w)\n%s", w.id, a.last, tail(s.errs.Bytes()))
		}
		took = append(took, at.Sub(w.at))
	}
	return took, nil
}

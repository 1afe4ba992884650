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

// sessionID finds the id in the event of a session: a UUID, or Cowrie's.
var sessionID = regexp.MustCompile(`"session_id":"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{12})`)

// read notes when the event of each session arrives.
func (a *arrivals) read(body io.Reader) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !ok || !bytes.Contains(data, []byte(`"type":"session"`)) {
			continue
		}
		found := sessionID.FindSubmatch(data)
		if found == nil {
			continue
		}
		id := string(found[1])
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

// source writes one session that ends now, and gives its id and how many events
// it has.
type source interface {
	one() (id string, events int, err error)
}

// first writes one session and says how long its event took: right after a
// start, when what lies there is looked through.
func (s *system) first(f source) error {
	r, err := s.request("/api/v1/events")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	a := &arrivals{at: map[string]time.Time{}}
	go a.read(r.Body)
	id, _, err := f.one()
	if err != nil {
		return err
	}
	begun := time.Now()
	for time.Since(begun) < 2*time.Minute {
		if at, ok := a.of(id); ok {
			fmt.Printf("  the first event after the start took %.0f ms\n", ms(at.Sub(begun)))
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("no event of the first session came\n%s", tail(s.errs.Bytes()))
}

// follow feeds sessions at a rate and gives how long each took to its event.
func (s *system) follow(f source, rate int) ([]time.Duration, error) {
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

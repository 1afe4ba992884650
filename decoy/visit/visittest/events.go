// Package visittest is what tests of a decoy's parts share.
package visittest

import (
	"sync"

	"gait/decoy/visit"
)

// Events keeps what is caught. It implements [visit.Sink].
type Events struct {
	mu   sync.Mutex
	list []visit.Event
}

// Caught takes an event.
func (e *Events) Caught(v visit.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, v)
}

// Of gives the events of a kind, in order.
func (e *Events) Of(k visit.Kind) (list []visit.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, v := range e.list {
		if v.Kind == k {
			list = append(list, v)
		}
	}
	return list
}

// Texts gives the texts of the events of a kind, in order.
func (e *Events) Texts(k visit.Kind) (texts []string) {
	for _, v := range e.Of(k) {
		texts = append(texts, v.Text)
	}
	return texts
}

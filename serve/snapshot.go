package serve

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"gait/store"
)

// snapshotSessions is how many sessions a snapshot holds: the newest.
const snapshotSessions = 50

// snapshot is the state at a position of the change log, or a little later:
// what changed after the position follows, and may be in it already.
type snapshot struct {
	Store    string    `json:"store"`
	Position int64     `json:"position"`
	Attacker *attacker `json:"attacker,omitempty"` // of an attacker's stream
	Latest   []latest  `json:"latest,omitempty"`   // of an attacker's stream: with counts
	Sessions []session `json:"sessions"`           // the newest first
}

// snapshots keeps the newest snapshot of everything for a moment, since many
// clients come at once when a server starts.
type snapshots struct {
	mu       sync.Mutex
	text     []byte
	position int64
	made     time.Time
}

const snapshotKeeps = time.Second

// snapshot gives the text of a snapshot that was taken at a position or later,
// and its own position.
func (l *live) snapshot(ctx context.Context, attacker string, least int64) ([]byte, int64, error) {
	if attacker != "" {
		return l.take(ctx, attacker)
	}
	c := &l.snaps
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.text != nil && c.position >= least && time.Since(c.made) < snapshotKeeps {
		return c.text, c.position, nil
	}
	text, position, err := l.take(ctx, "")
	if err != nil {
		return nil, 0, err
	}
	c.text, c.position, c.made = text, position, time.Now()
	return text, position, nil
}

// take makes a snapshot: first the position, then the state.
func (l *live) take(ctx context.Context, attacker string) ([]byte, int64, error) {
	_, newest, err := l.store.Positions(ctx)
	if err != nil {
		return nil, 0, err
	}
	x := snapshot{Store: l.store.ID(), Position: newest, Sessions: []session{}}
	if attacker != "" {
		if err := l.portray(ctx, &x, attacker); err != nil {
			return nil, 0, err
		}
	}
	q := store.SessionQuery{PageQuery: store.PageQuery{Limit: snapshotSessions}, Attacker: attacker}
	p, err := l.store.Sessions(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	for i := range p.Items {
		x.Sessions = append(x.Sessions, sessionOf(&p.Items[i]))
	}
	if err := lead(ctx, l.store, x.Sessions); err != nil {
		return nil, 0, err
	}
	payload, err := json.Marshal(x)
	if err != nil {
		return nil, 0, err
	}
	return appendEvent(nil, event{id: x.Store, position: newest, typ: typeSnapshot, at: time.Now(), payload: payload}), newest, nil
}

// portray adds what is known of an attacker.
func (l *live) portray(ctx context.Context, x *snapshot, uuid string) error {
	a, err := l.store.Attacker(ctx, uuid)
	if err != nil {
		return err
	}
	known, err := l.store.Latest(ctx, uuid)
	if err != nil {
		return err
	}
	described := attackerOf(&a)
	x.Attacker, x.Latest = &described, latestsOf(known)
	return nil
}

package profiler

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gait"
	"gait/store"
)

// memory is a store that forgets, with what the profiler needs of one. It
// shows what the profiler itself costs.
type memory struct {
	store.Store
	mu        sync.Mutex
	rows      map[string]*kept
	attackers map[string]string
	rejected  []store.Rejected
	changes   []store.Change
	n         int64
}

type kept struct {
	store.Session
	observations []gait.Observation
	change       int64
}

func newMemory() *memory {
	return &memory{rows: map[string]*kept{}, attackers: map[string]string{}}
}

func (m *memory) Compat() bool { return false }

func (m *memory) Known(_ context.Context, refs []string) (map[string]store.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[string]store.Known{}
	for _, ref := range refs {
		if r := m.rows[ref]; r != nil {
			all[ref] = store.Known{Size: r.Size, EndSeen: r.EndSeen, Address: r.Address, State: r.State, CauseKind: r.CauseKind,
				Path: r.Path, Attempts: r.Attempts, NextTry: r.NextTry, Rules: r.Rules}
		}
	}
	return all, nil
}

func (m *memory) Offer(_ context.Context, offers []store.Offer, _ []store.Cursor) ([]store.Verdict, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	verdicts := make([]store.Verdict, len(offers))
	for i, o := range offers {
		r := m.rows[o.Ref]
		if r == nil {
			m.rows[o.Ref] = &kept{Session: o.Session}
			m.rows[o.Ref].Found, verdicts[i] = time.Now(), store.Added
		} else if r.Address == "" && o.Address != "" || o.Path != "" && o.Path != r.Path {
			r.Place, r.Path = o.Place, cmp.Or(o.Path, r.Path)
			r.Address, r.State, r.Attempts, r.CauseKind, r.NextTry, verdicts[i] = cmp.Or(o.Address, r.Address), store.Waiting, 0, "", time.Time{}, store.Changed
		}
	}
	return verdicts, nil
}

func (m *memory) Begin(_ context.Context, refs []string) (list []store.Session, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, ref := range refs {
		if r := m.rows[ref]; r != nil {
			r.Attempts++
			list = append(list, r.Session)
		}
	}
	return list, nil
}

func (m *memory) Save(_ context.Context, list []store.Profile) ([]store.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	saved := make([]store.Saved, len(list))
	for i, p := range list {
		r := m.rows[p.Ref]
		address := cmp.Or(p.Address, r.Address)
		uuid := "-"
		if address != "" {
			if m.attackers[address] == "" {
				m.attackers[address] = fmt.Sprintf("attacker-%d", len(m.attackers))
			}
			uuid = m.attackers[address]
		}
		x := store.Saved{Ref: p.Ref, Attacker: strings.TrimPrefix(uuid, "-"), Revision: p.Revision + "/" + uuid}
		r.Attempts, r.CauseKind = 0, ""
		switch {
		case r.Rules > p.Rules:
			x.Older, r.State = true, store.Profiled
		case r.Revision == x.Revision:
			x.Unchanged, r.State = true, p.State
		default:
			found := r.Found
			r.Session, r.Found, r.Address, r.Revision, r.Attacker, r.Updated = p.Session, found, address, x.Revision, x.Attacker, time.Now()
			r.observations = slices.Clone(p.Observations)
			for j := range r.observations {
				r.observations[j].AttackerUUID, r.observations[j].Revision = x.Attacker, x.Revision
			}
			m.n += int64(len(p.Observations)) + 1
			r.change = m.n
			m.changes = append(m.changes, store.Change{Last: m.n, Ref: p.Ref})
		}
		saved[i] = x
	}
	return saved, nil
}

func (m *memory) Settle(_ context.Context, list []store.Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range list {
		if r := m.rows[s.Ref]; r != nil {
			r.State, r.Cause, r.CauseKind, r.NextTry = s.State, s.Cause, s.CauseKind, s.NextTry
			if !s.Keep {
				r.Attempts = 0
			}
		}
	}
	return nil
}

func (m *memory) Waiting(_ context.Context, q store.WaitingQuery) (list []store.Session, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.State == store.Waiting && !r.NextTry.After(q.Now) {
			list = append(list, r.Session)
		}
	}
	slices.SortFunc(list, func(a, b store.Session) int { return a.Found.Compare(b.Found) })
	return list[:min(len(list), q.Limit)], nil
}

func (m *memory) Release(_ context.Context, q store.Release) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.CauseKind == q.CauseKind {
			r.State, r.Attempts, r.CauseKind, r.Cause, r.NextTry = store.Waiting, 0, "", "", time.Time{}
			n++
		}
	}
	return n, nil
}

func (m *memory) Reject(_ context.Context, r store.Rejected) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rejected = append(m.rejected, r)
	return nil
}

func (m *memory) Rejections(context.Context, store.PageQuery) (store.Page[store.Rejected], error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return store.Page[store.Rejected]{Items: slices.Clone(m.rejected)}, nil
}

func (m *memory) Unannounced(_ context.Context, limit int) (list []store.Announcement, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.Revision != "" && !r.Announced && len(list) < limit {
			list = append(list, store.Announcement{Session: r.Session, Position: r.change, Observations: r.observations})
		}
	}
	return list, nil
}

func (m *memory) Announced(_ context.Context, done []store.Revision) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range done {
		if r := m.rows[d.Ref]; r != nil && r.Revision == d.Revision {
			r.Announced = true
		}
	}
	return nil
}

func (m *memory) Session(_ context.Context, ref string) (store.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.rows[ref]; r != nil {
		return r.Session, nil
	}
	return store.Session{}, store.ErrNotFound
}

func (m *memory) Observations(_ context.Context, q store.ObservationQuery) (p store.Page[gait.Observation], err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.rows[q.Ref]; r != nil {
		p.Items = slices.Clone(r.observations)
	}
	return p, nil
}

func (m *memory) Stats(context.Context) (x store.Stats, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x.Sessions = map[store.State]int64{}
	for _, r := range m.rows {
		x.Sessions[r.State]++
		if r.Revision != "" && !r.Announced {
			x.Unannounced++
		}
	}
	return x, nil
}

func (m *memory) Changes(_ context.Context, after int64, limit int) (list []store.Change, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.changes {
		if c.Last > after && len(list) < limit {
			list = append(list, c)
		}
	}
	return list, nil
}

func (m *memory) Outdated(_ context.Context, q store.OutdatedQuery) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.Rules < q.Rules && r.Revision != "" {
			r.State = store.Waiting
			n++
		}
	}
	return n, nil
}

func (m *memory) Resolve(_ context.Context, address string) (store.Attacker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.attackers[address] == "" {
		m.attackers[address] = fmt.Sprintf("attacker-%d", len(m.attackers))
	}
	return store.Attacker{UUID: m.attackers[address], Address: address}, nil
}

func (m *memory) Close() error { return nil }

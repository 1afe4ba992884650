package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// mostDecoys is how many decoys an attacker's row names.
const mostDecoys = 16

// attackerState is a row of the table attackers while sessions are stored.
type attackerState struct {
	n           int64
	uuid        string
	address     string
	identity    string // empty for one of its own
	first, last int64
	sessions    int64
	decoys      []string
	latest      map[int64]latest // by primitive
	before      facetSet
	// recount asks for counts and times, redo for the latest values of some
	// primitives, to be read from what is stored.
	recount bool
	redo    map[int64]bool
}

// meet makes the row of an address where there is none.
func (t *Tx) meet(ctx context.Context, address string, now time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("naming an attacker: %w", err)
	}
	at := Nanos(now)
	err = t.send(ctx, `INSERT INTO attackers (uuid, address, sort_key, first_seen, last_seen) VALUES ($1, $2, $3, $4, $4) ON CONFLICT (address) DO NOTHING`,
		id.String(), address, sortKey(address), at)
	if err != nil {
		return fmt.Errorf("making an attacker: %w", err)
	}
	return nil
}

// attackersOf gives the rows of addresses, made where they are missing, and
// locks them in the order of the addresses.
func (t *Tx) attackersOf(ctx context.Context, d *Dialect, addresses []string, now time.Time) (map[string]*attackerState, error) {
	rows := make(map[string]*attackerState, len(addresses))
	err := chunks(addresses, func(part []string) error {
		if err := t.lockAttackers(ctx, d, part, rows); err != nil {
			return err
		}
		missing := slices.DeleteFunc(slices.Clone(part), func(a string) bool { return rows[a] != nil })
		if len(missing) == 0 {
			return nil
		}
		for _, address := range missing {
			if err := t.meet(ctx, address, now); err != nil {
				return err
			}
		}
		return t.lockAttackers(ctx, d, missing, rows)
	})
	if err != nil {
		return nil, fmt.Errorf("reading attackers: %w", err)
	}
	return rows, nil
}

func (t *Tx) lockAttackers(ctx context.Context, d *Dialect, addresses []string, rows map[string]*attackerState) error {
	var found []*attackerState
	err := t.each(ctx, func(row scanner) error {
		a := &attackerState{}
		var decoys string
		err := row.Scan(&a.n, &a.uuid, &a.address, &a.identity, &a.first, &a.last, &a.sessions, &decoys, &a.before[0], &a.before[1], &a.before[2], &a.before[3])
		if err != nil {
			return err
		}
		found, rows[a.address] = append(found, a), a
		a.decoys, err = unpackDecoys(decoys)
		return err
	}, `SELECT s.n, s.uuid, s.address, s.identity, s.first_seen, s.last_seen, s.sessions, s.decoys, s.f0, s.f1, s.f2, s.f3
		FROM attackers s WHERE s.address IN (`+Marks(1, len(addresses))+`) ORDER BY s.address`+d.forUpdate("s"), Pad(nil, addresses)...)
	if err != nil {
		return err
	}
	for _, a := range found {
		a.latest = map[int64]latest{}
		if a.sessions > 0 {
			if err := t.readLatest(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Tx) readLatest(ctx context.Context, a *attackerState) error {
	return t.each(ctx, func(row scanner) error {
		var data []byte
		if err := row.Scan(&data); err != nil {
			return err
		}
		list, err := unpackLatest(data)
		for _, l := range list {
			a.latest[l.primitive] = l
		}
		return err
	}, `SELECT data FROM attacker_latest WHERE attacker = $1`, a.n)
}

// gain counts a session that the attacker did not have.
func (a *attackerState) gain(r *sessionRow) {
	if a.sessions == 0 {
		a.first, a.last = r.seenFrom, r.seenTo
	}
	a.sessions++
	a.stretch(r)
}

func (a *attackerState) stretch(r *sessionRow) {
	a.first, a.last = min(a.first, r.seenFrom), max(a.last, r.seenTo)
	if len(a.decoys) < mostDecoys && r.Decoy != "" && !slices.Contains(a.decoys, r.Decoy) {
		a.decoys = append(a.decoys, r.Decoy)
		slices.Sort(a.decoys)
	}
}

// keep takes in that a session of the attacker was stored again, which had
// been seen from and to other times before.
func (a *attackerState) keep(r *sessionRow, from, to int64) {
	if from == a.first && r.seenFrom > from || to == a.last && r.seenTo < to {
		a.recount = true
	}
	a.stretch(r)
}

// lose takes in that a session is no longer the attacker's.
func (a *attackerState) lose(session int64) {
	a.recount = true
	for primitive, l := range a.latest {
		if l.session == session {
			a.again(primitive)
		}
	}
}

// again has the latest value of a primitive read from what is stored.
func (a *attackerState) again(primitive int64) {
	if a.redo == nil {
		a.redo = map[int64]bool{}
	}
	a.redo[primitive] = true
	delete(a.latest, primitive)
}

// learn takes in the values of a session of the attacker, and that it does not
// have those that came from it before.
func (a *attackerState) learn(r *sessionRow, values []latest) {
	now := map[int64]latest{}
	for _, v := range values {
		now[v.primitive] = v
	}
	for primitive, old := range a.latest {
		v, has := now[primitive]
		if old.session == r.n && (!has || old.beats(&v)) {
			a.again(primitive) // another session may have the latest value now
		}
	}
	for _, v := range values {
		if a.redo[v.primitive] {
			continue
		}
		if old, has := a.latest[v.primitive]; !has || old.session == r.n || v.beats(&old) {
			a.latest[v.primitive] = v
		}
	}
}

// finishAttackers writes the rows, in the order of their numbers, after all
// sessions and observations have been written.
func (t *Tx) finishAttackers(ctx context.Context, w *words, rows []*attackerState, c *tally) error {
	slices.SortFunc(rows, func(a, b *attackerState) int { return cmp.Compare(a.n, b.n) })
	for _, a := range rows {
		if a.recount {
			if err := t.recount(ctx, a); err != nil {
				return err
			}
		}
		for primitive := range a.redo {
			if err := t.redo(ctx, a, primitive); err != nil {
				return err
			}
		}
		if err := t.writeAttacker(ctx, w, a, c); err != nil {
			return fmt.Errorf("writing an attacker: %w", err)
		}
	}
	return nil
}

func (t *Tx) writeAttacker(ctx context.Context, w *words, a *attackerState, c *tally) error {
	if w.lacks(a.latest) { // another process has met them first
		if err := w.reload(ctx, t); err != nil {
			return err
		}
	}
	var f facetSet
	list := make([]latest, 0, len(a.latest))
	for _, l := range a.latest {
		list = append(list, l)
		if bit, _ := w.mark(l.primitive, l.value); bit >= 0 {
			f.add(bit)
		}
	}
	c.attacker(a.before, f)
	a.before = f
	err := t.send(ctx, `UPDATE attackers SET first_seen = $2, last_seen = $3, sessions = $4, decoys = $5, f0 = $6, f1 = $7, f2 = $8, f3 = $9, due = due + 1 WHERE n = $1`,
		a.n, a.first, a.last, a.sessions, packDecoys(a.decoys), f[0], f[1], f[2], f[3])
	if err != nil {
		return err
	}
	return t.send(ctx, `INSERT INTO attacker_latest (attacker, data) VALUES ($1, $2) ON CONFLICT (attacker) DO UPDATE SET data = excluded.data`, a.n, packLatest(list))
}

// recount reads from the stored sessions how many an attacker has, and when
// and where they were. One who has none keeps the times.
func (t *Tx) recount(ctx context.Context, a *attackerState) error {
	first, last := a.first, a.last
	err := t.row(ctx, `SELECT COUNT(*), COALESCE(MIN(seen_from), $2), COALESCE(MAX(seen_to), $3) FROM sessions WHERE attacker = $1`,
		a.n, first, last).Scan(&a.sessions, &a.first, &a.last)
	if err != nil {
		return fmt.Errorf("counting sessions of an attacker: %w", err)
	}
	a.decoys = a.decoys[:0]
	err = t.each(ctx, func(row scanner) error {
		var decoy string
		err := row.Scan(&decoy)
		a.decoys = append(a.decoys, Unescape(decoy))
		return err
	}, `SELECT DISTINCT decoy FROM sessions WHERE attacker = $1 AND decoy <> '' ORDER BY decoy LIMIT $2`, a.n, mostDecoys)
	if err != nil {
		return fmt.Errorf("reading decoys of an attacker: %w", err)
	}
	return nil
}

// redo reads the latest value of a primitive from the stored observations.
func (t *Tx) redo(ctx context.Context, a *attackerState, primitive int64) error {
	delete(a.latest, primitive)
	l := latest{primitive: primitive}
	err := t.latestOf(ctx, a.n, &l)
	if errors.Is(err, errNoValue) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the latest value of an attacker: %w", err)
	}
	a.latest[primitive] = l
	return nil
}

// packDecoys gives names of decoys as they are stored together: a list in JSON
// of the escaped names.
func packDecoys(names []string) string {
	b, err := json.Marshal(escaped(names))
	if err != nil {
		return "[]" // a list of valid texts has no error
	}
	return string(b)
}

// unpackDecoys gives back what was packed.
func unpackDecoys(text string) (names []string, err error) {
	if err := json.Unmarshal([]byte(text), &names); err != nil {
		return nil, fmt.Errorf("decoys of an attacker: %w", err)
	}
	for i := range names {
		names[i] = Unescape(names[i])
	}
	return names, nil
}

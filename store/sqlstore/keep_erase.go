package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// erasure takes sessions away, and makes what was counted of them right.
type erasure struct {
	s            *Store
	t            *Tx
	now          time.Time
	observations int64
	counts       tally
	whose        map[string][]int64 // sessions taken away, by their attacker's address
}

func (s *Store) erasing(t *Tx) *erasure {
	return &erasure{s: s, t: t, now: time.Now(), whose: map[string][]int64{}}
}

// lock reads and locks the sessions of some numbers, in the order of their
// references. Those that went meanwhile are left out.
func (e *erasure) lock(ctx context.Context, numbers []int64) (list []sessionRow, err error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	err = e.t.locked(ctx, e.s.dialect, func(row scanner) error {
		r, err := readSession(row)
		list = append(list, r)
		return err
	}, `s.n IN (`+Marks(1, len(numbers))+`)`, Pad(nil, numbers)...)
	return list, err
}

// take takes sessions away with all that hangs on them, and leaves tombstones.
// They must have been locked; finish must follow.
func (e *erasure) take(ctx context.Context, list []sessionRow) error {
	if len(list) == 0 {
		return nil
	}
	var numbers []int64
	for i := range list {
		r := &list[i]
		numbers = append(numbers, r.n)
		e.counts.session(r.facets, facetSet{})
		if r.attacker.Valid {
			e.whose[r.attackerAddress] = append(e.whose[r.attackerAddress], r.n)
		}
		for _, ref := range []string{r.Ref, pendingRef(r)} {
			if err := e.t.bury(ctx, ref, e.now); err != nil {
				return err
			}
		}
	}
	marks, args := "("+Marks(1, len(numbers))+")", Pad(nil, numbers)
	gone, err := e.t.exec(ctx, `DELETE FROM observation WHERE session IN `+marks, args...)
	if err != nil {
		return fmt.Errorf("deleting observations: %w", err)
	}
	n, err := gone.RowsAffected()
	if err != nil {
		return err
	}
	e.observations += n
	if err := e.t.dropVectors(ctx, numbers); err != nil {
		return err
	}
	for _, query := range []string{`DELETE FROM session_details WHERE session IN `, `DELETE FROM sessions WHERE n IN `} {
		if _, err := e.t.exec(ctx, query+marks, args...); err != nil {
			return fmt.Errorf("deleting sessions: %w", err)
		}
	}
	return nil
}

// pendingRef is the reference under which a session waits before its recording
// is found: it must not come back under that either.
func pendingRef(r *sessionRow) string {
	return cut("pending:"+r.Decoy+"/"+r.Service+"#"+r.ID, 1024)
}

// finish counts the attackers anew whose sessions went, and takes those away
// that have none left; it gives their UUIDs. It takes the last lock that a
// transaction takes.
func (e *erasure) finish(ctx context.Context) (gone []string, err error) {
	var addresses []string
	for address := range e.whose {
		addresses = append(addresses, address)
	}
	rows := map[string]*attackerState{}
	err = chunks(addresses, func(part []string) error { return e.t.lockAttackers(ctx, e.s.dialect, part, rows) })
	if err != nil {
		return nil, fmt.Errorf("reading attackers: %w", err)
	}
	if _, err := e.t.positions(ctx, 0); err != nil {
		return nil, err
	}
	var list []*attackerState
	for address, a := range rows {
		for _, n := range e.whose[address] {
			a.lose(n)
		}
		list = append(list, a)
	}
	if err := e.t.finishAttackers(ctx, e.s.words, list, &e.counts); err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.sessions == 0 {
			if err := e.t.deleteAttacker(ctx, e.s.dialect, a.n); err != nil {
				return nil, err
			}
			gone = append(gone, a.uuid)
		}
	}
	slices.Sort(gone)
	return gone, e.t.tally(ctx, &e.counts)
}

func (t *Tx) deleteAttacker(ctx context.Context, d *Dialect, n int64) error {
	if err := t.unlink(ctx, d, n); err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM attacker_latest WHERE attacker = $1`,
		`DELETE FROM conclusions WHERE attacker = $1`,
		`DELETE FROM standings WHERE identity = (SELECT uuid FROM attackers WHERE n = $1)`,
		`DELETE FROM attackers WHERE n = $1`,
	} {
		if _, err := t.exec(ctx, query, n); err != nil {
			return fmt.Errorf("deleting an attacker: %w", err)
		}
	}
	return nil
}

var errNoValue = errors.New("no value is left")

// latestOf reads the latest value that an attacker has of a primitive: one that
// is not unknown where there is one.
func (t *Tx) latestOf(ctx context.Context, attacker int64, v *latest) error {
	for _, known := range []string{" AND o.value <> 'unknown'", ""} {
		err := t.row(ctx, `SELECT o.value, o.confidence, o.window_end, o.session, s.ref, o.rules FROM observation o JOIN sessions s ON s.n = o.session
			WHERE o.attacker = $1 AND o.primitive = $2`+known+` ORDER BY o.window_end DESC, o.session DESC LIMIT 1`, attacker, v.primitive).
			Scan(&v.value, &v.confidence, &v.end, &v.session, &v.ref, &v.rules)
		if err == nil {
			v.value, v.ref = Unescape(v.value), Unescape(v.ref)
		}
		if !isNoRow(err) {
			return err
		}
	}
	return errNoValue
}

package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"gait/store"
)

// Save stores profiles, all in one transaction.
func (s *Store) Save(ctx context.Context, profiles []store.Profile) (saved []store.Saved, err error) {
	list, err := s.prepare(ctx, profiles)
	if err != nil {
		return nil, fmt.Errorf("storing profiles: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, t *Tx) error {
		v := saving{t: t, s: s, now: time.Now()}
		saved, err = v.save(ctx, list)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("storing profiles: %w", err)
	}
	return saved, nil
}

// saving is one call of Save in its transaction.
type saving struct {
	t         *Tx
	s         *Store
	now       time.Time
	rows      map[string]*sessionRow
	dead      map[string]bool
	attackers map[string]*attackerState // by address
	changed   []*change
	counts    tally
}

// change is a profile that makes a new revision of a session.
type change struct {
	*prepared
	row      *sessionRow
	owner    *attackerState // nil for nobody
	at       int            // in the list of the call
	again    bool           // a profile was stored before
	renewed  bool           // it was made by older rules
	differs  int            // primitives that answer differently now
	first    int64
	position int64
}

func (v *saving) save(ctx context.Context, list []*prepared) (saved []store.Saved, err error) {
	if err := v.lock(ctx, list); err != nil {
		return nil, err
	}
	saved = make([]store.Saved, len(list))
	for i, p := range list {
		if saved[i], err = v.one(ctx, p, i); err != nil {
			return nil, fmt.Errorf("session %q: %w", p.Ref, err)
		}
	}
	if len(v.changed) == 0 {
		return saved, nil
	}
	if err := v.writeObservations(ctx); err != nil {
		return nil, err
	}
	if err := v.finish(ctx); err != nil {
		return nil, err
	}
	for _, c := range v.changed {
		saved[c.at].Position, saved[c.at].Again, saved[c.at].Differs = c.position, c.again, c.differs
	}
	return saved, nil
}

// lock reads the rows of sessions, then those of attackers, and makes those
// that are missing.
func (v *saving) lock(ctx context.Context, list []*prepared) (err error) {
	refs := make([]string, len(list))
	for i, p := range list {
		refs[i] = p.Ref
	}
	if v.dead, err = v.t.buried(ctx, refs); err != nil {
		return err
	}
	if v.rows, err = v.t.sessionsOf(ctx, v.s.dialect, refs); err != nil {
		return err
	}
	sorted := slices.SortedStableFunc(slices.Values(list), func(a, b *prepared) int { return cmp.Compare(a.Ref, b.Ref) })
	for _, p := range sorted {
		if v.rows[p.Ref] == nil && !v.dead[p.Ref] {
			if err := v.add(ctx, p); err != nil {
				return fmt.Errorf("session %q: %w", p.Ref, err)
			}
		}
	}
	var addresses []string
	for _, p := range list {
		if r := v.rows[p.Ref]; r != nil && !v.dead[p.Ref] {
			if r.attacker.Valid {
				addresses = append(addresses, r.attackerAddress)
			}
			told := *r
			told.tell(p.Address, p.Header)
			if owner := told.owner(); owner != "" {
				addresses = append(addresses, owner)
			}
		}
	}
	v.attackers, err = v.t.attackersOf(ctx, v.s.dialect, addresses, v.now)
	return err
}

// add makes the row of a session that no source has offered.
func (v *saving) add(ctx context.Context, p *prepared) error {
	r := &sessionRow{Session: p.Session}
	r.State, r.Address, r.Attacker, r.Disputed, r.Attempts = store.Waiting, "", "", false, 0
	r.Cause, r.CauseKind, r.NextTry, r.Revision = "", "", time.Time{}, ""
	r.Found, r.Updated = v.now, v.now
	r.seenFrom, r.seenTo = r.seen()
	if _, err := v.t.insertSession(ctx, r); err != nil {
		return err
	}
	rows, err := v.t.sessionsOf(ctx, v.s.dialect, []string{p.Ref})
	if err != nil {
		return err
	}
	if v.rows[p.Ref] = rows[p.Ref]; rows[p.Ref] == nil {
		return errors.New("the row can neither be made nor read")
	}
	return nil
}

// one decides what becomes of a profile.
func (v *saving) one(ctx context.Context, p *prepared, at int) (store.Saved, error) {
	out := store.Saved{Ref: p.Ref, Forgotten: v.dead[p.Ref]}
	r := v.rows[p.Ref]
	if out.Forgotten {
		return out, nil
	}
	told := *r
	told.tell(p.Address, p.Header)
	owner := v.attackers[told.owner()]
	uuid := "-"
	if owner != nil {
		uuid, out.Attacker, out.Identity = owner.uuid, owner.uuid, Unescape(owner.identity)
	}
	out.Revision = p.Revision + "/" + uuid
	switch older, rules := p.older(r.Revision); {
	case older:
		out.Older, out.Revision, out.Attacker = true, r.Revision, r.Attacker
		r.Attempts = 0
		if !rules && r.State == store.Waiting { // a newer release has to read it else
			r.free()
			r.State = store.Profiled
		}
		return out, v.t.updateState(ctx, r)
	case out.Revision == r.Revision:
		out.Unchanged = true
		r.Address, r.header, r.Disputed = told.Address, told.header, told.Disputed
		r.free()
		r.State, r.Updated = p.State, v.now
		return out, v.t.updateOffered(ctx, r)
	}
	before := *r
	r.Address, r.header, r.Disputed = told.Address, told.header, told.Disputed
	p.onto(r, v.now)
	r.Revision = out.Revision
	v.own(p, r, &before, owner)
	v.counts.session(before.facets, p.facets)
	r.facets = p.facets
	// Where the same session comes twice, the later profile is the one to store.
	c := &change{prepared: p, row: r, owner: owner, at: at}
	v.changed = slices.DeleteFunc(v.changed, func(old *change) bool {
		c.renewed = c.renewed || old.row == r && old.renewed
		return old.row == r
	})
	c.renewed = c.renewed || before.Revision != "" && before.Rules < r.Rules
	v.changed = append(v.changed, c)
	return out, nil
}

// own gives a session to its attacker, and takes it from the one before.
func (v *saving) own(p *prepared, r, before *sessionRow, owner *attackerState) {
	var loser *attackerState
	if before.attacker.Valid {
		loser = v.attackers[before.attackerAddress]
	}
	r.seenFrom, r.seenTo = r.seen()
	r.attacker, r.Attacker, r.attackerAddress = sql.NullInt64{}, "", ""
	if owner != nil {
		r.attacker, r.Attacker, r.attackerAddress = sql.NullInt64{Int64: owner.n, Valid: true}, owner.uuid, owner.address
	}
	switch {
	case loser != nil && loser != owner:
		loser.lose(r.n)
		fallthrough
	case loser == nil:
		if owner != nil {
			owner.gain(r)
		}
	default:
		owner.keep(r, before.seenFrom, before.seenTo)
	}
	if owner != nil {
		owner.learn(r, p.latest(r))
	}
}

// writeObservations replaces what was stored of the sessions.
func (v *saving) writeObservations(ctx context.Context) error {
	var rows []Row
	slices.SortFunc(v.changed, func(a, b *change) int { return cmp.Compare(a.row.n, b.row.n) })
	for _, c := range v.changed {
		if c.row.position > 0 { // it has been stored before
			if err := v.t.compare(ctx, c); err != nil {
				return fmt.Errorf("reading observations: %w", err)
			}
			if err := v.t.send(ctx, `DELETE FROM observation WHERE session = $1`, c.row.n); err != nil {
				return fmt.Errorf("deleting observations: %w", err)
			}
		}
		for _, o := range c.observations {
			o.Session, o.Attacker = c.row.n, c.row.attacker
			rows = append(rows, o)
		}
		err := v.t.send(ctx, `INSERT INTO session_details (session, data) VALUES ($1, $2) ON CONFLICT (session) DO UPDATE SET data = excluded.data`, c.row.n, c.packed)
		if err != nil {
			return fmt.Errorf("writing details: %w", err)
		}
		if err := v.t.writeVector(ctx, c); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return v.s.dialect.Insert(ctx, v.t, rows)
}

// finish takes positions of the change log and writes the sessions, the log and
// the attackers.
func (v *saving) finish(ctx context.Context) error {
	slices.SortFunc(v.changed, func(a, b *change) int { return cmp.Compare(a.at, b.at) })
	var n int64
	for _, c := range v.changed {
		n += int64(len(c.observations)) + 1
	}
	last, err := v.t.positions(ctx, n)
	if err != nil {
		return err
	}
	position := last - n
	for _, c := range v.changed {
		c.first, c.position = position+1, position+int64(len(c.observations))+1
		position = c.position
		if err := v.t.updateSaved(ctx, c); err != nil {
			return fmt.Errorf("session %q: %w", c.Ref, err)
		}
		err := v.t.send(ctx, `INSERT INTO changes (position, first, ts, kind, session, attacker) VALUES ($1, $2, $3, $4, $5, $6)`,
			c.position, c.first, Nanos(v.now), kindSession, c.row.n, c.row.attacker)
		if err != nil {
			return fmt.Errorf("writing the change log: %w", err)
		}
	}
	if err := v.t.countRenewed(ctx, v.changed); err != nil {
		return err
	}
	var rows []*attackerState
	for _, a := range v.attackers {
		rows = append(rows, a)
	}
	if err := v.t.finishAttackers(ctx, v.s.words, rows, &v.counts); err != nil {
		return err
	}
	return v.t.tally(ctx, &v.counts)
}

// updateSaved writes all that a profile changes of a session.
func (t *Tx) updateSaved(ctx context.Context, c *change) error {
	r := c.row
	state, err := stateNumber(r.State)
	if err != nil {
		return err
	}
	r.position = c.position
	f := r.facets
	return t.send(ctx, `UPDATE sessions SET attacker = $2, address = $3, from_header = $4, disputed = $5, format = $6, path = $7,
			start_ts = $8, end_ts = $9, duration = $10, seen_from = $11, seen_to = $12, doubtful = $13, end_seen = $14, state = $15,
			attempts = 0, cause = '', cause_kind = '', next_try = $16, updated = $17, commands = $18, inputs = $19, events = $20,
			bytes_in = $21, bytes_out = $22, observations = $23, rules = $24, revision = $25, engine = $26, clock_unix = $27,
			announced = FALSE, position = $28, f0 = $29, f1 = $30, f2 = $31, f3 = $32, client = $33, hassh = $34 WHERE n = $1`,
		r.n, r.attacker, Escape(r.Address), r.header, r.Disputed, text(r.Format, maxText), text(r.Path, maxPath),
		Nanos(r.Start), Nanos(r.End), int64(r.Duration), r.seenFrom, r.seenTo, r.Doubtful, r.EndSeen, state,
		int64(unknownTime), Nanos(r.Updated), r.Commands, r.Inputs, r.Events,
		r.BytesIn, r.BytesOut, r.Observations, r.Rules, text(r.Revision, maxText), text(r.engine, maxText), r.unix,
		r.position, f[0], f[1], f[2], f[3], text(c.Client, maxText), text(c.HASSH, maxText))
}

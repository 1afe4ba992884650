package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gait/store"
)

const (
	// mostDue is how many identities one call gives, and mostMarked how many
	// attackers one call marks.
	mostDue    = 1000
	mostMarked = 1000
	// mostTold bounds the conclusions of one assessment, and mostPayload the
	// bytes of each.
	mostTold    = 4096
	mostPayload = 64 << 10
)

// identityOf names the identity of an attacker a.
const identityOf = `CASE WHEN a.identity = '' THEN a.uuid ELSE a.identity END`

// Due gives identities that have a due attacker.
func (s *Store) Due(ctx context.Context, after int64, limit int) (list []store.Due, err error) {
	if limit <= 0 || limit > mostDue {
		limit = mostDue
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		seen := map[string]bool{}
		return t.each(ctx, func(row scanner) error {
			var d store.Due
			err := row.Scan(&d.N, &d.Identity)
			if d.Identity = Unescape(d.Identity); !seen[d.Identity] {
				seen[d.Identity], list = true, append(list, d)
			} else {
				list[len(list)-1].N = d.N // the call that follows goes on behind it
			}
			return err
		}, `SELECT a.n, `+identityOf+` FROM attackers a WHERE a.due > a.assessed AND a.n > $1 ORDER BY a.n LIMIT $2`, after, limit)
	})
	if err != nil {
		return nil, fmt.Errorf("reading which identities are due: %w", err)
	}
	return list, nil
}

// MarkDue marks attackers as due, a few at a time.
func (s *Store) MarkDue(ctx context.Context, after int64, limit int) (next int64, marked int, err error) {
	if limit <= 0 || limit > mostMarked {
		limit = mostMarked
	}
	err = s.writeLater(ctx, func(ctx context.Context, t *Tx) error {
		numbers, err := t.numbers(ctx, `SELECT n FROM attackers WHERE n > $1 ORDER BY n LIMIT $2`, after, limit)
		if err != nil {
			return err
		}
		if next, marked = 0, len(numbers); len(numbers) == limit {
			next = numbers[len(numbers)-1]
		}
		for _, n := range numbers {
			if err := t.send(ctx, `UPDATE attackers SET due = due + 1 WHERE n = $1`, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("marking attackers as due: %w", err)
	}
	return next, marked, nil
}

// Assess stores conclusions, where nothing has changed since the histories that
// they were drawn from.
func (s *Store) Assess(ctx context.Context, list []store.Assessment) (stored []bool, err error) {
	packed := make([][]byte, len(list))
	for i := range list {
		err := checkAssessment(&list[i])
		if err == nil {
			packed[i], err = packStandings(list[i].Standings)
		}
		if err != nil {
			return nil, fmt.Errorf("storing conclusions: %w", err)
		}
	}
	err = s.writeLater(ctx, func(ctx context.Context, t *Tx) error {
		stored = make([]bool, len(list))
		if err := t.lockMembers(ctx, s.dialect, list); err != nil {
			return err
		}
		for i := range list {
			if stored[i], err = t.assess(ctx, &list[i], packed[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("storing conclusions: %w", err)
	}
	return stored, nil
}

// lockMembers locks the attackers of all histories, in the order of their
// addresses.
func (t *Tx) lockMembers(ctx context.Context, d *Dialect, list []store.Assessment) error {
	lock := d.forUpdate("a")
	if lock == "" {
		return nil
	}
	var uuids []any
	for i := range list {
		for _, m := range list[i].History.Members {
			uuids = append(uuids, m.UUID)
		}
	}
	none := func(scanner) error { return nil }
	w := &where{}
	w.add("a.uuid IN ("+marksOf(len(uuids))+")", uuids...)
	return t.once(ctx, none, `SELECT a.n FROM attackers a WHERE `+w.sql()+` ORDER BY a.address`+lock, w.args...)
}

func checkAssessment(a *store.Assessment) error {
	if a.History == nil || len(a.History.Members) == 0 {
		return errors.New("an assessment of nobody")
	}
	if len(a.Told) > mostTold || len(a.Standings) > mostPrimitives {
		return fmt.Errorf("%d conclusions and %d states are too much", len(a.Told), len(a.Standings))
	}
	for i := range a.Told {
		c := &a.Told[i]
		if c.Subject == "" || len(c.Subject) > maxText || len(c.Payload) > mostPayload || !json.Valid(c.Payload) {
			return fmt.Errorf("a conclusion %.80q of %d bytes cannot be told", c.Subject, len(c.Payload))
		}
	}
	return nil
}

// assess stores conclusions in a transaction. It is false where somebody else
// has changed what they were drawn from.
func (t *Tx) assess(ctx context.Context, a *store.Assessment, packed []byte) (bool, error) {
	members, err := t.membersOf(ctx, a.History.Identity)
	if err != nil {
		return false, err
	}
	same := func(m member, was store.Member) bool { return m.Member == was }
	if !slices.EqualFunc(members, a.History.Members, same) {
		return false, nil
	}
	due := members[0]
	for _, m := range members {
		if m.Due > m.Assessed {
			due = m
		}
		if err := t.send(ctx, `UPDATE attackers SET assessed = $2 WHERE n = $1`, m.n, m.Due); err != nil {
			return false, err
		}
	}
	if err := t.writeStandings(ctx, a.History.Identity, packed); err != nil {
		return false, err
	}
	return true, t.conclude(ctx, due.n, a.Told)
}

func (t *Tx) writeStandings(ctx context.Context, identity string, packed []byte) error {
	if packed == nil {
		return t.send(ctx, `DELETE FROM standings WHERE identity = $1`, Escape(identity))
	}
	return t.send(ctx, `INSERT INTO standings (identity, data) VALUES ($1, $2) ON CONFLICT (identity) DO UPDATE SET data = excluded.data`,
		Escape(identity), packed)
}

// conclude writes what is told of an attacker, each at a position of its own. It
// takes the last lock that a transaction takes.
func (t *Tx) conclude(ctx context.Context, attacker int64, list []store.Conclusion) error {
	if len(list) == 0 {
		return nil
	}
	last, err := t.positions(ctx, int64(len(list)))
	if err != nil {
		return err
	}
	now := Nanos(time.Now())
	for i, c := range list {
		position := last - int64(len(list)-1-i)
		err := t.send(ctx, `INSERT INTO conclusions (position, attacker, ts, subject, payload) VALUES ($1, $2, $3, $4, $5)`,
			position, attacker, now, Escape(c.Subject), []byte(c.Payload))
		if err == nil {
			err = t.send(ctx, `INSERT INTO changes (position, first, ts, kind, attacker) VALUES ($1, $1, $2, $3, $4)`, position, now, kindConclusion, attacker)
		}
		if err != nil {
			return fmt.Errorf("writing a conclusion: %w", err)
		}
	}
	return nil
}

// member is an attacker of an identity.
type member struct {
	store.Member
	n, sessions int64
}

// membersOf gives the attackers of an identity in the order of their numbers.
func (t *Tx) membersOf(ctx context.Context, identity string) (list []member, err error) {
	err = t.each(ctx, func(row scanner) error {
		var m member
		err := row.Scan(&m.n, &m.UUID, &m.Due, &m.Assessed, &m.sessions)
		list = append(list, m)
		return err
	}, `SELECT a.n, a.uuid, a.due, a.assessed, a.sessions FROM attackers a
		WHERE a.uuid = $1 AND a.identity = '' OR a.identity = $1 AND a.identity <> '' ORDER BY a.n`, Escape(identity))
	if err != nil {
		return nil, fmt.Errorf("reading the attackers of an identity: %w", err)
	}
	return list, nil
}

// Identity gives the identity of an attacker and its states.
func (s *Store) Identity(ctx context.Context, attacker string) (out store.Identity, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		out = store.Identity{}
		if err := t.row(ctx, `SELECT `+identityOf+` FROM attackers a WHERE a.uuid = $1`, Escape(attacker)).Scan(&out.Name); err != nil {
			return err
		}
		out.Name = Unescape(out.Name)
		members, err := t.membersOf(ctx, out.Name)
		if err != nil {
			return err
		}
		for _, m := range members {
			out.Attackers = append(out.Attackers, m.UUID)
		}
		out.Standings, err = t.standings(ctx, out.Name)
		return err
	})
	return out, reading("the identity of an attacker", err)
}

func (t *Tx) standings(ctx context.Context, identity string) (list []store.Standing, err error) {
	err = t.each(ctx, func(row scanner) error {
		var data []byte
		if err := row.Scan(&data); err != nil {
			return err
		}
		list, err = unpackStandings(data)
		return err
	}, `SELECT data FROM standings WHERE identity = $1`, Escape(identity))
	return list, err
}

// packStandings gives states as they are stored, in the order of the names of
// their primitives; nil for none.
func packStandings(list []store.Standing) ([]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b store.Standing) int { return cmp.Compare(a.Primitive, b.Primitive) })
	b, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	d := details{detail: b}
	return d.pack(), nil
}

// unpackStandings gives back what was packed.
func unpackStandings(data []byte) (list []store.Standing, err error) {
	d, err := unpackDetails(data)
	if err == nil {
		err = json.Unmarshal(d.detail, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("the states of an identity: %w", err)
	}
	return list, nil
}

// Untold gives conclusions that the bus has not taken yet.
func (s *Store) Untold(ctx context.Context, limit int) (list []store.Conclusion, err error) {
	if limit <= 0 || limit > mostAnnounced {
		limit = mostAnnounced
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		return t.each(ctx, func(row scanner) error {
			var c store.Conclusion
			var ts int64
			err := row.Scan(&c.Position, &ts, &c.Subject, (*[]byte)(&c.Payload), &c.Attacker)
			c.Time, c.Subject = Time(ts), Unescape(c.Subject)
			list = append(list, c)
			return err
		}, `SELECT c.position, c.ts, c.subject, c.payload, a.uuid FROM conclusions c JOIN attackers a ON a.n = c.attacker
			WHERE NOT c.told ORDER BY c.position LIMIT $1`, limit)
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is to be told: %w", err)
	}
	return list, nil
}

// Told marks conclusions as taken by the bus.
func (s *Store) Told(ctx context.Context, positions []int64) error {
	positions = slices.Sorted(slices.Values(positions))
	err := s.write(ctx, func(ctx context.Context, t *Tx) error {
		for _, p := range positions {
			if err := t.send(ctx, `UPDATE conclusions SET told = TRUE WHERE position = $1`, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("marking conclusions as told: %w", err)
	}
	return nil
}

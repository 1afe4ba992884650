package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gait/store"
)

// Decide accepts or rejects a link, or makes it a proposal again.
func (s *Store) Decide(ctx context.Context, d store.Decision) (store.Link, error) {
	state := slices.Index(linkStates, d.State)
	if state < 0 || d.Who == "" || len(d.Who) > maxName {
		return store.Link{}, fmt.Errorf("deciding on a link: %q by a name of %d bytes", d.State, len(d.Who))
	}
	var l linkRow
	err := s.write(ctx, func(ctx context.Context, t *Tx) (err error) {
		l, err = t.decide(ctx, s.dialect, d, int64(state))
		return err
	})
	return l.Link, reading("a link that is decided on", err)
}

func (t *Tx) decide(ctx context.Context, d *Dialect, x store.Decision, state int64) (l linkRow, err error) {
	// One at a time: what an identity holds depends on all links.
	if _, err := t.exec(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'links'`); err != nil {
		return l, err
	}
	if l, err = t.link(ctx, "l.id = $1", Escape(x.ID)); err != nil {
		return l, err
	}
	before := l.State
	if before != x.State {
		now := time.Now()
		if _, err := t.exec(ctx, `UPDATE links SET state = $2, decided = $3, who = $4 WHERE n = $1`, l.n, state, Nanos(now), Escape(x.Who)); err != nil {
			return l, err
		}
		if _, err := t.exec(ctx, `INSERT INTO link_log (link, ts, who, state) VALUES ($1, $2, $3, $4)`, l.n, Nanos(now), Escape(x.Who), state); err != nil {
			return l, err
		}
		if before == store.LinkAccepted || x.State == store.LinkAccepted {
			if err := t.regroup(ctx, d, []int64{l.a, l.b}); err != nil {
				return l, err
			}
		}
		if l, err = t.link(ctx, "l.n = $1", l.n); err != nil {
			return l, err
		}
		subject := map[string]string{store.LinkProposed: store.SubjectLinkUndone, store.LinkAccepted: store.SubjectLinkAccepted, store.LinkRejected: store.SubjectLinkRejected}[x.State]
		if err := t.tellLink(ctx, subject, &l); err != nil {
			return l, err
		}
	}
	return l, t.logOf(ctx, &l)
}

// tellLink tells what became of a link, of its first attacker.
func (t *Tx) tellLink(ctx context.Context, subject string, l *linkRow) error {
	payload, err := json.Marshal(store.LinkTold{
		Version: 1, Type: "linkage", Time: float64(time.Now().UnixMicro()) / 1e6, ID: l.ID, State: l.State,
		Attackers: l.Attackers, Strength: l.Strength, Statement: l.Statement,
	})
	if err != nil {
		return err
	}
	return t.conclude(ctx, l.a, []store.Conclusion{{Subject: subject, Payload: payload}})
}

// edge is an accepted link.
type edge struct {
	n, a, b int64
	id      string
}

// regroup gives the attackers that accepted links join with some attackers, or
// joined until now, the identities that they make now. Those whose identity
// changes are due.
func (t *Tx) regroup(ctx context.Context, d *Dialect, attackers []int64) error {
	all, err := t.joined(ctx, attackers)
	if err != nil {
		return err
	}
	if lock := d.forUpdate("a"); lock != "" {
		none := func(scanner) error { return nil }
		err := t.each(ctx, none, `SELECT a.n FROM attackers a WHERE a.n IN (`+Marks(1, len(all))+`) ORDER BY a.address`+lock, Pad(nil, all)...)
		if err != nil {
			return err
		}
	}
	done := map[int64]bool{}
	for _, n := range all {
		if done[n] {
			continue
		}
		members, name, err := t.component(ctx, n)
		if err != nil {
			return err
		}
		for _, m := range members {
			done[m] = true
			_, err := t.exec(ctx, `UPDATE attackers SET identity = $2, due = due + 1 WHERE n = $1 AND identity <> $2`, m, name)
			if err != nil {
				return err
			}
		}
	}
	// States of an identity that nobody has any more; those of an attacker alone
	// wait until it is alone again.
	_, err = t.exec(ctx, `DELETE FROM standings WHERE NOT EXISTS (SELECT 1 FROM attackers a WHERE a.uuid = standings.identity OR a.identity = standings.identity)
		AND identity IN (SELECT id FROM links)`)
	return err
}

// joined gives some attackers and those who have been one identity with any of
// them until now.
func (t *Tx) joined(ctx context.Context, attackers []int64) ([]int64, error) {
	list := slices.Clone(attackers)
	for _, n := range attackers {
		more, err := t.numbers(ctx, `SELECT b.n FROM attackers a JOIN attackers b ON b.identity = a.identity WHERE a.n = $1 AND a.identity <> ''`, n)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// component gives the attackers that accepted links join with one, and the name
// of their identity: the UUID of the oldest of these links, empty for one alone.
func (t *Tx) component(ctx context.Context, attacker int64) (members []int64, name string, err error) {
	members = []int64{attacker}
	seen := map[int64]bool{attacker: true}
	oldest := edge{}
	for i := 0; i < len(members); i++ {
		var edges []edge
		err := t.each(ctx, func(row scanner) error {
			var e edge
			err := row.Scan(&e.n, &e.a, &e.b, &e.id)
			edges = append(edges, e)
			return err
		}, `SELECT n, a, b, id FROM links WHERE state = 1 AND a = $1 UNION ALL SELECT n, a, b, id FROM links WHERE state = 1 AND b = $1`, members[i])
		if err != nil {
			return nil, "", err
		}
		for _, e := range edges {
			if oldest.id == "" || e.n < oldest.n {
				oldest = e
			}
			for _, n := range []int64{e.a, e.b} {
				if !seen[n] {
					seen[n], members = true, append(members, n)
				}
			}
		}
	}
	return members, oldest.id, nil
}

// unlink deletes all links of an attacker who goes, and regroups whoever was one
// identity with it.
func (t *Tx) unlink(ctx context.Context, d *Dialect, attacker int64) error {
	before, err := t.joined(ctx, []int64{attacker})
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM conclusions WHERE ` + aboutLinks + ` AND attacker IN (SELECT a FROM links WHERE b = $1)`,
		`DELETE FROM link_log WHERE link IN (SELECT n FROM links WHERE a = $1 OR b = $1)`,
		`DELETE FROM links WHERE a = $1 OR b = $1`,
	} {
		if _, err := t.exec(ctx, query, attacker); err != nil {
			return fmt.Errorf("deleting links: %w", err)
		}
	}
	if len(before) < 2 {
		return nil
	}
	return t.regroup(ctx, d, before)
}

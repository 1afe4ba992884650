package sqlstore

import (
	"context"
	"fmt"
	"slices"
)

// mostFaults bounds what one check tells.
const mostFaults = 20

// contradictions are queries that find rows which contradict each other. Each
// gives a name of what is wrong, the first few that are found.
var contradictions = []struct{ fault, query string }{
	{"session %s counts other observations than it has",
		`SELECT s.ref FROM sessions s LEFT JOIN (SELECT session, COUNT(*) AS many FROM observation GROUP BY session) o ON o.session = s.n
			WHERE s.observations <> COALESCE(o.many, 0)`},
	{"observations belong to session number %s, which is not there",
		`SELECT DISTINCT CAST(o.session AS TEXT) FROM observation o WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.n = o.session)`},
	{"session %s has observations of another attacker",
		`SELECT DISTINCT s.ref FROM observation o JOIN sessions s ON s.n = o.session WHERE COALESCE(o.attacker, 0) <> COALESCE(s.attacker, 0)`},
	{"details belong to session number %s, which is not there",
		`SELECT CAST(d.session AS TEXT) FROM session_details d WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.n = d.session)`},
	{"session %s has an attacker who is not there",
		`SELECT s.ref FROM sessions s WHERE s.attacker IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attackers a WHERE a.n = s.attacker)`},
	{"session %s belongs to an attacker of another address",
		`SELECT s.ref FROM sessions s JOIN attackers a ON a.n = s.attacker WHERE a.address <> s.address OR s.disputed`},
	{"attacker %s counts other sessions than there are",
		`SELECT a.uuid FROM attackers a LEFT JOIN (SELECT attacker, COUNT(*) AS many FROM sessions WHERE attacker IS NOT NULL GROUP BY attacker) s
			ON s.attacker = a.n WHERE a.sessions <> COALESCE(s.many, 0)`},
	{"attacker %s was seen at other times than the sessions say",
		`SELECT a.uuid FROM attackers a JOIN (SELECT attacker, MIN(seen_from) AS first, MAX(seen_to) AS last FROM sessions WHERE attacker IS NOT NULL GROUP BY attacker) s
			ON s.attacker = a.n WHERE a.first_seen <> s.first OR a.last_seen <> s.last`},
	{"latest values belong to attacker number %s, who is not there",
		`SELECT CAST(l.attacker AS TEXT) FROM attacker_latest l WHERE NOT EXISTS (SELECT 1 FROM attackers a WHERE a.n = l.attacker)`},
	{"session %s has a profile and no position in the change log, or the other way round",
		`SELECT s.ref FROM sessions s WHERE (s.revision = '') <> (s.position = 0)`},
	{"session %s counts as announced and has no profile",
		`SELECT s.ref FROM sessions s WHERE s.announced AND s.revision = ''`},
	{"session %s is profiled and has no profile",
		`SELECT s.ref FROM sessions s WHERE s.state IN (1, 2, 3) AND s.revision = ''`},
	{"session %s stands at a position of the change log that another has, or nobody",
		`SELECT s.ref FROM sessions s WHERE s.position > (SELECT value FROM counters WHERE name = 'oldest')
			AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.position = s.position AND c.session = s.n)`},
	{"change %s begins before the one ahead of it ends",
		`SELECT CAST(c.position AS TEXT) FROM (SELECT position, first, LAG(position, 1, 0) OVER (ORDER BY position) AS before FROM changes) c
			WHERE c.first <= c.before OR c.first > c.position`},
	{"a vector belongs to session number %s, which is not there",
		`SELECT CAST(v.session AS TEXT) FROM vectors v WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.n = v.session)`},
	{"link %s joins somebody who is not there",
		`SELECT l.id FROM links l WHERE NOT EXISTS (SELECT 1 FROM attackers a WHERE a.n = l.a) OR NOT EXISTS (SELECT 1 FROM attackers a WHERE a.n = l.b)`},
	{"link %s is accepted, and its attackers are not one identity",
		`SELECT l.id FROM links l JOIN attackers a ON a.n = l.a JOIN attackers b ON b.n = l.b WHERE l.state = 1 AND (a.identity <> b.identity OR a.identity = '')`},
	{"attacker %s has an identity that no accepted link makes",
		`SELECT a.uuid FROM attackers a WHERE a.identity <> '' AND NOT EXISTS (SELECT 1 FROM links l WHERE l.id = a.identity AND l.state = 1)`},
	{"states belong to identity %s, which is not there",
		`SELECT x.identity FROM standings x WHERE NOT EXISTS (SELECT 1 FROM attackers a WHERE a.uuid = x.identity OR a.identity = x.identity)`},
	{"conclusion %s is of an attacker who is not there, or no change tells it",
		`SELECT CAST(x.position AS TEXT) FROM conclusions x WHERE NOT EXISTS (SELECT 1 FROM attackers a WHERE a.n = x.attacker)
			OR NOT EXISTS (SELECT 1 FROM changes c WHERE c.position = x.position AND c.kind = 2)`},
	{"attacker %s has conclusions that rest on more than there is",
		`SELECT a.uuid FROM attackers a WHERE a.assessed > a.due`},
	{"change %s lies beyond the newest position",
		`SELECT CAST(c.position AS TEXT) FROM changes c WHERE c.position > (SELECT value FROM counters WHERE name = 'changes')`},
}

// Check looks for damage and for rows that contradict each other.
func (s *Store) Check(ctx context.Context) (faults []string, err error) {
	if s.dialect.Damage != nil {
		err = s.borrow(ctx, s.readers, s.reader, func(r Runner) error {
			faults, err = s.dialect.Damage(ctx, r)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("checking the store: %w", s.classify(ctx, err))
		}
	}
	var found []string
	err = s.patiently(ctx, func(ctx context.Context, t *Tx) error {
		found = nil
		for _, c := range contradictions {
			err := t.once(ctx, func(row scanner) error {
				var name string
				err := row.Scan(&name)
				found = append(found, fmt.Sprintf(c.fault, Unescape(name)))
				return err
			}, fmt.Sprintf("%s LIMIT %d", c.query, mostFaults))
			if err != nil {
				return fmt.Errorf("%s: %w", c.fault, err)
			}
		}
		more, err := s.checkTombstones(ctx, t)
		if err != nil {
			return err
		}
		found = append(found, more...)
		if more, err = s.checkValues(ctx, t); err == nil {
			found = append(found, more...)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("checking the store: %w", err)
	}
	return append(faults, found...), nil
}

// checkTombstones finds sessions that are there although they must not be.
func (s *Store) checkTombstones(ctx context.Context, t *Tx) (faults []string, err error) {
	for after := int64(0); len(faults) < mostFaults; {
		var refs []string
		err := t.each(ctx, func(row scanner) error {
			var ref string
			err := row.Scan(&after, &ref)
			refs = append(refs, Unescape(ref))
			return err
		}, `SELECT n, ref FROM sessions WHERE n > $1 ORDER BY n LIMIT $2`, after, stepRows)
		if err != nil || len(refs) == 0 {
			return faults, err
		}
		dead, err := t.buried(ctx, refs)
		if err != nil {
			return nil, err
		}
		for _, ref := range refs {
			if dead[ref] {
				faults = append(faults, fmt.Sprintf("session %s is there, and a tombstone stands for it", ref))
			}
		}
	}
	return faults, nil
}

// checkValues compares what is kept for filters and counts, and the latest
// values of attackers, with the observations that are stored.
func (s *Store) checkValues(ctx context.Context, t *Tx) (faults []string, err error) {
	c := &valueCheck{s: s, t: t}
	for _, step := range []func(context.Context) error{c.bits, c.sessions, c.attackers, c.counts} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return c.faults, nil
}

// fault notes a fault, the first few of all.
func (c *valueCheck) fault(format string, args ...any) {
	if len(c.faults) < mostFaults {
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

// bits reads which value has which bit.
func (c *valueCheck) bits(ctx context.Context) error {
	c.marks = map[facet]int64{}
	return c.t.each(ctx, func(row scanner) error {
		var bit int64
		var f facet
		err := row.Scan(&bit, &f.primitive, &f.value)
		f.value = Unescape(f.value)
		c.marks[f] = bit
		return err
	}, `SELECT bit, primitive, value FROM facets`)
}

// mark adds the bit that stands for a value to a set.
func (c *valueCheck) mark(set *facetSet, primitive int64, value string) (own bool) {
	bit, own := c.marks[facet{primitive, value}]
	if !own || value == otherValues {
		var there bool
		if bit, there = c.marks[facet{primitive, otherValues}]; !there {
			return false
		}
		own = false
	}
	set.add(bit)
	return own
}

// valueCheck is what one check has seen.
type valueCheck struct {
	s      *Store
	t      *Tx
	marks  map[facet]int64
	seen   tally
	faults []string
}

// sessions compares the sets of sessions with their observations, a range of
// numbers at a time.
func (c *valueCheck) sessions(ctx context.Context) error {
	const step = 1000
	for after := int64(0); ; {
		refs, sets, order := map[int64]string{}, map[int64]*[2]facetSet{}, []int64(nil)
		err := c.t.each(ctx, func(row scanner) error {
			var ref string
			var set [2]facetSet
			f := &set[0]
			err := row.Scan(&after, &ref, &f[0], &f[1], &f[2], &f[3])
			refs[after], sets[after], order = Unescape(ref), &set, append(order, after)
			return err
		}, `SELECT n, ref, f0, f1, f2, f3 FROM sessions WHERE n > $1 ORDER BY n LIMIT $2`, after, step)
		if err != nil || len(order) == 0 {
			return err
		}
		err = c.t.each(ctx, func(row scanner) error {
			var n, primitive int64
			var value string
			var hashed bool
			err := row.Scan(&n, &primitive, &value, &hashed)
			if set := sets[n]; set != nil {
				if own := c.mark(&set[1], primitive, Unescape(value)); own && hashed {
					c.fault("session %s: a value that has a bit counts as one without", refs[n])
				}
			}
			return err
		}, `SELECT session, primitive, value, hashed FROM observation WHERE session BETWEEN $1 AND $2`, order[0], after)
		if err != nil {
			return err
		}
		for _, n := range order {
			if set := sets[n]; set[0] != set[1] {
				c.fault("session %s is found by other values than it has", refs[n])
			}
			c.seen.session(facetSet{}, sets[n][0])
		}
	}
}

// attackers compares the latest values of attackers with their observations.
func (c *valueCheck) attackers(ctx context.Context) error {
	for after := int64(0); ; {
		var list []attackerValues
		err := c.t.each(ctx, func(row scanner) error {
			var a attackerValues
			err := row.Scan(&a.n, &a.uuid, &a.set[0], &a.set[1], &a.set[2], &a.set[3], &a.packed)
			list = append(list, a)
			return err
		}, `SELECT a.n, a.uuid, a.f0, a.f1, a.f2, a.f3, l.data FROM attackers a LEFT JOIN attacker_latest l ON l.attacker = a.n
			WHERE a.n > $1 ORDER BY a.n LIMIT $2`, after, chunk)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if err := c.attacker(ctx, &list[i]); err != nil {
				return err
			}
		}
		after = list[len(list)-1].n
	}
}

type attackerValues struct {
	n      int64
	uuid   string
	set    facetSet
	packed []byte
}

func (c *valueCheck) attacker(ctx context.Context, a *attackerValues) error {
	c.seen.attacker(facetSet{}, a.set)
	kept, err := unpackLatest(a.packed)
	if err != nil {
		c.fault("attacker %s: %s", a.uuid, err)
		return nil
	}
	primitives, err := c.t.numbers(ctx, `SELECT DISTINCT primitive FROM observation WHERE attacker = $1 ORDER BY primitive`, a.n)
	if err != nil {
		return err
	}
	var set facetSet
	var stored []latest
	for _, p := range primitives {
		v := latest{primitive: p}
		if err := c.t.latestOf(ctx, a.n, &v); err != nil {
			return err
		}
		stored = append(stored, v)
		c.mark(&set, p, v.value)
	}
	if !slices.Equal(kept, stored) {
		c.fault("attacker %s has other latest values than are stored", a.uuid)
	}
	if set != a.set {
		c.fault("attacker %s is found by other values than the latest", a.uuid)
	}
	return nil
}

// counts compares the counts of values with what was seen.
func (c *valueCheck) counts(ctx context.Context) error {
	return c.t.each(ctx, func(row scanner) error {
		var bit, sessions, attackers int64
		if err := row.Scan(&bit, &sessions, &attackers); err != nil || bit < 0 || bit >= allFacets {
			return err
		}
		if sessions != c.seen.sessions[bit] {
			c.fault("value number %d counts %d sessions, there are %d", bit, sessions, c.seen.sessions[bit])
		}
		if attackers != c.seen.attackers[bit] {
			c.fault("value number %d counts %d attackers, there are %d", bit, attackers, c.seen.attackers[bit])
		}
		return nil
	}, `SELECT bit, sessions, attackers FROM facets`)
}

package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"gait/store"
)

// Values counts how often values occur. Over all time the counts are kept; since
// a time they are counted.
func (s *Store) Values(ctx context.Context, q store.ValuesQuery) (list []store.ValueCount, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		counts, err := t.valueCounts(ctx, q)
		if err != nil {
			return err
		}
		list = list[:0]
		for _, c := range counts {
			if c.Count > 0 && (q.Primitive == "" || c.Primitive == q.Primitive) {
				list = append(list, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting values: %w", err)
	}
	slices.SortFunc(list, func(a, b store.ValueCount) int {
		return cmp.Or(cmp.Compare(a.Primitive, b.Primitive), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return list, nil
}

// valueCounts gives the count of each value that has a bit, by its bit.
func (t *Tx) valueCounts(ctx context.Context, q store.ValuesQuery) ([]store.ValueCount, error) {
	counts := make([]store.ValueCount, allFacets)
	column := "f.sessions"
	if q.Attackers {
		column = "f.attackers"
	}
	err := t.each(ctx, func(row scanner) error {
		var bit int64
		var c store.ValueCount
		err := row.Scan(&bit, &c.Primitive, &c.Value, &c.Count)
		c.Primitive, c.Value = Unescape(c.Primitive), Unescape(c.Value)
		if err == nil && bit >= 0 && bit < allFacets {
			counts[bit] = c
		}
		return err
	}, `SELECT f.bit, p.name, f.value, `+column+` FROM facets f JOIN primitives p ON p.n = f.primitive`)
	if err != nil || q.Since.IsZero() {
		return counts, err
	}
	for i := range counts {
		counts[i].Count = 0
	}
	query := `SELECT f0, f1, f2, f3 FROM sessions WHERE start_ts >= $1`
	if q.Attackers {
		query = `SELECT f0, f1, f2, f3 FROM attackers WHERE last_seen >= $1`
	}
	return counts, t.each(ctx, func(row scanner) error {
		var f facetSet
		err := row.Scan(&f[0], &f[1], &f[2], &f[3])
		f.each(func(bit int) { counts[bit].Count++ })
		return err
	}, query, Nanos(q.Since))
}

// each calls f with each bit of the set.
func (f *facetSet) each(call func(bit int)) {
	for i, column := range f {
		for m := uint64(column); m != 0; m &= m - 1 {
			call(i*facetWidth + bits.TrailingZeros64(m))
		}
	}
}

// Stats says what is in the store.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	var st store.Stats
	err := s.read(ctx, func(ctx context.Context, t *Tx) error {
		st = store.Stats{Sessions: map[store.State]int64{}, Engine: s.dialect.Name}
		if err := t.countStates(ctx, st.Sessions); err != nil {
			return err
		}
		err := t.each(ctx, func(row scanner) error {
			var c store.ValueCount
			err := row.Scan(&c.Primitive, &c.Count)
			c.Primitive = Unescape(c.Primitive)
			st.ByPrimitive = append(st.ByPrimitive, c)
			st.Observations += c.Count
			return err
		}, `SELECT p.name, CAST(SUM(f.sessions) AS BIGINT) AS n FROM facets f JOIN primitives p ON p.n = f.primitive
			GROUP BY p.name HAVING SUM(f.sessions) > 0 ORDER BY p.name`)
		if err != nil {
			return err
		}
		return t.row(ctx, `SELECT (SELECT COUNT(*) FROM attackers), (SELECT COUNT(*) FROM sessions WHERE position > 0 AND NOT announced),
			(SELECT COUNT(*) FROM rejected), (SELECT COUNT(*) FROM tombstones), (SELECT COUNT(*) FROM changes),
			(SELECT MAX(version_id) FROM goose_db_version WHERE is_applied),
			COALESCE((SELECT value FROM counters WHERE name = $1), 0), COALESCE((SELECT value FROM counters WHERE name = $2), 0)`,
			counterRenewed, counterRenewedValues).
			Scan(&st.Attackers, &st.Unannounced, &st.Rejected, &st.Tombstones, &st.Changes, &st.Schema, &st.Renewed, &st.RenewedValues)
	})
	if err == nil {
		st.Bytes, err = s.dialect.Size(ctx, s.reader)
	}
	return st, reading("what is in the store", err)
}

// countStates counts sessions by their state in one walk.
func (t *Tx) countStates(ctx context.Context, counts map[store.State]int64) error {
	var columns []string
	found := make([]int64, len(states))
	to := make([]any, len(states))
	for i := range states {
		columns = append(columns, fmt.Sprintf("COUNT(*) FILTER (WHERE state = %d)", i))
		to[i] = &found[i]
	}
	if err := t.row(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM sessions`).Scan(to...); err != nil {
		return err
	}
	for i, n := range found {
		if n > 0 {
			counts[states[i]] = n
		}
	}
	return nil
}

package sqlstore

import (
	"context"
	"fmt"
	"strings"
)

// tally collects how the counts of the table facets change in a transaction.
type tally struct{ sessions, attackers [allFacets]int64 }

// session takes in that the values of a session were others before.
func (c *tally) session(before, after facetSet) { count(&c.sessions, before, after) }

// attacker takes in that the latest values of an attacker were others before.
func (c *tally) attacker(before, after facetSet) { count(&c.attackers, before, after) }

func count(n *[allFacets]int64, before, after facetSet) {
	before.each(func(bit int) { n[bit]-- })
	after.each(func(bit int) { n[bit]++ })
}

// tally writes the counts. The transaction must hold the lock of the change
// log's counter, so that no two of them wait for each other.
func (t *Tx) tally(ctx context.Context, c *tally) error {
	var b strings.Builder
	var args []any
	changed := 0
	for bit := range allFacets {
		if c.sessions[bit] == 0 && c.attackers[bit] == 0 {
			continue
		}
		changed++
		args = append(args, bit, c.sessions[bit], c.attackers[bit])
	}
	if changed == 0 {
		return nil
	}
	for range padded(changed) - changed { // few different statements
		args = append(args, -1, 0, 0)
	}
	for i := range padded(changed) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "(CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BIGINT))", 3*i+1, 3*i+2, 3*i+3)
	}
	_, err := t.exec(ctx, `UPDATE facets SET sessions = sessions + d.column2, attackers = attackers + d.column3
		FROM (VALUES `+b.String()+`) AS d WHERE facets.bit = d.column1`, args...)
	if err != nil {
		return fmt.Errorf("counting values: %w", err)
	}
	return nil
}

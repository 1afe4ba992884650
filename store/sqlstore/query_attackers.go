package sqlstore

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"

	"gait/internal/address"
	"gait/store"
)

// fewRows is how many candidates are looked up one by one; where there are
// more, the list is walked in its order until the page is full.
const fewRows = 5000

// sortKey gives an address in a form whose order is that of numbers, IPv4
// before IPv6.
func sortKey(canonical string) string {
	a, err := netip.ParseAddr(canonical)
	if err != nil {
		return ""
	}
	family := "6"
	if a.Is4() {
		family = "4"
	}
	return family + hex.EncodeToString(a.AsSlice())
}

var attackerOrders = map[string]order{
	"":         {column: "last_seen"},
	"last":     {column: "last_seen"},
	"first":    {column: "first_seen"},
	"sessions": {column: "sessions"},
	"address":  {column: "sort_key", text: true},
}

// Attackers gives a list of attackers.
func (s *Store) Attackers(ctx context.Context, q store.AttackerQuery) (store.Page[store.Attacker], error) {
	var page store.Page[store.Attacker]
	by, ok := attackerOrders[q.Sort]
	if !ok {
		return page, fmt.Errorf("attackers cannot be sorted by %q", q.Sort)
	}
	by.up = q.Up
	bare := q
	bare.PageQuery, bare.Since = store.PageQuery{}, q.Since.UTC()
	b, from, err := s.bind("attackers", bare, q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		page = store.Page[store.Attacker]{}
		w, err := t.attackerTerms(ctx, q)
		if err != nil || w.never {
			page.Total = int64(boolInt(q.Count)) - 1
			return err
		}
		all := *w
		picked := by.pick(w, "attackers", q.PageQuery, from)
		places, err := s.attackerPage(ctx, t, &page, picked, q.PageQuery)
		if err != nil {
			return err
		}
		finish(&page, places, pageLimit(q.PageQuery), b)
		if picked.counts {
			return nil
		}
		return total(ctx, t, &page, q.PageQuery, rows{"attackers", all})
	})
	if err != nil {
		return store.Page[store.Attacker]{}, fmt.Errorf("listing attackers: %w", err)
	}
	return page, nil
}

// attackerTerms gives the condition of a query.
func (t *Tx) attackerTerms(ctx context.Context, q store.AttackerQuery) (*where, error) {
	w := &where{}
	if !q.Since.IsZero() {
		w.add("last_seen >= ?", Nanos(q.Since))
	}
	err := t.facets(ctx, w, q.Filters, func(w *where, primitive int64, value string) string {
		// Of those that ever had the value, those of whom nothing later is known.
		return w.text(`n IN (SELECT o.attacker FROM observation o WHERE o.primitive = ? AND o.value = ? AND o.hashed AND o.attacker IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM observation l WHERE l.attacker = o.attacker AND l.primitive = o.primitive
				AND (l.window_end, l.session) > (o.window_end, o.session) AND l.value <> 'unknown'))`, primitive, Escape(value))
	})
	if err != nil || w.never {
		return w, err
	}
	if q.Decoy != "" {
		if err := t.seenAt(ctx, w, q.Decoy, ""); err != nil {
			return w, err
		}
	}
	if q.Search != "" {
		first := q.Search
		if canonical := address.Canonical(first); canonical != "" {
			first = canonical
		}
		named := "+n IN (SELECT n FROM attackers WHERE " + w.beginning("address", first) +
			" UNION ALL SELECT n FROM attackers WHERE " + w.beginning("uuid", q.Search) + ") OR "
		err = t.seenAt(ctx, w, q.Search, named)
	}
	return w, err
}

// manySessions is how many sessions at one decoy make it quicker to ask for
// each attacker whether he was there than to list all who were.
const manySessions = 200_000

// seenAt adds the term that an attacker was seen at a decoy, behind another
// term that may hold instead.
func (t *Tx) seenAt(ctx context.Context, w *where, decoy, or string) error {
	decoy = Escape(decoy)
	var n int64
	err := t.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM sessions WHERE decoy = $1 LIMIT $2) AS counted`, decoy, manySessions+1).Scan(&n)
	if err != nil {
		return err
	}
	term := "+n IN (SELECT DISTINCT attacker FROM sessions WHERE decoy = ? AND attacker IS NOT NULL)"
	if n > manySessions {
		term = "EXISTS (SELECT 1 FROM sessions seen WHERE seen.decoy = ? AND seen.attacker = attackers.n)"
	}
	w.terms = append(w.terms, "("+or+w.text(term, decoy)+")")
	return nil
}

// attackerColumns are what readAttacker reads, of attackers a.
const attackerColumns = `a.n, a.uuid, a.address, a.identity, a.first_seen, a.last_seen, a.sessions, a.decoys,
	(SELECT l.data FROM attacker_latest l WHERE l.attacker = a.n)`

const attackerByUUID = `SELECT ` + attackerColumns + ` FROM attackers a WHERE a.uuid = $1`

// attackerPage reads the attackers that a query picks.
func (s *Store) attackerPage(ctx context.Context, t *Tx, page *store.Page[store.Attacker], p picked, q store.PageQuery) (places []place, err error) {
	var latest [][]byte
	var count int64
	err = t.once(ctx, func(row scanner) error {
		var key any
		a, n, packed, err := readAttacker(row, &key, &count)
		page.Items, latest = append(page.Items, a), append(latest, packed)
		places = append(places, p.by.place(key, n))
		return err
	}, p.rows(attackerColumns, "attackers a ON a.n = picked.n", q), p.args...)
	if err != nil {
		return nil, err
	}
	p.tell(&page.Total, &page.More, count)
	for i := range page.Items {
		a := &page.Items[i]
		if a.Latest, err = s.unpacked(ctx, t, latest[i]); err != nil {
			return nil, fmt.Errorf("attacker %s: %w", a.UUID, err)
		}
	}
	return places, nil
}

// readAttacker reads attackerColumns and what stands behind them; it gives the
// latest values as they are packed.
func readAttacker(row scanner, more ...any) (a store.Attacker, n int64, latest []byte, err error) {
	var first, last int64
	var decoys string
	to := append([]any{&n, &a.UUID, &a.Address, &a.Identity, &first, &last, &a.Sessions, &decoys, &latest}, more...)
	if err := row.Scan(to...); err != nil {
		return a, 0, nil, err
	}
	a.First, a.Last, a.Identity = Time(first), Time(last), Unescape(a.Identity)
	if a.Decoys, err = unpackDecoys(decoys); err != nil {
		return a, 0, nil, fmt.Errorf("decoys of attacker %s: %w", a.UUID, err)
	}
	return a, n, latest, nil
}

// Attacker gives one attacker.
func (s *Store) Attacker(ctx context.Context, uuid string) (a store.Attacker, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		var packed []byte
		if a, _, packed, err = readAttacker(t.row(ctx, attackerByUUID, Escape(uuid))); err != nil {
			return err
		}
		a.Latest, err = s.unpacked(ctx, t, packed)
		return err
	})
	return a, reading("an attacker", err)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

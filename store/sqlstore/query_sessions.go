package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"gait/internal/address"
	"gait/store"
)

var sessionOrders = map[string]order{
	"":         {column: "start_ts"},
	"start":    {column: "start_ts"},
	"duration": {column: "duration"},
	"updated":  {column: "updated"},
}

// Sessions gives a list of sessions.
func (s *Store) Sessions(ctx context.Context, q store.SessionQuery) (store.Page[store.Session], error) {
	var page store.Page[store.Session]
	by, ok := sessionOrders[q.Sort]
	if !ok {
		return page, fmt.Errorf("sessions cannot be sorted by %q", q.Sort)
	}
	by.up = q.Up
	bare := q
	bare.PageQuery, bare.Since, bare.Until = store.PageQuery{}, q.Since.UTC(), q.Until.UTC()
	b, from, err := s.bind("sessions", bare, q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		page = store.Page[store.Session]{}
		w, err := t.sessionTerms(ctx, q)
		if err != nil || w.never {
			page.Total = int64(boolInt(q.Count)) - 1
			return err
		}
		all := *w
		picked := by.pick(w, "sessions", q.PageQuery, from)
		places, err := t.sessionPage(ctx, &page, picked, q.PageQuery)
		if err != nil {
			return err
		}
		finish(&page, places, pageLimit(q.PageQuery), b)
		if picked.counts {
			return nil
		}
		return total(ctx, t, &page, q.PageQuery, rows{"sessions", all})
	})
	if err != nil {
		return store.Page[store.Session]{}, fmt.Errorf("listing sessions: %w", err)
	}
	return page, nil
}

// sessionTerms gives the condition of a query.
func (t *Tx) sessionTerms(ctx context.Context, q store.SessionQuery) (*where, error) {
	w := &where{}
	// What is the cheapest to ask of a row stands first.
	err := t.facets(ctx, w, q.Filters, func(w *where, primitive int64, value string) string {
		return w.text(`n IN (SELECT session FROM observation WHERE primitive = ? AND value = ? AND hashed)`, primitive, Escape(value))
	})
	if err != nil || w.never {
		return w, err
	}
	if !q.Since.IsZero() {
		w.add("start_ts >= ?", Nanos(q.Since))
	}
	if !q.Until.IsZero() {
		w.add("start_ts < ?", Nanos(q.Until))
	}
	if len(q.States) > 0 {
		if err := w.states(q.States); err != nil {
			return w, err
		}
	}
	if q.Attacker != "" {
		if err := t.attackedBy(ctx, w, q.Attacker, fewRows); err != nil || w.never {
			return w, err
		}
	}
	if q.Service != "" {
		w.add("service = ?", Escape(q.Service))
	}
	if q.Decoy != "" {
		if err := t.decoy(ctx, w, q.Decoy); err != nil {
			return w, err
		}
	}
	if q.Search != "" {
		return w, t.sessionSearch(ctx, w, q.Search)
	}
	return w, nil
}

// states adds the term that a session is in one of some states.
func (w *where) states(states []store.State) error {
	var marks []string
	for _, state := range states {
		n, err := stateNumber(state)
		if err != nil {
			return err
		}
		marks = append(marks, w.text("?", n))
	}
	w.add("state IN (" + strings.Join(marks, ", ") + ")")
	return nil
}

// plain gives a column in a form that no index answers: a list that holds much
// of the table is walked in its own order.
func plain(column string, many bool) string {
	if many {
		return "COALESCE(" + column + ", '')"
	}
	return column
}

// decoy adds the term that a session was at a decoy.
func (t *Tx) decoy(ctx context.Context, w *where, decoy string) error {
	decoy = Escape(decoy)
	var n int64
	err := t.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM sessions WHERE decoy = $1 LIMIT $2) AS counted`, decoy, fewRows+1).Scan(&n)
	w.add(plain("decoy", n > fewRows)+" = ?", decoy)
	return err
}

// attackedBy adds the term that a session is an attacker's. Where there are
// many of them the list is walked in its own order.
func (t *Tx) attackedBy(ctx context.Context, w *where, uuid string, many int64) error {
	var attacker, n int64
	err := t.once(ctx, func(row scanner) error { return row.Scan(&attacker, &n) }, `SELECT n, sessions FROM attackers WHERE uuid = $1`, Escape(uuid))
	column := "attacker"
	if n > many {
		column = "attacker + 0"
	}
	w.add(column+" = ?", attacker) // no attacker has the number 0
	w.never = w.never || attacker == 0
	return err
}

// searchWay is one way in which a session is found by the beginning of a text.
type searchWay struct {
	// list gives a query for the numbers of those found, walk a term on what
	// stands in an index of the list's order; nil where none is cheaper.
	list, walk func(*where) string
	found      int64
}

// searchWays are by decoy, address and id.
func searchWays(text string) []*searchWay {
	first := text
	if canonical := address.Canonical(text); canonical != "" {
		first = canonical
	}
	attackers := func(w *where) string {
		return "attacker IN (SELECT n FROM attackers WHERE " + w.beginning("address", first) + ")"
	}
	nobody := func(w *where) string {
		return "SELECT n FROM sessions WHERE attacker IS NULL AND " + w.beginning("address", first)
	}
	return []*searchWay{
		{list: func(w *where) string { return "SELECT n FROM sessions WHERE " + w.beginning("decoy", text) },
			walk: func(w *where) string { return w.beginning(plain("decoy", true), text) }},
		{list: func(w *where) string {
			return "SELECT n FROM sessions WHERE " + attackers(w) + " UNION ALL " + nobody(w)
		},
			walk: func(w *where) string { return attackers(w) + " OR +n IN (" + nobody(w) + ")" }},
		{list: func(w *where) string { return "SELECT n FROM sessions WHERE " + w.beginning("id", text) }},
	}
}

// sessionSearch adds the term that a session's id, address or decoy begins
// with a text. Where few do, all are listed once; else each way is asked for by
// what an index of the list's order tells.
func (t *Tx) sessionSearch(ctx context.Context, w *where, text string) error {
	ways, all := searchWays(text), int64(0)
	for _, way := range ways {
		counting := &where{}
		n, err := t.few(ctx, way.list(counting), counting.args)
		if err != nil {
			return err
		}
		way.found = n
		all += n
	}
	var terms []string
	for _, way := range ways {
		switch {
		case way.found == 0:
		case all <= fewRows:
			terms = append(terms, way.list(w))
		case way.found <= fewRows || way.walk == nil:
			terms = append(terms, "+n IN ("+way.list(w)+")")
		default:
			terms = append(terms, way.walk(w))
		}
	}
	switch {
	case all == 0:
		w.never = true
	case all <= fewRows:
		w.terms = append(w.terms, "n IN ("+strings.Join(terms, " UNION ALL ")+")")
	default:
		w.terms = append(w.terms, "("+strings.Join(terms, " OR ")+")")
	}
	return nil
}

// few counts what a query finds, up to one more than few.
func (t *Tx) few(ctx context.Context, query string, args []any) (n int64, err error) {
	query = fmt.Sprintf(`SELECT COUNT(*) FROM (%s LIMIT %d) AS counted`, query, fewRows+1)
	return n, t.once(ctx, func(row scanner) error { return row.Scan(&n) }, query, args...)
}

// sessionPage reads the sessions that a query picks, without details.
func (t *Tx) sessionPage(ctx context.Context, page *store.Page[store.Session], p picked, q store.PageQuery) (places []place, err error) {
	var count int64
	err = t.once(ctx, func(row scanner) error {
		var key int64
		r, err := readSession(row, &key, &count)
		page.Items, places = append(page.Items, r.Session), append(places, place{key: key, id: r.n})
		return err
	}, p.rows(sessionColumns, "sessions s ON s.n = picked.n LEFT JOIN attackers a ON a.n = s.attacker", q), p.args...)
	p.tell(&page.Total, &page.More, count)
	return places, err
}

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
	b, err := s.bind("sessions", bare)
	if err != nil {
		return page, err
	}
	from, err := b.place(q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		page = store.Page[store.Session]{}
		w, err := t.sessionTerms(ctx, q)
		if err != nil {
			return err
		}
		all := *w
		if w.never {
			page.Total = int64(boolInt(q.Count)) - 1
			return nil
		}
		places, err := t.sessionPage(ctx, &page, by.pick(w, "sessions", q.PageQuery, from))
		if err != nil {
			return err
		}
		finish(&page, places, pageLimit(q.PageQuery), b)
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
	if q.Service != "" {
		w.add("service = ?", Escape(q.Service))
	}
	if q.Decoy != "" {
		if err := t.decoy(ctx, w, q.Decoy); err != nil {
			return w, err
		}
	}
	if q.Attacker != "" {
		if err := t.attackedBy(ctx, w, q.Attacker); err != nil || w.never {
			return w, err
		}
	}
	err := t.facets(ctx, w, q.Filters, func(w *where, primitive int64, value string) string {
		return w.text(`n IN (SELECT session FROM observation WHERE primitive = ? AND value = ? AND hashed)`, primitive, Escape(value))
	})
	if err == nil && !w.never && q.Search != "" {
		err = t.sessionSearch(ctx, w, q.Search)
	}
	return w, err
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
		return column + " || ''"
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

// attackedBy adds the term that a session is an attacker's.
func (t *Tx) attackedBy(ctx context.Context, w *where, uuid string) error {
	var attacker, n int64
	err := t.once(ctx, func(row scanner) error { return row.Scan(&attacker, &n) }, `SELECT n, sessions FROM attackers WHERE uuid = $1`, Escape(uuid))
	column := "attacker"
	if n > fewRows {
		column = "attacker + 0"
	}
	w.add(column+" = ?", attacker) // no attacker has the number 0
	w.never = w.never || attacker == 0
	return err
}

// sessionSearch adds the term that a session's id, address or decoy begins
// with a text. Where few do they are listed once; else the list is walked.
func (t *Tx) sessionSearch(ctx context.Context, w *where, text string) error {
	first := text
	if canonical := address.Canonical(text); canonical != "" {
		first = canonical
	}
	union := func(w *where) string {
		return "SELECT n FROM sessions WHERE " + w.beginning("id", text) +
			" UNION ALL SELECT n FROM sessions WHERE address <> '' AND " + w.beginning("address", first) +
			" UNION ALL SELECT n FROM sessions WHERE " + w.beginning("decoy", text)
	}
	var n int64
	counting := &where{}
	query := fmt.Sprintf(`SELECT COUNT(*) FROM (%s LIMIT %d) AS counted`, union(counting), fewRows+1)
	if err := t.once(ctx, func(row scanner) error { return row.Scan(&n) }, query, counting.args...); err != nil {
		return err
	}
	switch {
	case n == 0:
		w.never = true
	case n <= fewRows:
		w.terms = append(w.terms, "n IN ("+union(w)+")")
	default:
		w.terms = append(w.terms, "("+w.beginning(plain("decoy", true), text)+" OR "+w.beginning(plain("id", true), text)+
			" OR "+w.beginning(plain("address", true), first)+")")
	}
	return nil
}

// sessionPage reads the sessions that a query picks, without details.
func (t *Tx) sessionPage(ctx context.Context, page *store.Page[store.Session], p picked) (places []place, err error) {
	query := fmt.Sprintf(`SELECT %s, picked.sort_by FROM (%s) AS picked JOIN sessions s ON s.n = picked.n
		LEFT JOIN attackers a ON a.n = s.attacker ORDER BY picked.sort_by%s, picked.n%[3]s`, sessionColumns, p.query, direction(p.by.up))
	err = t.once(ctx, func(row scanner) error {
		var key int64
		r, err := readSession(row, &key)
		page.Items, places = append(page.Items, r.Session), append(places, place{key: key, id: r.n})
		return err
	}, query, p.args...)
	return places, err
}

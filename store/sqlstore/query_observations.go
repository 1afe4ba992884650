package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gait"
	"gait/store"
)

// Observations gives observations, the newest first; those of one session in
// the order of their names, and with their measures. How "newest" is told
// depends on what is asked for, so that each list is a walk along an index: by
// window end for one primitive of an attacker, by ts for one primitive, by the
// session's start else.
func (s *Store) Observations(ctx context.Context, q store.ObservationQuery) (store.Page[gait.Observation], error) {
	var page store.Page[gait.Observation]
	if q.Ref == "" && q.Attacker == "" && q.Identity == "" && q.Primitive == "" {
		return page, errors.New("listing observations: a session, attacker, identity or primitive must be named")
	}
	bare := q
	bare.PageQuery, bare.Since, bare.Until = store.PageQuery{}, q.Since.UTC(), q.Until.UTC()
	b, from, err := s.bind("observations", bare, q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		page = store.Page[gait.Observation]{Total: -1}
		if q.Ref != "" {
			return t.ofSession(ctx, &page, q, b)
		}
		w, err := t.seriesOf(ctx, q)
		if err != nil || w.never {
			page.Total = int64(boolInt(q.Count && err == nil)) - 1
			return err
		}
		return t.series(ctx, &page, seriesPage{w, from, b, q.PageQuery})
	})
	if err != nil {
		return store.Page[gait.Observation]{}, fmt.Errorf("listing observations: %w", err)
	}
	return page, nil
}

// series is a list of observations: what is asked for, and by what it is sorted
// before session and primitive tell equal keys apart.
type series struct {
	where
	key string
}

type seriesPage struct {
	*series
	from  *place
	bound binding
	q     store.PageQuery
}

// seriesOf says which index a list walks along.
func (t *Tx) seriesOf(ctx context.Context, q store.ObservationQuery) (*series, error) {
	w := &series{key: "s.start_ts"}
	switch {
	case q.Primitive != "" && (q.Attacker != "" || q.Identity != ""):
		w.key = "o.window_end"
	case q.Primitive != "":
		w.key = "o.ts"
	}
	if q.Attacker != "" {
		w.add(w.column("attacker")+" = (SELECT n FROM attackers WHERE uuid = ?)", Escape(q.Attacker))
	}
	if q.Identity != "" {
		w.add(w.column("attacker")+" IN (SELECT n FROM attackers WHERE identity = ?)", Escape(q.Identity))
	}
	if q.Primitive != "" {
		if err := t.ofPrimitive(ctx, w, q); err != nil || w.never {
			return w, err
		}
	} else if q.Value != "" {
		w.add("o.value = ?", Escape(q.Value))
	}
	w.between(q.Since, q.Until)
	return w, nil
}

// column gives a column that stands in both tables from that which the list is
// sorted by.
func (w *series) column(name string) string { return w.key[:2] + name }

// between adds the bounds of ts.
func (w *series) between(since, until time.Time) {
	if !since.IsZero() {
		w.add("o.ts >= ?", Nanos(since))
	}
	if !until.IsZero() {
		w.add("o.ts < ?", Nanos(until))
	}
}

// ofPrimitive adds the terms for a primitive and its value. Sessions that show
// a value with a bit are found by it, in the order of their start.
func (t *Tx) ofPrimitive(ctx context.Context, w *series, q store.ObservationQuery) error {
	n, bit, err := t.mark(ctx, q.Primitive, q.Value)
	if isNoRow(err) {
		w.never = true
		return nil
	}
	if err != nil {
		return err
	}
	w.add("o.primitive = ?", n)
	switch {
	case q.Value == "":
	case bit.Valid && w.key == "o.ts":
		w.key = "s.start_ts"
		w.add(fmt.Sprintf("(s.f%d & ?) <> 0", bit.Int64/facetWidth), int64(1)<<(bit.Int64%facetWidth))
	case bit.Valid:
		w.add("o.value = ?", Escape(q.Value))
	default:
		w.add("o.value = ? AND o.hashed", Escape(q.Value))
	}
	return nil
}

const observationColumns = `o.id, p.name, p.source, o.value, o.confidence, o.window_start, o.window_end, o.ts, o.rules,
	s.ref, s.engine, s.clock_unix, s.revision, COALESCE(a.uuid, ''), COALESCE(a.identity, '')`

const observationTables = `observation o JOIN sessions s ON s.n = o.session JOIN primitives p ON p.n = o.primitive LEFT JOIN attackers a ON a.n = o.attacker`

// tables gives what a list is read from, the table first whose index it walks
// along: CROSS JOIN keeps the order on an engine that would guess.
func (w *series) tables() string {
	first, second := "observation o", "sessions s"
	if w.key == "s.start_ts" {
		first, second = second, first
	}
	return first + " CROSS JOIN " + second + " CROSS JOIN primitives p LEFT JOIN attackers a ON a.n = o.attacker"
}

// order gives the columns that a list is sorted by.
func (w *series) order() string {
	if w.key == "s.start_ts" {
		return "s.start_ts DESC, s.n DESC, o.primitive DESC"
	}
	return w.key + " DESC, o.session DESC, o.primitive DESC"
}

// series reads one page of a list.
func (t *Tx) series(ctx context.Context, page *store.Page[gait.Observation], p seriesPage) error {
	p.add("s.n = o.session AND p.n = o.primitive")
	all := rows{p.tables(), p.where}
	if p.from != nil {
		primitive, err := strconv.ParseInt(p.from.text, 10, 32)
		if err != nil {
			return store.ErrCursor
		}
		// The first term says no more than the second, in a form that bounds a walk.
		p.add(p.key+" <= ?", p.from.key)
		p.add("("+p.key+", o.session, o.primitive) < (?, ?, ?)", p.from.key, p.from.id, primitive)
	}
	limit := pageLimit(p.q)
	query := fmt.Sprintf(`SELECT %s, %s, o.session, o.primitive FROM %s WHERE %s ORDER BY %s LIMIT %d`,
		observationColumns, p.key, p.tables(), p.sql(), p.order(), limit+1)
	var places []place
	err := t.once(ctx, func(row scanner) error {
		var at place
		o, err := readObservation(row, &at.key, &at.id, &at.text)
		page.Items, places = append(page.Items, o), append(places, at)
		return err
	}, query, p.args...)
	if err != nil {
		return err
	}
	finish(page, places, limit, p.bound)
	return total(ctx, t, page, p.q, all)
}

// readObservation reads one row with observationColumns and what follows them.
func readObservation(row scanner, more ...any) (o gait.Observation, err error) {
	var id []byte
	var start, end, ts int64
	to := append([]any{&id, &o.Primitive, &o.Source, &o.Value, &o.Confidence, &start, &end, &ts, &o.Rules,
		&o.EvidenceRef, &o.Engine, &o.Window.Unix, &o.Revision, &o.AttackerUUID, &o.IdentityRef}, more...)
	if err := row.Scan(to...); err != nil {
		return o, err
	}
	copy(o.ID[:], id)
	o.Time, o.Nearest = Time(ts), -1
	o.Window.Start, o.Window.End = time.Duration(start), time.Duration(end)
	for _, text := range []*string{&o.Primitive, &o.Source, &o.Value, &o.EvidenceRef, &o.Engine, &o.Revision, &o.IdentityRef} {
		if strings.IndexByte(*text, '\\') >= 0 {
			*text = Unescape(*text)
		}
	}
	return o, nil
}

package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gait"
	"gait/store"
)

// mostLoaded is how many sessions are loaded in one step.
const mostLoaded = 64

// load gives the observations of sessions with their measures, in the order of
// their names, and sets what the recordings say of themselves. There may be at
// most mostLoaded sessions.
func (t *Tx) load(ctx context.Context, list []sessionRow) ([][]gait.Observation, error) {
	if len(list) == 0 {
		return nil, nil
	}
	places, numbers := map[int64]int{}, []int64{}
	for i := range list {
		places[list[i].n] = i
		numbers = append(numbers, list[i].n)
	}
	all, err := t.loadDetails(ctx, list, places, numbers)
	if err != nil {
		return nil, err
	}
	out := make([][]gait.Observation, len(list))
	err = t.each(ctx, func(row scanner) error {
		var n, primitive int64
		o, err := readObservation(row, &n, &primitive)
		if i := places[n]; err == nil {
			if o.Stored = all[i].of(primitive); o.Stored == nil {
				o.Stored = []byte("{}")
			}
			out[i] = append(out[i], o)
		}
		return err
	}, `SELECT `+observationColumns+`, o.session, o.primitive FROM `+observationTables+` WHERE o.session IN (`+Marks(1, len(numbers))+`)`,
		Pad(nil, numbers)...)
	if err != nil {
		return nil, err
	}
	for _, observations := range out {
		slices.SortFunc(observations, func(a, b gait.Observation) int { return strings.Compare(a.Primitive, b.Primitive) })
	}
	return out, nil
}

func (t *Tx) loadDetails(ctx context.Context, list []sessionRow, places map[int64]int, numbers []int64) ([]details, error) {
	all := make([]details, len(list))
	err := t.each(ctx, func(row scanner) error {
		var n int64
		var data []byte
		if err := row.Scan(&n, &data); err != nil {
			return err
		}
		d, err := unpackDetails(data)
		if err != nil {
			return fmt.Errorf("session %s: %w", list[places[n]].Ref, err)
		}
		all[places[n]], list[places[n]].Detail = d, d.detail
		return nil
	}, `SELECT session, data FROM session_details WHERE session IN (`+Marks(1, len(numbers))+`)`, Pad(nil, numbers)...)
	return all, err
}

// find gives the row of a session by its reference or, where that is none, the
// newest with that id.
func (t *Tx) find(ctx context.Context, refOrID string) (sessionRow, error) {
	text := Escape(refOrID)
	r, err := readSession(t.row(ctx, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.ref = $1`, text))
	if isNoRow(err) {
		r, err = readSession(t.row(ctx, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.id = $1 ORDER BY s.start_ts DESC, s.n DESC LIMIT 1`, text))
	}
	return r, err
}

// Session finds a session by its evidence reference or its session id.
func (s *Store) Session(ctx context.Context, refOrID string) (store.Session, error) {
	var found sessionRow
	err := s.read(ctx, func(ctx context.Context, t *Tx) (err error) {
		if found, err = t.find(ctx, refOrID); err != nil {
			return err
		}
		list := []sessionRow{found}
		_, err = t.loadDetails(ctx, list, map[int64]int{found.n: 0}, []int64{found.n})
		found = list[0]
		return err
	})
	return found.Session, reading("a session", err)
}

// reading says what was being read when an error came; that it is not there is
// told as it is.
func reading(what string, err error) error {
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return err
	}
	return fmt.Errorf("reading %s: %w", what, err)
}

// ofSession reads a page of the observations of one session.
func (t *Tx) ofSession(ctx context.Context, page *store.Page[gait.Observation], q store.ObservationQuery, b binding) error {
	from, err := b.place(q.Cursor)
	if err != nil {
		return err
	}
	r, err := readSession(t.row(ctx, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.ref = $1`, Escape(q.Ref)))
	if isNoRow(err) {
		page.Total = int64(boolInt(q.Count)) - 1
		return nil
	}
	if err != nil {
		return err
	}
	list, err := t.load(ctx, []sessionRow{r})
	if err != nil {
		return err
	}
	wanted := slices.DeleteFunc(list[0], func(o gait.Observation) bool { return !asked(&o, q) })
	if q.Count {
		page.Total = int64(len(wanted))
	}
	var places []place
	for _, o := range wanted {
		if from == nil || o.Primitive > from.text {
			page.Items, places = append(page.Items, o), append(places, place{text: o.Primitive})
		}
	}
	finish(page, places, pageLimit(q.PageQuery), b)
	return nil
}

// asked says whether an observation of a session is one that a query asks for.
func asked(o *gait.Observation, q store.ObservationQuery) bool {
	in := func(want, is string) bool { return want == "" || want == is }
	return in(q.Attacker, o.AttackerUUID) && in(q.Identity, o.IdentityRef) && in(q.Primitive, o.Primitive) && in(q.Value, o.Value) &&
		(q.Since.IsZero() || !o.Time.Before(q.Since)) && (q.Until.IsZero() || o.Time.Before(q.Until))
}

// Latest gives the latest value of each primitive of an attacker.
func (s *Store) Latest(ctx context.Context, attacker string) (list []store.Latest, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		a, n, packed, err := readAttacker(t.row(ctx, attackerByUUID, Escape(attacker)))
		if err != nil {
			return err
		}
		if list, err = s.unpacked(ctx, t, packed); err != nil {
			return fmt.Errorf("attacker %s: %w", a.UUID, err)
		}
		sessions := map[string]int64{}
		err = t.each(ctx, func(row scanner) error {
			var name string
			var count int64
			err := row.Scan(&name, &count)
			sessions[Unescape(name)] = count
			return err
		}, `SELECT p.name, c.many FROM (SELECT primitive, COUNT(*) AS many FROM observation WHERE attacker = $1 GROUP BY primitive) AS c
			JOIN primitives p ON p.n = c.primitive`, n)
		for i := range list {
			list[i].Sessions = sessions[list[i].Primitive]
		}
		return err
	})
	return list, reading("the latest values of an attacker", err)
}

// unpacked gives packed latest values with the names of their primitives, in
// their order.
func (s *Store) unpacked(ctx context.Context, t *Tx, packed []byte) ([]store.Latest, error) {
	values, err := unpackLatest(packed)
	if err != nil {
		return nil, err
	}
	list := make([]store.Latest, 0, len(values))
	for _, v := range values {
		p, err := s.words.primitive(ctx, t, v.primitive)
		if err != nil {
			return nil, err
		}
		list = append(list, store.Latest{Primitive: p.name, Value: v.value, Confidence: v.confidence,
			WindowEnd: time.Duration(v.end), Ref: v.ref, Rules: int(v.rules)})
	}
	slices.SortFunc(list, func(a, b store.Latest) int { return strings.Compare(a.Primitive, b.Primitive) })
	return list, nil
}

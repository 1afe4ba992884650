package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gait/store"
)

// What is looked at of the newest sessions: first so many, which hold nearly
// all that is asked for, then the rest of these, then primitive by primitive.
const (
	firstLook  = 12
	secondLook = 64
	mostPast   = 64
)

// History gives what conclusions about an identity are drawn from. It reads a
// bounded number of the newest sessions whole; only a primitive that has become
// rare in them is looked for among all.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) (out store.History, err error) {
	if q.Limit <= 0 || q.Limit > mostPast {
		q.Limit = mostPast
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		h := remembering{s: s, t: t, q: q, wanted: map[int64]want{}}
		out, err = h.history(ctx)
		return err
	})
	return out, reading("the past of an identity", err)
}

// remembering is one call of History.
type remembering struct {
	s       *Store
	t       *Tx
	q       store.HistoryQuery
	members []member
	wanted  map[int64]want // by the number of the primitive
	past    map[string][]store.Past
}

// want is a primitive that is asked for, with the number of its rule.
type want struct {
	name  string
	rules int64
}

func (h *remembering) history(ctx context.Context) (out store.History, err error) {
	if h.members, err = h.t.membersOf(ctx, h.q.Identity); err != nil {
		return out, err
	}
	if len(h.members) == 0 {
		return out, store.ErrNotFound
	}
	out.Identity = h.q.Identity
	for _, m := range h.members {
		out.Members = append(out.Members, m.Member)
		out.Sessions += m.sessions
	}
	list, err := h.t.standings(ctx, h.q.Identity)
	if err != nil {
		return out, err
	}
	out.Standings = make(map[string]store.Standing, len(list))
	for _, x := range list {
		out.Standings[x.Primitive] = x
	}
	for name, rules := range h.q.Rules {
		if n, known := h.s.words.number(name); known {
			h.wanted[n] = want{name, int64(rules)}
		}
	}
	h.past = map[string][]store.Past{}
	out.Past = h.past
	few := out.Sessions < int64(h.q.Least)
	if few && h.q.Clients <= 0 {
		return out, nil
	}
	sessions, err := h.newest(ctx)
	if err == nil && h.q.Clients > 0 {
		err = h.clients(ctx, sessions)
	}
	if err == nil && !few {
		err = h.look(ctx, sessions)
	}
	return out, err
}

// look looks at the newest sessions, and then for what they lack.
func (h *remembering) look(ctx context.Context, sessions []pastSession) error {
	if err := h.read(ctx, sessions[:min(len(sessions), firstLook)]); err != nil {
		return err
	}
	if len(sessions) <= firstLook || len(h.lacking()) == 0 {
		return nil
	}
	if err := h.read(ctx, sessions[firstLook:]); err != nil || len(sessions) < secondLook {
		return err
	}
	for _, n := range h.lacking() {
		if err := h.seek(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// lacking gives the primitives of which there could be more, in order.
func (h *remembering) lacking() (list []int64) {
	for n, w := range h.wanted {
		if len(h.past[w.name]) < h.q.Limit {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}

// pastSession is a session with its place in the order.
type pastSession struct {
	store.Past
	n             int64
	client, hassh string
}

// ofMembers is the condition that a column names one of the members.
func (h *remembering) ofMembers(column string, w *where) {
	args := make([]any, len(h.members))
	for i, m := range h.members {
		args[i] = m.n
	}
	w.add(column+" IN ("+marksOf(len(args))+")", args...)
}

// inOrder are the sessions s that have a place in the order, the newest first.
const (
	hasPlace = `s.start_ts > ? AND NOT s.doubtful AND s.position > 0`
	inOrder  = `ORDER BY s.start_ts DESC, s.id DESC, s.n DESC`
)

// newest gives the newest sessions.
func (h *remembering) newest(ctx context.Context) (list []pastSession, err error) {
	w := &where{}
	h.ofMembers("s.attacker", w)
	w.add(hasPlace, int64(unknownTime))
	err = h.t.once(ctx, func(row scanner) error {
		var p pastSession
		var start int64
		err := row.Scan(&p.n, &p.Ref, &p.ID, &start, &p.client, &p.hassh)
		p.Ref, p.ID, p.Start = Unescape(p.Ref), Unescape(p.ID), Time(start)
		p.client, p.hassh = Unescape(p.client), Unescape(p.hassh)
		list = append(list, p)
		return err
	}, fmt.Sprintf(`SELECT s.n, s.ref, s.id, s.start_ts, COALESCE(s.client, ''), COALESCE(s.hassh, '') FROM sessions s WHERE %s %s LIMIT %d`, w.sql(), inOrder, secondLook), w.args...)
	return list, err
}

// read adds what sessions showed, which come in their order.
func (h *remembering) read(ctx context.Context, sessions []pastSession) error {
	if len(sessions) == 0 {
		return nil
	}
	numbers, places := make([]int64, len(sessions)), map[int64]int{}
	for i, p := range sessions {
		numbers[i], places[p.n] = p.n, i
	}
	type seen struct {
		place int
		name  string
		value string
	}
	var list []seen
	err := h.t.each(ctx, func(row scanner) error {
		var n, primitive, rules int64
		var value string
		err := row.Scan(&n, &primitive, &value, &rules)
		if w, asked := h.wanted[primitive]; asked && w.rules == rules {
			list = append(list, seen{places[n], w.name, Unescape(value)})
		}
		return err
	}, `SELECT session, primitive, value, rules FROM observation WHERE session IN (`+Marks(1, len(numbers))+`) AND value <> '`+unknownValue+`'`,
		Pad(nil, numbers)...)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b seen) int { return cmp.Or(cmp.Compare(a.place, b.place), strings.Compare(a.name, b.name)) })
	for _, x := range list {
		if len(h.past[x.name]) < h.q.Limit {
			p := sessions[x.place].Past
			p.Value = x.value
			h.past[x.name] = append(h.past[x.name], p)
		}
	}
	return nil
}

// seek reads the newest observations of one primitive among all sessions.
func (h *remembering) seek(ctx context.Context, primitive int64) error {
	wanted := h.wanted[primitive]
	w := &where{}
	h.ofMembers("o.attacker", w)
	w.add("o.primitive = ? AND o.rules = ? AND o.value <> '"+unknownValue+"'", primitive, wanted.rules)
	w.add(hasPlace, int64(unknownTime))
	list, err := h.pasts(ctx, fmt.Sprintf(`SELECT s.ref, s.id, s.start_ts, o.value FROM observation o JOIN sessions s ON s.n = o.session WHERE %s %s LIMIT %d`,
		w.sql(), inOrder, h.q.Limit), w.args...)
	if len(list) > 0 {
		h.past[wanted.name] = list
	}
	return err
}

// pasts reads rows of a session's reference, identifier and start, and a value.
func (h *remembering) pasts(ctx context.Context, query string, args ...any) (list []store.Past, err error) {
	err = h.t.once(ctx, func(row scanner) error {
		var p store.Past
		var start int64
		err := row.Scan(&p.Ref, &p.ID, &start, &p.Value)
		p.Ref, p.ID, p.Value, p.Start = Unescape(p.Ref), Unescape(p.ID), Unescape(p.Value), Time(start)
		list = append(list, p)
		return err
	}, query, args...)
	return list, err
}

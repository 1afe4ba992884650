package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"gait/store"
)

// linkStates are the states of links by the numbers that stand in rows; SQL
// spells them out.
var linkStates = []string{store.LinkProposed, store.LinkAccepted, store.LinkRejected}

// maxStatement bounds what is stored of what a link rests on, in bytes.
const maxStatement = 32 << 10

// Propose notes that vectors were compared, and stores the links that came of it.
func (s *Store) Propose(ctx context.Context, compared []int64, links []store.Proposal) error {
	ids := make([]string, len(links))
	for i, p := range links {
		if math.IsNaN(p.Strength) || math.IsInf(p.Strength, 0) || len(p.Statement) > maxStatement || len(p.Accept) > maxName || !json.Valid(p.Statement) {
			return fmt.Errorf("proposing links: a statement of %d bytes and strength %g, for a rule with a name of %d bytes, cannot be stored",
				len(p.Statement), p.Strength, len(p.Accept))
		}
		id, err := uuid.NewRandom()
		if err != nil {
			return fmt.Errorf("proposing links: %w", err)
		}
		ids[i] = id.String()
	}
	err := s.writeLater(ctx, func(ctx context.Context, t *Tx) error {
		for part := range slices.Chunk(compared, chunk) {
			if _, err := t.exec(ctx, `UPDATE vectors SET compared = TRUE WHERE session IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...); err != nil {
				return err
			}
		}
		for i := range links {
			if err := t.propose(ctx, &links[i], ids[i]); err != nil {
				return err
			}
			if err := t.acceptAtOnce(ctx, s.dialect, &links[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("proposing links: %w", err)
	}
	return nil
}

// propose stores one link, unless a stronger one is there or somebody has decided
// on it.
func (t *Tx) propose(ctx context.Context, p *store.Proposal, id string) error {
	sides, err := t.sidesOf(ctx, p.Sessions)
	if err != nil || sides[0].attacker == sides[1].attacker || sides[0].identity == sides[1].identity {
		if errors.Is(err, errNoSides) {
			return nil
		}
		return err
	}
	if sides[0].attacker > sides[1].attacker {
		sides[0], sides[1] = sides[1], sides[0]
	}
	now := Nanos(time.Now())
	var n int64
	var told bool
	err = t.row(ctx, `INSERT INTO links (id, a, b, session_a, session_b, strength, statement, proposed, decided) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (a, b) DO UPDATE SET session_a = excluded.session_a, session_b = excluded.session_b, strength = excluded.strength,
			statement = excluded.statement WHERE links.state = 0 AND links.strength < excluded.strength
		RETURNING n, told`, id, sides[0].attacker, sides[1].attacker, sides[0].session, sides[1].session, p.Strength, []byte(p.Statement), now, int64(unknownTime)).
		Scan(&n, &told)
	if isNoRow(err) || err == nil && (!p.Told || told) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.send(ctx, `UPDATE links SET told = TRUE WHERE n = $1`, n); err != nil {
		return err
	}
	l, err := t.link(ctx, "l.n = $1", n)
	if err != nil {
		return err
	}
	return t.tellLink(ctx, store.SubjectLinkProposed, &l)
}

// acceptAtOnce accepts a link by a rule, where the proposal was taken and nobody
// has decided on it.
func (t *Tx) acceptAtOnce(ctx context.Context, d *Dialect, p *store.Proposal) error {
	if p.Accept == "" {
		return nil
	}
	x := store.Decision{State: store.LinkAccepted, Who: p.Accept}
	err := t.row(ctx, `SELECT l.id FROM links l WHERE l.session_a IN ($1, $2) AND l.session_b IN ($1, $2) AND l.strength = $3 AND l.state = 0
		AND NOT EXISTS (SELECT 1 FROM link_log e WHERE e.link = l.n)`, p.Sessions[0], p.Sessions[1], p.Strength).Scan(&x.ID)
	if isNoRow(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.decide(ctx, d, x, int64(slices.Index(linkStates, x.State)))
	return err
}

// side is one of the two sessions of a link.
type side struct {
	session, attacker int64
	identity          string
}

var errNoSides = errors.New("a session of the link is gone")

// sidesOf reads whose two sessions are.
func (t *Tx) sidesOf(ctx context.Context, sessions [2]int64) (out [2]side, err error) {
	for i, n := range sessions {
		out[i].session = n
		err := t.row(ctx, `SELECT a.n, `+identityOf+` FROM vectors v JOIN sessions s ON s.n = v.session JOIN attackers a ON a.n = s.attacker
			WHERE v.session = $1`, n).Scan(&out[i].attacker, &out[i].identity)
		if isNoRow(err) {
			return out, errNoSides
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

const linkColumns = `l.n, l.id, l.a, l.b, a.uuid, b.uuid, a.address, b.address, COALESCE(s.ref, ''), COALESCE(r.ref, ''), l.state, l.strength, l.statement, l.proposed, l.decided, l.who`

const linkTables = `links l JOIN attackers a ON a.n = l.a JOIN attackers b ON b.n = l.b
	LEFT JOIN sessions s ON s.n = l.session_a LEFT JOIN sessions r ON r.n = l.session_b`

// linkRow is a link with the numbers of its row and of its attackers.
type linkRow struct {
	store.Link
	n, a, b int64
}

func readLink(row scanner) (l linkRow, err error) {
	var state, proposed, decided int64
	err = row.Scan(&l.n, &l.ID, &l.a, &l.b, &l.Attackers[0], &l.Attackers[1], &l.Addresses[0], &l.Addresses[1], &l.Refs[0], &l.Refs[1],
		&state, &l.Strength, (*[]byte)(&l.Statement), &proposed, &decided, &l.Who)
	if err != nil {
		return l, err
	}
	if state < 0 || state >= int64(len(linkStates)) {
		return l, fmt.Errorf("link %s has the unknown state %d", l.ID, state)
	}
	l.State, l.Proposed, l.Decided, l.Who = linkStates[state], Time(proposed), Time(decided), Unescape(l.Who)
	for i := range 2 {
		l.Addresses[i], l.Refs[i] = Unescape(l.Addresses[i]), Unescape(l.Refs[i])
	}
	return l, nil
}

func (t *Tx) link(ctx context.Context, condition string, arg any) (linkRow, error) {
	return readLink(t.row(ctx, `SELECT `+linkColumns+` FROM `+linkTables+` WHERE `+condition, arg))
}

// logOf reads what became of a link.
func (t *Tx) logOf(ctx context.Context, l *linkRow) error {
	l.Log = nil
	return t.each(ctx, func(row scanner) error {
		var e store.LinkEvent
		var ts, state int64
		err := row.Scan(&ts, &e.Who, &state)
		if e.Time, e.Who = Time(ts), Unescape(e.Who); state >= 0 && state < int64(len(linkStates)) {
			e.State = linkStates[state]
		}
		l.Log = append(l.Log, e)
		return err
	}, `SELECT ts, who, state FROM link_log WHERE link = $1 ORDER BY n`, l.n)
}

// Link gives one link by its UUID.
func (s *Store) Link(ctx context.Context, id string) (store.Link, error) {
	var l linkRow
	err := s.read(ctx, func(ctx context.Context, t *Tx) (err error) {
		if l, err = t.link(ctx, "l.id = $1", Escape(id)); err == nil {
			err = t.logOf(ctx, &l)
		}
		return err
	})
	return l.Link, reading("a link", err)
}

// Links lists links, the newest first.
func (s *Store) Links(ctx context.Context, q store.LinkQuery) (page store.Page[store.Link], err error) {
	asked := q
	asked.PageQuery = store.PageQuery{}
	b, from, err := s.bind("links", asked, q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		page = store.Page[store.Link]{}
		w := &where{}
		if q.State != "" {
			w.add("l.state = ?", slices.Index(linkStates, q.State))
		}
		if q.Attacker != "" {
			w.add("(a.uuid = ? OR b.uuid = ?)", q.Attacker, q.Attacker)
		}
		all := rows{linkTables, *w}
		if from != nil {
			w = &where{terms: slices.Clone(w.terms), args: slices.Clone(w.args)}
			w.add("l.n < ?", from.id)
		}
		var places []place
		err := t.once(ctx, func(row scanner) error {
			l, err := readLink(row)
			page.Items, places = append(page.Items, l.Link), append(places, place{id: l.n})
			return err
		}, fmt.Sprintf(`SELECT %s FROM %s WHERE %s ORDER BY l.n DESC LIMIT %d`, linkColumns, linkTables, w.sql(), pageLimit(q.PageQuery)+1), w.args...)
		if err != nil {
			return err
		}
		finish(&page, places, pageLimit(q.PageQuery), b)
		return total(ctx, t, &page, q.PageQuery, all)
	})
	return page, reading("links", err)
}

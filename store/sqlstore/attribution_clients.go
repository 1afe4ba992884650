package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gait/store"
)

// mostClients is how many sessions a series of clients holds at most, the
// newest: as many as the rules of hashes look at.
const mostClients = 4096

// clientSeries are the series of clients: how each is named, the column that it
// stands in, and what a session that was read says of it.
var clientSeries = []struct {
	name, column string
	of           func(*pastSession) string
}{
	{store.SeriesHASSH, "s.hassh", func(p *pastSession) string { return p.hassh }},
	{store.SeriesVersion, "s.client", func(p *pastSession) string { return p.client }},
}

// clients reads what software the sessions came with: from the newest sessions,
// where these hold all that is asked for, else from all that tell of it.
func (h *remembering) clients(ctx context.Context, sessions []pastSession) error {
	for _, c := range clientSeries {
		var list []store.Past
		var from time.Time
		for i := range sessions {
			p := &sessions[i]
			if c.of(p) == "" {
				continue
			}
			if len(list) == 0 {
				from = p.Start.Add(-h.q.Clients)
			}
			if !p.Start.Before(from) {
				x := p.Past
				x.Value = c.of(p)
				list = append(list, x)
			}
		}
		whole := len(sessions) < secondLook || len(list) > 0 && sessions[len(sessions)-1].Start.Before(from)
		if !whole {
			var err error
			if list, err = h.seekClients(ctx, c.column); err != nil {
				return err
			}
		}
		if len(list) > 0 {
			h.past[c.name] = list
		}
	}
	return nil
}

// seekClients reads what a column says among all sessions: of the newest that
// says anything, and of those so long before it.
func (h *remembering) seekClients(ctx context.Context, column string) ([]store.Past, error) {
	says := column + " <> ''"
	newest := int64(unknownTime)
	for _, m := range h.members { // each is one look at an index
		err := h.t.each(ctx, func(row scanner) error { return row.Scan(&newest) },
			`SELECT s.start_ts FROM sessions s WHERE s.attacker = $1 AND `+says+` AND s.start_ts > $2 AND NOT s.doubtful AND s.position > 0
			ORDER BY s.start_ts DESC LIMIT 1`, m.n, newest)
		if err != nil {
			return nil, err
		}
	}
	if newest == unknownTime {
		return nil, nil
	}
	w := &where{}
	h.ofMembers("s.attacker", w)
	w.add(says)
	w.add(hasPlace, Nanos(Time(newest).Add(-h.q.Clients))-1)
	return h.pasts(ctx, fmt.Sprintf(`SELECT s.ref, s.id, s.start_ts, %s FROM sessions s WHERE %s %s LIMIT %d`, column, w.sql(), inOrder, mostClients), w.args...)
}

// LearnClients takes from details what software sessions came with that an older
// release stored.
func (s *Store) LearnClients(ctx context.Context, after int64, limit int) (next int64, learned int, err error) {
	if limit <= 0 || limit > mostMarked {
		limit = mostMarked
	}
	err = s.writeLater(ctx, func(ctx context.Context, t *Tx) error {
		next, learned, err = t.learnClients(ctx, after, limit)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("reading what software sessions came with: %w", err)
	}
	return next, learned, nil
}

func (t *Tx) learnClients(ctx context.Context, after int64, limit int) (next int64, learned int, err error) {
	type found struct {
		n             int64
		Client, HASSH string
	}
	var list []found
	err = t.each(ctx, func(row scanner) error {
		var x found
		var data []byte
		if err := row.Scan(&x.n, &data); err != nil {
			return err
		}
		// What cannot be read says nothing: gait db check tells of it.
		if d, err := unpackDetails(data); err == nil && len(d.detail) > 0 && json.Unmarshal(d.detail, &x) != nil {
			x.Client, x.HASSH = "", ""
		}
		list = append(list, x)
		return nil
	}, `SELECT s.n, d.data FROM sessions s LEFT JOIN session_details d ON d.session = s.n
		WHERE s.n > $1 AND s.hassh IS NULL AND s.position > 0 ORDER BY s.n LIMIT $2`, after, limit)
	if err != nil {
		return 0, 0, err
	}
	if len(list) == limit {
		next = list[len(list)-1].n
	}
	for _, x := range list {
		if err := t.send(ctx, `UPDATE sessions SET client = $2, hassh = $3 WHERE n = $1`, x.n, text(x.Client, maxText), text(x.HASSH, maxText)); err != nil {
			return 0, 0, err
		}
	}
	return next, len(list), nil
}

package sqlstore

import (
	"context"
	"fmt"

	"gait/store"
)

// journal is a table that is only added to, read from its newest row on.
type journal[T any] struct {
	table, columns string
	read           func(scanner) (item T, n int64, err error)
}

func (j journal[T]) page(ctx context.Context, s *Store, q store.PageQuery) (store.Page[T], error) {
	var page store.Page[T]
	b, from, err := s.bind(j.table, nil, q.Cursor)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		page = store.Page[T]{}
		w := &where{}
		if from != nil {
			w.add("n < ?", from.id)
		}
		var places []place
		err := t.once(ctx, func(row scanner) error {
			item, n, err := j.read(row)
			page.Items, places = append(page.Items, item), append(places, place{id: n})
			return err
		}, fmt.Sprintf(`SELECT %s FROM %s WHERE %s ORDER BY n DESC LIMIT %d`, j.columns, j.table, w.sql(), pageLimit(q)+1), w.args...)
		if err != nil {
			return err
		}
		finish(&page, places, pageLimit(q), b)
		return total(ctx, t, &page, q, rows{j.table, where{}})
	})
	if err != nil {
		return store.Page[T]{}, err
	}
	return page, nil
}

var rejections = journal[store.Rejected]{
	table: "rejected", columns: "n, ts, subject, reason, payload",
	read: func(row scanner) (r store.Rejected, n int64, err error) {
		var ts int64
		err = row.Scan(&r.N, &ts, &r.Subject, &r.Reason, &r.Payload)
		r.Time, r.Subject, r.Reason = Time(ts), Unescape(r.Subject), Unescape(r.Reason)
		return r, r.N, err
	},
}

// Rejections gives the events that could not be used, the newest first.
func (s *Store) Rejections(ctx context.Context, q store.PageQuery) (store.Page[store.Rejected], error) {
	page, err := rejections.page(ctx, s, q)
	if err != nil {
		return page, fmt.Errorf("listing rejected events: %w", err)
	}
	return page, nil
}

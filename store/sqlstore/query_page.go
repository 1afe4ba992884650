package sqlstore

import (
	"context"
	"fmt"

	"gait/store"
)

// order is what a list is sorted by: a column, then the row's number n.
type order struct {
	column string
	text   bool // the column holds text
	up     bool
}

// key gives the sort key of a place as an argument.
func (o order) key(p *place) any {
	if o.text {
		return p.text
	}
	return p.key
}

// place gives the place of a row from its sort key as it was read.
func (o order) place(key any, n int64) place {
	switch key := key.(type) {
	case int64:
		return place{key: key, id: n}
	case string:
		return place{text: key, id: n}
	case []byte:
		return place{text: string(key), id: n}
	}
	return place{id: n}
}

// by gives the words behind ORDER BY.
func (o order) by() string {
	return o.column + direction(o.up) + ", n" + direction(o.up)
}

// picked is a query for the numbers and sort keys of the rows of a page. With
// counts set it also tells how many there are, as far as totals go: one scan
// then does for both.
type picked struct {
	query  string
	args   []any
	by     order
	counts bool
}

// pick gives the query for one page and one row more. It reads nothing but what
// stands in the index of the sort order.
func (o order) pick(w *where, table string, q store.PageQuery, from *place) picked {
	p := picked{by: o, counts: q.Count && from == nil}
	limit := pageLimit(q) + 1
	if p.counts {
		limit = maxTotal + 1
	}
	if from != nil {
		w.after(o, from)
	}
	p.query = fmt.Sprintf(`SELECT n, %s AS sort_by FROM %s WHERE %s ORDER BY %s LIMIT %d`, o.column, table, w.sql(), o.by(), limit)
	p.args = w.args
	return p
}

// rows gives the query for columns of the rows picked, behind which stand the
// sort key and the count. The tables are joined to those rows.
func (p picked) rows(columns, tables string, q store.PageQuery) string {
	with, count, found, way := "", "0", p.query, direction(p.by.up)
	if p.counts {
		with, count = "WITH found AS MATERIALIZED ("+p.query+") ", "(SELECT COUNT(*) FROM found)"
		found = fmt.Sprintf("SELECT n, sort_by FROM found ORDER BY sort_by%s, n%[1]s LIMIT %d", way, pageLimit(q)+1)
	}
	return fmt.Sprintf(`%sSELECT %s, picked.sort_by, %s FROM (%s) AS picked JOIN %s ORDER BY picked.sort_by%s, picked.n%[6]s`,
		with, columns, count, found, tables, way)
}

// tell sets a total from what was counted.
func (p picked) tell(total *int64, more *bool, count int64) {
	if *total = -1; p.counts {
		*total, *more = min(count, maxTotal), count > maxTotal
	}
}

// rows are those of a table that a list is made of, whatever its pages.
type rows struct {
	table string
	where where
}

// count counts rows as far as totals go, and one beyond.
func (t *Tx) count(ctx context.Context, r rows) (n int64, err error) {
	query := fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %d) AS counted`, r.table, r.where.sql(), maxTotal+1)
	err = t.once(ctx, func(row scanner) error { return row.Scan(&n) }, query, r.where.args...)
	return n, err
}

// total sets the total of a page where it is asked for. A first page that holds
// all tells by itself.
func total[T any](ctx context.Context, t *Tx, page *store.Page[T], q store.PageQuery, r rows) error {
	if page.Total = -1; !q.Count {
		return nil
	}
	if q.Cursor == "" && page.Next == "" {
		page.Total = int64(len(page.Items))
		return nil
	}
	n, err := t.count(ctx, r)
	page.Total, page.More = min(n, maxTotal), n > maxTotal
	return err
}

// finish cuts the row beyond a page's limit off and gives the page the cursor
// of the next.
func finish[T any](page *store.Page[T], places []place, limit int, b binding) {
	if len(page.Items) <= limit {
		return
	}
	page.Items = page.Items[:limit]
	page.Next = b.cursor(places[limit-1])
}

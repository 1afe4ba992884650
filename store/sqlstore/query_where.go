package sqlstore

import (
	"context"
	"strconv"
	"strings"
)

// where collects the terms of a condition and their arguments. In a term each
// ? stands for the next argument; the text that comes out has $1, $2, ...,
// which both engines read.
type where struct {
	terms []string
	args  []any
	never bool // nothing can match
}

// add adds a term that must hold.
func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, w.text(term, args...))
}

// text numbers the arguments of a piece of SQL and keeps them.
func (w *where) text(sql string, args ...any) string {
	var b strings.Builder
	for _, a := range args {
		before, after, found := strings.Cut(sql, "?")
		if !found {
			break
		}
		b.WriteString(before)
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(w.arg(a)))
		sql = after
	}
	b.WriteString(sql)
	return b.String()
}

// arg keeps an argument and gives its number.
func (w *where) arg(a any) int {
	w.args = append(w.args, a)
	return len(w.args)
}

// sql gives the condition, true where there are no terms.
func (w *where) sql() string {
	if len(w.terms) == 0 {
		return "1 = 1"
	}
	return strings.Join(w.terms, " AND ")
}

// after adds the term that begins behind a place in an order.
func (w *where) after(o order, p *place) {
	sign := "<"
	if o.up {
		sign = ">"
	}
	w.add("("+o.column+", n) "+sign+" (?, ?)", o.key(p), p.id)
}

// direction is the word behind a column in ORDER BY.
func direction(up bool) string {
	if up {
		return " ASC"
	}
	return " DESC"
}

// beginning adds nothing by itself: it gives the term that a column begins
// with a text, in a form that an index answers.
func (w *where) beginning(column, prefix string) string {
	prefix = Escape(prefix)
	return w.text("("+column+" >= ? AND "+column+" < ?)", prefix, prefix+"\U0010ffff")
}

// once reads all rows of a query that was put together for this one time.
func (t *Tx) once(ctx context.Context, f func(row scanner) error, query string, args ...any) error {
	rows, err := t.on.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gait/store"
)

// maxFilters bounds the filters of one query.
const maxFilters = 64

// unmarked gives the term that a row has a value that has no bit.
type unmarked func(w *where, primitive int64, value string) string

// facets adds what filters ask for: a term for each primitive, with its values
// as alternatives. Values that have a bit are looked for in f0 to f3; for the
// others rare gives the term. What nothing in the store has is never found.
func (t *Tx) facets(ctx context.Context, w *where, filters []store.Filter, rare unmarked) error {
	if len(filters) > maxFilters {
		return fmt.Errorf("%d filters, at most %d are taken", len(filters), maxFilters)
	}
	var order []string
	values := map[string][]string{}
	for _, f := range filters {
		if values[f.Primitive] == nil {
			order = append(order, f.Primitive)
		}
		values[f.Primitive] = append(values[f.Primitive], f.Value)
	}
	for _, primitive := range order {
		term, err := t.facet(ctx, w, primitive, values[primitive], rare)
		if err != nil {
			return err
		}
		if term == "" {
			w.never = true
			return nil
		}
		w.terms = append(w.terms, term)
	}
	return nil
}

// facet gives the term for the values of one primitive, empty where none of
// them is in the store.
func (t *Tx) facet(ctx context.Context, w *where, primitive string, values []string, rare unmarked) (string, error) {
	var alternatives []string
	var masks facetSet
	for _, value := range values {
		n, bit, err := t.mark(ctx, primitive, value)
		switch {
		case isNoRow(err):
		case err != nil:
			return "", err
		case bit.Valid:
			masks.add(bit.Int64)
		default:
			alternatives = append(alternatives, rare(w, n, value))
		}
	}
	for i, mask := range masks {
		if mask != 0 {
			alternatives = append(alternatives, w.text(fmt.Sprintf("(f%d & ?) <> 0", i), mask))
		}
	}
	if len(alternatives) == 0 {
		return "", nil
	}
	return "(" + strings.Join(alternatives, " OR ") + ")", nil
}

// mark gives a primitive's number and the bit of one of its values.
func (t *Tx) mark(ctx context.Context, primitive, value string) (n int64, bit sql.NullInt64, err error) {
	err = t.row(ctx, `SELECT p.n, f.bit FROM primitives p LEFT JOIN facets f ON f.primitive = p.n AND f.value = $2 WHERE p.name = $1`,
		Escape(primitive), Escape(value)).Scan(&n, &bit)
	return n, bit, err
}

// isNoRow says that a query for one row found none.
func isNoRow(err error) bool { return errors.Is(err, sql.ErrNoRows) }

package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

const (
	// mostPrimitives bounds the dictionary of primitives; numbers are SMALLINT.
	mostPrimitives = 4096
	// mostFacets bounds how many values of one primitive get a bit, so that
	// one with many values cannot take them all.
	mostFacets = 24
	facetWidth = 62 // bits in each of the columns f0 to f3
	allFacets  = 4 * facetWidth
)

// primitive is an entry of the dictionary of primitives.
type primitive struct{ name, source string }

// facet is a value of a primitive.
type facet struct {
	primitive int64
	value     string
}

// facetSet is a set of values that have a bit, as it stands in f0 to f3.
type facetSet [4]int64

func (f *facetSet) add(bit int64) { f[bit/facetWidth] |= 1 << (bit % facetWidth) }

// words are the dictionaries, as far as this process knows them. They only
// grow, and what is in them never changes.
type words struct {
	s      *Store
	mu     sync.RWMutex
	byName map[string]int64
	byN    map[int64]primitive
	bits   map[facet]int64
	counts map[int64]int // values with a bit, by primitive
}

func newWords(s *Store) *words {
	return &words{s: s, byName: map[string]int64{}, byN: map[int64]primitive{}, bits: map[facet]int64{}, counts: map[int64]int{}}
}

// number gives the number of a primitive, false where it has none here.
func (w *words) number(name string) (int64, bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	n, ok := w.byName[name]
	return n, ok
}

// primitive gives name and source of a number. Where this process does not know
// it, another one has added it: the dictionary is read again.
func (w *words) primitive(ctx context.Context, t *Tx, n int64) (primitive, error) {
	w.mu.RLock()
	p, ok := w.byN[n]
	w.mu.RUnlock()
	if ok {
		return p, nil
	}
	if err := w.reload(ctx, t); err != nil {
		return p, err
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	if p, ok = w.byN[n]; !ok {
		return p, fmt.Errorf("the dictionary has no primitive %d", n)
	}
	return p, nil
}

// mark gives the bit that a value sets, its own or that of all others of the
// primitive; -1 where there is neither. Own says which.
func (w *words) mark(primitive int64, value string) (bit int64, own bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if bit, own = w.bits[facet{primitive, value}]; own && value != otherValues {
		return bit, true
	}
	if bit, ok := w.bits[facet{primitive, otherValues}]; ok {
		return bit, false
	}
	return -1, false
}

// lacks says whether a value should have a bit of its own, and has none as far
// as this process knows.
func (w *words) lacks(values map[int64]latest) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for n, l := range values {
		if _, has := w.bits[facet{n, l.value}]; !has && label(l.value) && w.counts[n] < mostFacets && len(w.bits) < allFacets {
			return true
		}
	}
	return false
}

// load reads the dictionaries.
func (w *words) load(ctx context.Context) error {
	err := w.s.read(ctx, w.reload)
	if err != nil {
		return fmt.Errorf("reading the dictionaries: %w", err)
	}
	return nil
}

func (w *words) reload(ctx context.Context, t *Tx) error {
	names, bits := map[int64]primitive{}, map[facet]int64{}
	err := t.each(ctx, func(row scanner) error {
		var n int64
		var p primitive
		err := row.Scan(&n, &p.name, &p.source)
		names[n] = primitive{Unescape(p.name), Unescape(p.source)}
		return err
	}, `SELECT n, name, source FROM primitives`)
	if err != nil {
		return err
	}
	err = t.each(ctx, func(row scanner) error {
		var bit int64
		var f facet
		err := row.Scan(&bit, &f.primitive, &f.value)
		f.value = Unescape(f.value)
		bits[f] = bit
		return err
	}, `SELECT bit, primitive, value FROM facets`)
	if err == nil {
		w.know(names, bits)
	}
	return err
}

// know takes in what is committed.
func (w *words) know(names map[int64]primitive, bits map[facet]int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, p := range names {
		w.byN[n], w.byName[p.name] = p, n
	}
	for f, bit := range bits {
		if _, known := w.bits[f]; !known {
			w.bits[f] = bit
			w.counts[f.primitive]++
		}
	}
}

// wanted is what a profile needs in the dictionaries.
type wanted struct{ name, source, value string }

// missing gives what is not in the dictionaries and could be.
func (w *words) missing(list []wanted) []wanted {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var missing []wanted
	for _, one := range list {
		n, known := w.byName[one.name]
		_, has := w.bits[facet{n, one.value}]
		if !known || !has && label(one.value) && w.counts[n] < mostFacets && len(w.bits) < allFacets {
			missing = append(missing, one)
		}
	}
	return missing
}

// learn puts into the dictionaries what is missing, in a transaction of its
// own: what a transaction rolled back must not be known.
func (w *words) learn(ctx context.Context, list []wanted) error {
	missing := w.missing(list)
	if len(missing) == 0 {
		return nil
	}
	slices.SortFunc(missing, func(a, b wanted) int {
		return slices.Compare([]string{a.name, a.value}, []string{b.name, b.value})
	})
	err := w.s.write(ctx, func(ctx context.Context, t *Tx) error {
		// The row is a lock: dictionaries grow one transaction after the other.
		if _, err := t.exec(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'words'`); err != nil {
			return err
		}
		for _, one := range slices.Compact(missing) {
			if err := t.learn(ctx, one); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = w.load(ctx)
	}
	if err != nil {
		return fmt.Errorf("adding to the dictionaries: %w", err)
	}
	return nil
}

func (t *Tx) learn(ctx context.Context, one wanted) error {
	name := Escape(one.name)
	_, err := t.exec(ctx, `INSERT INTO primitives (n, name, source)
		SELECT COALESCE(MAX(n), 0) + 1, $1, $2 FROM primitives HAVING COUNT(*) < $3
		ON CONFLICT (name) DO NOTHING`, name, Escape(one.source), mostPrimitives)
	if err == nil {
		err = t.learnValue(ctx, name, otherValues)
	}
	if err != nil || !label(one.value) {
		return err
	}
	return t.learnValue(ctx, name, Escape(one.value))
}

// otherValues stands, as a value with a bit, for all values of a primitive that
// have none of their own.
const otherValues = ""

func (t *Tx) learnValue(ctx context.Context, name, value string) error {
	_, err := t.exec(ctx, `INSERT INTO facets (bit, primitive, value)
		SELECT (SELECT COALESCE(MAX(bit), -1) + 1 FROM facets), p.n, $2 FROM primitives p
		WHERE p.name = $1 AND (SELECT COUNT(*) FROM facets) < $3
			AND (SELECT COUNT(*) FROM facets f WHERE f.primitive = p.n) < $4
		ON CONFLICT (primitive, value) DO NOTHING`, name, value, allFacets, mostFacets)
	return err
}

// label says whether a value may get a bit: labels are words of letters and
// underscores; a hash or a tag has no end of values.
func label(value string) bool {
	if len(value) == 0 || len(value) > 40 {
		return false
	}
	digits, hex := 0, 0
	for _, c := range []byte(value) {
		switch {
		case c >= '0' && c <= '9':
			digits++
			hex++
		case c >= 'a' && c <= 'f':
			hex++
		case c >= 'g' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.':
		default:
			return false
		}
	}
	return digits <= 4 && (hex < len(value) || len(value) < 8)
}

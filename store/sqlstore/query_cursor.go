package sqlstore

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"gait/store"
)

const (
	defaultPage = 50
	maxPage     = 1000
	// maxTotal is how far totals are counted.
	maxTotal = 10_000
	// maxCursor bounds the text of a cursor: eight bytes that bind it, two
	// numbers and a sort key that is a text.
	maxCursor = 512
)

// place is where a page ended: the sort key of its last row, a number or a
// text, and the row's number, which tells equal keys apart.
type place struct {
	key  int64
	text string
	id   int64
}

// binding is what makes a cursor valid for one query on one store only.
type binding [8]byte

// bind makes the binding of a query and reads the cursor that it came with, as
// [binding.place] does. What a page may change between calls (limit, cursor,
// count) must have been cleared from the query.
func (s *Store) bind(list string, query any, cursor string) (b binding, from *place, err error) {
	text, err := json.Marshal(query)
	if err != nil {
		return b, nil, fmt.Errorf("reading the query: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", s.ID(), list, text))
	b = binding(sum[:8])
	from, err = b.place(cursor)
	return b, from, err
}

// cursor gives the text of a place.
func (b binding) cursor(p place) string {
	raw := append([]byte(nil), b[:]...)
	raw = binary.AppendVarint(raw, p.key)
	raw = binary.AppendVarint(raw, p.id)
	raw = append(raw, p.text...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// place reads a cursor; nil stands for the beginning. What this query did not
// give is [store.ErrCursor].
func (b binding) place(cursor string) (*place, error) {
	if cursor == "" {
		return nil, nil
	}
	if len(cursor) > maxCursor {
		return nil, store.ErrCursor
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < len(b) || binding(raw[:len(b)]) != b {
		return nil, store.ErrCursor
	}
	raw = raw[len(b):]
	var p place
	for _, to := range []*int64{&p.key, &p.id} {
		n := 0
		if *to, n = binary.Varint(raw); n <= 0 {
			return nil, store.ErrCursor
		}
		raw = raw[n:]
	}
	p.text = string(raw)
	return &p, nil
}

// pageLimit gives how many rows a page has.
func pageLimit(q store.PageQuery) int {
	switch {
	case q.Limit <= 0:
		return defaultPage
	case q.Limit > maxPage:
		return maxPage
	}
	return q.Limit
}

package sqlstore

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// unknownValue is the value that stands back behind every other one.
const unknownValue = "unknown"

// latest is the latest value of one primitive of an attacker.
type latest struct {
	primitive  int64
	value      string
	confidence float64
	end        int64 // of the window
	session    int64
	ref        string // of the session
	rules      int64
}

// beats says whether a value is the later of two of one primitive: a known one
// before an unknown one, then the greater window end, then the newer session.
func (l *latest) beats(o *latest) bool {
	if a, b := l.value == unknownValue, o.value == unknownValue; a != b {
		return b
	}
	return cmp.Or(cmp.Compare(l.end, o.end), cmp.Compare(l.session, o.session)) > 0
}

const formatLatest = 1

var errLatest = errors.New("the latest values of an attacker are damaged")

// packLatest gives latest values as they are stored, in the order of numbers.
// Sessions that several of them come from stand there once.
func packLatest(list []latest) []byte {
	slices.SortFunc(list, func(a, b latest) int { return cmp.Compare(a.primitive, b.primitive) })
	var sessions []latest
	places := map[int64]int{}
	for _, l := range list {
		if _, known := places[l.session]; !known {
			places[l.session] = len(sessions)
			sessions = append(sessions, l)
		}
	}
	b := append(make([]byte, 0, 64+24*len(list)+128*len(sessions)), formatLatest)
	b = binary.AppendUvarint(b, uint64(len(sessions)))
	for _, l := range sessions {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(l.session)), l.end)
		b = appendPart(b, []byte(l.ref))
	}
	for _, l := range list {
		at := places[l.session]
		b = binary.AppendUvarint(b, uint64(l.primitive))
		b = binary.AppendUvarint(b, uint64(at))
		b = binary.AppendVarint(b, l.end-sessions[at].end)
		b = binary.AppendUvarint(b, uint64(l.rules))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(l.confidence))
		b = appendPart(b, []byte(l.value))
	}
	return b
}

// unpackLatest gives what was packed, in the order of the primitives' numbers.
func unpackLatest(data []byte) ([]latest, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if data[0] != formatLatest {
		return nil, fmt.Errorf("%w: unknown format %d", errLatest, data[0])
	}
	r := reader{b: data[1:]}
	n := r.number()
	if n > uint64(len(data)) {
		return nil, errLatest
	}
	sessions := make([]latest, n)
	for i := range sessions {
		sessions[i] = latest{session: int64(r.number()), end: r.signed(), ref: string(r.part())}
	}
	var list []latest
	for len(r.b) > 0 && !r.bad {
		l := latest{primitive: int64(r.number())}
		at := r.number()
		if at >= uint64(len(sessions)) {
			return nil, errLatest
		}
		s := &sessions[at]
		l.session, l.ref, l.end = s.session, s.ref, s.end+r.signed()
		l.rules = int64(r.number())
		if len(r.b) < 8 {
			return nil, errLatest
		}
		l.confidence = math.Float64frombits(binary.LittleEndian.Uint64(r.b))
		r.b = r.b[8:]
		l.value = string(r.part())
		list = append(list, l)
	}
	if r.bad {
		return nil, errLatest
	}
	return list, nil
}

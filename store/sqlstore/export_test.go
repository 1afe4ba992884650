package sqlstore

import "gait/store"

// PackedLatest gives the latest values of an attacker as they are stored, for
// stores that are made for measuring.
func PackedLatest(session int64, ref string, end int64, values map[int64]string) []byte {
	var list []latest
	for primitive, value := range values {
		list = append(list, latest{primitive: primitive, value: value, confidence: 0.7, end: end, session: session, ref: ref, rules: 1})
	}
	return packLatest(list)
}

// SortKey gives an address in a form that sorts by number.
func SortKey(address string) string { return sortKey(address) }

// StateNumber gives the number of a state.
func StateNumber(s store.State) int64 {
	n, err := stateNumber(s)
	if err != nil {
		panic(err)
	}
	return n
}

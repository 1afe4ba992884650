package serve

import (
	"strconv"
	"strings"
)

// maxEventID bounds what is taken for the id of an event, in bytes.
const maxEventID = 128

// eventID writes the id of an event: the store, and the position in its change
// log.
func appendEventID(b []byte, storeID string, position int64) []byte {
	b = append(append(b, storeID...), '-')
	return strconv.AppendInt(b, position, 10)
}

// parseEventID reads the position out of an id of this store; it is false for
// every other text.
func parseEventID(id, storeID string) (position int64, ok bool) {
	if len(id) > maxEventID {
		return 0, false
	}
	i := strings.LastIndexByte(id, '-')
	if i < 0 || id[:i] != storeID || storeID == "" {
		return 0, false
	}
	digits := id[i+1:]
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || digits != strconv.FormatInt(n, 10) {
		return 0, false
	}
	return n, true
}

// Package scan looks for bytes, eight at a time.
package scan

import (
	"encoding/binary"
	"math/bits"
)

// Each byte of these words holds the same value.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Either gives the place of the first byte in data that is a or b, -1 where there
// is none.
func Either(data []byte, a, b byte) int {
	i := 0
	for wa, wb := ones*uint64(a), ones*uint64(b); i+8 <= len(data); i += 8 {
		// A byte can be taken for a zero only above a true one, so that the lowest
		// is right.
		w := binary.LittleEndian.Uint64(data[i:])
		x, y := w^wa, w^wb
		if zero := ((x-ones)&^x | (y-ones)&^y) & highs; zero != 0 {
			return i + bits.TrailingZeros64(zero)/8
		}
	}
	for ; i < len(data); i++ {
		if data[i] == a || data[i] == b {
			return i
		}
	}
	return -1
}

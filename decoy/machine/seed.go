package machine

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// seed is what everything that is made up comes from. Each purpose has a seed
// of its own, so that making up one thing more changes nothing else.
type seed [32]byte

// sub derives the seed for a purpose.
func (s seed) sub(purpose string) (out seed) {
	key, err := hkdf.Key(sha256.New, s[:], nil, "gait decoy machine "+purpose, len(out))
	if err != nil { // only for lengths that are not asked for
		panic(err)
	}
	copy(out[:], key)
	return out
}

// rand gives a source of chance for a purpose.
func (s seed) rand(purpose string) *rand.Rand { return rand.New(rand.NewChaCha8(s.sub(purpose))) }

// at gives a number for a purpose at a step, 0 <= x < 1, without a sequence:
// noise that can be asked for at any time.
func (s seed) at(step int64) float64 {
	var b [40]byte
	copy(b[:], s[:])
	binary.LittleEndian.PutUint64(b[32:], uint64(step))
	sum := sha256.Sum256(b[:])
	return float64(binary.LittleEndian.Uint64(sum[:])>>11) / (1 << 53)
}

// smooth gives noise that moves slowly from one step to the next.
func (s seed) smooth(position float64) float64 {
	step := int64(position)
	part := position - float64(step)
	return s.at(step)*(1-part) + s.at(step+1)*part
}

// uuid makes up a random UUID (version 4).
func uuid(r *rand.Rand) string {
	var b [16]byte
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// hexes makes up n hexadecimal digits.
func hexes(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[r.IntN(16)]
	}
	return string(b)
}

// letters makes up n characters of an alphabet.
func letters(r *rand.Rand, n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// pick chooses one.
func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

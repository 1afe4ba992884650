package scan

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestEither compares with the library's search, at every length and place.
func TestEither(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	near := []byte{0, 1, '\t', '\n', '\n' + 1, '\n' - 1, '\r', '\r' ^ 0x80, ' ', 0x7f, 0x80, 0xff}
	found := 0
	for range 100_000 {
		data := make([]byte, r.IntN(40))
		for i := range data {
			data[i] = near[r.IntN(len(near))]
		}
		a, b := near[r.IntN(len(near))], near[r.IntN(len(near))]
		want := bytes.IndexByte(data, a)
		if i := bytes.IndexByte(data, b); i >= 0 && (want < 0 || i < want) {
			want = i
		}
		if got := Either(data, a, b); got != want {
			t.Fatalf("%q, %q or %q: %d, want %d", data, a, b, got, want)
		}
		if want >= 0 {
			found++
		}
	}
	if found < 10_000 || found > 99_000 {
		t.Errorf("found in %d", found)
	}
}

package motor

import (
	"crypto/md5"
	"fmt"
	"math/rand/v2"
	"testing"

	"gait/profile"
)

// naive is the definition, bit by bit.
func naive(list []profile.Digraph) (bits uint64) {
	var sum [64]int
	for _, d := range list {
		text := func(r rune) string {
			if r > 0x10ffff {
				return "?"
			}
			return string(r)
		}
		h := md5.Sum(fmt.Appendf(nil, "%s%s:%d", text(d.First), text(d.Second), d.Bucket))
		for bit := range 64 {
			if h[7-bit/8]>>(bit%8)&1 == 1 {
				sum[bit] += d.Count
			} else {
				sum[bit] -= d.Count
			}
		}
	}
	for bit, s := range sum {
		if s > 0 {
			bits |= 1 << bit
		}
	}
	return bits
}

func total(list []profile.Digraph) (n int) {
	for _, d := range list {
		n += d.Count
	}
	return n
}

func TestFingerprintIsTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 2000 {
		list := make([]profile.Digraph, 1+r.IntN(100))
		for i := range list {
			limit := rune(128)
			if r.IntN(5) == 0 {
				limit = 0x110100 // code points, and bytes beyond them
			}
			list[i] = profile.Digraph{First: r.Int32N(limit), Second: r.Int32N(limit), Count: 1 + r.IntN(40), Bucket: r.IntN(buckets)}
			if round%10 == 0 {
				list[i].Count *= 5000 // beyond 16 bits
			}
		}
		if got, want := fingerprint(list, total(list)), naive(list); got != want {
			t.Fatalf("round %d: got %016x, want %016x", round, got, want)
		}
	}
}

func TestFingerprintAtTheLaneLimit(t *testing.T) {
	for _, count := range []int{laneLimit - 1, laneLimit, laneLimit + 1} {
		list := []profile.Digraph{{First: 'l', Second: 's', Count: count - 1, Bucket: 3}, {First: 'c', Second: 'd', Count: 1}}
		if got, want := fingerprint(list, count), naive(list); got != want {
			t.Errorf("total %d: got %016x, want %016x", count, got, want)
		}
	}
}

func TestFingerprintTies(t *testing.T) {
	list := []profile.Digraph{{First: 'l', Second: 's', Count: 3}, {First: 'c', Second: 'd', Count: 3}}
	want := tokenHash(&list[0]) & tokenHash(&list[1])
	if got := fingerprint(list, 6); got != want {
		t.Errorf("got %016x, want the bits that both have, %016x", got, want)
	}
}

func TestHexDigits(t *testing.T) {
	if got := hexDigits(0xab); got != "00000000000000ab" {
		t.Errorf("got %s", got)
	}
}

func BenchmarkFingerprint(b *testing.B) {
	list := make([]profile.Digraph, 60)
	for i := range list {
		list[i] = profile.Digraph{First: 'a' + rune(i%26), Second: 'a' + rune(i/3), Count: 1 + i%4, Bucket: i % buckets}
	}
	n := total(list)
	b.ReportAllocs()
	for b.Loop() {
		fingerprint(list, n)
	}
}

package motor

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"unicode/utf8"

	"gait/profile"
)

// buckets is how many buckets flight times fall in.
const buckets = 7

// tokenHashes remembers the hash of each token of two ASCII chars; 0 stands for
// one that was not computed yet. It is shared by all engines of a process.
var tokenHashes [128 * 128 * buckets]atomic.Uint64

// tokenHash gives the first 8 bytes of the MD5 of a digraph's token.
func tokenHash(d *profile.Digraph) uint64 {
	if d.First >= 128 || d.Second >= 128 || d.Bucket >= buckets {
		return computeHash(d)
	}
	cell := &tokenHashes[(int(d.First)<<7|int(d.Second))*buckets+d.Bucket]
	if h := cell.Load(); h != 0 {
		return h
	}
	h := computeHash(d)
	cell.Store(h)
	return h
}

func computeHash(d *profile.Digraph) uint64 {
	var buf [2*utf8.UTFMax + 2]byte
	b := append(appendChar(appendChar(buf[:0], d.First), d.Second), ':', '0'+byte(d.Bucket))
	sum := md5.Sum(b)
	return binary.BigEndian.Uint64(sum[:8])
}

// appendChar appends a char; a byte that is no part of valid UTF-8 as "?".
func appendChar(b []byte, r rune) []byte {
	if r > utf8.MaxRune {
		return append(b, '?')
	}
	return utf8.AppendRune(b, r)
}

// laneLimit is the total weight up to which a sum fits in 16 bits.
const laneLimit = 1<<16 - 1

// fingerprint gives the SimHash of weighted digraphs: for each bit the weights
// of tokens that have it set, minus the weights of those that have not, is
// above 0. That is so where the set ones weigh more than half of the total.
func fingerprint(list []profile.Digraph, total int) (bits uint64) {
	var set [64]int
	if total <= laneLimit {
		addLanes(&set, list)
	} else {
		for i := range list {
			h := tokenHash(&list[i])
			for bit := range set {
				set[bit] += int(h>>bit&1) * list[i].Count
			}
		}
	}
	for bit, weight := range set {
		if 2*weight > total {
			bits |= 1 << bit
		}
	}
	return bits
}

// addLanes adds up the weights of four bits at a time: word j holds the sums
// of the bits j, j + 16, j + 32 and j + 48 in 16 bits each.
func addLanes(set *[64]int, list []profile.Digraph) {
	const lowest = 0x0001_0001_0001_0001
	var lanes [16]uint64
	for i := range list {
		h, weight := tokenHash(&list[i]), uint64(list[i].Count)
		for j := range lanes {
			lanes[j] += (h >> j & lowest) * weight
		}
	}
	for j, word := range lanes {
		for k := range 4 {
			set[j+16*k] = int(word >> (16 * k) & 0xffff)
		}
	}
}

// hexDigits gives a number as 16 lower-case hex digits.
func hexDigits(bits uint64) string {
	var b [8]byte
	var digits [16]byte
	binary.BigEndian.PutUint64(b[:], bits)
	hex.Encode(digits[:], b[:])
	return string(digits[:])
}

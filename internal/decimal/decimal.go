// Package decimal reads numbers of seconds as they are written, without a
// float in between.
package decimal

import "math"

// Most digits that count; what follows in the fraction only rounds.
const nanoDigits = 9

// Parse reads a decimal number of seconds ("12", "-0.5", "5.34025", "1e-3")
// into whole nanoseconds. Further decimals round to the nearest, halves away
// from zero. A number that is too large for an int64 gives the largest or the
// smallest one. digits is the number of decimals as written, moved by the
// exponent and never negative. It is false where b is no such number; a plus
// sign and a missing digit before or after the point are not allowed.
func Parse(b []byte) (ns int64, digits int, ok bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	var n int64
	i := 0
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if n = n*10 + int64(b[i]-'0'); i >= 9 {
			return parseSlow(b, neg)
		}
	}
	if i == 0 {
		return 0, 0, false
	}
	n *= 1e9
	if i < len(b) && b[i] == '.' {
		from, unit := i+1, int64(1e8)
		for i++; i < len(b) && b[i]-'0' <= 9; i++ {
			n += int64(b[i]-'0') * unit
			unit /= 10
		}
		if digits = i - from; digits == 0 {
			return 0, 0, false
		}
	}
	if i < len(b) || digits > nanoDigits {
		return parseSlow(b, neg)
	}
	if neg {
		n = -n
	}
	return n, digits, true
}

// parseSlow reads any number of digits, and exponents.
func parseSlow(b []byte, neg bool) (int64, int, bool) {
	whole, rest := run(b)
	frac := rest[:0]
	if len(rest) > 0 && rest[0] == '.' {
		frac, rest = run(rest[1:])
		if len(frac) == 0 {
			return 0, 0, false
		}
	}
	exp, ok := exponent(rest)
	if len(whole) == 0 || !ok {
		return 0, 0, false
	}
	// The value is the digits of whole and frac with the point at this place.
	point := len(whole) + exp
	n, over := int64(0), false
	end := point + nanoDigits
	for i := 0; i < end && !over; i++ {
		d := digit(whole, frac, i)
		if over = n > (math.MaxInt64-d)/10; !over {
			n = n*10 + d
		}
		if n == 0 && i >= len(whole)+len(frac) {
			break
		}
	}
	if !over && end >= 0 && digit(whole, frac, end) >= 5 {
		if over = n == math.MaxInt64; !over {
			n++
		}
	}
	if over {
		n = math.MaxInt64
	}
	if neg {
		n = -n
		if over {
			n = math.MinInt64
		}
	}
	return n, max(0, len(frac)-exp), true
}

// run splits b after its leading digits.
func run(b []byte) (digits, rest []byte) {
	i := 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return b[:i], b[i:]
}

// digit gives the i-th digit of whole and frac written one after the other, 0
// beyond them.
func digit(whole, frac []byte, i int) int64 {
	switch {
	case i < len(whole):
		return int64(whole[i] - '0')
	case i-len(whole) < len(frac):
		return int64(frac[i-len(whole)] - '0')
	}
	return 0
}

// maxExponent is where an exponent stops to count: a line has fewer digits.
const maxExponent = 1 << 30

// exponent reads "e-3" or nothing.
func exponent(b []byte) (int, bool) {
	if len(b) == 0 {
		return 0, true
	}
	if b[0]|0x20 != 'e' {
		return 0, false
	}
	b = b[1:]
	neg := len(b) > 0 && b[0] == '-'
	if neg || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	d, rest := run(b)
	if len(d) == 0 || len(rest) > 0 {
		return 0, false
	}
	n := 0
	for _, c := range d {
		n = min(n*10+int(c-'0'), maxExponent)
	}
	if neg {
		n = -n
	}
	return n, true
}

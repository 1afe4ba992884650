package gnu

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Size reads a number with a suffix: K, M, G, ... and KB, KiB of 1000 and 1024,
// b of 512 bytes where the suffixes allow it. Too large a number is the largest
// one. It is false where the text is no such number.
func Size(text, suffixes string) (n int64, ok bool) {
	i := 0
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	digits, suffix := text[:i], text[i:]
	if digits == "" {
		if suffix == "" || !strings.Contains(suffixes, suffix[:1]) {
			return 0, false
		}
		digits = "1"
	}
	v, _ := new(big.Int).SetString(digits, 10)
	factor, ok := Unit(suffix, suffixes)
	if !ok {
		return 0, false
	}
	v.Mul(v, factor)
	if !v.IsInt64() {
		return math.MaxInt64, true
	}
	return v.Int64(), true
}

// Unit gives what a suffix stands for, of those that are allowed; an empty one
// stands for 1.
func Unit(suffix, suffixes string) (*big.Int, bool) {
	one := big.NewInt(1)
	if suffix == "" {
		return one, true
	}
	c := suffix[0]
	if !strings.ContainsRune(suffixes, rune(c)) {
		return nil, false
	}
	switch rest := suffix[1:]; {
	case c == 'b' && rest == "":
		return big.NewInt(512), true
	case c == 'c' && rest == "":
		return one, true
	case c == 'w' && rest == "":
		return big.NewInt(2), true
	case rest == "" || rest == "iB" || rest == "B":
		power := strings.IndexByte("KMGTPEZY", c&^0x20) + 1
		if power == 0 || c >= 'a' && c != 'k' && c != 'm' {
			return nil, false
		}
		step := big.NewInt(1024)
		if rest == "B" {
			step = big.NewInt(1000)
		}
		return step.Exp(step, big.NewInt(int64(power)), nil), true
	}
	return nil, false
}

// Human writes a size as -h does: rounded up, with one digit after the point
// below ten. base is 1024 or 1000.
func Human(n int64, base float64) string {
	v, units := float64(n), "KMGTPE"
	if base == 1000 {
		units = "kMGTPE"
	}
	if v < base {
		return strconv.FormatInt(n, 10)
	}
	i := -1
	for v >= base && i < len(units)-1 {
		v /= base
		i++
	}
	if up := math.Ceil(v*10) / 10; up < 10 {
		return strconv.FormatFloat(up, 'f', 1, 64) + units[i:i+1]
	}
	if v = math.Ceil(v); v >= base && i < len(units)-1 {
		return "1.0" + units[i+1:i+2]
	}
	return strconv.FormatFloat(v, 'f', 0, 64) + units[i:i+1]
}

// Brief writes a size in bytes as util-linux does: "20G", "976.5M", with one
// digit after the point unless that is 0.
func Brief(n int64) string {
	v, unit := float64(n), 0
	for v >= 1024 && unit < 5 {
		v, unit = v/1024, unit+1
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") + "BKMGTP"[unit:unit+1]
}

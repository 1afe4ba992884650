package text

import (
	"cmp"
	"hash/fnv"
	"math"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// sortKey is a part of a line that is compared, and how. Fields and characters
// are counted from 1; a last field of 0 is the end of the line, a last character
// of 0 the end of the field.
type sortKey struct {
	from, fromChar int
	to, toChar     int
	skip, skipEnd  bool // blanks at the beginning of the field do not count
	how            string
	own            bool // it has options of its own
}

// parseKey reads "2,3n" or "1.2,1.4".
func parseKey(p *proc.Process, text string) (k sortKey, wrong string) {
	start, end, ranged := strings.Cut(text, ",")
	k.fromChar = 1
	where := "at field start"
	half := func(s string, field, char *int, skip *bool) string {
		n, rest := leading(s)
		if n < 0 {
			return "invalid number " + where + ": invalid count at start of " + gnu.Quote(p, s)
		}
		if n == 0 {
			return "-: invalid field specification " + gnu.Quote(p, text)
		}
		*field = n
		if strings.HasPrefix(rest, ".") {
			if n, rest = leading(rest[1:]); n < 0 {
				return "invalid number after '.': invalid count at start of " + gnu.Quote(p, rest)
			}
			*char = n
		}
		if strings.Trim(rest, "bdfghiMnrRV") != "" {
			return "stray character in field spec: invalid field specification " + gnu.Quote(p, text)
		}
		*skip = strings.Contains(rest, "b")
		k.own = k.own || rest != ""
		k.how += rest
		return ""
	}
	if wrong = half(start, &k.from, &k.fromChar, &k.skip); wrong != "" {
		if n, _ := leading(start); n == 0 {
			wrong = "field number is zero: invalid field specification " + gnu.Quote(p, text)
		}
		return k, wrong
	}
	if k.fromChar == 0 {
		return k, "character offset is zero: invalid field specification " + gnu.Quote(p, text)
	}
	if ranged {
		where = "after ','"
		if wrong = half(end, &k.to, &k.toChar, &k.skipEnd); wrong != "" {
			return k, wrong
		}
	}
	return k, ""
}

// leading reads the number at the beginning of a text; -1 for none.
func leading(s string) (int, string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 {
		return -1, s
	}
	n, err := strconv.Atoi(s[:i])
	if err != nil {
		n = math.MaxInt32
	}
	return n, s[i:]
}

// fieldStart finds where a field begins.
func fieldStart(line, sep string, n int) int {
	at := 0
	for ; n > 1 && at < len(line); n-- {
		if sep != "" {
			i := strings.IndexByte(line[at:], sep[0])
			if i < 0 {
				return len(line)
			}
			at += i + 1
			continue
		}
		at = fieldEnd(line, sep, at)
	}
	return at
}

// fieldEnd finds the end of the field that begins at a place.
func fieldEnd(line, sep string, at int) int {
	if sep != "" {
		if i := strings.IndexByte(line[at:], sep[0]); i >= 0 {
			return at + i
		}
		return len(line)
	}
	for at < len(line) && isBlank(line[at]) {
		at++
	}
	for at < len(line) && !isBlank(line[at]) {
		at++
	}
	return at
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

func skipBlanks(line string, at int) int {
	for at < len(line) && isBlank(line[at]) {
		at++
	}
	return at
}

// cut gives the key of a line.
func (k *sortKey) cut(line, sep string) string {
	start := fieldStart(line, sep, k.from)
	if k.skip {
		start = skipBlanks(line, start)
	}
	start = min(start+k.fromChar-1, len(line))
	end := len(line)
	if k.to > 0 {
		at := fieldStart(line, sep, k.to)
		if k.toChar == 0 {
			end = fieldEnd(line, sep, at)
		} else {
			if k.skipEnd {
				at = skipBlanks(line, at)
			}
			end = min(at+k.toChar, len(line))
		}
	}
	if end < start {
		return ""
	}
	return line[start:end]
}

// compare compares two keys.
func (k *sortKey) compare(s *sorter, a, b string) (c int) {
	has := func(letter string) bool { return strings.Contains(k.how, letter) }
	if has("b") && len(s.keys) == 0 {
		a, b = strings.TrimLeft(a, " \t"), strings.TrimLeft(b, " \t")
	}
	switch {
	case has("n"):
		c = compareNumbers(a, b)
	case has("g"):
		c = cmp.Compare(general(a), general(b))
	case has("h"):
		c = cmp.Or(cmp.Compare(magnitude(a), magnitude(b)), compareNumbers(a, b))
	case has("M"):
		c = cmp.Compare(month(a), month(b))
	case has("R"):
		c = cmp.Compare(shuffled(s, a), shuffled(s, b))
	case has("V"):
		c = gnu.Version(a, b)
	default:
		c = s.collate(k.fold(a), k.fold(b))
	}
	if has("r") {
		return -c
	}
	return c
}

// fold leaves out and changes what -d, -f and -i say.
func (k *sortKey) fold(s string) string {
	if !strings.ContainsAny(k.how, "dfi") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if strings.Contains(k.how, "f") && r >= 'a' && r <= 'z' {
			r -= 32
		}
		if strings.Contains(k.how, "d") && !(r == ' ' || r == '\t' || r|32 >= 'a' && r|32 <= 'z' || r >= '0' && r <= '9' || r > 0x7f) {
			return -1
		}
		if strings.Contains(k.how, "i") && (r < ' ' || r == 0x7f) {
			return -1
		}
		return r
	}, s)
}

// splitNumber takes a number apart: sign, digits before and after the point.
func splitNumber(s string) (negative bool, whole, part string) {
	s = strings.TrimLeft(s, " \t\n")
	if strings.HasPrefix(s, "-") {
		negative, s = true, s[1:]
	}
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	whole = strings.TrimLeft(s[:i], "0")
	if i < len(s) && s[i] == '.' {
		j := i + 1
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		part = strings.TrimRight(s[i+1:j], "0")
	}
	return negative && (whole != "" || part != ""), whole, part
}

// compareNumbers compares decimal numbers of any length.
func compareNumbers(a, b string) int {
	x, xw, xp := splitNumber(a)
	y, yw, yp := splitNumber(b)
	if x != y {
		if x {
			return -1
		}
		return 1
	}
	c := cmp.Or(cmp.Compare(len(xw), len(yw)), strings.Compare(xw, yw), strings.Compare(xp, yp))
	if x {
		return -c
	}
	return c
}

// magnitude gives the rank of the suffix of a size.
func magnitude(s string) int {
	negative, whole, part := splitNumber(s)
	rest := strings.TrimLeft(strings.TrimLeft(s, " \t\n-"), "0123456789.")
	if whole == "" && part == "" || rest == "" {
		return 0
	}
	rank := strings.IndexByte("KMGTPEZY", rest[0]&^0x20) + 1
	if negative {
		return -rank
	}
	return rank
}

// general reads a floating-point number; what is none is the smallest.
func general(s string) float64 {
	s = strings.TrimLeft(s, " \t\n")
	end := 0
	for end < len(s) && end < 64 && strings.IndexByte("+-0123456789.eExXinfINFaNpP", s[end]) >= 0 {
		end++
	}
	for ; end > 0; end-- {
		if v, err := strconv.ParseFloat(s[:end], 64); err == nil {
			return v
		}
	}
	return math.Inf(-1)
}

func month(s string) int {
	s = strings.ToUpper(strings.TrimLeft(s, " \t"))
	if len(s) < 3 {
		return 0
	}
	at := strings.Index("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC ", s[:3]+" ")
	return at/4 + 1
}

// shuffled gives a number by which lines come in a random order, alike ones
// together.
func shuffled(s *sorter, line string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.FormatInt(s.p.Now().UnixNano()/int64(1e9), 36) + strconv.Itoa(s.p.PID) + line))
	return h.Sum64()
}

package text

import (
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runTr(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "+cCdst", First: true, Long: map[string]proc.Long{"complement": {As: "c"}, "delete": {As: "d"}, "squeeze-repeats": {As: "s"}, "truncate-set1": {As: "t"}}},
		gnu.About{Usage: "[OPTION]... STRING1 [STRING2]", Does: "Translate, squeeze, and/or delete characters from standard input,\nwriting to standard output.", By: "Jim Meyering"})
	if o == nil {
		return code
	}
	t := &translation{p: p, drop: o.Has("d"), squeeze: o.Has("s")}
	a := o.Operands
	translate := len(a) == 2 && !t.drop
	switch {
	case len(a) == 0:
		return gnu.Missing(p)
	case len(a) == 1 && !t.drop && !t.squeeze:
		p.Complain("missing operand after %s", gnu.Quote(p, a[0]))
		_, _ = p.Err.Write([]byte("Two strings must be given when translating.\n"))
		return gnu.Try(p, "")
	case len(a) == 1 && t.drop && t.squeeze:
		p.Complain("missing operand after %s", gnu.Quote(p, a[0]))
		_, _ = p.Err.Write([]byte("Two strings must be given when both deleting and squeezing repeats.\n"))
		return gnu.Try(p, "")
	case len(a) == 2 && t.drop && !t.squeeze:
		p.Complain("extra operand %s", gnu.Quote(p, a[1]))
		_, _ = p.Err.Write([]byte("Only one string may be given when deleting without squeezing repeats.\n"))
		return gnu.Try(p, "")
	case len(a) > 2:
		return gnu.Extra(p, a[2])
	}
	if wrong := t.sets(a, o, translate); wrong != "" {
		return p.Complain("%s", wrong)
	}
	return t.run()
}

// translation is a tr that runs.
type translation struct {
	p             *proc.Process
	drop, squeeze bool
	table         [256]byte
	dropped       [256]bool
	squeezed      [256]bool
}

// sets reads the strings; it gives what is wrong with them.
func (t *translation) sets(a []string, o *proc.Options, translate bool) string {
	one, wrong := t.expand(a[0], 0, false)
	if wrong != "" {
		return wrong
	}
	if o.Has("c", "C") {
		one = others(one)
	}
	for i := range t.table {
		t.table[i] = byte(i)
	}
	var two []byte
	if len(a) == 2 {
		if two, wrong = t.expand(a[1], len(one), true); wrong != "" {
			return wrong
		}
	}
	last := one
	if len(a) == 2 {
		last = two
	}
	if translate {
		if len(two) == 0 && len(one) > 0 && !o.Has("t") {
			return "when not truncating set1, string2 must be non-empty"
		}
		if o.Has("t") {
			one = one[:min(len(one), len(two))]
		}
		for i, c := range one {
			t.table[c] = two[min(i, len(two)-1)]
		}
	}
	for _, c := range one {
		t.dropped[c] = t.drop
	}
	for _, c := range last {
		t.squeezed[c] = t.squeeze
	}
	return ""
}

// others gives the bytes that are not in a set.
func others(set []byte) (list []byte) {
	var in [256]bool
	for _, c := range set {
		in[c] = true
	}
	for c := range in {
		if !in[c] {
			list = append(list, byte(c))
		}
	}
	return list
}

// class gives the bytes of a class; nil for one that there is not.
func class(name string) (list []byte) {
	is := map[string]func(c int) bool{
		"alpha": func(c int) bool { return c|32 >= 'a' && c|32 <= 'z' }, "digit": func(c int) bool { return c >= '0' && c <= '9' }, "upper": func(c int) bool { return c >= 'A' && c <= 'Z' }, "lower": func(c int) bool { return c >= 'a' && c <= 'z' },
		"alnum": func(c int) bool { return c|32 >= 'a' && c|32 <= 'z' || c >= '0' && c <= '9' }, "space": func(c int) bool { return c == ' ' || c >= 9 && c <= 13 }, "blank": func(c int) bool { return c == ' ' || c == 9 },
		"cntrl": func(c int) bool { return c < 32 || c == 127 }, "print": func(c int) bool { return c >= 32 && c < 127 }, "graph": func(c int) bool { return c > 32 && c < 127 }, "xdigit": func(c int) bool { return c >= '0' && c <= '9' || c|32 >= 'a' && c|32 <= 'f' },
		"punct": func(c int) bool {
			return c > 32 && c < 127 && !(c|32 >= 'a' && c|32 <= 'z') && !(c >= '0' && c <= '9')
		}}[name]
	for c := 0; is != nil && c < 256; c++ {
		if is(c) {
			list = append(list, byte(c))
		}
	}
	return list
}

// expand gives the bytes that a string stands for. In the second string [c*]
// fills up to the length of the first.
func (t *translation) expand(s string, length int, second bool) (set []byte, wrong string) {
	fill := -1
	var filler byte
	for i := 0; i < len(s); {
		if rest := s[i:]; strings.HasPrefix(rest, "[:") && strings.Contains(rest, ":]") {
			end := strings.Index(rest, ":]")
			list := class(rest[2:end])
			if list == nil {
				return nil, "invalid character class " + gnu.Quote(t.p, rest[2:end])
			}
			set = append(set, list...)
			i += end + 2
			continue
		}
		if rest := s[i:]; strings.HasPrefix(rest, "[=") && len(rest) >= 5 && rest[3:5] == "=]" {
			set = append(set, rest[2])
			i += 5
			continue
		}
		if s[i] == '[' {
			c, n := character(s[i+1:])
			if end := strings.IndexByte(s[i:], ']'); n > 0 && i+1+n < len(s) && s[i+1+n] == '*' && end > 0 {
				count := s[i+n+2 : i+end]
				v, plain := repeatCount(count)
				if plain && !second {
					return nil, "the [c*] repeat construct may not appear in string1"
				}
				if plain {
					if v == 0 {
						fill, filler = len(set), c
					}
					for range min(v, 1<<16) {
						set = append(set, c)
					}
					i += end + 1
					continue
				}
			}
		}
		c, n := character(s[i:])
		i += n
		if i+1 < len(s) && s[i] == '-' {
			high, n := character(s[i+1:])
			if high < c {
				return nil, "range-endpoints of '" + s[i-1:i+1+n] + "' are in reverse collating sequence order"
			}
			for v := int(c); v <= int(high); v++ {
				set = append(set, byte(v))
			}
			i += 1 + n
			continue
		}
		set = append(set, c)
	}
	if n := length - len(set); fill >= 0 && n > 0 {
		tail := append([]byte(strings.Repeat(string([]byte{filler}), n)), set[fill:]...)
		set = append(set[:fill:fill], tail...)
	}
	return set, ""
}

// repeatCount reads the number of [c*n].
func repeatCount(s string) (n int, ok bool) {
	base := 10
	if strings.HasPrefix(s, "0") {
		base = 8
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(n*base+int(c-'0'), 1<<20)
	}
	return n, true
}

// character reads a character, which may be written with a backslash.
func character(s string) (c byte, n int) {
	switch {
	case s == "":
		return 0, 0
	case s[0] != '\\' || len(s) == 1:
		return s[0], 1
	}
	if at := strings.IndexByte("abfnrtv\\", s[1]); at >= 0 {
		return "\a\b\f\n\r\t\v\\"[at], 2
	}
	if v, n := digits(s[1:], 8, 3); n > 0 {
		return byte(v), 1 + n
	}
	return s[1], 2
}

func (t *translation) run() int {
	out := gnu.Output(t.p)
	defer out.Flush()
	in, last := make([]byte, 16<<10), -1
	for {
		n, err := t.p.In.Read(in)
		for _, c := range in[:n] {
			if t.dropped[c] {
				continue
			}
			c = t.table[c]
			if int(c) == last && t.squeezed[c] {
				continue
			}
			last = int(c)
			out.WriteByte(c)
		}
		if werr := out.Flush(); err != nil || werr != nil || gnu.Step(t.p) != nil {
			return 0
		}
	}
}

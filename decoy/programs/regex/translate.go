package regex

//lint:file-ignore ST1005 these texts are shown to visitors, as GNU words them

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// translator turns a pattern of POSIX into one of package regexp.
type translator struct {
	in   string
	at   int
	out  strings.Builder
	o    Options
	back bool // there is a back reference

	depth  int
	groups int
	atom   bool // something stands before that can be repeated
	start  bool // at the beginning of an alternative
}

// quote writes text that stands for itself.
func quote(s string) string { return regexp.QuoteMeta(s) }

func (t *translator) all() (string, error) {
	if t.o.Perl {
		return t.in, nil
	}
	if t.o.Fixed {
		return quote(t.in), nil
	}
	t.start = true
	for t.at < len(t.in) {
		if err := t.one(); err != nil {
			return "", err
		}
	}
	if t.depth > 0 {
		return "", errors.New("Unmatched ( or \\(")
	}
	return t.out.String(), nil
}

// rest gives what is not read yet.
func (t *translator) rest() string { return t.in[t.at:] }

// one reads one element.
func (t *translator) one() error {
	c := t.in[t.at]
	switch {
	case c == '\\':
		return t.escape()
	case c == '[':
		return t.bracket()
	case c == '.':
		return t.emit(1, ".")
	case c == '*':
		return t.repeat(1, "*")
	case c == '^' && (t.start || t.o.Extended):
		t.at++
		t.out.WriteString("^")
		return nil
	case c == '$' && (t.o.Extended || t.ends()):
		t.at++
		t.out.WriteString("$")
		return nil
	case t.o.Extended:
		return t.extended(c)
	}
	n := 1
	for t.at+n < len(t.in) && t.in[t.at+n]&0xc0 == 0x80 && c >= 0xc0 {
		n++
	}
	return t.emit(n, quote(t.in[t.at:t.at+n]))
}

// ends says whether a dollar of a BRE is an anchor.
func (t *translator) ends() bool {
	rest := t.rest()[1:]
	return rest == "" || strings.HasPrefix(rest, `\)`) || strings.HasPrefix(rest, `\|`)
}

// extended reads what has a meaning in an ERE alone.
func (t *translator) extended(c byte) error {
	switch c {
	case '(':
		return t.open(1)
	case ')':
		if t.depth > 0 {
			return t.shut(1)
		}
	case '|':
		return t.or(1)
	case '+', '?':
		return t.repeat(1, string(c))
	case '{':
		return t.interval(1, "}")
	}
	n := 1
	for t.at+n < len(t.in) && t.in[t.at+n]&0xc0 == 0x80 && c >= 0xc0 {
		n++
	}
	return t.emit(n, quote(t.in[t.at:t.at+n]))
}

// emit writes an element that was n bytes long.
func (t *translator) emit(n int, text string) error {
	t.at += n
	t.out.WriteString(text)
	t.atom, t.start = true, false
	return nil
}

func (t *translator) open(n int) error {
	t.at += n
	t.depth++
	t.groups++
	t.out.WriteString("(")
	t.atom, t.start = false, true
	return nil
}

func (t *translator) shut(n int) error {
	if t.depth == 0 {
		return errors.New("Unmatched ) or \\)")
	}
	t.depth--
	return t.emit(n, ")")
}

func (t *translator) or(n int) error {
	t.at += n
	t.out.WriteString("|")
	t.atom, t.start = false, true
	return nil
}

// repeat reads *, + and ?, which stand for themselves where nothing is before
// them in a BRE, and for nothing in an ERE. Several of them are one.
func (t *translator) repeat(n int, op string) error {
	if !t.atom {
		if t.o.Extended && op == "*" {
			t.at += n
			return nil
		}
		return t.emit(n, quote(op))
	}
	t.at += n
	if s := t.out.String(); strings.HasSuffix(s, "*") && !strings.HasSuffix(s, `\*`) {
		return nil
	}
	t.out.WriteString(op)
	t.wrap()
	return nil
}

// wrap makes one element of what was repeated, so that it can be repeated again.
func (t *translator) wrap() {
	rest := t.rest()
	if rest == "" || !strings.Contains("*+?{\\", rest[:1]) || rest[0] == '\\' && (len(rest) < 2 || !strings.Contains("{+?", rest[1:2])) {
		return
	}
	text := t.out.String()
	from := lastAtom(text)
	t.out.Reset()
	t.out.WriteString(text[:from] + "(?:" + text[from:] + ")")
}

// lastAtom finds where the last element with its repetition begins.
func lastAtom(s string) int {
	end := len(s)
	for end > 0 && strings.IndexByte("*+?", s[end-1]) >= 0 && !escapedAt(s, end-1) {
		end--
	}
	if end > 0 && s[end-1] == '}' && !escapedAt(s, end-1) {
		end = strings.LastIndexByte(s[:end], '{')
	}
	if end <= 0 {
		return 0
	}
	switch s[end-1] {
	case ')', ']':
		if !escapedAt(s, end-1) {
			return opening(s, end-1)
		}
	}
	i := end - 1
	for i > 0 && s[i]&0xc0 == 0x80 {
		i--
	}
	if i > 0 && escapedAt(s, i) {
		i--
	}
	return i
}

// escapedAt says whether a backslash makes the byte at i stand for itself.
func escapedAt(s string, i int) bool {
	n := 0
	for i-n > 0 && s[i-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

// opening finds the bracket that belongs to the one at i.
func opening(s string, i int) int {
	open, shut := byte('('), s[i]
	if shut == ']' {
		open = '['
	}
	for depth := 0; i >= 0; i-- {
		if escapedAt(s, i) {
			continue
		}
		switch s[i] {
		case shut:
			depth++
		case open:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// interval reads {m,n}.
func (t *translator) interval(n int, shut string) error {
	rest := t.rest()[n:]
	end := strings.Index(rest, shut)
	if end < 0 {
		if t.o.Extended {
			return t.emit(n, `\{`)
		}
		return errors.New(`Unmatched \{`)
	}
	text := rest[:end]
	low, high, ranged := strings.Cut(text, ",")
	a, errA := strconv.Atoi(low)
	b, errB := strconv.Atoi(high)
	bad := low != "" && errA != nil || high != "" && errB != nil || low == "" && !ranged || strings.ContainsAny(text, "+- ")
	switch {
	case bad && t.o.Extended:
		return t.emit(n, `\{`)
	case bad, ranged && high != "" && a > b:
		return errors.New(`Invalid content of \{\}`)
	case a > 32767 || b > 32767, a > 1000 || b > 1000:
		return errors.New("Regular expression too big")
	case !t.atom && !t.o.Extended && !t.start:
		return errors.New("Invalid preceding regular expression")
	case !t.atom:
		t.at += n + end + len(shut)
		return nil
	}
	t.at += n + end + len(shut)
	if !ranged {
		high = low
	}
	if low == "" {
		low = "0"
	}
	if ranged {
		fmt.Fprintf(&t.out, "{%s,%s}", low, high)
	} else {
		fmt.Fprintf(&t.out, "{%s}", low)
	}
	t.wrap()
	return nil
}

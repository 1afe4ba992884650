package regex

//lint:file-ignore ST1005 these texts are shown to visitors, as GNU words them

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape reads what begins with a backslash.
func (t *translator) escape() error {
	if t.at+1 == len(t.in) {
		return errors.New("Trailing backslash")
	}
	c := t.in[t.at+1]
	if t.o.Escapes {
		if b, n, ok := Escape(t.in[t.at:]); ok {
			return t.emit(n, quote(string([]byte{b})))
		}
	}
	switch {
	case strings.IndexByte("wWsSbB", c) >= 0:
		return t.emit(2, t.in[t.at:t.at+2])
	case c == '<', c == '>':
		t.at += 2
		t.out.WriteString(`\b`)
		return nil
	case c == '`':
		return t.emit(2, `\A`)
	case c == '\'':
		return t.emit(2, `\z`)
	case c >= '1' && c <= '9':
		if int(c-'0') > t.groups {
			return errors.New("Invalid back reference")
		}
		t.back = true
		return t.emit(2, `(?:\`+string(c)+`)`)
	case !t.o.Extended:
		switch c {
		case '(':
			return t.open(2)
		case ')':
			return t.shut(2)
		case '|':
			return t.or(2)
		case '{':
			return t.interval(2, `\}`)
		case '+', '?':
			return t.repeat(2, string(c))
		}
	}
	_, n := utf8.DecodeRuneInString(t.in[t.at+1:])
	return t.emit(1+n, quote(t.in[t.at+1:t.at+1+n]))
}

// Escape reads an escape of sed that stands for a byte: \n \t \a \f \v \r \cX
// \dNNN \oNNN \xHH. It gives how long it is.
func Escape(s string) (b byte, n int, ok bool) {
	if len(s) < 2 {
		return 0, 0, false
	}
	if at := strings.IndexByte("afnrtv", s[1]); at >= 0 {
		return "\a\f\n\r\t\v"[at], 2, true
	}
	base, most := 0, 3
	switch s[1] {
	case 'c':
		if len(s) > 2 {
			return strings.ToUpper(s[2:3])[0] ^ 0x40, 3, true
		}
	case 'd':
		base = 10
	case 'o':
		base = 8
	case 'x':
		base, most = 16, 2
	}
	if base == 0 {
		return 0, 0, false
	}
	v, n := 0, 2
	for n < len(s) && n-2 < most {
		d, err := strconv.ParseUint(s[n:n+1], base, 8)
		if err != nil {
			break
		}
		v = v*base + int(d)
		n++
	}
	return byte(v), n, n > 2
}

// classes are the classes of characters in brackets.
const classes = " alpha digit alnum upper lower space blank punct print graph cntrl xdigit "

// bracket reads [...].
func (t *translator) bracket() error {
	s, i := t.in, t.at+1
	set := "["
	if i < len(s) && s[i] == '^' {
		set += "^"
		i++
	}
	for first := true; ; first = false {
		if i >= len(s) {
			return errors.New("Unmatched [, [^, [:, [., or [=")
		}
		if s[i] == ']' && !first {
			break
		}
		if strings.HasPrefix(s[i:], "[:") {
			end := strings.Index(s[i+2:], ":]")
			if end < 0 {
				return errors.New("Unmatched [, [^, [:, [., or [=")
			}
			name := s[i+2 : i+2+end]
			if !strings.Contains(classes, " "+name+" ") {
				return errors.New("Invalid character class name")
			}
			set += "[:" + name + ":]"
			i += end + 4
			continue
		}
		low, n, err := t.member(s[i:])
		if err != nil {
			return err
		}
		i += n
		if i+1 < len(s) && s[i] == '-' && s[i+1] != ']' {
			high, n, err := t.member(s[i+1:])
			if err != nil {
				return err
			}
			if low > high {
				return errors.New("Invalid range end")
			}
			set += fmt.Sprintf(`\x{%x}-\x{%x}`, low, high)
			i += 1 + n
			continue
		}
		set += fmt.Sprintf(`\x{%x}`, low)
	}
	return t.emit(i+1-t.at, set+"]")
}

// member reads one character in brackets.
func (t *translator) member(s string) (rune, int, error) {
	if len(s) > 4 && (strings.HasPrefix(s, "[.") || strings.HasPrefix(s, "[=")) {
		end := strings.Index(s[2:], s[1:2]+"]")
		if end <= 0 {
			return 0, 0, errors.New("Unmatched [, [^, [:, [., or [=")
		}
		r, n := utf8.DecodeRuneInString(s[2:])
		if n != end {
			return 0, 0, errors.New("Invalid collation character")
		}
		return r, end + 4, nil
	}
	if t.o.Escapes && s[0] == '\\' {
		if len(s) > 1 && s[1] == ']' {
			return '\\', 1, nil
		}
		if b, n, ok := Escape(s); ok {
			return rune(b), n, nil
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		r = rune(s[0])
	}
	return r, n, nil
}

package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// What the parser would refuse or change stands for itself under other names
// while it is parsed: carriage returns, and bytes that are not UTF-8.
const (
	maskReturn = "\U0010FF0D"
	maskByte   = 0x10FE00 // and the byte
)

// mask makes text that the parser takes as it is; plain undoes it.
func mask(s string) string {
	if utf8.ValidString(s) && !strings.ContainsAny(s, "\r\x00") && !strings.Contains(s, "\xf4\x8f") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\r':
			b.WriteString(maskReturn)
		case r == 0:
		case r == utf8.RuneError && w == 1, strings.HasPrefix(s[i:], "\xf4\x8f"):
			for j := range w {
				b.WriteRune(maskByte + rune(s[i+j]))
			}
		default:
			b.WriteString(s[i : i+w])
		}
		i += w
	}
	return b.String()
}

// plain gives masked text as it was.
func plain(s string) string {
	if !strings.Contains(s, "\xf4\x8f") {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r == 0x10FF0D:
			b = append(b, '\r')
		case r >= maskByte && r < maskByte+256:
			b = append(b, byte(r-maskByte))
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// ansi gives the text of $'...'.
func ansi(s string) string {
	out, _ := escapes(s, escapeStyle{quotes: true, octal: 3})
	return out
}

// escapeStyle says which escapes count.
type escapeStyle struct {
	quotes bool // \' \" and \? stand for the character; \cX is a control character
	octal  int  // digits after a backslash; 0 where there must be a 0 first
	zero   bool // after a 0 there may be three more digits
	stop   bool // \c ends all
	short  bool // only those of POSIX
}

// simple lists the escapes of one letter.
var simple = map[byte]byte{'a': 7, 'b': 8, 'e': 27, 'E': 27, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11, '\\': '\\'}

// escapes replaces backslash escapes; stop is true where \c ended the text.
func escapes(s string, style escapeStyle) (out string, stop bool) {
	if !strings.Contains(s, `\`) {
		return s, false
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		c := s[i]
		if v, ok := simple[c]; ok && !(style.short && (c == 'e' || c == 'E')) {
			b = append(b, v)
			continue
		}
		switch {
		case c == 'c' && style.stop:
			return string(b), true
		case c == 'c' && style.quotes && i+1 < len(s):
			i++
			b = append(b, s[i]&0x1f)
		case style.quotes && (c == '\'' || c == '"' || c == '?'):
			b = append(b, c)
		case c == 'x' && !style.short:
			n, v := digits(s[i+1:], 16, 2)
			if n == 0 {
				b = append(b, '\\', 'x')
				continue
			}
			b, i = append(b, byte(v)), i+n
		case (c == 'u' || c == 'U') && !style.short:
			n, v := digits(s[i+1:], 16, map[byte]int{'u': 4, 'U': 8}[c])
			if n == 0 {
				b = append(b, '\\', c)
				continue
			}
			b, i = utf8.AppendRune(b, rune(v)), i+n
		case c == '0' && style.zero:
			n, v := digits(s[i+1:], 8, 3)
			b, i = append(b, byte(v)), i+n
		case c >= '0' && c <= '7' && style.octal > 0:
			n, v := digits(s[i:], 8, style.octal)
			b, i = append(b, byte(v)), i+n-1
		default:
			b = append(b, '\\', c)
		}
	}
	if style.quotes {
		if at := strings.IndexByte(string(b), 0); at >= 0 {
			b = b[:at]
		}
	}
	return string(b), false
}

// digits reads at most so many digits.
func digits(s string, base, most int) (n int, v int64) {
	for n < len(s) && n < most {
		d, err := strconv.ParseInt(s[n:n+1], base, 64)
		if err != nil {
			break
		}
		v = v*int64(base) + d
		n++
	}
	return n, v
}

// quoteWord gives text as ${x@Q} and set show it.
func quoteWord(s string) string {
	if control(s) {
		return ansiQuote(s)
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoteNeeded gives text as it is where nothing in it means something.
func quoteNeeded(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$`|&;()<>*?[]!{}^#~") && !control(s) || s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=+,@%") == "" {
		return s
	}
	return quoteWord(s)
}

// quoteBackslash gives text as printf %q shows it.
func quoteBackslash(s string) string {
	if s == "" {
		return "''"
	}
	if control(s) {
		return ansiQuote(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(" \t'\"\\$`|&;()<>*?[]!{},^", s[i]) >= 0 || i == 0 && (s[i] == '#' || s[i] == '~') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// quoteDouble gives text as declare -p shows it.
func quoteDouble(s string) string {
	if control(s) {
		return ansiQuote(s)
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if strings.IndexByte("\"\\$`", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// control says whether text must be shown as $'...'.
func control(s string) bool {
	if !utf8.ValidString(s) {
		return true
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 32 || s[i] == 127 {
			return true
		}
	}
	return false
}

func ansiQuote(s string) string {
	names := map[byte]string{7: `\a`, 8: `\b`, 27: `\E`, 12: `\f`, 10: `\n`, 13: `\r`, 9: `\t`, 11: `\v`, '\\': `\\`, '\'': `\'`}
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		switch n, ok := names[s[i]]; {
		case ok:
			b.WriteString(n)
		case s[i] < 32 || s[i] == 127 || r == utf8.RuneError && w == 1:
			fmt.Fprintf(&b, `\%03o`, s[i])
		default:
			b.WriteString(s[i : i+w])
		}
		i += w
	}
	b.WriteByte('\'')
	return b.String()
}

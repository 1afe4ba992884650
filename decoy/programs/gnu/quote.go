package gnu

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gait/decoy/proc"
)

// UTF8 says whether the locale of a process is one of UTF-8.
func UTF8(p *proc.Process) bool {
	l := strings.ToLower(locale(p, "LC_CTYPE"))
	return strings.HasSuffix(l, ".utf-8") || strings.HasSuffix(l, ".utf8")
}

// locale gives the name of the locale of a category.
func locale(p *proc.Process, category string) string {
	for _, name := range []string{"LC_ALL", category, "LANG"} {
		if v := p.Env.Get(name); v != "" {
			return v
		}
	}
	return "C"
}

// Quote quotes a word as messages do that follow the locale: 'word' in C, and
// with typographic marks in UTF-8.
func Quote(p *proc.Process, s string) string {
	open, shut := "'", "'"
	if UTF8(p) {
		open, shut = "\u2018", "\u2019"
	}
	return open + visible(s, shut, UTF8(p)) + shut
}

// visible writes what does not print as C does.
func visible(s, shut string, wide bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if wide {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		part := s[i : i+n]
		i += n
		switch {
		case part == "\\" || part == shut:
			b.WriteString("\\" + part)
		case strings.ContainsRune("\a\b\t\n\v\f\r", r) && n == 1:
			b.WriteString("\\" + string("abtnvfr"[r-7]))
		case r < ' ' || r == 0x7f || n == 1 && r >= 0x80 || n > 1 && !unicode.IsPrint(r):
			for _, c := range []byte(part) {
				fmt.Fprintf(&b, "\\%03o", c)
			}
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}

// Always quotes a name for a shell in any case: 'name'.
func Always(p *proc.Process, s string) string { return shellQuote(s, UTF8(p), true) }

// Name quotes a name for a shell only where it must be: what stands before a
// colon in a message.
func Name(p *proc.Process, s string) string {
	return shellQuote(s, UTF8(p), strings.Contains(s, ":"))
}

// Listed quotes a name as ls does on a terminal.
func Listed(p *proc.Process, s string) string { return shellQuote(s, UTF8(p), false) }

// special are the characters for which a name is quoted.
const special = " !\"$&'()*;<=>?[\\^`|"

// shellQuote is the quoting style "shell-escape".
func shellQuote(s string, wide, always bool) string {
	if s == "" {
		return "''"
	}
	plain, odd := true, false
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if wide {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case unprintable(r, n):
			odd, plain = true, false
		case strings.ContainsRune(special, r), (r == '#' || r == '~') && i == 0:
			plain = false
		}
		i += n
	}
	if s == "{" || s == "}" {
		plain = false
	}
	switch {
	case plain && !always:
		return s
	case !odd && !strings.Contains(s, "'"):
		return "'" + s + "'"
	case !odd && !strings.ContainsAny(s, "\"$`\\!"):
		return `"` + s + `"`
	}
	return escaped(s, wide)
}

func unprintable(r rune, n int) bool {
	return r < ' ' || r == 0x7f || n == 1 && r >= 0x80 || n > 1 && !unicode.IsPrint(r)
}

// escaped quotes with 'text'$'\n”text', as ls does.
func escaped(s string, wide bool) string {
	var b strings.Builder
	b.WriteByte('\'')
	odd := false
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if wide {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		part := s[i : i+n]
		i += n
		bad := unprintable(r, n)
		if bad && !odd {
			b.WriteString("'$'")
		} else if !bad && odd {
			b.WriteString("''")
		}
		odd = bad
		switch {
		case !bad && r == '\'':
			b.WriteString(`'\''`)
		case !bad:
			b.WriteString(part)
		case r >= 7 && r <= 13:
			b.WriteString("\\" + string("abtnvfr"[r-7]))
		default:
			for _, c := range []byte(part) {
				fmt.Fprintf(&b, "\\%03o", c)
			}
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// Visible writes what does not print, and the mark, with a backslash.
func Visible(p *proc.Process, s, mark string) string { return visible(s, mark, UTF8(p)) }

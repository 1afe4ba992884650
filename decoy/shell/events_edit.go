package shell

import "strings"

// modify does what stands behind a colon to the text of a reference. It gives
// the text, and how much was read.
func (e *expansion) modify(text, s string) (string, int) {
	i, all := 1, false
	for i < len(s) && strings.IndexByte("gaG", s[i]) >= 0 {
		all = true
		i++
	}
	if i >= len(s) {
		e.problem = s[:i] + ": unrecognized history modifier"
		return "", i
	}
	slash, dot := strings.LastIndexByte(text, '/'), strings.LastIndexByte(text, '.')
	switch s[i] {
	case 'h':
		if slash >= 0 {
			text = text[:max(slash, 1)]
		}
	case 't':
		text = text[slash+1:]
	case 'r':
		if dot > slash {
			text = text[:dot]
		}
	case 'e':
		text = text[max(dot, 0):]
	case 'p':
		e.show = true
	case 'q':
		text = singleQuoted(text)
	case 'x':
		list := historyWords(text)
		for i, w := range list {
			list[i] = singleQuoted(w)
		}
		text = strings.Join(list, " ")
	case '&':
		return e.substituted(text, s[:i+1], all), i + 1
	case 's':
		n := e.readSubstitution(s[i:])
		return e.substituted(text, s[:i+n], all), i + n
	default:
		e.problem = s[i:i+1] + ": unrecognized history modifier"
	}
	return text, i + 1
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// readSubstitution reads s/old/new/ and gives its length.
func (e *expansion) readSubstitution(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	mark := s[1]
	old, n := untilMark(s, 2, mark)
	with, n := untilMark(s, n, mark)
	if old == "" {
		if old = e.old; old == "" {
			old = e.search
		}
	}
	e.old = old
	var b strings.Builder
	for i := 0; i < len(with); i++ {
		switch c := with[i]; {
		case c == '\\' && i+1 < len(with) && with[i+1] == '&':
			b.WriteByte('&')
			i++
		case c == '&':
			b.WriteString(old)
		default:
			b.WriteByte(c)
		}
	}
	e.with = b.String()
	return n
}

// untilMark reads up to a mark that has no backslash before it; next is behind
// the mark.
func untilMark(s string, at int, mark byte) (text string, next int) {
	var b strings.Builder
	for ; at < len(s); at++ {
		switch {
		case s[at] == mark:
			return b.String(), at + 1
		case s[at] == '\\' && at+1 < len(s) && s[at+1] == mark:
			at++
		}
		b.WriteByte(s[at])
	}
	return b.String(), at
}

// substituted replaces the text of the last substitution.
func (e *expansion) substituted(text, reference string, all bool) string {
	if e.old == "" || !strings.Contains(text, e.old) {
		e.problem = strings.TrimSuffix(reference, "\n") + ": substitution failed"
		return ""
	}
	n := 1
	if all {
		n = -1
		if strings.Count(text, e.old)*len(e.with) > mostExpanded {
			return text
		}
	}
	return strings.Replace(text, e.old, e.with, n)
}

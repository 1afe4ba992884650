package shell

import "strings"

// expansion is the work on one line that refers to earlier ones.
type expansion struct {
	list    []string // earlier lines
	out     strings.Builder
	show    bool   // :p was asked for: the line is shown and not run
	search  string // what !?text? looked for last
	old     string // what :s replaced last, and with what
	with    string
	problem string
}

// expandHistory replaces !! and its like, and shows the line that comes out. It
// is empty where nothing is to be run.
func (in *interp) expandHistory(line string) string {
	typed := line
	if strings.HasPrefix(line, "^") {
		line = "!!:s" + line
	}
	if !strings.Contains(line, "!") {
		return line
	}
	list := in.s.history()
	kept := len(list) > 0 && list[len(list)-1] == typed
	if kept {
		list = list[:len(list)-1]
	}
	e := &expansion{list: list}
	changed := e.expand(line)
	switch {
	case e.problem != "":
		in.complain("%s", e.problem)
		if kept {
			in.s.setHistory(list)
		}
		return ""
	case !changed:
		return line
	}
	text := e.out.String()
	in.plainError(text)
	if kept {
		in.s.setHistory(append(list[:len(list):len(list)], text))
	}
	if e.show || len(text) > mostExpanded {
		return ""
	}
	return text
}

// mostExpanded bounds a line that is made of others.
const mostExpanded = 1 << 20

// expand goes through a line; true where it refers to others.
func (e *expansion) expand(line string) (changed bool) {
	quote := byte(0)
	for i := 0; i < len(line) && e.problem == "" && e.out.Len() <= mostExpanded; i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line):
			e.out.WriteString(line[i : i+2])
			i++
			continue
		case c == '\'' && quote == 0, c == '\'' && quote == c:
			quote ^= c
		case c == '"' && quote != '\'':
			quote ^= c
		case c == '!' && quote != '\'' && refers(line, i):
			text, n := e.designator(line[i:])
			e.out.WriteString(text)
			i += n - 1
			changed = true
			continue
		}
		e.out.WriteByte(c)
	}
	return changed
}

// refers says whether a ! begins a reference: that of $!, ${!x} and [!a] does not.
func refers(line string, at int) bool {
	before, after := line[:at], line[at+1:]
	switch {
	case after == "", strings.IndexByte(" \t\n=(;&|)\"", after[0]) >= 0:
		return false
	case at > 1 && strings.HasSuffix(before, "$"):
		return false
	case strings.HasSuffix(before, "${"):
		return !strings.Contains(after, "}")
	case strings.HasSuffix(before, "["):
		return !strings.Contains(after, "]")
	}
	return true
}

// designator reads a reference to a line, to words of it, and what is to be
// done to them. It gives what they mean, and the length of the reference.
func (e *expansion) designator(s string) (text string, n int) {
	line, i, ok := e.event(s)
	if !ok {
		e.problem = s[:i] + ": event not found"
		return "", i
	}
	text, n, ok = chosen(line, s[i:])
	if i += n; !ok {
		e.problem = s[i-n:i] + ": bad word specifier"
		return "", i
	}
	for e.problem == "" && i+1 < len(s) && s[i] == ':' {
		text, n = e.modify(text, s[i:])
		i += n
	}
	return text, i
}

// event finds the line that a reference means.
func (e *expansion) event(s string) (line string, n int, ok bool) {
	last := len(e.list) - 1
	switch c := s[1]; {
	case c == '#':
		return e.out.String(), 2, true
	case strings.IndexByte("$^*%:", c) >= 0:
		n = 1
	case c == '!':
		n = 2
	case c == '?':
		return e.containing(s)
	default:
		return e.named(s)
	}
	if last < 0 {
		return "", n, false
	}
	return e.list[last], n, true
}

// containing finds the last line with a text in it: !?text?
func (e *expansion) containing(s string) (line string, n int, ok bool) {
	text, _, closed := strings.Cut(s[2:], "?")
	if n = 2 + len(text); closed {
		n++
	}
	if text == "" {
		text = e.search
	}
	e.search = text
	for i := len(e.list) - 1; i >= 0 && text != ""; i-- {
		if strings.Contains(e.list[i], text) {
			return e.list[i], n, true
		}
	}
	return "", n, false
}

// named finds the line with a number, or the last one that begins with a text.
func (e *expansion) named(s string) (line string, n int, ok bool) {
	n = 1
	if s[1] == '-' {
		n = 2
	}
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if v, good := parseInt(s[1:n]); good && n > 1 && isDigit(s[n-1]) {
		if v < 0 {
			v += int64(len(e.list)) + 1
		}
		if v < 1 || v > int64(len(e.list)) {
			return "", n, false
		}
		return e.list[v-1], n, true
	}
	for n = 2; n < len(s) && strings.IndexByte(" \t\n:;&()|<>\"'^$*%-", s[n]) < 0; {
		n++
	}
	for i := len(e.list) - 1; i >= 0; i-- {
		if strings.HasPrefix(e.list[i], s[1:n]) {
			return e.list[i], n, true
		}
	}
	return "", n, false
}

// chosen gives the words of a line that a reference chooses, the whole line
// where it chooses none.
func chosen(line, s string) (text string, n int, ok bool) {
	colon := strings.HasPrefix(s, ":")
	if colon {
		n = 1
	}
	if n >= len(s) || strings.IndexByte("^$*%-", s[n]) < 0 && !(colon && isDigit(s[n])) {
		return line, 0, true
	}
	list := historyWords(line)
	last := len(list) - 1
	switch s[n] {
	case '*':
		return strings.Join(list[min(1, len(list)):], " "), n + 1, true
	case '$', '%':
		if last < 0 {
			return "", n + 1, false
		}
		return list[last], n + 1, true
	}
	from, n := wordNumber(s, n, last)
	to := from
	switch {
	case n < len(s) && s[n] == '*':
		to, n = last, n+1
	case n < len(s) && s[n] == '-':
		at := n + 1
		if to, n = wordNumber(s, at, last); n == at {
			to = last - 1
		}
	}
	if from > last || to > last || to < from {
		return "", n, from == last+1 && to == last
	}
	return strings.Join(list[from:to+1], " "), n, true
}

// wordNumber reads the number of a word at a place; next is behind it.
func wordNumber(s string, at, last int) (number, next int) {
	if at < len(s) && s[at] == '^' {
		return 1, at + 1
	}
	if at < len(s) && s[at] == '$' {
		return last, at + 1
	}
	next = at
	for next < len(s) && isDigit(s[next]) && next-at < 6 {
		number = number*10 + int(s[next]-'0')
		next++
	}
	return number, next
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

const historyOperators = "|&;()<>"

// historyWords splits a line into words and operators.
func historyWords(line string) (list []string) {
	for line = strings.TrimLeft(line, " \t\n"); line != ""; line = strings.TrimLeft(line, " \t\n") {
		n := len(line) - len(strings.TrimLeft(line, historyOperators))
		if n == 0 {
			n = wordEnd(line)
		}
		list = append(list, line[:n])
		line = line[n:]
	}
	return list
}

// wordEnd gives the length of the word that a text begins with.
func wordEnd(s string) (n int) {
	quote := byte(0)
	for ; n < len(s) && (quote != 0 || strings.IndexByte(historyOperators+" \t\n", s[n]) < 0); n++ {
		switch c := s[n]; {
		case c == '\\' && quote != '\'' && n+1 < len(s):
			n++
		case quote == 0 && strings.IndexByte("'\"`", c) >= 0:
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return n
}

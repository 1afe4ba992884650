package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostHistory bounds what is remembered of the lines of a session.
const mostHistory = 500

// remember adds lines to the history.
func (s *session) remember(lines ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.past == nil {
		s.past = make([]string, 0, len(lines)+4)
	}
	s.past = append(s.past, lines...)
	if len(s.past) > mostHistory {
		s.past = slices.Clone(s.past[len(s.past)-mostHistory:])
	}
}

// history gives the lines. They are not to be changed: they may be added to, and
// replaced as a whole.
func (s *session) history() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clip(s.past)
}

func (s *session) setHistory(list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past = list
}

func historyBuiltin(in *interp, args []string) int {
	if !in.inter && !in.opt["history"] {
		return 0
	}
	o, rest, ok := in.letters(args, "cd:anrwps")
	if !ok {
		return 2
	}
	list := in.s.history()
	has := func(c byte) bool { _, ok := o[c]; return ok }
	switch {
	case has('c'):
		in.s.setHistory(nil)
		return 0
	case has('d'):
		n, good := parseInt(o['d'])
		if n < 0 {
			n += int64(len(list)) + 1
		}
		if !good || n < 1 || n > int64(len(list)) {
			in.complain("history: %s: history position out of range", o['d'])
			return 1
		}
		in.s.setHistory(slices.Concat(list[:n-1], list[n:]))
		return 0
	case has('w') || has('a'):
		in.saveHistory(has('a'))
		return 0
	case has('r') || has('n'):
		in.loadHistory()
		return 0
	case has('s'):
		in.s.setHistory(append(slices.Clip(list[:max(len(list)-1, 0)]), strings.Join(rest, " ")))
		return 0
	case has('p'):
		for _, a := range rest {
			in.out(a + "\n")
		}
		return 0
	}
	from := 0
	if len(rest) > 0 {
		n, ok := in.numberArg("history", rest[0])
		if !ok {
			return 1
		}
		from = max(0, len(list)-max(n, 0))
	}
	format := in.get("HISTTIMEFORMAT")
	var b strings.Builder
	for i := from; i < len(list); i++ {
		stamp := ""
		if format != "" {
			stamp = strftime(format, in.s.world.Now())
		}
		fmt.Fprintf(&b, "%5d  %s%s\n", i+1, stamp, list[i])
	}
	in.out(b.String())
	return 0
}

// historyFile gives the file that keeps the lines, empty for none.
func (in *interp) historyFile() string {
	name := in.get("HISTFILE")
	if name == "/dev/null" {
		return ""
	}
	return name
}

// loadHistory reads what earlier sessions left.
func (in *interp) loadHistory() {
	name := in.historyFile()
	if name == "" {
		return
	}
	data, err := in.fs.ReadFile(name, 64<<10)
	if err != nil {
		return
	}
	lines := slices.DeleteFunc(strings.Split(string(data), "\n"), func(line string) bool {
		return line == "" || line[0] == '#' && strings.Trim(line[1:], "0123456789") == ""
	})
	in.s.remember(lines...)
}

// saveHistory writes the lines for later sessions.
func (in *interp) saveHistory(add bool) {
	name := in.historyFile()
	list := in.s.history()
	if name == "" || len(list) == 0 && add {
		return
	}
	if n, err := strconv.Atoi(in.get("HISTFILESIZE")); err == nil && n >= 0 && len(list) > n {
		list = list[len(list)-n:]
	}
	text := ""
	if len(list) > 0 {
		text = strings.Join(list, "\n") + "\n"
	}
	in.fs.WriteFile(name, []byte(text), 0o600)
}

// keepLine puts a line into the history as HISTCONTROL says.
func (in *interp) keepLine(line string, first bool) {
	if strings.TrimSpace(line) == "" || in.get("HISTSIZE") == "0" || !in.opt["history"] {
		return
	}
	if v, ok := in.lookup("HISTSIZE"); !ok || v == "0" {
		return
	}
	list := in.s.history()
	control := in.get("HISTCONTROL")
	if first && (strings.Contains(control, "ignorespace") || strings.Contains(control, "ignoreboth")) && line[0] == ' ' {
		return
	}
	if n := len(list); n > 0 && list[n-1] == line && (strings.Contains(control, "ignoredups") || strings.Contains(control, "ignoreboth")) {
		return
	}
	if !first && len(list) > 0 {
		last := list[len(list)-1]
		list[len(list)-1] = strings.TrimSuffix(last, `\`) + joint(last) + line
		in.s.setHistory(list)
		return
	}
	in.s.remember(line)
}

// joint gives what stands between two lines of one command in the history.
func joint(before string) string {
	quote := byte(0)
	for i := 0; i < len(before); i++ {
		switch c := before[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	trimmed := strings.TrimRight(before, " \t")
	switch {
	case quote != 0 || strings.Contains(before, "<<"):
		return "\n"
	case strings.HasSuffix(trimmed, `\`):
		return ""
	}
	for _, end := range []string{"do", "then", "else", "in", "{", "(", "&&", "||", "|", ";", "&"} {
		if rest, ok := strings.CutSuffix(trimmed, end); ok && (rest == "" || strings.IndexByte(" \t;", rest[len(rest)-1]) >= 0 || !isLower(end[0])) {
			return " "
		}
	}
	return "; "
}

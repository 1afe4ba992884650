package edit

import "strings"

// entry gives a line of the history as it was changed, or the new line.
func (r *reading) entry(i int) string {
	if s, changed := r.edits[i]; changed {
		return s
	}
	if i < len(r.req.History) {
		return r.req.History[i]
	}
	return ""
}

// visit goes to another line of the history. What was typed into this one is
// kept until the line ends.
func (r *reading) visit(i int) {
	if line := string(r.line); line != r.entry(r.at) {
		if r.edits == nil {
			r.edits = map[int]string{}
		}
		r.edited += len(line) - len(r.edits[r.at])
		r.edits[r.at] = line
		if r.edited > maxKept {
			delete(r.edits, r.at)
			r.edited -= len(line)
		}
	}
	r.at = i
	r.set(r.entry(i))
}

func (r *reading) stepOlder() bool { return r.stepTo(r.at - 1) }
func (r *reading) stepNewer() bool { return r.stepTo(r.at + 1) }

func (r *reading) stepTo(i int) bool {
	if i < 0 || i > len(r.req.History) {
		r.bell()
		return false
	}
	r.visit(i)
	return true
}

func (r *reading) older() { r.times(r.stepOlder, r.stepNewer) }
func (r *reading) newer() { r.times(r.stepNewer, r.stepOlder) }

func (r *reading) oldest() {
	if r.at > 0 {
		r.visit(0)
	}
}

func (r *reading) newest() {
	if r.at < len(r.req.History) {
		r.visit(len(r.req.History))
	}
}

// revert takes back every change of the line.
func (r *reading) revert() {
	if len(r.undos) == 0 {
		r.bell()
	}
	for len(r.undos) > 0 {
		r.undo()
	}
}

// prefixBack and prefixForward go to the next line that begins with what
// stands before the cursor.
func (r *reading) prefixBack()    { r.prefix(-1) }
func (r *reading) prefixForward() { r.prefix(1) }

func (r *reading) prefix(step int) {
	start := string(r.line[:r.point])
	for i := r.at + step; i >= 0 && i <= len(r.req.History); i += step {
		if line := r.entry(i); strings.HasPrefix(line, start) && (line != string(r.line) || start == "") {
			r.visit(i)
			if start != "" {
				r.point = len(start)
			}
			return
		}
	}
	r.bell()
}

// lastArgument puts in the last word of the line before, and of the one before
// that when it is done again.
func (r *reading) lastArgument() {
	r.now = lastArg
	if r.last != lastArg {
		r.argLine, r.argSize = 0, 0
	}
	i := len(r.req.History) - 1 - r.argLine
	if i < 0 {
		r.bell()
		return
	}
	word := lastWord(r.req.History[i])
	if r.replace(r.point-r.argSize, r.point, []byte(word)) {
		r.argLine++
		r.argSize = len(word)
	}
}

// lastWord gives the last word of a line, with its quotes.
func lastWord(line string) string {
	line = strings.TrimRight(line, " \t\n")
	start, quote := 0, byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ' ' || c == '\t':
			start = i + 1
		}
	}
	return line[min(start, len(line)):]
}

package edit

import (
	"bytes"
	"strconv"
	"unicode"

	"gait/decoy/visit"
)

// say shows a message in place of the prompt.
func (r *reading) say(before string, n int, after string) {
	r.sayText(before + strconv.Itoa(n) + after)
}

func (r *reading) sayText(s string) {
	r.message = appendText([]cell{}, []byte(s), 0, r.d.cols)
}

func (r *reading) stepRight() bool {
	if r.point == len(r.line) {
		r.bell()
		return false
	}
	r.point = r.after(r.point)
	return true
}

func (r *reading) stepLeft() bool {
	if r.point == 0 {
		r.bell()
		return false
	}
	r.point = r.before(r.point)
	return true
}

func (r *reading) left()  { r.times(r.stepLeft, r.stepRight) }
func (r *reading) right() { r.times(r.stepRight, r.stepLeft) }

func (r *reading) lineStart() { r.point = 0 }
func (r *reading) lineEnd()   { r.point = len(r.line) }

func (r *reading) stepWordRight() bool {
	at := r.point
	r.point = r.wordEnd(at)
	return r.point > at
}

func (r *reading) stepWordLeft() bool {
	at := r.point
	r.point = r.wordStart(at)
	return r.point < at
}

func (r *reading) wordLeft()  { r.times(r.stepWordLeft, r.stepWordRight) }
func (r *reading) wordRight() { r.times(r.stepWordRight, r.stepWordLeft) }

// deleteChar deletes at the cursor; with a numeric argument it can be yanked.
func (r *reading) deleteChar() {
	from := r.point
	if from == len(r.line) {
		r.bell()
		return
	}
	r.times(r.stepRight, r.stepLeft)
	r.deleted(from)
}

// rubout deletes before the cursor.
func (r *reading) rubout() {
	from := r.point
	if from == 0 {
		r.bell()
		return
	}
	r.times(r.stepLeft, r.stepRight)
	r.deleted(from)
}

// deleted takes away what a movement from a place has passed.
func (r *reading) deleted(from int) {
	a, b := min(from, r.point), max(from, r.point)
	if r.argGiven {
		r.kill(a, b, from < r.point)
		return
	}
	r.replace(a, b, nil)
}

// kill takes text away and keeps it. Texts that are killed one after the other
// are kept as one.
func (r *reading) kill(from, to int, forward bool) {
	r.now = killing
	if from == to {
		return
	}
	text := string(r.line[from:to])
	n := len(r.kills)
	switch {
	case r.last != killing || n == 0:
		r.kills = append(r.kills, text)
	case forward:
		r.kills[n-1] += text
	default:
		r.kills[n-1] = text + r.kills[n-1]
	}
	total := 0
	for i := len(r.kills) - 1; i >= 0; i-- {
		if total += len(r.kills[i]); total > maxKept || len(r.kills)-i > maxKills {
			r.kills = append([]string(nil), r.kills[i+1:]...)
			break
		}
	}
	r.replace(from, to, nil)
}

func (r *reading) killEnd() {
	if r.count() < 0 {
		r.kill(0, r.point, false)
		return
	}
	r.kill(r.point, len(r.line), true)
}

func (r *reading) killStart() {
	if r.point == 0 {
		r.bell()
	}
	r.kill(0, r.point, false)
}

func (r *reading) killBlank() {
	if r.point == 0 {
		r.bell()
	}
	to := r.point
	for n := r.count(); n > 0 && r.point > 0; n-- {
		r.point = r.blankStart(r.point)
	}
	r.kill(r.point, to, false)
}

func (r *reading) killWord() {
	from := r.point
	r.times(r.stepWordRight, r.stepWordLeft)
	r.kill(min(from, r.point), max(from, r.point), from < r.point)
}

func (r *reading) killWordBack() {
	from := r.point
	r.times(r.stepWordLeft, r.stepWordRight)
	r.kill(min(from, r.point), max(from, r.point), from < r.point)
}

// yank puts back what was killed last.
func (r *reading) yank() {
	if len(r.kills) == 0 {
		r.bell()
		return
	}
	r.now = yanking
	r.replace(r.point, r.point, []byte(r.kills[len(r.kills)-1]))
}

// yankPop replaces what was just yanked by what was killed before it.
func (r *reading) yankPop() {
	n := len(r.kills)
	if r.last != yanking || n == 0 {
		r.bell()
		return
	}
	r.now = yanking
	top := r.kills[n-1]
	if from := r.point - len(top); from >= 0 && string(r.line[from:r.point]) == top {
		r.kills = append([]string{top}, r.kills[:n-1]...)
		r.replace(from, r.point, []byte(r.kills[n-1]))
	}
}

// transpose exchanges the characters around the cursor.
func (r *reading) transpose() {
	if r.point == 0 || r.after(0) >= len(r.line) {
		r.bell()
		return
	}
	if r.point == len(r.line) {
		r.point = r.before(r.point)
	}
	from, to := r.before(r.point), r.after(r.point)
	r.replace(from, to, append(bytes.Clone(r.line[r.point:to]), r.line[from:r.point]...))
}

// transposeWords exchanges the word before the cursor with the one behind.
func (r *reading) transposeWords() {
	end := r.wordEnd(r.point)
	start := r.wordStart(end)
	first := r.wordStart(start)
	firstEnd := r.wordEnd(first)
	if first == start || firstEnd > start {
		r.bell()
		return
	}
	text := bytes.Clone(r.line[start:end])
	text = append(append(text, r.line[firstEnd:start]...), r.line[first:firstEnd]...)
	r.replace(first, end, text)
}

// recase changes the letters up to the end of the word.
func (r *reading) recase(f func(word []rune) []rune) {
	from := r.point
	r.times(r.stepWordRight, r.stepWordLeft)
	a, b := min(from, r.point), max(from, r.point)
	if a == b {
		return
	}
	r.replace(a, b, []byte(string(f([]rune(string(r.line[a:b]))))))
}

func (r *reading) upper() {
	r.recase(func(w []rune) []rune { return []rune(string(bytes.ToUpper([]byte(string(w))))) })
}

func (r *reading) lower() {
	r.recase(func(w []rune) []rune { return []rune(string(bytes.ToLower([]byte(string(w))))) })
}

func (r *reading) capital() {
	r.recase(func(w []rune) []rune {
		inside := false
		for i, c := range w {
			switch {
			case !unicode.IsLetter(c) && !unicode.IsDigit(c):
				inside = false
				continue
			case inside:
				w[i] = unicode.ToLower(c)
			default:
				w[i] = unicode.ToUpper(c)
			}
			inside = true
		}
		return w
	})
}

// deleteBlanks deletes the blanks around the cursor.
func (r *reading) deleteBlanks() {
	from, to := r.point, r.point
	for from > 0 && (r.line[from-1] == ' ' || r.line[from-1] == '\t') {
		from--
	}
	for to < len(r.line) && (r.line[to] == ' ' || r.line[to] == '\t') {
		to++
	}
	if from < to {
		r.replace(from, to, nil)
	}
}

// comment makes the line a comment and ends it.
func (r *reading) comment() {
	r.replace(0, 0, []byte("#"))
	r.draw()
	r.accept()
}

// quoted puts the next key into the line, whatever it is.
func (r *reading) quoted() {
	r.flush()
	c, ok := r.next()
	switch {
	case !ok:
	case c == 3:
		r.pushed = append([]byte{c}, r.pushed...)
	case c == 0:
		r.bell()
	case c == '\n': // the terminal makes it of the return key
		c = '\r'
		fallthrough
	default:
		r.replace(r.point, r.point, repeat(r.char(c), r.count()))
	}
}

// findRight and findLeft go to the next key that is typed.
func (r *reading) findRight() { r.find(bytes.Index, 1) }
func (r *reading) findLeft()  { r.find(bytes.LastIndex, -1) }

func (r *reading) find(index func(s, sep []byte) int, direction int) {
	r.flush()
	c, ok := r.next()
	if !ok {
		return
	}
	from, text := 0, r.line[:r.point]
	if direction > 0 {
		from = r.after(r.point)
		text = r.line[from:]
	}
	if i := index(text, r.char(c)); i >= 0 {
		r.point = from + i
		return
	}
	r.bell()
}

const pasteEnd = "\x1b[201~"

// paste takes text that the terminal marked as pasted.
func (r *reading) paste() {
	var text []byte
	full := false
	for !bytes.HasSuffix(text, []byte(pasteEnd)) {
		c, ok := r.next()
		switch {
		case !ok:
			return
		case c == 3:
			r.stop(visit.ErrInterrupt)
			return
		case c == '\r':
			c = '\n'
		}
		if len(text) > maxLine {
			full = true
			text = append(text[:0], text[len(text)-len(pasteEnd):]...)
		}
		text = append(text, c)
	}
	text = text[:len(text)-len(pasteEnd)]
	from := r.point
	if full {
		r.bell()
		return
	}
	if r.replace(from, from, text) {
		r.markFrom, r.markTo = from, r.point
	}
}

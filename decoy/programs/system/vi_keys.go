package system

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// mostTimes bounds how often one command is done.
const mostTimes = 1000

// times reads the digits of a count, from a first key on, and gives the key
// that follows; n is 0 where there are none.
func (v *vi) times(k string) (n int, next string) {
	for len(k) == 1 && (k >= "1" && k <= "9" || k == "0" && n > 0) {
		n = min(n*10+int(k[0]-'0'), 1_000_000)
		k = v.key()
	}
	return n, k
}

// command does what a key stands for while nothing is inserted.
func (v *vi) command(k string) {
	n, k := v.times(k)
	once := min(max(n, 1), mostTimes)
	switch k {
	case ":":
		if line, ok := v.prompt(":"); ok {
			v.ex(strings.TrimSpace(line))
		}
	case "/", "?":
		if what, ok := v.prompt(k); ok {
			if what != "" {
				v.sought = strings.Trim(what, k)
			}
			v.back = k == "?"
			v.search(v.back)
		}
	case "n", "N":
		v.search(v.back != (k == "N"))
	case "d", "c", "y":
		v.operate(k, once)
	case "u":
		v.undo()
	case "Z":
		switch v.key() {
		case "Z":
			v.ex("x")
		case "Q":
			v.done = true
		}
	case "^G":
		v.says = fmt.Sprintf("%q %s --%d%%--", v.name, counted(v.lines()), (v.y+1)*100/len(v.rows))
	case "^L":
		v.shown = nil
	case "r":
		v.replace(v.key())
	case "G":
		if n == 0 {
			n = len(v.rows)
		}
		v.y, v.x = n-1, 0
	case "<esc>", "^C":
	default:
		if !v.motion(k, once) && !v.inserting(k) {
			v.change(k, once)
		}
	}
}

// inserting begins to insert; false where the key does not.
func (v *vi) inserting(k string) bool {
	if !strings.Contains("iIaAoOsSC", k) || len(k) != 1 {
		return k == "<ins>" && v.inserting("i")
	}
	v.mark()
	l := v.line()
	switch k {
	case "I":
		for v.x = 0; v.x < len(l) && unicode.IsSpace(l[v.x]); v.x++ {
		}
	case "a":
		v.x = min(v.x+1, len(l))
	case "A":
		v.x = len(l)
	case "o":
		v.y++
		v.add(v.y, nil)
		v.x = 0
	case "O":
		v.add(v.y, nil)
		v.x = 0
	case "s":
		v.erase(v.x, v.x+1)
	case "S":
		v.set(nil)
		v.x = 0
	case "C":
		v.kept, v.whole = [][]rune{v.erase(v.x, len(l))}, false
	}
	v.typing = true
	return true
}

// change does the commands that change the text at once.
func (v *vi) change(k string, n int) {
	l := v.line()
	switch k {
	case "x", "<del>":
		v.mark()
		v.kept, v.whole = [][]rune{v.erase(v.x, v.x+n)}, false
	case "X":
		v.mark()
		v.erase(v.x-n, v.x)
	case "D":
		v.mark()
		v.kept, v.whole = [][]rune{v.erase(v.x, len(l))}, false
	case "Y":
		v.keep(n)
	case "J":
		v.mark()
		v.x = len(l)
		v.join(" ")
	case "p", "P":
		v.mark()
		for range n {
			v.put(k == "p")
		}
	case "~":
		if v.x < len(l) {
			r := l[v.x]
			if unicode.IsUpper(r) {
				r = unicode.ToLower(r)
			} else {
				r = unicode.ToUpper(r)
			}
			v.replace(string(r))
			v.x++
		}
	}
}

// keep keeps lines to be put elsewhere.
func (v *vi) keep(n int) {
	v.kept, v.whole = nil, true
	v.kept = append(v.kept, v.rows[v.y:min(v.y+n, len(v.rows))]...)
}

// put puts what is kept behind the cursor, or before it.
func (v *vi) put(behind bool) {
	if len(v.kept) == 0 || v.bytes > mostText {
		return
	}
	if !v.whole {
		if behind && len(v.line()) > 0 {
			v.x++
		}
		v.insert(v.kept[0])
		v.x--
		return
	}
	at := v.y
	if behind {
		at++
	}
	for i, l := range v.kept {
		if v.bytes > mostText {
			break
		}
		v.add(at+i, append([]rune(nil), l...))
	}
	v.y, v.x = at, 0
}

// replace puts another character in the place of one.
func (v *vi) replace(k string) {
	if r := []rune(k); len(r) == 1 && v.x < len(v.line()) {
		v.mark()
		l := append([]rune(nil), v.line()...)
		l[v.x] = r[0]
		v.set(l)
	}
}

// operate reads what d, c or y is to work on, and does it.
func (v *vi) operate(op string, n int) {
	m, k := v.times(v.key())
	n = min(n*max(m, 1), mostTimes)
	fromX, fromY := v.x, v.y
	switch {
	case k == op:
		v.wholeLines(op, v.y, n)
		return
	case k == "w" && op == "c":
		k = "e"
	case k == "G":
		v.wholeLines(op, v.y, len(v.rows)-v.y)
		return
	case k == "g":
		if v.key() == "g" {
			v.wholeLines(op, 0, fromY+1)
		}
		return
	}
	if !v.motion(k, n) {
		return
	}
	v.clamp(1)
	toX, toY := v.x, v.y
	if toY != fromY {
		if slices.Contains([]string{"j", "k", "+", "-", "<up>", "<down>", "<enter>"}, k) {
			v.wholeLines(op, min(fromY, toY), max(fromY, toY)-min(fromY, toY)+1)
			return
		}
		toX, toY = len(v.rows[fromY]), fromY
		if v.y < fromY {
			toX = 0
		}
	}
	if k == "e" || k == "$" || k == "<end>" {
		toX++
	}
	v.y = fromY
	from, to := min(fromX, toX), min(max(fromX, toX), len(v.line()))
	v.x = from
	if op == "y" {
		v.kept, v.whole = [][]rune{append([]rune(nil), v.line()[from:to]...)}, false
		return
	}
	v.mark()
	v.kept, v.whole = [][]rune{v.erase(from, to)}, false
	v.typing = op == "c"
}

// wholeLines does d, c or y with lines.
func (v *vi) wholeLines(op string, y, n int) {
	v.y = y
	v.keep(n)
	if op == "y" {
		return
	}
	v.mark()
	v.x = 0
	if op == "c" {
		v.drop(y, n-1)
		v.set(nil)
		v.typing = true
		return
	}
	if n = len(v.drop(y, n)); n > 2 {
		v.says = fmt.Sprintf("%d fewer lines", n)
	}
}

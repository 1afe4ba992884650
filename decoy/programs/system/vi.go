package system

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
)

// vi is vim in its small form, as Debian has it under the name vi.
type vi struct {
	*glass
	*sheet
	name    string
	there   bool // the file is
	says    string
	bad     bool // what it says is an error
	typing  bool // text is inserted
	kept    [][]rune
	whole   bool // lines were kept, not a part of one
	before  []state
	sought  string
	back    bool // it was sought backwards
	numbers bool
	done    bool
	code    int
}

// state is a text as it was.
type state struct {
	rows [][]rune
	x, y int
}

func runVi(p *proc.Process) int {
	var names []string
	for _, a := range p.Args[1:] {
		switch {
		case a == "--version":
			p.Println("VIM - Vi IMproved 9.0 (2022 Jun 28, compiled May 04 2023 10:24:44)\nIncluded patches: 1-1378\nModified by team+vim@tracker.debian.org\nCompiled by team+vim@tracker.debian.org\nSmall version without GUI.")
			return 0
		case !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+"):
			names = append(names, a)
		}
	}
	if p.Terminal == nil || !p.OutTTY || !p.InTTY {
		fmt.Fprint(p.Err, "Vim: Warning: Output is not to a terminal\nVim: Warning: Input is not from a terminal\nVim: Error reading input, exiting...\nVim: Finished.\n")
		return 1
	}
	if !proc.Take(&p.Budget.Memory, 2*mostText) {
		return 1
	}
	defer proc.Give(&p.Budget.Memory, 2*mostText)
	v := &vi{}
	if len(names) > 0 {
		v.name = names[0]
	}
	v.open(p)
	g, restore := take(p)
	defer restore()
	v.glass = g
	for !v.done && v.show() {
		k := v.key()
		switch {
		case k == "":
			return 1
		case v.typing:
			v.typed(k)
		default:
			v.says, v.bad = "", false
			v.command(k)
		}
		v.clampCursor()
	}
	return v.code
}

// open reads the file that is named.
func (v *vi) open(p *proc.Process) {
	s, there, err := load(p, v.name)
	v.sheet, v.there, v.before = s, there, nil
	i, e := p.FS.Stat(v.name)
	switch {
	case v.name == "":
	case e == nil && i.IsDir():
		v.says = fmt.Sprintf("%q is a directory", v.name)
	case err != nil:
		v.says = fmt.Sprintf("%q [Permission Denied]", v.name)
	case !there:
		v.says = fmt.Sprintf("%q [New File]", v.name)
	default:
		mode := ""
		if p.FS.Access(v.name, 2) != nil {
			mode = "[readonly] "
		}
		v.says = fmt.Sprintf("%q %s%s, %d bytes", v.name, mode, counted(v.lines()), v.bytes)
	}
}

// lines counts the lines as vi does: an empty text has none.
func (v *vi) lines() int {
	if len(v.rows) == 1 && len(v.rows[0]) == 0 && v.bytes == 0 {
		return 0
	}
	return len(v.rows)
}

func (v *vi) clampCursor() {
	beyond := 0
	if v.typing {
		beyond = 1
	}
	v.clamp(beyond)
}

// show draws the screen.
func (v *vi) show() bool {
	if len(v.buf) > 0 {
		return true
	}
	return v.draw2(v.says, -1)
}

// draw2 draws the screen with a last row; the cursor is in it where at is not
// negative.
func (v *vi) draw2(last string, at int) bool {
	v.measure()
	height := v.screen.Rows - 1
	v.scroll(v.sheet, height, true)
	rows := v.visible(v.sheet, height, "\x1b[1m\x1b[34m~")
	gutter := 0
	if v.numbers {
		gutter = 8
		for i := range rows {
			if y := v.top + i; y < len(v.rows) {
				rows[i] = fmt.Sprintf("\x1b[33m%7d \x1b[m%s", y+1, window(v.rows[y], v.left, v.screen.Cols-8))
			}
		}
	}
	text := window([]rune(last), 0, v.screen.Cols-1)
	if v.bad && at < 0 {
		text = "\x1b[1m\x1b[37m\x1b[41m" + text
	}
	rows = append(rows, text)
	if at >= 0 {
		return v.draw(rows, min(at, v.screen.Cols-1), height)
	}
	return v.draw(rows, min(column(v.line(), v.x)-v.left+gutter, v.screen.Cols-1), v.y-v.top)
}

// fail shows an error.
func (v *vi) fail(format string, args ...any) { v.says, v.bad = fmt.Sprintf(format, args...), true }

// mostStates bounds how often can be undone.
const mostStates = 30

// mark remembers the text, to be undone.
func (v *vi) mark() {
	if len(v.rows) > 5000 {
		v.before = nil
		return
	}
	if len(v.before) >= mostStates {
		v.before = v.before[1:]
	}
	v.before = append(v.before, state{slices.Clone(v.rows), v.x, v.y})
}

func (v *vi) undo() {
	if len(v.before) == 0 {
		v.says = "Already at oldest change"
		return
	}
	s := v.before[len(v.before)-1]
	v.before = v.before[:len(v.before)-1]
	v.rows, v.x, v.y, v.changed = s.rows, s.x, s.y, true
	v.bytes = 0
	for _, l := range v.rows {
		v.bytes += len(l) + 1
	}
}

// typed takes a key while text is inserted.
func (v *vi) typed(k string) {
	switch k {
	case "<esc>", "^C", "^[":
		v.typing = false
		v.x--
	case "<enter>", "^J":
		v.insert([]rune{'\n'})
	case "<back>", "^H":
		if v.x > 0 {
			v.erase(v.x-1, v.x)
		} else if v.y > 0 {
			v.y--
			v.x = len(v.line())
			v.join("")
		}
	case "^W":
		from := v.x
		for from > 0 && v.line()[from-1] == ' ' {
			from--
		}
		for from > 0 && v.line()[from-1] != ' ' {
			from--
		}
		v.erase(from, v.x)
	case "^U":
		v.erase(0, v.x)
	case "<del>":
		v.erase(v.x, v.x+1)
	default:
		if !v.motion(k, 1) && utf8.RuneCountInString(k) == 1 {
			v.insert([]rune(k))
		}
	}
}

// prompt reads a line in the last row; false where it was given up.
func (v *vi) prompt(sign string) (string, bool) {
	var line []rune
	for {
		if len(v.buf) == 0 && !v.draw2(sign+string(line), 1+column(line, len(line))) {
			return "", false
		}
		switch k := v.key(); {
		case k == "<enter>":
			return string(line), true
		case k == "<esc>" || k == "^C" || k == "" || k == "<back>" && len(line) == 0:
			return "", false
		case k == "<back>":
			line = line[:len(line)-1]
		case k == "^U":
			line = nil
		case utf8.RuneCountInString(k) == 1 && len(line) < 4096:
			line = append(line, []rune(k)...)
		}
	}
}

// search goes to the next place of what was sought.
func (v *vi) search(back bool) {
	if v.sought == "" {
		v.fail("E35: No previous regular expression")
		return
	}
	if !v.find(v.sought, back) {
		v.fail("E486: Pattern not found: %s", v.sought)
	}
}

package system

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
)

// press does what a key stands for.
func (n *nano) press(k string) {
	cutting := n.cutting
	n.cutting = false
	page := n.screen.Rows - 6
	switch k {
	case "^X":
		n.quit()
	case "^O", "^S":
		n.save(k == "^S")
	case "^K":
		n.cut(cutting)
	case "^U":
		n.paste()
	case "^W":
		n.search()
	case "^_", "^/":
		n.jump()
	case "^R":
		n.read()
	case "^C":
		n.says = fmt.Sprintf("line %d/%d (%d%%), col %d/%d (%d%%)", n.y+1, len(n.rows), (n.y+1)*100/len(n.rows), n.x+1, len(n.line())+1, (n.x+1)*100/(len(n.line())+1))
	case "<pgup>", "^Y":
		n.y -= page
	case "<pgdn>", "^V":
		n.y += page
	case "<enter>", "^M", "^J":
		n.insert([]rune{'\n'})
	default:
		if !n.move(k) && utf8.RuneCountInString(k) == 1 {
			n.insert([]rune(k))
		}
	}
	n.clamp(1)
}

// move moves the cursor, or erases beside it; false where the key is another.
func (n *nano) move(k string) bool {
	switch k {
	case "<up>", "^P":
		n.y--
	case "<down>", "^N":
		n.y++
	case "<left>", "^B":
		if n.x--; n.x < 0 && n.y > 0 {
			n.y--
			n.x = len(n.line())
		}
	case "<right>", "^F":
		if n.x++; n.x > len(n.line()) && n.y+1 < len(n.rows) {
			n.y, n.x = n.y+1, 0
		}
	case "<home>", "^A":
		n.x = 0
	case "<end>", "^E":
		n.x = len(n.line())
	case "<back>":
		if n.x > 0 {
			n.erase(n.x-1, n.x)
		} else if n.y > 0 {
			n.y--
			n.x = len(n.line())
			n.join("")
		}
	case "<del>", "^D":
		if n.x < len(n.line()) {
			n.erase(n.x, n.x+1)
		} else {
			n.join("")
		}
	default:
		return false
	}
	return true
}

// save writes the text: ^S asks only where there is no name.
func (n *nano) save(quiet bool) {
	if !quiet || n.name == "" {
		n.write()
		return
	}
	if _, err := n.store(n.p, n.name); err != nil {
		n.says = fmt.Sprintf("Error writing %s: %s", n.name, proc.Text(err))
		return
	}
	n.says = "Wrote " + counted(len(n.rows))
}

// cut takes the line away; lines that are cut in a row are kept together.
func (n *nano) cut(more bool) {
	if len(n.rows) == 1 && len(n.rows[0]) == 0 {
		n.says = "Nothing was cut"
		return
	}
	if !more {
		n.kept = nil
	}
	n.kept = append(n.kept, n.drop(n.y, 1)...)
	n.x, n.cutting = 0, true
}

func (n *nano) paste() {
	if len(n.kept) == 0 {
		n.says = "Cutbuffer is empty"
		return
	}
	for _, l := range n.kept {
		if n.bytes > mostText {
			return
		}
		n.add(n.y, append([]rune(nil), l...))
		n.y++
	}
	n.x = 0
}

func (n *nano) search() {
	question := "Search"
	if n.sought != "" {
		question += " [" + n.sought + "]"
	}
	what, ok := n.ask(question, "")
	if !ok {
		return
	}
	if what != "" {
		n.sought = what
	}
	if !n.find(n.sought, false) {
		n.says = fmt.Sprintf("%q not found", n.sought)
	}
}

func (n *nano) jump() {
	text, ok := n.ask("Enter line number, column number", "")
	if !ok {
		return
	}
	text, _, _ = strings.Cut(text, ",")
	to, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		n.says = "Invalid line or column number"
		return
	}
	n.y, n.x = to-1, 0
}

// read inserts another file.
func (n *nano) read() {
	name, ok := n.ask("File to insert [from ./]", "")
	if !ok || name == "" {
		return
	}
	s, there, err := load(n.p, name)
	switch {
	case err != nil:
		n.says = fmt.Sprintf("Error reading %s: %s", name, proc.Text(err))
	case !there:
		n.says = fmt.Sprintf("File \"%s\" not found", name)
	default:
		for i, l := range s.rows {
			if n.bytes > mostText {
				break
			}
			n.add(n.y+i, l)
		}
		n.says = "Read " + counted(len(s.rows))
	}
}

package system

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
)

// nano is the editor nano with one text.
type nano struct {
	*glass
	*sheet
	name    string
	says    string // what stands in the row of messages
	kept    [][]rune
	cutting bool
	sought  string
	done    bool
}

func runNano(p *proc.Process) int {
	o := proc.Flags{Short: "ABC:DEFGHIJ:KLMNOPQ:RST:UVWX:Y:Zabcdef:ghijklmno:pqr:s:tuvwxyz!%_@0/", Long: map[string]proc.Long{"version": {As: "V"}, "view": {As: "v"}, "nowrap": {As: "w"}, "backup": {As: "B"}, "linenumbers": {As: "l"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("V"):
		p.Println(" GNU nano, version 7.2\n (C) 1999-2011, 2013-2023 Free Software Foundation, Inc.\n (C) 2014-2023 the contributors to nano\n Compiled options: --disable-libmagic --enable-utf8")
		return 0
	case p.Terminal == nil || p.Env.Get("TERM") == "":
		fmt.Fprintln(p.Err, "Error opening terminal: unknown.")
		return 1
	}
	n := &nano{}
	var there bool
	var err error
	if names := o.Operands; len(names) > 0 {
		n.name = names[len(names)-1]
	}
	if n.sheet, there, err = load(p, n.name); err != nil {
		n.says = fmt.Sprintf("Error reading %s: %s", n.name, proc.Text(err))
		if i, e := p.FS.Stat(n.name); e == nil && i.IsDir() {
			n.says = fmt.Sprintf("%q is a directory", n.name)
		}
		n.name = ""
	} else {
		n.says = n.opened(p, there)
	}
	if !proc.Take(&p.Budget.Memory, mostText) {
		return 1
	}
	defer proc.Give(&p.Budget.Memory, mostText)
	g, back := take(p)
	defer back()
	n.glass = g
	for !n.done && n.show() {
		n.says = ""
		k := n.key()
		if k == "" {
			return 1
		}
		n.press(k)
	}
	return 0
}

// opened words how a file was read.
func (n *nano) opened(p *proc.Process, there bool) string {
	switch {
	case n.name == "":
		return ""
	case !there:
		return "New File"
	case p.FS.Access(n.name, 2) != nil:
		return fmt.Sprintf("File '%s' is unwritable", n.name)
	case n.bytes == 0:
		return "Read 0 lines"
	}
	return "Read " + counted(len(n.rows))
}

// counted words a number of lines.
func counted(n int) string {
	if n == 1 {
		return "1 line"
	}
	return strconv.Itoa(n) + " lines"
}

// title is the row at the top.
func (n *nano) title() string {
	name := n.name
	if name == "" {
		name = "New Buffer"
	}
	if n.changed {
		name += " *"
	}
	left := "  GNU nano 7.2"
	room := n.cols() - len(left)
	pad := max((n.cols()-utf8.RuneCountInString(name))/2-len(left), 1)
	name = strings.Repeat(" ", pad) + window([]rune(name), 0, max(room-pad, 0))
	return "\x1b[7m" + left + name + strings.Repeat(" ", max(room-utf8.RuneCountInString(name), 0))
}

func (n *nano) cols() int { return n.screen.Cols }

// hints are the keys that the rows at the bottom tell of, in pairs.
var hints = [][2]string{{"^G Help", "^X Exit"}, {"^O Write Out", "^R Read File"}, {"^W Where Is", "^\\ Replace"}, {"^K Cut", "^U Paste"}, {"^T Execute", "^J Justify"}, {"^C Location", "^/ Go To Line"}, {"M-U Undo", "M-E Redo"}, {"M-A Set Mark", "M-6 Copy"}, {"M-] To Bracket", "^Q Where Was"}}

// bottom writes the two rows of hints.
func (n *nano) bottom(list [][2]string) (rows []string) {
	count := min((n.cols()+40)/20, len(list))
	width := n.cols() / max(count, 1)
	for line := range 2 {
		row := ""
		for i := range count {
			key, what, _ := strings.Cut(list[i][line], " ")
			pad := ""
			if i < count-1 {
				pad = strings.Repeat(" ", max(width-utf8.RuneCountInString(list[i][line]), 0))
			}
			if key != "" {
				key = "\x1b[7m" + key + "\x1b[27m "
			}
			row += key + what + pad
		}
		rows = append(rows, row)
	}
	return rows
}

// show draws the screen with the text.
func (n *nano) show() bool {
	if len(n.buf) > 0 {
		return true
	}
	n.measure()
	height := n.screen.Rows - 4
	n.scroll(n.sheet, height, false)
	rows := append([]string{n.title()}, n.visible(n.sheet, height, "")...)
	says := ""
	if n.says != "" {
		text := window([]rune("[ "+n.says+" ]"), 0, n.cols()-1)
		says = strings.Repeat(" ", max((n.cols()-utf8.RuneCountInString(text))/2, 0)) + "\x1b[7m" + text
	}
	rows = append(append(rows, says), n.bottom(hints)...)
	return n.draw(rows, column(n.line(), n.x)-n.left, n.y-n.top+1)
}

// ask shows a question in the row of messages and reads a line; false where it
// was given up.
func (n *nano) ask(question, answer string) (string, bool) {
	cancel := [][2]string{{"^G Help", "^C Cancel"}, {"M-D DOS Format", "M-M Mac Format"}, {"M-A Append", "M-P Prepend"}, {"M-B Backup File", "^T Browse"}}
	if !strings.HasPrefix(question, "File") {
		cancel = cancel[:1]
	}
	line := []rune(answer)
	for {
		n.measure()
		height := n.screen.Rows - 4
		rows := append([]string{n.title()}, n.visible(n.sheet, height, "")...)
		text := window([]rune(question+": "+string(line)), 0, n.cols()-1)
		used := utf8.RuneCountInString(text)
		rows = append(append(rows, "\x1b[7m"+text+strings.Repeat(" ", n.cols()-used)), n.bottom(cancel)...)
		if !n.draw(rows, used, height+1) {
			return "", false
		}
		switch k := n.key(); {
		case k == "<enter>":
			return string(line), true
		case k == "^C" || k == "":
			n.says = "Cancelled"
			return "", false
		case k == "<back>" && len(line) > 0:
			line = line[:len(line)-1]
		case k == "^U" || k == "^K":
			line = nil
		case utf8.RuneCountInString(k) == 1 && len(line) < 1024:
			line = append(line, []rune(k)...)
		}
	}
}

// quit ends nano, and asks before that whether to keep what was changed.
func (n *nano) quit() {
	if !n.changed {
		n.done = true
		return
	}
	for {
		n.measure()
		height := n.screen.Rows - 4
		rows := append([]string{n.title()}, n.visible(n.sheet, height, "")...)
		question := "Save modified buffer? "
		rows = append(append(rows, "\x1b[7m"+question+strings.Repeat(" ", max(n.cols()-len(question), 0))), " \x1b[7mY\x1b[27m Yes", " \x1b[7mN\x1b[27m No           \x1b[7m^C\x1b[27m Cancel")
		if !n.draw(rows, len(question), height+1) {
			n.done = true
			return
		}
		switch n.key() {
		case "y", "Y":
			n.done = n.write()
			return
		case "n", "N", "":
			n.done = true
			return
		case "^C":
			n.says = "Cancelled"
			return
		}
	}
}

// write writes the text to a file that is asked for.
func (n *nano) write() bool {
	name, ok := n.ask("File Name to Write", n.name)
	if !ok {
		return false
	}
	if name == "" {
		n.says = "Cancelled"
		return false
	}
	if _, err := n.store(n.p, name); err != nil {
		n.says = fmt.Sprintf("Error writing %s: %s", name, proc.Text(err))
		return false
	}
	n.name = name
	n.says = "Wrote " + counted(len(n.rows))
	return true
}

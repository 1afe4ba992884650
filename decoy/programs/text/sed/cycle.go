package sed

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// cycle runs the script over the line at hand. D begins again without a new line
// while there is one in the space.
func (e *editor) cycle() {
	for again := true; again && !e.quit; {
		again = e.commands()
		e.flushAppended()
		if gnu.Step(e.p) != nil {
			e.quit = true
		}
	}
	if e.quit {
		e.input.rest()
		e.input.store()
	}
}

// commands runs the commands once; true where D wants it once more.
func (e *editor) commands() (again bool) {
	e.replaced = false
	for at := 0; at < len(e.script) && !e.quit; {
		c := e.script[at]
		if !e.selects(c) {
			if at++; c.name == '{' {
				at = c.end + 1
			}
			continue
		}
		next, stop, redo := e.do(c, at+1)
		if redo {
			return true
		}
		if stop {
			return false
		}
		if next <= at && !e.again() {
			e.quit = true
		}
		at = next
	}
	e.auto()
	return false
}

// longStep is how much text counts for a step more.
const longStep = 16 << 10

// again takes the steps for going back in the script, more of them where the
// spaces are long; false where the process was ended.
func (e *editor) again() bool {
	for n := 1 + (len(e.space)+len(e.hold))/longStep; n > 0; n-- {
		if gnu.Step(e.p) != nil {
			return false
		}
	}
	return true
}

// auto prints the space at the end of a cycle.
func (e *editor) auto() {
	if !e.quiet && !e.failed {
		e.print(e.out, e.space)
	}
}

// do runs one command. It gives where to go on, whether the cycle is over, and
// whether it begins again with what is in the space.
func (e *editor) do(c *command, next int) (to int, stop, redo bool) {
	switch c.name {
	case 'd':
		return 0, true, false
	case 'D':
		at := strings.IndexByte(e.space, '\n')
		if at < 0 {
			return 0, true, false
		}
		e.space = e.space[at+1:]
		return 0, false, true
	case 'n':
		if e.input.isLast() {
			e.quit = e.quit || !e.input.separate
			if e.o.Has("posix") {
				return 0, true, false
			}
			return len(e.script), false, false
		}
		e.auto()
		e.flushAppended()
		return next, !e.input.next(), false
	case 'N':
		old := e.space
		if e.input.isLast() {
			return len(e.script), false, false
		}
		e.flushAppended()
		if e.input.next() {
			e.space = e.join(old, e.space)
		}
		return next, e.quit, false
	case 'b':
		return c.end, false, false
	case 't', 'T':
		if e.replaced == (c.name == 't') {
			next = c.end
		}
		e.replaced = false
		return next, false, false
	case 'q', 'Q':
		e.code, e.quit = int(c.number), true
		if c.name == 'q' {
			e.auto()
		}
		return 0, true, false
	case 'c':
		if c.b == nil || c.not || !c.active {
			e.settle()
			_, _ = io.WriteString(e.out, c.text)
		}
		return 0, true, false
	}
	e.edit(c)
	return next, false, false
}

// join joins two texts with a line feed, as far as the budget goes.
func (e *editor) join(a, b string) string {
	if len(a)+len(b) > 8<<20 || e.p.Budget.Memory.Load() < int64(len(a)+len(b)) {
		e.fail(4, "couldn't re-allocate memory")
		return a
	}
	return a + "\n" + b
}

// edit runs a command that goes on with the next one.
func (e *editor) edit(c *command) {
	if strings.IndexByte("P=iFle", c.name) >= 0 {
		e.settle()
	}
	switch c.name {
	case 's':
		e.substitute(c.subst)
	case 'y':
		b := []byte(e.space)
		for i := range b {
			b[i] = c.table[b[i]]
		}
		e.space = string(b)
	case 'p':
		e.print(e.out, e.space)
	case 'P':
		first, _, _ := strings.Cut(e.space, "\n")
		fmt.Fprintf(e.out, "%s%c", first, e.end)
	case '=':
		fmt.Fprintf(e.out, "%d\n", e.input.line)
	case 'i':
		_, _ = io.WriteString(e.out, c.text)
	case 'a':
		e.append(appendix{text: c.text})
	case 'r', 'R':
		e.append(appendix{file: c.text, line: c.name == 'R'})
	case 'w':
		fmt.Fprintf(e.output(c.text), "%s%c", e.space, e.end)
	case 'W':
		first, _, _ := strings.Cut(e.space, "\n")
		fmt.Fprintf(e.output(c.text), "%s%c", first, e.end)
	case 'h':
		e.hold = e.space
	case 'H':
		e.hold = e.join(e.hold, e.space)
	case 'g':
		e.space = e.hold
	case 'G':
		e.space = e.join(e.space, e.hold)
	case 'x':
		e.space, e.hold = e.hold, e.space
	case 'z':
		e.space = ""
	case 'F':
		fmt.Fprintf(e.out, "%s\n", e.input.name)
	case 'l':
		e.list(c.number)
	case 'e':
		e.execute(c.text)
	}
}

func (e *editor) append(a appendix) {
	if len(e.appended) < 10_000 {
		e.appended = append(e.appended, a)
	}
}

// flushAppended writes what a, r and R put off.
func (e *editor) flushAppended() {
	for _, a := range e.appended {
		e.settle()
		switch {
		case a.file == "":
			_, _ = io.WriteString(e.out, a.text)
		case a.line:
			e.oneLine(a.file)
		default:
			if f, err := gnu.Open(e.p, a.file); err == nil {
				_ = gnu.Copy(e.out, f)
				f.Close()
			}
		}
	}
	e.appended = e.appended[:0]
}

// oneLine writes the next line of a file.
func (e *editor) oneLine(name string) {
	l, ok := e.reads[name]
	if !ok && len(e.reads) < 64 {
		if f, err := gnu.Open(e.p, name); err == nil {
			l = gnu.NewLines(e.p, f, e.end)
		}
		e.reads[name] = l
	}
	if l == nil {
		return
	}
	if text, ok := l.Next(); ok {
		fmt.Fprintf(e.out, "%s%c", text, e.end)
	}
}

// execute runs a command of the shell: its output comes before the line, or, for
// the line as command, instead of it.
func (e *editor) execute(text string) {
	e.out.Flush()
	c := *e.p
	if text != "" {
		c.Out = e.out
		e.p.Shell.Source(&c, proc.Script{Posix: true, Text: text, Name: "sh"})
		return
	}
	var b strings.Builder
	c.Out = limited{&b, e}
	e.p.Shell.Source(&c, proc.Script{Posix: true, Text: e.space, Name: "sh"})
	e.space = strings.TrimSuffix(b.String(), "\n")
}

// limited keeps output up to a megabyte.
type limited struct {
	b *strings.Builder
	e *editor
}

func (l limited) Write(p []byte) (int, error) {
	if l.b.Len()+len(p) > 1<<20 {
		return 0, gnu.ErrMemory
	}
	return l.b.Write(p)
}

// list writes the space so that all of it can be seen.
func (e *editor) list(width int64) {
	if width == 0 {
		width = 70
		if v, ok := e.o.Last("l"); ok {
			width, _ = strconv.ParseInt(v, 10, 64)
		}
	}
	column := int64(0)
	for i := range len(e.space) {
		c := e.space[i]
		text := string([]byte{c})
		switch at := strings.IndexByte("\\\a\b\f\n\r\t\v", c); {
		case at >= 0:
			text = "\\" + string("\\abfnrtv"[at])
		case c < ' ' || c >= 0x7f:
			text = fmt.Sprintf("\\%03o", c)
		}
		if width > 1 && column+int64(len(text)) > width-1 {
			_, _ = e.out.WriteString("\\\n")
			column = 0
		}
		_, _ = e.out.WriteString(text)
		column += int64(len(text))
	}
	_, _ = e.out.WriteString("$\n")
}

// substitute runs s.
func (e *editor) substitute(s *substitution) {
	re := e.pattern(s.find)
	if re == nil {
		return
	}
	text := []byte(e.space)
	n := int(s.nth)
	if s.all {
		n = -1
	} else if n == 0 {
		n = 1
	}
	list := re.All(text, n)
	first := max(int(s.nth), 1) - 1
	if len(list) <= first {
		return
	}
	var b strings.Builder
	at := 0
	for _, m := range list[first:] {
		b.Write(text[at:m[0]])
		form(&b, s.with, text, m)
		at = m[1]
		if b.Len() > 8<<20 {
			e.fail(4, "couldn't re-allocate memory")
			return
		}
	}
	b.Write(text[at:])
	e.space, e.replaced = b.String(), true
	if s.eval {
		e.execute("")
	}
	if s.print {
		e.print(e.out, e.space)
	}
	if s.write != "" {
		fmt.Fprintf(e.output(s.write), "%s%c", e.space, e.end)
	}
}

// form writes a replacement for a match.
func form(b *strings.Builder, with []piece, text []byte, m []int) {
	var all, next byte
	for _, p := range with {
		switch {
		case p.form == 'l' || p.form == 'u':
			next = p.form
			continue
		case p.form != 0:
			all, next = p.form, 0
			continue
		}
		part := p.text
		if p.group >= 0 {
			part = ""
			if 2*p.group+1 < len(m) && m[2*p.group] >= 0 {
				part = string(text[m[2*p.group]:m[2*p.group+1]])
			}
		}
		switch all {
		case 'L':
			part = strings.ToLower(part)
		case 'U':
			part = strings.ToUpper(part)
		}
		if next != 0 && part != "" {
			head := strings.ToUpper(part[:1])
			if next == 'l' {
				head = strings.ToLower(part[:1])
			}
			part, next = head+part[1:], 0
		}
		b.WriteString(part)
	}
}

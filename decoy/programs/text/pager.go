package text

import (
	"fmt"
	"strings"

	"gait/decoy/visit"
)

// rows gives how many lines of text a page has.
func (g *pager) rows() int { return max(g.p.Terminal.Size().Rows-1, 1) }

// run shows pages and reads keys.
func (g *pager) run(names []string) {
	t := g.p.Terminal
	old := t.SetMode(visit.Mode{Signals: true})
	defer t.SetMode(old)
	if g.less {
		g.write("\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\r")
		defer g.write("\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t")
	}
	g.page()
	if !g.less && g.top >= len(g.lines) {
		return
	}
	name := ""
	if len(names) > 0 {
		name = names[0]
	}
	g.prompt(name)
	key := make([]byte, 16)
	for {
		n, err := t.Read(key)
		if err != nil || n == 0 || g.p.Ctx.Err() != nil {
			return
		}
		if g.key(string(key[:n])) {
			if !g.less {
				g.write("\r\x1b[K")
			}
			return
		}
		g.prompt("")
	}
}

func (g *pager) write(s string) { _, _ = g.p.Out.Write([]byte(s)) }

// page writes the next page.
func (g *pager) page() { g.forward(g.rows()) }

func (g *pager) forward(n int) {
	var b strings.Builder
	b.WriteString("\r\x1b[K")
	for ; n > 0 && g.top < len(g.lines); n-- {
		b.WriteString(cleaned(g.lines[g.top]) + "\n")
		g.top++
	}
	g.write(b.String())
}

// back shows the text from a line on.
func (g *pager) back(to int) {
	g.top = max(to, 0)
	g.write("\x1b[H\x1b[2J")
	g.page()
}

// cleaned shows control characters as less does.
func cleaned(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			b.WriteString("\x1b[7m" + caret(c) + "\x1b[27m")
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (g *pager) prompt(name string) {
	switch {
	case !g.less:
		g.write(fmt.Sprintf("\x1b[7m--More--(%d%%)\x1b[27m", 100*g.top/len(g.lines)))
	case g.top >= len(g.lines):
		g.write("\x1b[7m(END)\x1b[27m\x1b[K")
	case name != "" && name != "-":
		g.write("\x1b[7m" + cleaned(name) + "\x1b[27m\x1b[K")
	default:
		g.write(":\x1b[K")
	}
}

// key does what a key asks for; true for the end.
func (g *pager) key(k string) bool {
	rows := g.rows()
	switch k {
	case "q", "Q", ":q", "\x03":
		return true
	case " ", "f", "\x06", "\x16", "\x1b[6~", "z":
		g.page()
	case "\r", "\n", "j", "e", "\x0e", "\x1b[B", "\x1bOB":
		g.forward(1)
	case "d", "\x04":
		g.forward(rows / 2)
	case "b", "\x02", "\x1b[5~":
		g.back(g.top - 2*rows)
	case "k", "y", "\x10", "\x1b[A", "\x1bOA":
		g.back(g.top - rows - 1)
	case "u", "\x15":
		g.back(g.top - rows - rows/2)
	case "g", "<", "\x1b[H":
		g.back(0)
	case "G", ">", "\x1b[F":
		g.back(len(g.lines) - rows)
	default:
		g.write("\a\r")
	}
	return !g.less && g.top >= len(g.lines)
}

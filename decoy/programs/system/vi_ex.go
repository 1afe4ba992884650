package system

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// ex does a command line.
func (v *vi) ex(line string) {
	if line == "" {
		return
	}
	from, to, rest := v.span(line)
	if rest == "" {
		v.y, v.x = to, 0
		return
	}
	verb := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') }); i > 0 {
		verb = rest[:i]
	} else if i == 0 {
		verb = rest[:1]
	}
	arg := rest[len(verb):]
	force := strings.HasPrefix(arg, "!")
	arg = strings.TrimSpace(strings.TrimPrefix(arg, "!"))
	switch verb {
	case "q", "quit", "qa", "qall", "quita":
		v.quit(force)
	case "w", "write":
		v.write(arg)
	case "wq", "x", "xit", "exit", "wqa", "xa":
		if verb[0] == 'w' || v.changed || arg != "" {
			if !v.write(arg) {
				return
			}
		}
		v.done = true
	case "cq":
		v.done, v.code = true, 1
	case "e", "edit":
		v.edit(arg, force)
	case "s":
		v.substitute(from, to, rest[1:])
	case "d":
		v.mark()
		v.y = from
		v.kept, v.whole = v.drop(from, to-from+1), true
	case "set", "se":
		v.setting(arg)
	case "noh", "nohlsearch", "syntax", "syn":
	case "!":
		v.outside(arg)
	default:
		v.fail("E492: Not an editor command: %s", line)
	}
}

// span reads the lines that a command is for: "%", "3", "1,5", ".,$".
func (v *vi) span(line string) (from, to int, rest string) {
	from, to, rest = v.y, v.y, line
	if strings.HasPrefix(rest, "%") {
		return 0, len(v.rows) - 1, rest[1:]
	}
	address := func() (int, bool) {
		switch {
		case strings.HasPrefix(rest, "$"):
			rest = rest[1:]
			return len(v.rows) - 1, true
		case strings.HasPrefix(rest, "."):
			rest = rest[1:]
			return v.y, true
		}
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		rest = rest[digits:]
		return min(max(n-1, 0), len(v.rows)-1), err == nil
	}
	if n, ok := address(); ok {
		from, to = n, n
		if strings.HasPrefix(rest, ",") {
			rest = rest[1:]
			if m, ok := address(); ok {
				to = max(m, from)
			}
		}
	}
	return from, to, rest
}

func (v *vi) quit(force bool) {
	if v.changed && !force {
		v.fail("E37: No write since last change (add ! to override)")
		return
	}
	v.done = true
}

func (v *vi) write(name string) bool {
	if name == "" {
		name = v.name
	}
	if name == "" {
		v.fail("E32: No file name")
		return false
	}
	_, err := v.p.FS.Stat(name)
	fresh := ""
	if err != nil {
		fresh = "[New File] "
	}
	changed := v.changed
	n, err := v.store(v.p, name)
	if err != nil {
		v.changed = changed
		v.fail("%q E212: Can't open file for writing", name)
		if i, e := v.p.FS.Stat(name); e == nil && i.IsDir() {
			v.fail("E502: %q is a directory", name)
		}
		return false
	}
	if v.name == "" {
		v.name = name
	}
	v.says, v.bad = fmt.Sprintf("%q %s%s, %d bytes written", name, fresh, counted(v.lines()), n), false
	return true
}

func (v *vi) edit(name string, force bool) {
	if v.changed && !force {
		v.fail("E37: No write since last change (add ! to override)")
		return
	}
	if name != "" {
		v.name = name
	}
	v.top, v.left = 0, 0
	v.open(v.p)
}

// substitute is :s: plain text is replaced by plain text.
func (v *vi) substitute(from, to int, spec string) {
	if spec == "" {
		return
	}
	parts := strings.Split(spec[1:], spec[:1])
	if len(parts) < 2 {
		parts = append(parts, "")
	}
	flags := ""
	if len(parts) > 2 {
		flags = parts[2]
	}
	if parts[0] == "" {
		v.fail("E35: No previous regular expression")
		return
	}
	v.mark()
	count, lines := 0, 0
	for y := from; y <= to && y < len(v.rows) && v.bytes <= mostText; y++ {
		text := raw(v.rows[y])
		n := strings.Count(text, parts[0])
		if n == 0 {
			continue
		}
		if !strings.Contains(flags, "g") {
			n = 1
		}
		if len(text)+n*(len(parts[1])-len(parts[0])) > mostText-v.bytes {
			v.fail("E41: Out of memory!")
			return
		}
		count, lines = count+n, lines+1
		v.y, v.x = y, 0
		v.set(runes(strings.Replace(text, parts[0], parts[1], n)))
	}
	switch {
	case count == 0:
		v.fail("E486: Pattern not found: %s", parts[0])
	case count > 2:
		v.says = fmt.Sprintf("%d substitutions on %s", count, counted(lines))
	}
}

func (v *vi) setting(arg string) {
	switch arg {
	case "nu", "number":
		v.numbers = true
	case "nonu", "nonumber":
		v.numbers = false
	case "", "all", "paste", "nopaste", "ic", "noic", "hls", "nohls", "ai", "noai", "nocp", "nocompatible", "et", "list", "nolist", "ruler", "showmode":
	default:
		if !strings.Contains(arg, "=") {
			v.fail("E518: Unknown option: %s", arg)
		}
	}
	v.shown = nil
}

// outside runs a command outside of the editor.
func (v *vi) outside(line string) {
	p := *v.p
	fmt.Fprintf(p.Out, "\x1b[%d;1H\x1b[K\x1b[?1l\x1b>", v.screen.Rows)
	old := p.Terminal.SetMode(visit.Cooked)
	fmt.Fprintf(p.Out, ":!%s\n", line)
	code := p.Shell.Source(&p, proc.Script{Posix: true, Text: line, Name: "sh"})
	if code != 0 {
		fmt.Fprintf(p.Out, "\nshell returned %d\n", code)
	}
	fmt.Fprint(p.Out, "\nPress ENTER or type command to continue")
	p.Terminal.SetMode(old)
	v.key()
	fmt.Fprint(p.Out, "\x1b[?1h\x1b=\x1b[H\x1b[2J")
	v.shown = nil
}

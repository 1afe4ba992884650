package sed

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/programs/regex"
	"gait/decoy/vfs"
)

// editor is a sed that runs.
type editor struct {
	p      *proc.Process
	o      *proc.Options
	out    *bufio.Writer // of the file at hand with -i, else of the process
	std    *bufio.Writer
	script []*command
	input  *input
	files  map[string]io.WriteCloser
	reads  map[string]*gnu.Lines
	held   *gnu.Held

	space, hold string
	missing     bool // the last line has no end
	appended    []appendix
	quiet       bool
	replaced    bool // since the last line or jump
	last        *regexp
	code        int
	quit        bool
	failed      bool // nothing more is printed
	owed        bool // the end of a line
	end         byte
}

// appendix is what is written at the end of a cycle.
type appendix struct {
	text string
	file string
	line bool // a single line of the file
}

// Run runs sed.
func Run(p *proc.Process) int {
	flags := proc.Flags{Short: "bsnrzuEe:f:l:i::V:", Long: map[string]proc.Long{"quiet": {As: "n"}, "silent": {As: "n"}, "debug": {}, "expression": {As: "e", Value: 1}, "file": {As: "f", Value: 1}, "follow-symlinks": {}, "in-place": {As: "i", Value: 2}, "line-length": {As: "l", Value: 1}, "posix": {}, "regexp-extended": {As: "r"}, "separate": {As: "s"}, "sandbox": {}, "unbuffered": {As: "u"}, "null-data": {As: "z"}, "zero-terminated": {As: "z"}}}
	var b strings.Builder
	c := *p
	c.Err = &b
	o := flags.Parse(&c)
	if o == nil {
		text, _, _ := strings.Cut(b.String(), "\n")
		return usage(p, text+"\n")
	}
	for _, g := range o.Given {
		switch g.Name {
		case "version":
			gnu.About{Pack: "GNU sed", Version: "4.9"}.Told(p, o)
			return 0
		case "help":
			c.Err = p.Out
			usage(&c, "")
			return 0
		}
	}
	e := &editor{p: p, o: o, std: gnu.Output(p), quiet: o.Has("n"), files: map[string]io.WriteCloser{}, reads: map[string]*gnu.Lines{}, held: gnu.Hold(p), end: '\n'}
	e.out = e.std
	if o.Has("z") {
		e.end = 0
	}
	defer e.close()
	names := o.Operands
	if !o.Has("e", "f") {
		if len(names) == 0 {
			return usage(p, "")
		}
		names = names[1:]
	}
	if code := e.read(o); code != 0 {
		return code
	}
	if o.Has("i") && len(names) == 0 {
		p.Complain("no input files")
		return 4
	}
	return e.run(names)
}

func usage(p *proc.Process, text string) int {
	fmt.Fprintf(p.Err, "%sUsage: %s [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n  -n, --quiet, --silent\n                 suppress automatic printing of pattern space\n  -e script, --expression=script\n                 add the script to the commands to be executed\n  -f script-file, --file=script-file\n                 add the contents of script-file to the commands to be executed\n", text, p.Name())
	fmt.Fprintf(p.Err, "  -i[SUFFIX], --in-place[=SUFFIX]\n                 edit files in place (makes backup if SUFFIX supplied)\n  -E, -r, --regexp-extended\n                 use extended regular expressions in the script\n                 (for portability use POSIX -E).\n\nGNU sed home page: <https://www.gnu.org/software/sed/>.\nGeneral help using GNU software: <https://www.gnu.org/gethelp/>.\n")
	return 1
}

// read reads the script.
func (e *editor) read(o *proc.Options) int {
	p := &parser{labels: map[string]int{}, o: regex.Options{Extended: o.Has("E", "r"), Escapes: true}}
	wrong, n := "", 0
	add := func(text, where string, file bool) {
		if (text == "#n" || strings.HasPrefix(text, "#n\n")) && len(p.list) == 0 {
			e.quiet = true
		}
		if wrong == "" {
			wrong = p.parse(text, where, file)
		}
	}
	var parts []string
	flush := func() {
		if len(parts) > 0 {
			add(strings.Join(parts, "\n"), fmt.Sprintf("-e expression #%d", max(n, 1)), false)
			parts = nil
		}
	}
	for _, g := range o.Given {
		switch g.Name {
		case "e":
			n++
			if parts = append(parts, g.Value); !strings.HasSuffix(g.Value, "\\") {
				flush()
			}
		case "f":
			flush()
			f, err := gnu.Open(e.p, g.Value)
			if err != nil {
				e.p.Complain("couldn't open file %s: %s", g.Value, gnu.Why(err))
				return 4
			}
			data, err := gnu.ReadAll(f, e.held)
			f.Close()
			if err != nil {
				e.p.Complain("read error on %s: %s", g.Value, gnu.Why(err))
				return 4
			}
			add(string(data), g.Value, true)
		}
	}
	flush()
	if !o.Has("e", "f") {
		add(o.Operands[0], "-e expression #1", false)
	}
	if wrong == "" {
		wrong = p.finish()
	}
	if wrong != "" {
		e.p.Complain("%s", wrong)
		if strings.HasPrefix(wrong, "can't") {
			return 4
		}
		return 1
	}
	e.script = p.list
	return 0
}

func (e *editor) close() {
	e.std.Flush()
	for _, f := range e.files {
		f.Close()
	}
	for _, l := range e.reads {
		if l != nil {
			l.Close()
		}
	}
	e.held.Free()
}

// fail ends the run with a message.
func (e *editor) fail(code int, format string, args ...any) {
	e.std.Flush()
	e.p.Complain(format, args...)
	e.code, e.quit, e.failed = code, true, true
}

// run goes through the input.
func (e *editor) run(names []string) int {
	e.input = &input{e: e, names: names, separate: e.o.Has("s", "i")}
	if len(names) == 0 {
		e.input.names = []string{"-"}
	}
	defer e.input.close()
	for !e.quit && e.input.next() {
		e.cycle()
	}
	return e.code
}

// print writes a text and its end, which the last line of the input may not have.
func (e *editor) print(w io.Writer, text string) {
	here := w == io.Writer(e.out)
	if here {
		e.settle()
	}
	_, _ = io.WriteString(w, text)
	if here && e.missing && e.input.isLast() {
		e.owed = true
		return
	}
	_, _ = w.Write([]byte{e.end})
}

// settle writes the end of a line that had none, since something follows.
func (e *editor) settle() {
	if e.owed {
		_ = e.out.WriteByte(e.end)
		e.owed = false
	}
}

// output gives the file of a w command.
func (e *editor) output(name string) io.Writer {
	switch name {
	case "/dev/stdout":
		return e.std
	case "/dev/stderr":
		return e.p.Err
	}
	f, ok := e.files[name]
	if !ok {
		var err error
		f, err = gnu.Create(e.p, name, vfs.WriteOnly|vfs.Create|vfs.Truncate, 0o666)
		if err != nil {
			e.fail(4, "couldn't open file %s: %s", name, gnu.Why(err))
			return io.Discard
		}
		if len(e.files) > 64 {
			f.Close()
			return io.Discard
		}
		e.files[name] = f
	}
	return f
}

// matches says whether a pattern matches the space.
func (e *editor) matches(p *pattern) bool {
	re := e.pattern(p)
	return re != nil && re.Match([]byte(e.space))
}

// pattern gives a pattern, or the last one for an empty one.
func (e *editor) pattern(p *pattern) *regexp {
	if p.re != nil {
		e.last = p.re
	}
	if e.last == nil {
		e.fail(1, "-e expression #1, char 0: no previous regular expression")
	}
	return e.last
}

// at says whether a single address is the line at hand.
func (e *editor) at(a *address) bool {
	switch {
	case a.last:
		return e.input.isLast()
	case a.re != nil:
		return e.matches(a.re)
	case a.step > 0:
		return e.input.line >= a.line && (e.input.line-a.line)%a.step == 0
	}
	return e.input.line == a.line
}

// selects says whether a command is for the line at hand.
func (e *editor) selects(c *command) bool {
	switch {
	case c.a == nil:
		return !c.not
	case c.b == nil:
		return e.at(c.a) != c.not
	}
	return e.inRange(c) != c.not
}

// inRange follows a range of lines.
func (e *editor) inRange(c *command) bool {
	line := e.input.line
	if !c.active {
		zero := c.a.line == 0 && c.a.re == nil && !c.a.last && c.a.step == 0
		if zero && line == 1 && c.b.re != nil {
			c.active = !e.matches(c.b.re)
			return true
		}
		if zero || !e.at(c.a) {
			return false
		}
		switch {
		case c.b.re != nil:
			c.active = true
		case c.b.last:
			c.active = !e.input.isLast()
		default:
			c.until = c.b.line
			if c.b.plus > 0 {
				c.until = line + c.b.plus - 1
			}
			if c.b.multi > 0 {
				c.until = (line + c.b.multi - 1) / c.b.multi * c.b.multi
			}
			c.active = c.until > line
		}
		return true
	}
	switch {
	case c.b.re != nil:
		c.active = !e.matches(c.b.re)
	case c.b.last:
		c.active = !e.input.isLast()
	default:
		c.active = line < c.until
		return line <= c.until || e.at(c.a)
	}
	return true
}

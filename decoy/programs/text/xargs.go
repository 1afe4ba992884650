package text

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// arguments is an xargs that runs.
type arguments struct {
	p       *proc.Process
	o       *proc.Options
	in      *bufio.Reader
	command []string
	most    int64  // arguments of one command
	lines   int64  // lines of one command; 0 for no limit
	size    int64  // bytes of one command
	replace string // with -I
	delim   int    // -1 for white space and quotes
	eof     string
	code    int
	stop    bool
	wrong   string
}

func xargsFlags() proc.Flags {
	return proc.Flags{Short: "+0a:d:E:e::I:i::L:l::n:P:prs:tx", First: true, Long: map[string]proc.Long{"null": {As: "0"}, "arg-file": {As: "a", Value: 1}, "delimiter": {As: "d", Value: 1}, "eof": {As: "e", Value: 2}, "replace": {As: "i", Value: 2}, "max-lines": {As: "l", Value: 2}, "max-args": {As: "n", Value: 1}, "open-tty": {As: "o"}, "max-procs": {As: "P", Value: 1}, "interactive": {As: "p"}, "no-run-if-empty": {As: "r"}, "max-chars": {As: "s", Value: 1}, "show-limits": {}, "verbose": {As: "t"}, "exit": {As: "x"}, "process-slot-var": {Value: 1}}}
}

func runXargs(p *proc.Process) int {
	o, code := gnu.Parse(p, xargsFlags(), gnu.About{Pack: "GNU findutils", Version: "4.9.0", Usage: "[OPTION]... COMMAND [INITIAL-ARGS]...", Does: "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input."})
	if o == nil {
		return code
	}
	x := &arguments{p: p, o: o, command: o.Operands, most: 1 << 30, size: 128 << 10, delim: -1}
	if len(x.command) == 0 {
		x.command = []string{"echo"}
	}
	for _, g := range o.Given {
		if code := x.option(g); code != 0 {
			return code
		}
	}
	in := p.In
	if name, ok := o.Last("a"); ok {
		f, err := gnu.Open(p, name)
		if err != nil {
			return p.Complain("Cannot open input file %s: %s", gnu.Quote(p, name), gnu.Why(err))
		}
		defer f.Close()
		in = f
	}
	x.in = bufio.NewReaderSize(in, 8<<10)
	c := *p
	c.In = strings.NewReader("") // commands see the end of their input
	c.InTTY = false
	x.p = &c
	x.run()
	return x.code
}

// option reads one option.
func (x *arguments) option(g proc.Option) int {
	number := func(into *int64, least int64) int {
		n, err := strconv.ParseInt(g.Value, 10, 64)
		switch {
		case err != nil:
			return gnu.Try(x.p, "invalid number \"%s\" for -%s option", g.Value, g.Name)
		case n < least:
			return gnu.Try(x.p, "value %s for -%s option should be >= %d", g.Value, g.Name, least)
		}
		*into = n
		return 0
	}
	switch g.Name {
	case "0":
		x.delim = 0
	case "d":
		text, _ := unescape(g.Value, true)
		if len(text) != 1 {
			return x.p.Complain("Invalid input delimiter specification %s: the delimiter must be either a single character or an escape sequence starting with \\.", g.Value)
		}
		x.delim = int(text[0])
	case "n":
		x.lines = 0
		return number(&x.most, 1)
	case "L":
		return number(&x.lines, 1)
	case "l":
		x.lines = 1
	case "s":
		return number(&x.size, 1)
	case "P":
		var n int64
		return number(&n, 0)
	case "I":
		x.replace = g.Value
	case "i":
		if x.replace = g.Value; g.Value == "" {
			x.replace = "{}"
		}
	case "E", "e":
		x.eof = g.Value
	}
	return 0
}

// next reads an argument. last is true at the end of a line; ok is false at the
// end of the input.
func (x *arguments) next() (arg string, last, ok bool) {
	if x.delim >= 0 || x.replace != "" {
		return x.whole()
	}
	var b strings.Builder
	started, quote := false, byte(0)
	for b.Len() < 1<<20 {
		c, err := x.in.ReadByte()
		switch {
		case err != nil:
			if quote != 0 {
				x.unmatched(quote)
				return "", false, false
			}
			return b.String(), true, started
		case quote != 0 && c == '\n':
			x.unmatched(quote)
			return "", false, false
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote, started = c, true
		case c == '\\':
			if c, err = x.in.ReadByte(); err == nil {
				b.WriteByte(c)
				started = true
			}
		case c == '\n' || c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r':
			if started {
				return b.String(), c == '\n', true
			}
		default:
			b.WriteByte(c)
			started = true
		}
	}
	x.wrong = "argument line too long"
	return "", false, false
}

func (x *arguments) unmatched(quote byte) {
	x.wrong = fmt.Sprintf("unmatched %s quote; by default quotes are special to xargs unless you use the -0 option", map[byte]string{'\'': "single", '"': "double"}[quote])
}

// whole reads up to the delimiter: a line with -I.
func (x *arguments) whole() (string, bool, bool) {
	delim := byte('\n')
	if x.delim >= 0 {
		delim = byte(x.delim)
	}
	var b strings.Builder
	for b.Len() < 1<<20 {
		part, err := x.in.ReadSlice(delim)
		b.Write(part)
		if err == bufio.ErrBufferFull {
			continue
		}
		text, ended := strings.CutSuffix(b.String(), string([]byte{delim}))
		if err != nil && !ended {
			return x.plain(text), true, text != ""
		}
		if text = x.plain(text); text == "" && x.delim < 0 {
			b.Reset()
			continue
		}
		return text, true, true
	}
	x.wrong = "argument line too long"
	return "", false, false
}

// plain takes quotes and the blanks before it off a line for -I.
func (x *arguments) plain(s string) string {
	if x.delim >= 0 {
		return s
	}
	s = strings.TrimLeft(s, " \t")
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		x.unmatched(quote)
		return ""
	}
	return b.String()
}

// run reads arguments and runs commands.
func (x *arguments) run() {
	var args []string
	size, lines, ran := int64(0), int64(0), false
	for !x.stop && x.p.Ctx.Err() == nil {
		arg, last, ok := x.next()
		if !ok || x.eof != "" && arg == x.eof {
			break
		}
		if x.replace != "" {
			ran = true
			x.replaced(arg)
			continue
		}
		if size += int64(len(arg)) + 1; size > x.size && len(args) > 0 {
			x.exec(append(append([]string{}, x.command...), args...))
			args, size, ran = nil, int64(len(arg))+1, true
		}
		args = append(args, arg)
		if last {
			lines++
		}
		if int64(len(args)) >= x.most || x.lines > 0 && last && lines >= x.lines {
			x.exec(append(append([]string{}, x.command...), args...))
			args, size, lines, ran = nil, 0, 0, true
		}
	}
	if x.wrong != "" {
		x.code = x.p.Complain("%s", x.wrong)
		return
	}
	if !x.stop && (len(args) > 0 || !ran && !x.o.Has("r") && x.replace == "") {
		x.exec(append(append([]string{}, x.command...), args...))
	}
}

// replaced runs a command with its argument put in.
func (x *arguments) replaced(arg string) {
	args := make([]string, len(x.command))
	total := 0
	for i, c := range x.command {
		args[i] = c
		if i > 0 {
			args[i] = strings.ReplaceAll(c, x.replace, arg)
		}
		total += len(args[i])
	}
	if int64(total) > x.size {
		x.code = x.p.Complain("argument list too long")
		x.stop = true
		return
	}
	x.exec(args)
}

// exec runs one command, and turns its code into that of xargs.
func (x *arguments) exec(args []string) {
	if x.o.Has("t", "p") {
		_, _ = io.WriteString(x.p.Err, strings.Join(args, " "))
		if x.o.Has("p") {
			_, _ = io.WriteString(x.p.Err, " ?...")
			return
		}
		_, _ = io.WriteString(x.p.Err, "\n")
	}
	c := *x.p
	c.FS = x.p.FS.Clone()
	code, found, err := x.p.Shell.Exec(&c, args)
	switch {
	case !found:
		x.p.Complain("%s: No such file or directory", args[0])
		x.code, x.stop = 127, true
	case err != nil:
		x.p.Complain("%s: %s", args[0], gnu.Why(err))
		x.code, x.stop = 126, true
	case code == 255:
		x.p.Complain("%s: exited with status 255; aborting", args[0])
		x.code, x.stop = 124, true
	case code > 128 && x.p.Ctx.Err() == nil:
		x.p.Complain("%s: terminated by signal %d", args[0], code-128)
		x.code, x.stop = 125, true
	case code != 0:
		x.code = 123
	}
}

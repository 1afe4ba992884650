package files

import (
	"bufio"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// finder is a find that runs.
type finder struct {
	p      *proc.Process
	out    *bufio.Writer
	owners *gnu.Owners
	now    time.Time
	args   []string // of the expression, what is not read yet
	last   string   // the predicate before, for messages

	least, most int
	depthFirst  bool
	follow      bool
	mount       bool
	acts        bool // some action is in the expression
	batches     []*batch
	err         string
	deep        int
	code        int
	extended    bool // regular expressions
	prune       bool // the file at hand is not descended into
	quit        bool
}

// found is a file that is looked at.
type found struct {
	vfs.Info
	path  string // as it is shown
	start string // where the walk began
	depth int
}

// test is a part of an expression.
type test func(*found) bool

func runFind(p *proc.Process) int {
	f := &finder{p: p, out: gnu.Output(p), owners: gnu.NewOwners(p.World), now: p.Now(), most: 1 << 30}
	defer f.out.Flush()
	args := p.Args[1:]
	for len(args) > 0 && (args[0] == "-L" || args[0] == "-P" || args[0] == "-H" || strings.HasPrefix(args[0], "-O") || args[0] == "-D") {
		f.follow = args[0] == "-L"
		args = args[1:]
	}
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-version") {
		gnu.About{Pack: "GNU findutils", Version: "4.9.0"}.Told(p, &proc.Options{Given: []proc.Option{{Name: "version"}}})
		return 0
	}
	if len(args) > 0 && (args[0] == "--help" || args[0] == "-help") {
		p.Printf("Usage: %s [-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]\n", p.Name())
		return 0
	}
	var paths []string
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "(" && args[0] != "!" {
		paths, args = append(paths, args[0]), args[1:]
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	f.args = args
	match := f.expression()
	if f.err != "" {
		p.Complain("%s", f.err)
		return 1
	}
	for _, path := range paths {
		f.walk(&found{path: path, start: path}, match)
		if f.quit || p.Ctx.Err() != nil {
			break
		}
	}
	f.flush()
	return f.code
}

// expression reads all of the arguments.
func (f *finder) expression() test {
	if len(f.args) == 0 {
		return f.print("\n")
	}
	t := f.comma()
	if f.err == "" && len(f.args) > 0 {
		if f.args[0] == ")" {
			f.fail("you have too many ')'")
		} else {
			f.fail("paths must precede expression: `" + f.args[0] + "'")
			if _, err := f.p.FS.Lstat(f.args[0]); err == nil {
				f.err += "\n" + f.p.Name() + ": possible unquoted pattern after predicate `" + f.last + "'?"
			}
		}
	}
	if f.err != "" || f.acts {
		return t
	}
	show := f.print("\n")
	return func(x *found) bool { return t(x) && show(x) }
}

func (f *finder) fail(text string) test {
	if f.err == "" {
		f.err = text
	}
	return func(*found) bool { return false }
}

func (f *finder) peek(words ...string) bool {
	for _, w := range words {
		if len(f.args) > 0 && f.args[0] == w {
			return true
		}
	}
	return false
}

func (f *finder) comma() test {
	t := f.or()
	for f.peek(",") && f.err == "" {
		f.args = f.args[1:]
		a, b := t, f.or()
		t = func(x *found) bool { a(x); return b(x) }
	}
	return t
}

func (f *finder) or() test {
	t := f.and()
	for f.peek("-o", "-or") && f.err == "" {
		op := f.args[0]
		if f.args = f.args[1:]; len(f.args) == 0 {
			return f.fail("expected an expression after '" + op + "'")
		}
		a, b := t, f.and()
		t = func(x *found) bool { return a(x) || b(x) }
	}
	return t
}

func (f *finder) and() test {
	t := f.not()
	for f.err == "" && len(f.args) > 0 && !f.peek("-o", "-or", ")", ",") {
		op := ""
		if f.peek("-a", "-and") {
			op = f.args[0]
			if f.args = f.args[1:]; len(f.args) == 0 {
				return f.fail("expected an expression after '" + op + "'")
			}
		}
		if !strings.HasPrefix(f.args[0], "-") && !f.peek("!", "(") {
			return t
		}
		a, b := t, f.not()
		t = func(x *found) bool { return a(x) && b(x) }
	}
	return t
}

func (f *finder) not() test {
	if f.deep++; f.deep > 500 {
		return f.fail("Argument list too long")
	}
	defer func() { f.deep-- }()
	if len(f.args) == 0 {
		return f.fail("invalid expression")
	}
	if f.peek("!", "-not") {
		op := f.args[0]
		if f.args = f.args[1:]; len(f.args) == 0 {
			return f.fail("expected an expression after '" + op + "'")
		}
		a := f.not()
		return func(x *found) bool { return !a(x) }
	}
	if !f.peek("(") {
		return f.predicate()
	}
	if f.args = f.args[1:]; f.peek(")") {
		return f.fail("invalid expression; empty parentheses are not allowed.")
	}
	if len(f.args) == 0 {
		return f.fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
	}
	t := f.comma()
	if f.err == "" && !f.peek(")") {
		return f.fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
	}
	if f.err == "" {
		f.args = f.args[1:]
	}
	return t
}

// walk looks at a file and, if it is a directory, at what is in it.
func (f *finder) walk(x *found, match test) {
	if f.quit || gnu.Step(f.p) != nil {
		return
	}
	var err error
	if x.Node == nil { // where the walk begins
		x.Info, err = f.p.FS.Lstat(x.path)
	}
	if err == nil && f.follow {
		if i, serr := f.p.FS.Stat(x.path); serr == nil {
			x.Info = i
		}
	}
	if err != nil {
		f.complain(x.path, err)
		return
	}
	f.prune = false
	looked := x.depth >= f.least && x.depth <= f.most
	if looked && !f.depthFirst {
		match(x)
	}
	if x.IsDir() && !f.prune && x.depth < f.most && x.depth < 1000 && !f.quit {
		list, err := f.p.FS.ReadDir(x.path)
		if err != nil {
			f.complain(x.path, err)
		}
		for _, e := range list {
			if f.mount && deviceOf(e) != deviceOf(x.Info) && e.IsDir() {
				continue
			}
			f.walk(&found{Info: e, path: strings.TrimSuffix(x.path, "/") + "/" + e.Name, start: x.start, depth: x.depth + 1}, match)
		}
	}
	if looked && f.depthFirst && !f.quit {
		match(x)
	}
}

func (f *finder) complain(name string, err error) {
	f.out.Flush()
	f.code = 1
	f.p.Complain("%s: %s", gnu.Quote(f.p, name), gnu.Why(err))
}

// value takes the argument of a predicate.
func (f *finder) value() (string, bool) {
	if len(f.args) == 0 {
		f.fail("missing argument to `" + f.last + "'")
		return "", false
	}
	s := f.args[0]
	f.args = f.args[1:]
	return s, true
}

// numeric reads "+5", "-5" and "5", and gives what compares with it.
func (f *finder) numeric(text string) (func(int64) bool, bool) {
	sign, digits := byte(0), text
	if text != "" && (text[0] == '+' || text[0] == '-') {
		sign, digits = text[0], text[1:]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 {
		return nil, false
	}
	return func(v int64) bool {
		switch sign {
		case '+':
			return v > n
		case '-':
			return v < n
		}
		return v == n
	}, true
}

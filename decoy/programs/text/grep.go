package text

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"path"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/programs/regex"
)

// grepper is a grep that runs.
type grepper struct {
	p        *proc.Process
	o        *proc.Options
	out      *bufio.Writer
	patterns []*regex.Regexp

	before, after   int64
	most            int64 // selected lines of a file
	names           bool
	color           bool
	invert, only    bool
	list            string // "l" or "L": names of files alone
	found           bool
	failed          bool
	count           bool
	quiet           bool
	separated       bool // a group was printed: the next one begins with --
	include, except []string
}

func grepFlags() proc.Flags {
	return proc.Flags{Short: "0123456789A:B:C:EFGPTUVZX:abcd:D:e:f:hHiyLlm:noqRrsuvwxz", Long: map[string]proc.Long{
		"after-context": {As: "A", Value: 1}, "before-context": {As: "B", Value: 1}, "context": {As: "C", Value: 1}, "basic-regexp": {As: "G"}, "extended-regexp": {As: "E"}, "fixed-strings": {As: "F"}, "perl-regexp": {As: "P"},
		"binary-files": {Value: 1}, "byte-offset": {As: "b"}, "color": {Value: 2}, "colour": {As: "color", Value: 2}, "count": {As: "c"}, "devices": {As: "D", Value: 1}, "directories": {As: "d", Value: 1}, "exclude": {Value: 1}, "exclude-dir": {Value: 1},
		"exclude-from": {Value: 1}, "file": {As: "f", Value: 1}, "files-with-matches": {As: "l"}, "files-without-match": {As: "L"}, "ignore-case": {As: "i"}, "no-ignore-case": {}, "include": {Value: 1}, "initial-tab": {As: "T"}, "label": {Value: 1},
		"line-buffered": {}, "line-number": {As: "n"}, "line-regexp": {As: "x"}, "max-count": {As: "m", Value: 1}, "no-filename": {As: "h"}, "no-group-separator": {}, "group-separator": {Value: 1}, "no-messages": {As: "s"}, "null": {As: "Z"}, "null-data": {As: "z"},
		"only-matching": {As: "o"}, "quiet": {As: "q"}, "silent": {As: "q"}, "recursive": {As: "r"}, "dereference-recursive": {As: "R"}, "regexp": {As: "e", Value: 1}, "invert-match": {As: "v"}, "text": {As: "a"}, "with-filename": {As: "H"}, "word-regexp": {As: "w"}, "binary": {As: "U"}}}
}

func runGrep(p *proc.Process) int  { return grepWith(p, "") }
func runEgrep(p *proc.Process) int { return grepWith(p, "E") }
func runFgrep(p *proc.Process) int { return grepWith(p, "F") }
func runRgrep(p *proc.Process) int { return grepWith(p, "r") }

func grepWith(p *proc.Process, kind string) int {
	if kind != "" {
		p.Args = append([]string{"grep", "-" + kind}, p.Args[1:]...)
	}
	o := parseGrep(p)
	if o == nil {
		return 2
	}
	if o.Has("V", "version") {
		gnu.About{Pack: "GNU grep", Version: "3.8", By: "Mike Haertel and others; see\n<https://git.sv.gnu.org/cgit/grep.git/tree/AUTHORS>"}.Told(p, &proc.Options{Given: []proc.Option{{Name: "version"}}})
		return 0
	}
	if o.Has("help") {
		p.Printf("Usage: %s [OPTION]... PATTERNS [FILE]...\nSearch for PATTERNS in each FILE.\nExample: grep -i 'hello world' menu.h main.c\nPATTERNS can contain multiple patterns separated by newlines.\n", p.Name())
		return 0
	}
	g := &grepper{p: p, o: o, out: gnu.Output(p), most: math.MaxInt64}
	defer g.out.Flush()
	names, code := g.settings()
	if code != 0 {
		return code
	}
	g.search(names)
	switch {
	case g.failed && !(g.quiet && g.found):
		return 2
	case g.found:
		return 0
	}
	return 1
}

// settings reads patterns and numbers, and gives the files.
func (g *grepper) settings() (names []string, code int) {
	p, o := g.p, g.o
	names = o.Operands
	var lines []string
	given := false
	digits := ""
	for _, opt := range o.Given {
		switch name := opt.Name; {
		case name == "e":
			lines, given = append(lines, strings.Split(opt.Value, "\n")...), true
		case name == "f":
			held := gnu.Hold(p)
			defer held.Free()
			f, err := gnu.Open(p, opt.Value)
			var data []byte
			if err == nil {
				data, err = gnu.ReadAll(f, held)
				f.Close()
			}
			if err != nil {
				p.Complain("%s: %s", opt.Value, gnu.Why(err))
				return nil, 2
			}
			given = true
			if len(data) > 0 {
				lines = append(lines, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
			}
		case name == "A" || name == "B" || name == "C" || name == "m":
			n, err := strconv.ParseInt(opt.Value, 10, 64)
			if err != nil || n < 0 && name != "m" {
				what := "context length argument"
				if name == "m" {
					what = "max count"
					p.Complain("invalid %s", what)
				} else {
					p.Complain("%s: invalid %s", opt.Value, what)
				}
				return nil, 2
			}
			g.number(name, n)
		case len(name) == 1 && name[0] >= '0' && name[0] <= '9':
			digits += name
			n, _ := strconv.ParseInt(digits, 10, 64)
			g.number("C", n)
		case name == "include":
			g.include = append(g.include, opt.Value)
		case name == "exclude":
			g.except = append(g.except, opt.Value)
		case name == "l" || name == "L":
			g.list = name
		case name == "color":
			g.color = opt.Value == "always" || opt.Value != "never" && p.OutTTY
		}
	}
	if !given {
		if len(names) == 0 {
			_, _ = p.Err.Write([]byte("Usage: " + p.Name() + " [OPTION]... PATTERNS [FILE]...\nTry '" + p.Name() + " --help' for more information.\n"))
			return nil, 2
		}
		lines, names = strings.Split(names[0], "\n"), names[1:]
	}
	g.invert, g.only, g.count, g.quiet = o.Has("v"), o.Has("o"), o.Has("c"), o.Has("q")
	return names, g.compile(lines)
}

func (g *grepper) number(name string, n int64) {
	switch name {
	case "A":
		g.after = n
	case "B":
		g.before = n
	case "C":
		g.before, g.after = n, n
	case "m":
		if g.most = n; n < 0 {
			g.most = math.MaxInt64
		}
	}
}

// compile reads the patterns.
func (g *grepper) compile(lines []string) int {
	o := regex.Options{Fold: g.o.Has("i", "y"), Word: g.o.Has("w"), Line: g.o.Has("x")}
	for _, opt := range g.o.Given {
		switch opt.Name {
		case "E", "F", "G", "P":
			o.Extended, o.Fixed, o.Perl = opt.Name == "E", opt.Name == "F", opt.Name == "P"
		}
	}
	if o.Fixed && len(lines) > 1 || len(lines) > 16 && !o.Perl {
		lines = joined(lines, &o)
	}
	for _, line := range lines {
		re, err := regex.Compile(line, o)
		if err != nil {
			if text := err.Error(); strings.HasPrefix(text, "Unmatched [") {
				g.p.Complain("Invalid regular expression")
			} else {
				g.p.Complain("%s", text)
			}
			return 2
		}
		g.patterns = append(g.patterns, re)
	}
	return 0
}

// joined makes one pattern of many.
func joined(lines []string, o *regex.Options) []string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		switch {
		case o.Fixed:
			parts[i] = escapePlain(line)
		case o.Extended:
			parts[i] = "(" + line + ")"
		default:
			parts[i] = `\(` + line + `\)`
		}
	}
	if o.Fixed || o.Extended {
		o.Fixed, o.Extended = false, true
		return []string{strings.Join(parts, "|")}
	}
	return []string{strings.Join(parts, `\|`)}
}

// escapePlain makes an ERE that matches a text.
func escapePlain(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(`\.[]*^$+?(){}|`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// search goes through the files.
func (g *grepper) search(names []string) {
	recursive := g.o.Has("r", "R") || g.recurses()
	g.names = len(names) > 1 || recursive
	for _, opt := range g.o.Given {
		switch opt.Name {
		case "h":
			g.names = false
		case "H":
			g.names = true
		}
	}
	switch {
	case len(names) == 0 && recursive:
		g.tree("", 0)
		return
	case len(names) == 0:
		names = []string{"-"}
	}
	for _, name := range names {
		if i, err := g.p.FS.Stat(name); err == nil && i.IsDir() && name != "-" {
			switch {
			case recursive:
				g.tree(name, 0)
			case g.directories() != "skip":
				g.out.Flush()
				if !g.o.Has("s") {
					g.p.Complain("%s: Is a directory", name)
				}
				g.failed = true
			}
			continue
		}
		g.file(name)
		if g.done() {
			return
		}
	}
}

func (g *grepper) directories() string { v, _ := g.o.Last("d"); return v }
func (g *grepper) recurses() bool      { return g.directories() == "recurse" }

func (g *grepper) done() bool { return g.quiet && g.found || gnu.Stop(g.p) }

// tree searches everything in a directory.
func (g *grepper) tree(dir string, depth int) {
	at := dir
	if at == "" {
		at = "."
	}
	list, err := g.p.FS.ReadDir(at)
	if err != nil {
		g.complain(at, err)
		return
	}
	for _, i := range list {
		name := i.Name
		if dir != "" {
			name = strings.TrimSuffix(dir, "/") + "/" + i.Name
		}
		if g.done() || depth > 200 {
			return
		}
		switch i.Kind() {
		case 0o040000:
			if !g.excluded(i.Name, "exclude-dir") {
				g.tree(name, depth+1)
			}
		case 0o100000:
			if g.wanted(i.Name) {
				g.file(name)
			}
		case 0o120000:
			if s, err := g.p.FS.Stat(name); err == nil && g.o.Has("R") && s.Kind() == 0o100000 && g.wanted(i.Name) {
				g.file(name)
			}
		}
	}
}

func (g *grepper) excluded(name, option string) bool {
	for _, opt := range g.o.Given {
		if ok, _ := path.Match(opt.Value, name); opt.Name == option && ok {
			return true
		}
	}
	return false
}

// wanted says whether --include and --exclude let a name in.
func (g *grepper) wanted(name string) bool {
	if g.excluded(name, "exclude") {
		return false
	}
	return len(g.include) == 0 || g.excluded(name, "include")
}

func (g *grepper) complain(name string, err error) {
	g.failed = true
	if !g.o.Has("s") {
		g.out.Flush()
		g.p.Complain("%s: %s", name, gnu.Why(err))
	}
}

// file searches one file.
func (g *grepper) file(name string) {
	f, err := gnu.Open(g.p, name)
	if err != nil {
		g.complain(name, err)
		return
	}
	defer f.Close()
	shown := name
	if name == "-" {
		shown = "(standard input)"
		if label, ok := g.o.Last("label"); ok {
			shown = label
		}
	}
	var r io.Reader = f
	if name == "-" {
		r = gnu.Tie(f, g.out)
	}
	br := bufio.NewReaderSize(r, 32<<10)
	s := &searched{g: g, name: shown, delim: '\n'}
	if g.o.Has("z") {
		s.delim = 0
	} else if !g.o.Has("a") {
		head, _ := br.Peek(1)
		if n := br.Buffered(); n > 0 {
			head, _ = br.Peek(n)
		}
		s.binary = bytes.IndexByte(head, 0) >= 0
	}
	s.run(br)
}

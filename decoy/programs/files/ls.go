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

// lister is an ls that runs.
type lister struct {
	p      *proc.Process
	o      *proc.Options
	out    *bufio.Writer
	owners *gnu.Owners
	held   *gnu.Held
	colors *colors
	order  func(a, b string) int
	now    time.Time

	layout   string // "l", "C", "x", "m" or "1"
	sort     string // "", "t", "S", "X", "U", "v"
	style    string // of times
	quoting  string // "shell", "literal", "c", "escape", "always"
	classify string // "", "/", "F" or "t"
	width    int
	tab      int
	human    float64
	unit     int64 // of sizes, 0 for bytes and blocks of 1024
	follow   bool  // every link
	code     int
	shown    bool // something was printed already
}

// entry is one line of what ls shows.
type entry struct {
	vfs.Info
	name   string
	target string    // of a link
	dest   *vfs.Info // what a link leads to
	quoted string
}

func lsFlags() proc.Flags {
	return proc.Flags{Short: "abcdfghiklmnopqrstuvw:xABCDFGHI:LNQRST:UXZ1", Long: map[string]proc.Long{
		"all": {As: "a"}, "almost-all": {As: "A"}, "author": {}, "escape": {As: "b"}, "block-size": {Value: 1}, "ignore-backups": {As: "B"}, "color": {Value: 2}, "directory": {As: "d"}, "dired": {As: "D"},
		"classify": {As: "F", Value: 2}, "file-type": {}, "format": {Value: 1}, "full-time": {}, "no-group": {As: "G"}, "human-readable": {As: "h"}, "si": {}, "dereference-command-line": {As: "H"},
		"dereference-command-line-symlink-to-dir": {}, "group-directories-first": {}, "hide": {Value: 1}, "hyperlink": {Value: 2}, "indicator-style": {Value: 1}, "inode": {As: "i"}, "ignore": {As: "I", Value: 1}, "kibibytes": {As: "k"},
		"dereference": {As: "L"}, "numeric-uid-gid": {As: "n"}, "literal": {As: "N"}, "hide-control-chars": {As: "q"}, "show-control-chars": {}, "quote-name": {As: "Q"}, "quoting-style": {Value: 1}, "reverse": {As: "r"},
		"recursive": {As: "R"}, "size": {As: "s"}, "sort": {Value: 1}, "time": {Value: 1}, "time-style": {Value: 1}, "tabsize": {As: "T", Value: 1}, "width": {As: "w", Value: 1}, "context": {As: "Z"}, "zero": {}}}
}

func runLs(p *proc.Process) int { return listWith(p, "") }

// runDir is ls -C -b, runVdir ls -l -b.
func runDir(p *proc.Process) int  { return listWith(p, "C") }
func runVdir(p *proc.Process) int { return listWith(p, "l") }

func listWith(p *proc.Process, layout string) int {
	o, code := gnu.Parse(p, lsFlags(), gnu.About{Usage: "[OPTION]... [FILE]...", Does: "List information about the FILEs (the current directory by default).\nSort entries alphabetically if none of -cftuvSUX nor --sort is specified.", By: "Richard M. Stallman and David MacKenzie"})
	if o == nil {
		return 2 * code
	}
	l := &lister{p: p, o: o, out: gnu.Output(p), owners: gnu.NewOwners(p.World), held: gnu.Hold(p), order: gnu.Collate(p), now: p.Now()}
	defer l.held.Free()
	defer l.out.Flush()
	if !l.options(layout) {
		return 2
	}
	l.arguments()
	return l.code
}

// options reads what the options come to.
func (l *lister) options(layout string) bool {
	p, o := l.p, l.o
	l.layout, l.quoting, l.tab = "1", "literal", 8
	if p.OutTTY {
		l.layout, l.quoting = "C", "shell"
	}
	if layout != "" {
		l.layout, l.quoting = layout, "escape"
	}
	l.width = 80
	if p.OutTTY && p.Terminal != nil && p.Terminal.Size().Cols > 0 {
		l.width = p.Terminal.Size().Cols
	} else if n, err := strconv.Atoi(p.Env.Get("COLUMNS")); err == nil && n > 0 {
		l.width = n
	}
	for _, g := range o.Given {
		if !l.option(g) {
			return false
		}
	}
	if l.layout == "l" && l.style == "" {
		l.style = p.Env.Get("TIME_STYLE")
	}
	l.follow = o.Has("L")
	if l.colors != nil {
		l.tab = 0
	}
	return true
}

// option reads one option.
func (l *lister) option(g proc.Option) bool {
	switch g.Name {
	case "l", "n", "g", "o", "full-time":
		l.layout = "l"
		if g.Name == "full-time" {
			l.style = "full-iso"
		}
	case "C", "x", "m", "1":
		if g.Name != "1" || l.layout != "l" {
			l.layout = g.Name
		}
	case "zero":
		l.layout, l.quoting = "1", "literal"
	case "t", "S", "X", "U", "v":
		l.sort = g.Name
	case "f":
		l.sort = "U"
		l.colors = nil
		if l.layout == "l" {
			l.layout = "C"
			if !l.p.OutTTY {
				l.layout = "1"
			}
		}
	case "h", "si":
		l.human = map[string]float64{"h": 1024, "si": 1000}[g.Name]
	case "block-size":
		return l.blockSize(g.Value)
	case "N":
		l.quoting = "literal"
	case "b":
		l.quoting = "escape"
	case "Q":
		l.quoting = "c"
	case "p":
		l.classify = "/"
	case "file-type":
		l.classify = "t"
	case "F":
		return l.when(g, func() { l.classify = "F" })
	case "color":
		l.colors = nil
		return l.when(g, func() { l.colors = newColors(l.p.Env) })
	case "time-style":
		l.style = g.Value
	case "w", "T":
		n, err := strconv.Atoi(g.Value)
		if err != nil || n < 0 {
			what := map[string]string{"w": "line width", "T": "tab size"}[g.Name]
			l.p.Complain("invalid %s: %s", what, gnu.Quote(l.p, g.Value))
			return false
		}
		if g.Name == "T" {
			l.tab = n
		} else if l.width = n; n == 0 {
			l.width = 1 << 30
		}
	case "sort", "format", "indicator-style", "quoting-style":
		return l.word(g)
	}
	return true
}

// blockSize reads the value of --block-size.
func (l *lister) blockSize(text string) bool {
	switch text {
	case "human-readable":
		l.human = 1024
		return true
	case "si":
		l.human = 1000
		return true
	}
	n, ok := gnu.Size(strings.TrimPrefix(text, "'"), "kKMGTPEZY")
	if !ok || n == 0 {
		l.p.Complain("invalid --block-size argument %s", gnu.Quote(l.p, text))
		return false
	}
	l.unit = n
	return true
}

// when does what an option says that is given always, never or on a terminal.
func (l *lister) when(g proc.Option, do func()) bool {
	switch g.Value {
	case "", "always", "yes", "force":
		do()
	case "auto", "tty", "if-tty":
		if l.p.OutTTY {
			do()
		}
	case "never", "no", "none":
	default:
		name := map[string]string{"F": "classify"}[g.Name]
		if name == "" {
			name = g.Name
		}
		return l.invalid(name, g.Value, "‘always’, ‘yes’, ‘force’|‘never’, ‘no’, ‘none’|‘auto’, ‘tty’, ‘if-tty’")
	}
	return true
}

// invalid complains of a word that an option does not know.
func (l *lister) invalid(name, value, valid string) bool {
	l.p.Complain("invalid argument %s for %s", gnu.Quote(l.p, value), gnu.Quote(l.p, "--"+name))
	if !gnu.UTF8(l.p) {
		valid = strings.NewReplacer("‘", "'", "’", "'").Replace(valid)
	}
	text := "Valid arguments are:\n"
	for _, v := range strings.Split(valid, "|") {
		text += "  - " + v + "\n"
	}
	_, _ = l.p.Err.Write([]byte(text))
	gnu.Try(l.p, "")
	return false
}

// word reads options whose value is a word.
func (l *lister) word(g proc.Option) bool {
	words := map[string]map[string]string{
		"sort":            {"none": "U", "time": "t", "size": "S", "extension": "X", "version": "v", "name": "", "width": ""},
		"format":          {"verbose": "l", "long": "l", "commas": "m", "horizontal": "x", "across": "x", "vertical": "C", "single-column": "1"},
		"indicator-style": {"none": "", "slash": "/", "file-type": "t", "classify": "F"},
		"quoting-style":   {"literal": "literal", "shell": "shell", "shell-always": "always", "shell-escape": "shell", "shell-escape-always": "always", "c": "c", "escape": "escape", "locale": "c", "clocale": "c"},
	}
	valid := map[string]string{
		"sort": "‘none’|‘time’|‘size’|‘extension’|‘version’|‘width’", "format": "‘verbose’, ‘long’|‘commas’|‘horizontal’, ‘across’|‘vertical’|‘single-column’",
		"indicator-style": "‘none’|‘slash’|‘file-type’|‘classify’", "quoting-style": "‘literal’|‘shell’|‘shell-always’|‘shell-escape’|‘shell-escape-always’|‘c’|‘c-maybe’|‘escape’|‘locale’|‘clocale’"}
	v, ok := words[g.Name][g.Value]
	if !ok {
		return l.invalid(g.Name, g.Value, valid[g.Name])
	}
	*map[string]*string{"sort": &l.sort, "format": &l.layout, "indicator-style": &l.classify, "quoting-style": &l.quoting}[g.Name] = v
	return true
}

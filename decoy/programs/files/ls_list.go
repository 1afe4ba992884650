package files

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// arguments lists what was named: files first, then directories.
func (l *lister) arguments() {
	names := l.o.Operands
	many := len(names) > 1
	if len(names) == 0 {
		names = []string{"."}
	}
	var files, dirs []*entry
	for _, name := range names {
		e, err := l.named(name)
		if err != nil {
			l.complain("cannot access", name, err)
			l.code = 2
			continue
		}
		if e.IsDir() && !l.o.Has("d") {
			dirs = append(dirs, e)
		} else {
			files = append(files, e)
		}
	}
	l.arrange(files)
	l.arrange(dirs)
	if len(files) > 0 {
		l.print(files)
		l.shown = true
	}
	for _, d := range dirs {
		l.directory(d.name, many || l.o.Has("R"), 0)
	}
}

func (l *lister) complain(what, name string, err error) {
	l.out.Flush()
	l.p.Complain("%s %s: %s", what, gnu.Always(l.p, name), gnu.Why(err))
}

// named looks at what was named on the command line.
func (l *lister) named(name string) (*entry, error) {
	through := l.follow || l.o.Has("H")
	if !through && l.layout != "l" && l.classify != "F" && !l.o.Has("d") {
		if i, err := l.p.FS.Stat(name); err == nil && i.IsDir() {
			return l.entry(name, i), nil
		}
	}
	if through {
		if i, err := l.p.FS.Stat(name); err == nil {
			return l.entry(name, i), nil
		}
	}
	i, err := l.p.FS.Lstat(name)
	if err != nil {
		return nil, err
	}
	return l.entry(name, i), nil
}

// entry makes the entry of a file.
func (l *lister) entry(name string, i vfs.Info) *entry {
	e := &entry{Info: i, name: name}
	if i.Kind() == vfs.Link && (l.layout == "l" || l.colors != nil || l.classify != "" || l.o.Has("group-directories-first")) {
		e.target, _ = l.p.FS.Readlink(i.Path)
		if d, err := l.p.FS.Stat(i.Path); err == nil {
			e.dest = &d
		}
	}
	e.quoted = l.quote(name)
	return e
}

// directory lists one directory, and those in it with -R.
func (l *lister) directory(name string, title bool, depth int) {
	list, err := l.p.FS.ReadDir(name)
	if err != nil {
		l.complain("cannot open directory", name, err)
		l.code = max(l.code, 1)
		if depth == 0 {
			l.code = 2
		}
		return
	}
	if gnu.Step(l.p) != nil || !l.held.Add(200*len(list)) {
		return
	}
	defer l.held.Drop(200 * len(list))
	if l.shown {
		l.out.WriteByte('\n')
	}
	l.shown = true
	if title {
		l.out.WriteString(l.quote(name) + ":\n")
	}
	entries := l.wanted(name, list)
	l.arrange(entries)
	if l.layout == "l" || l.o.Has("s") {
		var blocks int64
		for _, e := range entries {
			blocks += gnu.Blocks(e.Info)
		}
		l.out.WriteString("total " + l.blocks(blocks) + l.end())
	}
	l.print(entries)
	if !l.o.Has("R") {
		return
	}
	for _, e := range entries {
		if e.IsDir() && e.name != "." && e.name != ".." {
			sub := strings.TrimSuffix(name, "/") + "/" + e.name
			if depth < 200 && l.p.Ctx.Err() == nil {
				l.directory(sub, true, depth+1)
			}
		}
	}
}

func (l *lister) end() string {
	if l.o.Has("zero") {
		return "\x00"
	}
	return "\n"
}

// wanted gives the entries of a directory that are shown.
func (l *lister) wanted(dir string, list []vfs.Info) []*entry {
	o := l.o
	all := o.Has("a", "f")
	var entries []*entry
	if all {
		for _, name := range []string{".", ".."} {
			if i, err := l.p.FS.Stat(path.Join(l.p.FS.Abs(dir), name)); err == nil {
				if name == "." {
					i, _ = l.p.FS.Stat(dir)
				} else if up, err := l.p.FS.Stat(strings.TrimSuffix(dir, "/") + "/.."); err == nil {
					i = up
				}
				entries = append(entries, l.entry(name, i))
			}
		}
	}
	for _, i := range list {
		switch {
		case i.Name[0] == '.' && !all && !o.Has("A"):
			continue
		case o.Has("B") && strings.HasSuffix(i.Name, "~"):
			continue
		case l.ignored(i.Name):
			continue
		}
		if l.follow && i.Kind() == vfs.Link {
			d, err := l.p.FS.Stat(i.Path)
			if err != nil {
				l.complain("cannot access", strings.TrimSuffix(dir, "/")+"/"+i.Name, err)
				l.code = max(l.code, 1)
			} else {
				d.Name, i = i.Name, d
			}
		}
		entries = append(entries, l.entry(i.Name, i))
	}
	return entries
}

func (l *lister) ignored(name string) bool {
	for _, g := range l.o.Given {
		if g.Name == "I" || g.Name == "hide" && !l.o.Has("a", "A") {
			if ok, _ := path.Match(g.Value, name); ok {
				return true
			}
		}
	}
	return false
}

// arrange sorts.
func (l *lister) arrange(list []*entry) {
	if l.sort == "U" {
		return
	}
	byName := func(a, b *entry) int { return l.order(a.name, b.name) }
	compare := byName
	switch l.sort {
	case "t":
		compare = func(a, b *entry) int { return cmp.Or(b.Modified.Compare(a.Modified), byName(a, b)) }
	case "S":
		compare = func(a, b *entry) int { return cmp.Or(cmp.Compare(b.Size(), a.Size()), byName(a, b)) }
	case "X":
		compare = func(a, b *entry) int { return cmp.Or(l.order(extension(a.name), extension(b.name)), byName(a, b)) }
	case "v":
		compare = func(a, b *entry) int { return gnu.Version(a.name, b.name) }
	}
	slices.SortStableFunc(list, func(a, b *entry) int {
		if l.o.Has("group-directories-first") {
			if x, y := a.folder(), b.folder(); x != y {
				if x {
					return -1
				}
				return 1
			}
		}
		if l.o.Has("r") {
			return compare(b, a)
		}
		return compare(a, b)
	})
}

func (e *entry) folder() bool { return e.IsDir() || e.dest != nil && e.dest.IsDir() }

func extension(name string) string {
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		return name[at:]
	}
	return ""
}

// quote writes a name as the quoting style says.
func (l *lister) quote(name string) string {
	switch l.quoting {
	case "shell":
		return gnu.Listed(l.p, name)
	case "always":
		return gnu.Always(l.p, name)
	case "c":
		return `"` + gnu.Visible(l.p, name, `"`) + `"`
	case "escape":
		return gnu.Visible(l.p, name, " ")
	}
	if l.o.Has("q") || l.p.OutTTY {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return '?'
			}
			return r
		}, name)
	}
	return name
}

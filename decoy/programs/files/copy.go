package files

import (
	"io"
	"path"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// copier is a cp, mv or install that runs.
type copier struct {
	p    *proc.Process
	o    *proc.Options
	busy bool // words of busybox
	move bool

	recursive, force, ask, never, verbose, update, keep, links bool
	after                                                      func(to string) // what is done to each copy; nil for nothing
	code                                                       int
}

func cpFlags() proc.Flags {
	return proc.Flags{Short: "abdfHilLnprst:uvxPRS:TZ", Long: map[string]proc.Long{
		"archive": {As: "a"}, "attributes-only": {}, "backup": {As: "b", Value: 2}, "copy-contents": {}, "force": {As: "f"}, "interactive": {As: "i"}, "link": {As: "l"}, "dereference": {As: "L"}, "no-clobber": {As: "n"},
		"no-dereference": {As: "P"}, "preserve": {As: "p", Value: 2}, "no-preserve": {Value: 1}, "parents": {}, "recursive": {As: "r"}, "reflink": {Value: 2}, "remove-destination": {}, "sparse": {Value: 1}, "strip-trailing-slashes": {},
		"symbolic-link": {As: "s"}, "suffix": {As: "S", Value: 1}, "target-directory": {As: "t", Value: 1}, "no-target-directory": {As: "T"}, "update": {As: "u"}, "verbose": {As: "v"}, "one-file-system": {As: "x"}, "debug": {}}}
}

func mvFlags() proc.Flags {
	return proc.Flags{Short: "bfint:uvS:TZ", Long: map[string]proc.Long{"backup": {As: "b", Value: 2}, "force": {As: "f"}, "interactive": {As: "i"}, "no-clobber": {As: "n"}, "strip-trailing-slashes": {}, "suffix": {As: "S", Value: 1},
		"target-directory": {As: "t", Value: 1}, "no-target-directory": {As: "T"}, "update": {As: "u"}, "verbose": {As: "v"}}}
}

func runCp(p *proc.Process) int  { return copyWith(p, false, false) }
func busyCp(p *proc.Process) int { return copyWith(p, false, true) }
func runMv(p *proc.Process) int  { return copyWith(p, true, false) }
func busyMv(p *proc.Process) int { return copyWith(p, true, true) }

func copyWith(p *proc.Process, move, busy bool) int {
	flags, about := cpFlags(), gnu.About{Usage: "[OPTION]... [-T] SOURCE DEST", Does: "Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.", By: "Torbjorn Granlund, David MacKenzie, and Jim Meyering"}
	if move {
		flags, about = mvFlags(), gnu.About{Usage: "[OPTION]... [-T] SOURCE DEST", Does: "Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.", By: "Mike Parker, David MacKenzie, and Jim Meyering"}
	}
	o, code := gnu.Parse(p, flags, about)
	if o == nil {
		return code
	}
	c := &copier{p: p, o: o, busy: busy, move: move}
	c.recursive, c.verbose, c.update = o.Has("r", "R", "a"), o.Has("v"), o.Has("u")
	c.keep, c.links = o.Has("p", "a"), o.Has("P", "d", "a") || c.recursive && !o.Has("L", "H")
	for _, g := range o.Given {
		switch g.Name {
		case "f", "i", "n":
			c.ask, c.never = g.Name == "i", g.Name == "n"
			c.force = c.force || g.Name == "f"
		}
	}
	return c.run(o.Operands)
}

// run copies operands to the last one, or to the directory of -t.
func (c *copier) run(names []string) int {
	p := c.p
	into, given := c.o.Last("t")
	switch {
	case len(names) == 0:
		return gnu.Try(p, "missing file operand")
	case given:
	case len(names) == 1:
		return gnu.Try(p, "missing destination file operand after %s", gnu.Always(p, names[0]))
	default:
		into, names = names[len(names)-1], names[:len(names)-1]
	}
	i, err := p.FS.Stat(into)
	folder := err == nil && i.IsDir()
	switch {
	case c.o.Has("T") && len(names) > 1:
		return gnu.Try(p, "extra operand %s", gnu.Always(p, names[1]))
	case c.o.Has("T"):
		folder = false
	case given && !folder, len(names) > 1 && !folder:
		what := "target"
		if given {
			what = "target directory"
		}
		why := "Not a directory"
		if err != nil {
			why = gnu.Why(err)
		}
		return p.Complain("%s %s: %s", what, gnu.Always(p, into), why)
	}
	for _, name := range names {
		to := into
		if folder {
			to = strings.TrimSuffix(into, "/") + "/" + path.Base(strings.TrimRight(name, "/"))
			if b := path.Base(name); b == ".." || b == "." || b == "/" {
				to = strings.TrimSuffix(into, "/") + "/."
			}
		}
		if c.move {
			c.rename(name, to)
		} else {
			c.one(name, to, 0)
		}
		if p.Ctx.Err() != nil {
			break
		}
	}
	return c.code
}

// fail tells of an error.
func (c *copier) fail(format string, args ...any) { c.code = c.p.Complain(format, args...) }

func (c *copier) q(name string) string { return gnu.Always(c.p, name) }

// missing tells of a source that is not there.
func (c *copier) missing(name string, err error) {
	switch {
	case c.busy && c.move:
		c.fail("can't rename '%s': %s", name, gnu.Why(err))
	case c.busy:
		c.fail("can't stat '%s': %s", name, gnu.Why(err))
	default:
		c.fail("cannot stat %s: %s", c.q(name), gnu.Why(err))
	}
}

// one copies one file or directory.
func (c *copier) one(from, to string, depth int) {
	if gnu.Step(c.p) != nil || depth > 1000 {
		return
	}
	src, err := c.look(from, depth)
	if err != nil {
		c.missing(from, err)
		return
	}
	if src.IsDir() && !c.recursive {
		if c.busy {
			c.fail("omitting directory '%s'", from)
			return
		}
		c.fail("-r not specified; omitting directory %s", c.q(from))
		return
	}
	dst, err := c.p.FS.Stat(to)
	there := err == nil
	if there && dst.Path == src.Path && !src.IsDir() && !(c.links && src.Kind() == vfs.Link) {
		c.fail("%s and %s are the same file", c.q(from), c.q(to))
		return
	}
	if there && !c.allowed(src, dst, from, to) {
		return
	}
	if src.IsDir() {
		c.folder(src, from, to, depth)
		return
	}
	if c.verbose {
		c.p.Printf("%s -> %s\n", c.q(from), c.q(to))
	}
	c.file(src, from, to)
}

// look gives the source, through links where they are followed.
func (c *copier) look(name string, depth int) (vfs.Info, error) {
	if c.links && !(depth == 0 && c.o.Has("H")) {
		return c.p.FS.Lstat(name)
	}
	return c.p.FS.Stat(name)
}

// allowed says whether what is there may be written over.
func (c *copier) allowed(src, dst vfs.Info, from, to string) bool {
	switch {
	case src.IsDir() && !dst.IsDir():
		c.fail("cannot overwrite non-directory %s with directory %s", c.q(to), c.q(from))
		return false
	case !src.IsDir() && dst.IsDir():
		c.fail("cannot overwrite directory %s with non-directory", c.q(to))
		return false
	case src.IsDir():
		return true
	case c.never:
		return false
	case c.update && !src.Modified.After(dst.Modified):
		return false
	case c.ask:
		return answered(c.p, "overwrite %s? ", c.q(to))
	}
	return true
}

// answered asks a question on Err and reads a line of the answer.
func answered(p *proc.Process, format string, args ...any) bool {
	text := strings.NewReplacer("%", "%%").Replace(p.Name()) + ": " + format
	_, _ = p.Err.Write([]byte(sprintf(text, args...)))
	line := make([]byte, 0, 16)
	one := make([]byte, 1)
	for len(line) < 1024 {
		n, err := p.In.Read(one)
		if n > 0 && one[0] == '\n' || err != nil {
			break
		}
		line = append(line, one[:n]...)
	}
	return len(line) > 0 && (line[0] == 'y' || line[0] == 'Y')
}

// folder copies a directory with what is in it.
func (c *copier) folder(src vfs.Info, from, to string, depth int) {
	_, err := c.p.FS.Stat(to)
	there := err == nil
	real, err := c.p.FS.Real(to)
	if err == nil && depth == 0 && (real == src.Path || strings.HasPrefix(real, strings.TrimSuffix(src.Path, "/")+"/")) {
		if !there {
			_ = c.p.FS.Mkdir(to, src.Mode&0o777) // which cp makes before it looks
		}
		c.fail("cannot copy a directory, %s, into itself, %s", c.q(from), c.q(to))
		return
	}
	if !there {
		if err := c.p.FS.Mkdir(to, src.Mode&0o777|0o700); err != nil {
			c.fail("cannot create directory %s: %s", c.q(to), gnu.Why(err))
			return
		}
		if c.verbose {
			c.p.Printf("%s -> %s\n", c.q(from), c.q(to))
		}
	}
	list, err := c.p.FS.ReadDir(from)
	if err != nil {
		c.fail("cannot access %s: %s", c.q(from), gnu.Why(err))
	}
	for _, e := range list {
		if c.p.Ctx.Err() != nil {
			return
		}
		c.one(strings.TrimSuffix(from, "/")+"/"+e.Name, strings.TrimSuffix(to, "/")+"/"+e.Name, depth+1)
	}
	if !there && c.keep {
		c.preserve(src, to)
	}
}

// file copies what is no directory.
func (c *copier) file(src vfs.Info, from, to string) {
	fs := c.p.FS
	if c.o.Has("remove-destination") {
		_ = fs.Remove(to)
	}
	var err error
	what := "create regular file"
	switch {
	case c.o.Has("l"):
		what, err = "create hard link", fs.Link(from, to)
	case c.o.Has("s"):
		what, err = "create symbolic link", fs.Symlink(from, to)
	case src.Kind() == vfs.Link:
		if old, oerr := fs.Lstat(to); oerr == nil && !old.IsDir() {
			_ = fs.Remove(to)
		}
		target, _ := fs.Readlink(from)
		what, err = "create symbolic link", fs.Symlink(target, to)
		if err == nil && c.keep {
			_ = fs.Chown(to, src.UID, src.GID, false)
		}
	case c.recursive && src.Kind() != vfs.Regular:
		what, err = "create special file", fs.Mknod(to, src.Mode, src.Device)
	default:
		c.content(src, from, to)
		return
	}
	if err != nil {
		c.fail("cannot %s %s: %s", what, c.q(to), gnu.Why(err))
	}
}

// content copies what is in a file.
func (c *copier) content(src vfs.Info, from, to string) {
	r, err := gnu.Open(c.p, from)
	if err != nil {
		if c.busy {
			c.fail("can't open '%s': %s", from, gnu.Why(err))
			return
		}
		c.fail("cannot open %s for reading: %s", c.q(from), gnu.Why(err))
		return
	}
	defer r.Close()
	w, err := gnu.Create(c.p, to, vfs.WriteOnly|vfs.Create|vfs.Truncate, src.Mode&0o777)
	if err != nil && c.force && c.p.FS.Remove(to) == nil {
		w, err = gnu.Create(c.p, to, vfs.WriteOnly|vfs.Create|vfs.Truncate, src.Mode&0o777)
	}
	if err != nil {
		if _, serr := c.p.FS.Lstat(to); c.busy {
			c.fail("can't create '%s': %s", to, gnu.Why(err))
		} else if serr == nil && !strings.HasSuffix(to, "/") {
			c.fail("cannot create regular file %s: %s", c.q(to), gnu.Why(err))
		} else {
			c.fail("cannot create regular file %s: %s", c.q(to), creation(to, err))
		}
		return
	}
	defer w.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if _, werr := w.Write(buf[:n]); werr != nil {
			c.fail("error writing %s: %s", c.q(to), gnu.Why(werr))
			return
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			if !gnu.Stop(c.p) {
				c.fail("error reading %s: %s", c.q(from), gnu.Why(err))
			}
			c.code = 1
			return
		}
	}
	if c.keep {
		c.preserve(src, to)
	}
	if c.after != nil {
		c.after(to)
	}
}

// creation words why a file was not made; a name that ends in a slash is no
// directory.
func creation(to string, err error) string {
	if strings.HasSuffix(to, "/") {
		return "Not a directory"
	}
	return gnu.Why(err)
}

// preserve gives a copy the mode, owner and time of the source.
func (c *copier) preserve(src vfs.Info, to string) {
	_ = c.p.FS.Chown(to, src.UID, src.GID, true)
	_ = c.p.FS.Chmod(to, src.Mode&0o7777)
	_ = c.p.FS.Chtimes(to, src.Modified)
}

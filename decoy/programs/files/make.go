package files

import (
	"errors"
	"path"
	"strconv"
	"strings"
	"syscall"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runMkdir(p *proc.Process) int  { return mkdirWith(p, false) }
func busyMkdir(p *proc.Process) int { return mkdirWith(p, true) }

func mkdirWith(p *proc.Process, busy bool) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "m:pvZ", Long: map[string]proc.Long{"mode": {As: "m", Value: 1}, "parents": {As: "p"}, "verbose": {As: "v"}}},
		gnu.About{Usage: "[OPTION]... DIRECTORY...", Does: "Create the DIRECTORY(ies), if they do not already exist.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	var mode *uint32
	if m, ok := o.Last("m"); ok {
		change, ok := gnu.ParseMode(m)
		if !ok {
			return p.Complain("invalid mode %s", gnu.Quote(p, m))
		}
		v := change(vfs.Directory|0o777, p.FS.Umask)
		mode = &v
	}
	for _, name := range o.Operands {
		if failed, err := mkdirOne(p, o, name, mode); err != nil {
			if busy {
				code = p.Complain("can't create directory '%s': %s", failed, gnu.Why(err))
				continue
			}
			code = p.Complain("cannot create directory %s: %s", gnu.Quote(p, failed), gnu.Why(err))
		}
	}
	return code
}

// mkdirOne makes one directory, with -p those above it too. It gives the name of
// the one that could not be made.
func mkdirOne(p *proc.Process, o *proc.Options, name string, mode *uint32) (string, error) {
	said := func(dir string) {
		if o.Has("v") {
			p.Printf("mkdir: created directory %s\n", gnu.Always(p, dir))
		}
	}
	if o.Has("p") {
		for at := range len(name) {
			if name[at] != '/' || at == 0 || name[at-1] == '/' || strings.Trim(name[at:], "/") == "" {
				continue
			}
			up := name[:at]
			if i, err := p.FS.Stat(up); err == nil && i.IsDir() {
				continue
			}
			if err := p.FS.Mkdir(up, 0o777); err != nil && !errors.Is(err, syscall.EEXIST) {
				return up, err
			} else if err != nil {
				return up, syscall.ENOTDIR
			}
			said(up)
		}
		if i, err := p.FS.Stat(name); err == nil && i.IsDir() {
			return "", nil
		}
	}
	if err := p.FS.Mkdir(name, 0o777); err != nil {
		return name, err
	}
	if mode != nil {
		_ = p.FS.Chmod(name, *mode)
	}
	said(name)
	return "", nil
}

func runLn(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "bdfinrst:vFLPS:T", Long: map[string]proc.Long{"backup": {As: "b", Value: 2}, "directory": {As: "F"}, "no-dereference": {As: "n"}, "no-target-directory": {As: "T"}, "force": {As: "f"}, "interactive": {As: "i"}, "suffix": {As: "S", Value: 1}, "target-directory": {As: "t", Value: 1},
		"logical": {As: "L"}, "physical": {As: "P"}, "relative": {As: "r"}, "symbolic": {As: "s"}, "verbose": {As: "v"}}},
		gnu.About{Usage: "[OPTION]... [-T] TARGET LINK_NAME", Does: "In the 1st form, create a link to TARGET with the name LINK_NAME.", By: "Mike Parker and David MacKenzie"})
	if o == nil {
		return code
	}
	names := o.Operands
	if len(names) == 0 {
		return gnu.Try(p, "missing file operand")
	}
	into, given := o.Last("t")
	switch {
	case given:
	case len(names) == 1:
		into = "."
		given = true
	default:
		into, names = names[len(names)-1], names[:len(names)-1]
	}
	i, err := p.FS.Stat(into)
	if l, lerr := p.FS.Lstat(into); o.Has("n") && lerr == nil && l.Kind() == vfs.Link {
		i = l
	}
	folder := err == nil && i.IsDir() && !o.Has("T")
	if (given || len(names) > 1) && !folder {
		why := "Not a directory"
		if err != nil {
			why = gnu.Why(err)
		}
		return p.Complain("target %s: %s", gnu.Always(p, into), why)
	}
	for _, target := range names {
		name := into
		if folder {
			name = strings.TrimSuffix(into, "/") + "/" + path.Base(target)
			if into == "." {
				name = "./" + path.Base(target)
			}
		}
		code = max(code, lnOne(p, o, target, name))
	}
	return code
}

// lnOne makes one link.
func lnOne(p *proc.Process, o *proc.Options, target, name string) int {
	soft := o.Has("s")
	if !soft {
		i, err := p.FS.Lstat(target)
		if err != nil {
			return p.Complain("failed to access %s: %s", gnu.Always(p, target), gnu.Why(err))
		}
		if i.IsDir() {
			return p.Complain("%s: hard link not allowed for directory", gnu.Name(p, target))
		}
	}
	if old, err := p.FS.Lstat(name); err == nil {
		if o.Has("i") && !answered(p, "replace %s? ", gnu.Always(p, name)) {
			return 1
		}
		if o.Has("f", "i") && !old.IsDir() {
			_ = p.FS.Remove(name)
		}
	}
	if soft && o.Has("r") {
		target = relativeTo(p, target, name)
	}
	var err error
	what, arrow := "hard", "=>"
	if soft {
		what, arrow = "symbolic", "->"
		err = p.FS.Symlink(target, name)
	} else {
		err = p.FS.Link(target, name)
	}
	switch {
	case err == nil:
		if o.Has("v") {
			p.Printf("%s %s %s\n", gnu.Always(p, name), arrow, gnu.Always(p, target))
		}
		return 0
	case !soft && !errors.Is(err, syscall.EEXIST):
		return p.Complain("failed to create hard link %s => %s: %s", gnu.Always(p, name), gnu.Always(p, target), gnu.Why(err))
	}
	return p.Complain("failed to create %s link %s: %s", what, gnu.Always(p, name), gnu.Why(err))
}

// relativeTo gives the path of a target as seen from the directory of a name.
func relativeTo(p *proc.Process, target, name string) string {
	a := strings.Split(strings.Trim(p.FS.Abs(target), "/"), "/")
	b := strings.Split(strings.Trim(path.Dir(p.FS.Abs(name)), "/"), "/")
	if b[0] == "" {
		b = nil
	}
	for len(a) > 1 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(b)) + strings.Join(a, "/")
}

func runLink(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "FILE1 FILE2", Does: "Call the link function to create a link named FILE2 to an existing FILE1.", By: "Michael Stone"})
	switch {
	case o == nil:
		return code
	case len(o.Operands) == 0:
		return gnu.Missing(p)
	case len(o.Operands) == 1:
		return gnu.Try(p, "missing operand after %s", gnu.Quote(p, o.Operands[0]))
	case len(o.Operands) > 2:
		return gnu.Extra(p, o.Operands[2])
	}
	if err := p.FS.Link(o.Operands[0], o.Operands[1]); err != nil {
		return p.Complain("cannot create link %s to %s: %s", gnu.Always(p, o.Operands[1]), gnu.Always(p, o.Operands[0]), gnu.Why(err))
	}
	return 0
}

func runMkfifo(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "m:Z", Long: map[string]proc.Long{"mode": {As: "m", Value: 1}}},
		gnu.About{Usage: "[OPTION]... NAME...", Does: "Create named pipes (FIFOs) with the given NAMEs.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	for _, name := range o.Operands {
		if err := p.FS.Mknod(name, vfs.Pipe|0o666, 0); err != nil {
			code = p.Complain("cannot create fifo %s: %s", gnu.Always(p, name), gnu.Why(err))
			continue
		}
		code = max(code, moded(p, o, name))
	}
	return code
}

// moded sets the mode of -m.
func moded(p *proc.Process, o *proc.Options, name string) int {
	m, ok := o.Last("m")
	if !ok {
		return 0
	}
	change, ok := gnu.ParseMode(m)
	if !ok {
		return p.Complain("invalid mode")
	}
	_ = p.FS.Chmod(name, change(0o666, p.FS.Umask))
	return 0
}

func runMknod(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "m:Z", Long: map[string]proc.Long{"mode": {As: "m", Value: 1}}},
		gnu.About{Usage: "[OPTION]... NAME TYPE [MAJOR MINOR]", Does: "Create the special file NAME of the given TYPE.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	a := o.Operands
	switch {
	case len(a) == 0:
		return gnu.Missing(p)
	case len(a) == 1:
		return gnu.Try(p, "missing operand after %s", gnu.Quote(p, a[0]))
	}
	kind, ok := map[string]uint32{"p": vfs.Pipe, "b": vfs.Block, "c": vfs.Character, "u": vfs.Character}[a[1][:min(1, len(a[1]))]]
	if want := 4; a[1] == "p" && len(a) > 2 {
		return gnu.Extra(p, a[2])
	} else if a[1] != "p" && len(a) < want {
		p.Complain("missing operand after %s", gnu.Quote(p, a[len(a)-1]))
		if len(a) == 2 {
			_, _ = p.Err.Write([]byte("Special files require major and minor device numbers.\n"))
		}
		return gnu.Try(p, "")
	}
	if !ok {
		return gnu.Try(p, "invalid device type %s", gnu.Quote(p, a[1]))
	}
	var device uint32
	if len(a) >= 4 {
		for i, what := range []string{"major", "minor"} {
			n, err := strconv.ParseUint(a[2+i], 0, 8)
			if err != nil {
				return p.Complain("invalid %s device number %s", what, gnu.Quote(p, a[2+i]))
			}
			device = device<<8 | uint32(n)
		}
	}
	if p.FS.UID != 0 && kind != vfs.Pipe {
		return p.Complain("%s: Operation not permitted", gnu.Name(p, a[0]))
	}
	if err := p.FS.Mknod(a[0], kind|0o666, device); err != nil {
		return p.Complain("%s: %s", gnu.Name(p, a[0]), gnu.Why(err))
	}
	return moded(p, o, a[0])
}

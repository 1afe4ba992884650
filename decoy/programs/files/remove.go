package files

import (
	"path"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// remover is an rm that runs.
type remover struct {
	p                                      *proc.Process
	recursive, force, ask, verbose, folder bool
	busy                                   bool
	code                                   int
}

func runRm(p *proc.Process) int  { return removeWith(p, false) }
func busyRm(p *proc.Process) int { return removeWith(p, true) }

func removeWith(p *proc.Process, busy bool) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "dfirvIR", Long: map[string]proc.Long{"force": {As: "f"}, "interactive": {Value: 2}, "one-file-system": {}, "no-preserve-root": {}, "preserve-root": {Value: 2}, "recursive": {As: "r"}, "dir": {As: "d"}, "verbose": {As: "v"}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Remove (unlink) the FILE(s).", By: "Paul Rubin, David MacKenzie, Richard M. Stallman,\nand Jim Meyering"})
	if o == nil {
		return code
	}
	r := &remover{p: p, recursive: o.Has("r", "R"), verbose: o.Has("v"), folder: o.Has("d"), busy: busy}
	once := false
	for _, g := range o.Given {
		switch {
		case g.Name == "f":
			r.force, r.ask, once = true, false, false
		case g.Name == "i", g.Name == "interactive" && (g.Value == "" || g.Value == "always"):
			r.force, r.ask, once = false, true, false
		case g.Name == "I", g.Name == "interactive" && g.Value == "once":
			once = true
		}
	}
	if len(o.Operands) == 0 {
		if r.force {
			return 0
		}
		return gnu.Missing(p)
	}
	if once && (len(o.Operands) > 3 || r.recursive) {
		what := "arguments"
		if len(o.Operands) == 1 {
			what = "argument"
		}
		how := ""
		if r.recursive {
			how = " recursively"
		}
		if !answered(p, "remove %d %s%s? ", len(o.Operands), what, how) {
			return 0
		}
	}
	for _, name := range o.Operands {
		r.operand(name, o.Has("no-preserve-root") || busy)
	}
	return r.code
}

// operand removes what was named, unless it is one of the names that rm refuses.
func (r *remover) operand(name string, root bool) {
	base := path.Base(name)
	i, err := r.p.FS.Lstat(name)
	switch {
	case r.recursive && name != "" && !r.busy && (base == "." || base == "..") && err == nil:
		r.code = r.p.Complain("refusing to remove '.' or '..' directory: skipping %s", r.q(name))
	case r.recursive && err == nil && i.Path == "/" && !root:
		if name == "/" {
			r.code = r.p.Complain("it is dangerous to operate recursively on '/'")
		} else {
			r.code = r.p.Complain("it is dangerous to operate recursively on %s (same as '/')", r.q(name))
		}
		r.p.Complain("use --no-preserve-root to override this failsafe")
	default:
		r.remove(name, 0)
	}
}

func (r *remover) q(name string) string { return gnu.Always(r.p, name) }

func (r *remover) fail(name, why string) {
	if r.busy {
		r.code = r.p.Complain("can't remove '%s': %s", name, why)
		return
	}
	r.code = r.p.Complain("cannot remove %s: %s", r.q(name), why)
}

// remove removes one file, or a directory with what is in it. It says whether it
// is gone.
func (r *remover) remove(name string, depth int) bool {
	if gnu.Step(r.p) != nil || depth > 2000 {
		return false
	}
	i, err := r.p.FS.Lstat(name)
	if err != nil {
		if !r.force || gnu.Why(err) != "No such file or directory" && gnu.Why(err) != "Not a directory" {
			r.fail(name, gnu.Why(err))
		}
		return false
	}
	if i.IsDir() {
		return r.tree(i, name, depth)
	}
	if !r.confirmed(i, name) {
		return false
	}
	if err := r.p.FS.Remove(name); err != nil {
		r.fail(name, gnu.Why(err))
		return false
	}
	if r.verbose {
		r.p.Printf("removed %s\n", r.q(name))
	}
	return true
}

// tree removes a directory.
func (r *remover) tree(i vfs.Info, name string, depth int) bool {
	if !r.recursive && !r.folder {
		if r.busy {
			r.code = r.p.Complain("'%s' is a directory", name)
		} else {
			r.fail(name, "Is a directory")
		}
		return false
	}
	if r.recursive {
		list, err := r.p.FS.ReadDir(name)
		if err != nil {
			r.fail(name, gnu.Why(err))
			return false
		}
		if r.ask && len(list) > 0 && !answered(r.p, "descend into directory %s? ", r.q(name)) {
			return false
		}
		all := true
		for _, e := range list {
			all = r.remove(strings.TrimSuffix(name, "/")+"/"+e.Name, depth+1) && all
		}
		if !all {
			return false
		}
	}
	if r.ask && !answered(r.p, "remove directory %s? ", r.q(name)) {
		return false
	}
	if err := r.p.FS.Rmdir(name); err != nil {
		r.fail(name, gnu.Why(err))
		return false
	}
	if r.verbose {
		r.p.Printf("removed directory %s\n", r.q(name))
	}
	return true
}

// confirmed asks before a file is removed where it must be asked.
func (r *remover) confirmed(i vfs.Info, name string) bool {
	protected := !r.force && r.p.InTTY && r.p.FS.UID != 0 && i.Kind() != vfs.Link && r.p.FS.Access(name, 2) != nil
	if !r.ask && !protected {
		return true
	}
	what := kindName(i)
	if protected {
		what = "write-protected " + what
	}
	return answered(r.p, "remove %s %s? ", what, r.q(name))
}

// kindName names a kind of files as stat does.
func kindName(i vfs.Info) string {
	switch i.Kind() {
	case vfs.Regular:
		if i.Size() == 0 {
			return "regular empty file"
		}
		return "regular file"
	case vfs.Directory:
		return "directory"
	case vfs.Link:
		return "symbolic link"
	case vfs.Character:
		return "character special file"
	case vfs.Block:
		return "block special file"
	case vfs.Pipe:
		return "fifo"
	case vfs.Socket:
		return "socket"
	}
	return "weird file"
}

func runUnlink(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "FILE", Does: "Call the unlink function to remove the specified FILE.", By: "Michael Stone"})
	switch {
	case o == nil:
		return code
	case len(o.Operands) == 0:
		return gnu.Missing(p)
	case len(o.Operands) > 1:
		return gnu.Extra(p, o.Operands[1])
	}
	if err := p.FS.Remove(o.Operands[0]); err != nil {
		return p.Complain("cannot unlink %s: %s", gnu.Always(p, o.Operands[0]), gnu.Why(err))
	}
	return 0
}

func runRmdir(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "pv", Long: map[string]proc.Long{"parents": {As: "p"}, "verbose": {As: "v"}, "ignore-fail-on-non-empty": {}}},
		gnu.About{Usage: "[OPTION]... DIRECTORY...", Does: "Remove the DIRECTORY(ies), if they are empty.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	for _, name := range o.Operands {
		for dir := name; ; {
			if o.Has("v") {
				p.Printf("rmdir: removing directory, %s\n", gnu.Always(p, dir))
			}
			if err := p.FS.Rmdir(dir); err != nil {
				if !o.Has("ignore-fail-on-non-empty") || gnu.Why(err) != "Directory not empty" {
					what := "failed to remove"
					if dir != name {
						what = "failed to remove directory"
					}
					code = p.Complain("%s %s: %s", what, gnu.Always(p, dir), gnu.Why(err))
				}
				break
			}
			up := path.Dir(strings.TrimRight(dir, "/"))
			if !o.Has("p") || up == "." || up == "/" {
				break
			}
			dir = up
		}
	}
	return code
}

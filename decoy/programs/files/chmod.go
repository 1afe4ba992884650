package files

import (
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runChmod(p *proc.Process) int  { return chmodWith(p, false) }
func busyChmod(p *proc.Process) int { return chmodWith(p, true) }

// changer is a chmod, chown or chgrp that runs.
type changer struct {
	p       *proc.Process
	o       *proc.Options
	apply   func(i vfs.Info, name string) error
	missing func(name string, err error)
	code    int
}

// walk applies the change to a file, and with -R to all in it.
func (c *changer) walk(name string, top bool) {
	if gnu.Step(c.p) != nil {
		return
	}
	i, err := c.p.FS.Lstat(name)
	if err == nil && i.Kind() == vfs.Link {
		if !top && c.o.Has("R") {
			return // links that are met on the way stay as they are
		}
		if !c.o.Has("h") {
			i, err = c.p.FS.Stat(name)
		}
	}
	if err != nil {
		c.code = 1
		if !c.o.Has("f") {
			c.missing(name, err)
		}
		return
	}
	if err := c.apply(i, name); err != nil {
		c.code = 1
	}
	if !c.o.Has("R") || !i.IsDir() {
		return
	}
	list, err := c.p.FS.ReadDir(name)
	if err != nil && !c.o.Has("f") {
		c.code = c.p.Complain("cannot read directory %s: %s", gnu.Always(c.p, name), gnu.Why(err))
	}
	for _, e := range list {
		c.walk(strings.TrimSuffix(name, "/")+"/"+e.Name, false)
	}
}

// takeMode finds the mode among the arguments, which may begin with a dash.
func takeMode(p *proc.Process) {
	for i, a := range p.Args[1:] {
		if a == "--" {
			return
		}
		if len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.Trim(a[1:], "rwxXstugo,+-=0123456789") == "" && strings.Trim(a[1:], "Rvcf") != "" {
			rest := append(append([]string{}, p.Args[1:i+1]...), "--", a)
			p.Args = append(append([]string{p.Args[0]}, rest...), p.Args[i+2:]...)
			return
		}
	}
}

func chmodWith(p *proc.Process, busy bool) int {
	takeMode(p)
	o, code := gnu.Parse(p, proc.Flags{Short: "Rcfv", Long: map[string]proc.Long{"changes": {As: "c"}, "silent": {As: "f"}, "quiet": {As: "f"}, "verbose": {As: "v"}, "no-preserve-root": {}, "preserve-root": {}, "reference": {Value: 1}, "recursive": {As: "R"}}},
		gnu.About{Usage: "[OPTION]... MODE[,MODE]... FILE...", Does: "Change the mode of each FILE to MODE.", By: "David MacKenzie and Jim Meyering"})
	if o == nil {
		return code
	}
	names := o.Operands
	var change gnu.Change
	if ref, ok := o.Last("reference"); ok {
		i, err := p.FS.Stat(ref)
		if err != nil {
			return p.Complain("failed to get attributes of %s: %s", gnu.Always(p, ref), gnu.Why(err))
		}
		change = func(uint32, uint32) uint32 { return i.Mode & 0o7777 }
	} else {
		if len(names) == 0 {
			return gnu.Missing(p)
		}
		mode := names[0]
		if names = names[1:]; len(names) == 0 {
			return gnu.Try(p, "missing operand after %s", gnu.Quote(p, mode))
		}
		var good bool
		if change, good = gnu.ParseMode(mode); !good {
			if busy {
				return p.Complain("invalid mode '%s'", mode)
			}
			return gnu.Try(p, "invalid mode: %s", gnu.Quote(p, mode))
		}
	}
	c := &changer{p: p, o: o, missing: func(name string, err error) {
		i, lerr := p.FS.Lstat(name)
		switch {
		case busy:
			p.Complain("%s: %s", name, gnu.Why(err))
		case lerr == nil && i.Kind() == vfs.Link:
			p.Complain("cannot operate on dangling symlink %s", gnu.Always(p, name))
		default:
			p.Complain("cannot access %s: %s", gnu.Always(p, name), gnu.Why(err))
		}
	}}
	c.apply = c.mode(change)
	for _, name := range names {
		c.walk(name, true)
	}
	return c.code
}

// mode makes what sets the mode of a file and tells of it.
func (c *changer) mode(change gnu.Change) func(vfs.Info, string) error {
	p := c.p
	return func(i vfs.Info, name string) error {
		was := i.Mode & 0o7777
		mode := change(i.Mode, p.FS.Umask)
		err := p.FS.Chmod(name, mode)
		if err != nil && !c.o.Has("f") {
			p.Complain("changing permissions of %s: %s", gnu.Always(p, name), gnu.Why(err))
		}
		text := func(m uint32) string { return sprintf("%04o (%s)", m, gnu.ModeText(m)[1:]) }
		switch {
		case err != nil && c.o.Has("v"):
			p.Printf("failed to change mode of %s from %s to %s\n", gnu.Always(p, name), text(was), text(mode))
		case err == nil && was != mode && c.o.Has("v", "c"):
			p.Printf("mode of %s changed from %s to %s\n", gnu.Always(p, name), text(was), text(mode))
		case err == nil && was == mode && c.o.Has("v"):
			p.Printf("mode of %s retained as %s\n", gnu.Always(p, name), text(mode))
		}
		return err
	}
}

func chownFlags() proc.Flags {
	return proc.Flags{Short: "HLPRcfhv", Long: map[string]proc.Long{"recursive": {As: "R"}, "changes": {As: "c"}, "dereference": {}, "from": {Value: 1}, "no-dereference": {As: "h"}, "no-preserve-root": {}, "preserve-root": {}, "quiet": {As: "f"}, "silent": {As: "f"}, "reference": {Value: 1}, "verbose": {As: "v"}}}
}

func runChown(p *proc.Process) int { return chownWith(p, false, false) }
func runChgrp(p *proc.Process) int { return chownWith(p, true, false) }

func busyChown(p *proc.Process) int { return chownWith(p, false, true) }
func busyChgrp(p *proc.Process) int { return chownWith(p, true, true) }

func chownWith(p *proc.Process, group, busy bool) int {
	about := gnu.About{Usage: "[OPTION]... [OWNER][:[GROUP]] FILE...", Does: "Change the owner and/or group of each FILE to OWNER and/or GROUP.", By: "David MacKenzie and Jim Meyering"}
	if group {
		about.Usage, about.Does = "[OPTION]... GROUP FILE...", "Change the group of each FILE to GROUP."
	}
	o, code := gnu.Parse(p, chownFlags(), about)
	if o == nil {
		return code
	}
	names := o.Operands
	var w owner
	if ref, ok := o.Last("reference"); ok {
		i, err := p.FS.Stat(ref)
		if err != nil {
			return p.Complain("failed to get attributes of %s: %s", gnu.Always(p, ref), gnu.Why(err))
		}
		w = owner{i.UID, i.GID, true, true}
	} else {
		if len(names) == 0 {
			return gnu.Missing(p)
		}
		spec := names[0]
		if names = names[1:]; len(names) == 0 {
			return gnu.Try(p, "missing operand after %s", gnu.Quote(p, spec))
		}
		if group {
			spec = ":" + spec
		}
		var bad string
		if w, bad = parseOwner(p, spec); bad != "" {
			if group {
				spec = spec[1:]
			}
			return badOwner(p, bad, spec, busy)
		}
	}
	c := &changer{p: p, o: o, missing: func(name string, err error) {
		i, lerr := p.FS.Lstat(name)
		switch {
		case busy:
			p.Complain("%s: %s", name, gnu.Why(err))
		case lerr == nil && i.Kind() == vfs.Link:
			p.Complain("cannot dereference %s: %s", gnu.Always(p, name), gnu.Why(err))
		default:
			p.Complain("cannot access %s: %s", gnu.Always(p, name), gnu.Why(err))
		}
	}}
	c.apply = c.owner(w)
	for _, name := range names {
		c.walk(name, true)
	}
	return c.code
}

// owner is who a file is given to; -1 leaves one as it is.
type owner struct {
	uid, gid    int
	user, group bool
}

// badOwner complains of a user or a group that is not known.
func badOwner(p *proc.Process, bad, spec string, busy bool) int {
	if busy {
		name, rest, both := strings.Cut(spec, ":")
		if bad == "group" && both {
			name = rest
		}
		return p.Complain("unknown %s %s", bad, name)
	}
	return p.Complain("invalid %s: %s", bad, gnu.Quote(p, spec))
}

// parseOwner reads user:group; bad says which of the two is not known.
func parseOwner(p *proc.Process, spec string) (w owner, bad string) {
	w = owner{uid: -1, gid: -1}
	user, group, both := strings.Cut(spec, ":")
	if !both {
		if u, g, dotted := strings.Cut(spec, "."); dotted {
			if _, ok := p.World.Account(spec); !ok {
				if uid, gid := number(p, u, false), number(p, g, true); uid >= 0 && gid >= 0 {
					p.Complain("warning: '.' should be ':': %s", gnu.Quote(p, spec))
					user, group, both = u, g, true
				}
			}
		}
	}
	if user != "" {
		if w.uid, w.user = number(p, user, false), true; w.uid < 0 {
			return w, "user"
		}
		if both && group == "" {
			if a, ok := p.World.AccountByUID(w.uid); ok {
				w.gid, w.group = a.GID, true
			} else {
				return w, "spec"
			}
		}
	}
	if group != "" {
		if w.gid, w.group = number(p, group, true), true; w.gid < 0 {
			return w, "group"
		}
	}
	return w, ""
}

// number gives the number of a user or group; -1 where there is none.
func number(p *proc.Process, name string, group bool) int {
	if group {
		if gid, ok := p.World.Group(name); ok {
			return gid
		}
	} else if a, ok := p.World.Account(name); ok {
		return a.UID
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(name, "+"), 10, 31); err == nil {
		return int(n)
	}
	return -1
}

// owner makes what gives a file to somebody and tells of it.
func (c *changer) owner(w owner) func(vfs.Info, string) error {
	p, owners := c.p, gnu.NewOwners(c.p.World)
	name := func(uid, gid int) string {
		u, _ := owners.User(uid)
		g, _ := owners.Group(gid)
		switch {
		case w.user && w.group:
			return u + ":" + g
		case w.group:
			return g
		}
		return u
	}
	what := "ownership"
	if !w.user {
		what = "group"
	}
	return func(i vfs.Info, file string) error {
		err := p.FS.Chown(file, w.uid, w.gid, !c.o.Has("h"))
		was, now := name(i.UID, i.GID), name(w.uid, w.gid)
		changed := w.user && w.uid != i.UID || w.group && w.gid != i.GID
		switch {
		case err != nil:
			if !c.o.Has("f") {
				p.Complain("changing %s of %s: %s", what, gnu.Always(p, file), gnu.Why(err))
			}
		case changed && c.o.Has("v", "c"):
			p.Printf("changed %s of %s from %s to %s\n", what, gnu.Always(p, file), was, now)
		case c.o.Has("v"):
			p.Printf("%s of %s retained as %s\n", what, gnu.Always(p, file), was)
		}
		return err
	}
}

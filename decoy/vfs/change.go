package vfs

import (
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Info is a node as it is at one moment, under a name.
type Info struct {
	Name string // the last part of its path
	Path string // absolute, without links above it
	*Node
}

// Stat follows links.
func (f *FS) Stat(name string) (Info, error) { return f.stat("stat", name, true) }

// Lstat does not follow a link at the end.
func (f *FS) Lstat(name string) (Info, error) { return f.stat("lstat", name, false) }

func (f *FS) stat(op, name string, follow bool) (i Info, err error) {
	err = f.with(op, name, follow, func(p *place) error {
		i = f.info(*p)
		return nil
	})
	return i, err
}

// with does what a call does with what a path leads to, which must be there.
// The tree is locked meanwhile; an error says which call and path it was.
func (f *FS) with(op, name string, follow bool, do func(p *place) error) error {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	p, err := f.walk(name, follow)
	if err == nil && p.node == nil {
		err = syscall.ENOENT
	}
	if err == nil {
		err = do(&p)
	}
	return fail(op, name, err)
}

// info gives a copy of a node, without its content, so that it can be read
// without a lock.
func (f *FS) info(p place) Info {
	n := *p.node
	if n.IsDir() {
		n.Links, n.Names = p.node.LinkCount(), nil
	}
	n.size, n.Data = int64(len(n.Data)), nil
	if d, ok := n.Body.(Dated); ok {
		n.Modified = d.Modified()
	}
	return Info{Name: path.Base(p.path), Path: p.path, Node: &n}
}

// Access says whether the process has all of the bits 4 (read), 2 (write) and
// 1 (execute) on what a path leads to; 0 asks whether it is there.
func (f *FS) Access(name string, bits uint32) error {
	return f.with("access", name, true, func(p *place) error {
		if !f.may(p.node, bits) {
			return syscall.EACCES
		}
		return nil
	})
}

// ReadDir gives what a directory holds, by name, without "." and "..".
func (f *FS) ReadDir(name string) (list []Info, err error) {
	err = f.with("open", name, true, func(p *place) error {
		switch {
		case !p.node.IsDir():
			return syscall.ENOTDIR
		case !f.may(p.node, 4):
			return syscall.EACCES
		}
		children := p.node.children()
		list = make([]Info, 0, len(children))
		for _, c := range slices.Sorted(maps.Keys(children)) {
			list = append(list, f.info(place{path: path.Join(p.path, c), node: children[c]}))
		}
		return nil
	})
	return list, err
}

// Readlink gives the target of a link.
func (f *FS) Readlink(name string) (string, error) {
	i, err := f.stat("readlink", name, false)
	if err != nil {
		return "", err
	}
	if i.Kind() != Link {
		return "", fail("readlink", name, syscall.EINVAL)
	}
	if i.Target == SelfLink {
		return itoa(f.PID), nil
	}
	return i.Target, nil
}

// Real gives the absolute path without links of what a path leads to; the last
// part may be missing.
func (f *FS) Real(name string) (string, error) {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	p, err := f.walk(name, true)
	return p.path, fail("realpath", name, err)
}

// Chdir changes the working directory of the process.
func (f *FS) Chdir(name string) error {
	return f.with("chdir", name, true, func(p *place) error {
		if err := f.enter(p.node); err != nil {
			return err
		}
		f.Dir = p.path
		return nil
	})
}

// Mkdir makes a directory.
func (f *FS) Mkdir(name string, perm uint32) error {
	if trimmed := strings.TrimRight(name, "/"); trimmed != "" {
		name = trimmed
	}
	return f.add("mkdir", name, func() *Node {
		return &Node{Mode: Directory | perm&^f.Umask&0o7777, Names: map[string]*Node{}}
	})
}

// Symlink makes a link.
func (f *FS) Symlink(target, name string) error {
	switch {
	case target == "":
		return fail("symlink", name, syscall.ENOENT)
	case len(target) >= mostPath:
		return fail("symlink", name, syscall.ENAMETOOLONG)
	}
	return f.add("symlink", name, func() *Node { return &Node{Mode: Link | 0o777, Target: target} })
}

// Mknod makes a node of any kind but a directory and a link, without content.
func (f *FS) Mknod(name string, mode, device uint32) error {
	return f.add("mknod", name, func() *Node { return &Node{Mode: mode &^ f.Umask, Device: device} })
}

// add puts a new node at a path.
func (f *FS) add(op, name string, node func() *Node) error {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	p, err := f.walk(name, false)
	if err == nil && p.node != nil {
		err = syscall.EEXIST
	}
	if err == nil {
		_, err = f.put(&p, node())
	}
	return fail(op, name, err)
}

// put puts a new node at a place where there is none. The tree is locked.
func (f *FS) put(p *place, n *Node) (*Node, error) {
	if len(p.above) == 0 {
		return nil, syscall.EEXIST
	}
	if p.folder && !n.IsDir() {
		return nil, syscall.EISDIR
	}
	if err := f.writable(p); err != nil {
		return nil, err
	}
	t := f.tree
	if n.tree != t {
		size := int64(len(n.Target))
		if t.nodes >= t.lim.Nodes || t.bytes+size > t.lim.Bytes {
			return nil, syscall.ENOSPC
		}
		t.nodes++
		t.inode++
		t.bytes += size
		n.held, n.added = size, true
		n.tree, n.Inode, n.UID, n.GID, n.Modified = t, t.inode, f.UID, f.GID, t.now()
	}
	dir := t.change(p)
	dir.Names[p.name], dir.Modified = n, t.now()
	return n, nil
}

// writable says whether the process may change the directory of a place.
func (f *FS) writable(p *place) error {
	dir := p.above[len(p.above)-1]
	switch {
	case dir.List != nil:
		return syscall.ENOENT // as /proc answers
	case !f.may(dir, 3):
		return syscall.EACCES
	}
	return nil
}

// Remove takes away what is at a path but for a directory.
func (f *FS) Remove(name string) error { return f.remove("unlink", name, false) }

// Rmdir takes away an empty directory.
func (f *FS) Rmdir(name string) error { return f.remove("rmdir", name, true) }

func (f *FS) remove(op, name string, folder bool) error {
	return f.with(op, name, false, func(p *place) error {
		switch {
		case len(p.above) == 0:
			return syscall.EBUSY
		case folder && !p.node.IsDir():
			return syscall.ENOTDIR
		case !folder && p.node.IsDir():
			return syscall.EISDIR
		case folder && p.node.List == nil && len(p.node.children()) > 0:
			return syscall.ENOTEMPTY
		}
		return f.unlink(p)
	})
}

// unlink takes the node of a place out of its directory.
func (f *FS) unlink(p *place) error {
	if err := f.movable(p); err != nil {
		return err
	}
	t := f.tree
	dir := t.change(p)
	delete(dir.Names, p.name)
	dir.Modified = t.now()
	switch {
	case p.node.tree != t:
	case p.node.Links > 1 && !p.node.IsDir():
		p.node.Links--
		if p.node.second > 0 {
			p.node.second--
			t.nodes--
		}
	default:
		p.node.gone = true
		t.release(p.node)
	}
	return nil
}

// movable says whether the process may take the node of a place away from there.
func (f *FS) movable(p *place) error {
	dir := p.above[len(p.above)-1]
	switch {
	case dir.List != nil:
		return syscall.EPERM
	case p.node.List != nil:
		return syscall.EBUSY // something is mounted there
	case !f.may(dir, 3):
		return syscall.EACCES
	case dir.Mode&0o1000 != 0 && f.UID != 0 && f.UID != p.node.UID && f.UID != dir.UID:
		return syscall.EPERM
	}
	return nil
}

// Chmod sets the permissions.
func (f *FS) Chmod(name string, perm uint32) error {
	return f.set("chmod", name, true, func(n *Node) error {
		if f.UID != 0 && f.UID != n.UID {
			return syscall.EPERM
		}
		n.Mode = n.Mode&KindMask | perm&0o7777
		return nil
	})
}

// Chown sets owner and group; -1 leaves one as it is. A link is not followed
// where follow is false.
func (f *FS) Chown(name string, uid, gid int, follow bool) error {
	return f.set("chown", name, follow, func(n *Node) error {
		if f.UID != 0 && (f.UID != n.UID || (uid >= 0 && uid != n.UID) || (gid >= 0 && !f.member(gid))) {
			return syscall.EPERM
		}
		if uid >= 0 {
			n.UID = uid
		}
		if gid >= 0 {
			n.GID = gid
		}
		return nil
	})
}

// Chtimes sets the time of the last change.
func (f *FS) Chtimes(name string, modified time.Time) error {
	return f.set("utime", name, true, func(n *Node) error {
		if f.UID != 0 && f.UID != n.UID && !f.may(n, 2) {
			return syscall.EACCES
		}
		n.Modified = modified
		return nil
	})
}

// set changes what is said of a node.
func (f *FS) set(op, name string, follow bool, change func(*Node) error) error {
	return f.with(op, name, follow, func(p *place) error {
		if len(p.above) > 0 && p.above[len(p.above)-1].List != nil {
			return syscall.EPERM
		}
		n := *p.node
		if err := change(&n); err != nil {
			return err
		}
		return change(f.tree.own(p)) // allowed
	})
}

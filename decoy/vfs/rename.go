package vfs

import (
	"strings"
	"syscall"
)

// Rename moves a node, over another one where there is one.
func (f *FS) Rename(from, to string) error {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	return fail("rename", from, f.rename(from, to))
}

func (f *FS) rename(from, to string) error {
	a, err := f.walk(from, false)
	if err != nil {
		return err
	}
	b, err := f.walk(strings.TrimRight(to, "/"), false)
	switch {
	case err != nil:
		return err
	case a.node == nil:
		return syscall.ENOENT
	case len(a.above) == 0 || len(b.above) == 0:
		return syscall.EBUSY
	case a.node == b.node:
		return nil
	case strings.HasPrefix(b.path, a.path+"/"):
		return syscall.EINVAL
	}
	if err := f.over(a.node, b.node); err != nil {
		return err
	}
	if err := f.writable(&b); err != nil {
		return err
	}
	if err := f.movable(&a); err != nil {
		return err
	}
	if b.node != nil {
		if err := f.unlink(&b); err != nil {
			return err
		}
	}
	t := f.tree
	moved, now := a.node, t.now()
	left := t.change(&a)
	delete(left.Names, a.name)
	into := t.change(&b)
	into.Names[b.name] = moved
	left.Modified, into.Modified = now, now
	return nil
}

// over says whether one node may take the place of another.
func (f *FS) over(n, old *Node) error {
	switch {
	case old == nil:
	case n.IsDir() && !old.IsDir():
		return syscall.ENOTDIR
	case !n.IsDir() && old.IsDir():
		return syscall.EISDIR
	case old.List != nil:
		return syscall.EBUSY
	case old.IsDir() && len(old.children()) > 0:
		return syscall.ENOTEMPTY
	}
	return nil
}

// Link gives a file a second name.
func (f *FS) Link(old, name string) error {
	return f.with("link", old, false, func(p *place) error {
		switch {
		case p.node.IsDir():
			return syscall.EPERM
		case len(p.above) == 0 || p.above[len(p.above)-1].List != nil:
			return syscall.EXDEV
		}
		return f.second(p, name)
	})
}

// second puts the node of a place at a second path.
func (f *FS) second(p *place, name string) error {
	q, err := f.walk(name, false)
	switch {
	case err != nil:
		return err
	case q.node != nil || len(q.above) == 0:
		return syscall.EEXIST
	case q.folder:
		return syscall.ENOENT
	}
	if err := f.writable(&q); err != nil {
		return err
	}
	t := f.tree
	if t.nodes >= t.lim.Nodes {
		return syscall.ENOSPC
	}
	n := t.own(p)
	t.nodes++
	n.second++
	n.Links = max(n.Links, 1) + 1
	dir := t.change(&q)
	dir.Names[q.name], dir.Modified = n, t.now()
	return nil
}

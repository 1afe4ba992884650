package vfs

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Limits bound what a visitor may add to a tree. Zero stands for the default.
type Limits struct {
	Bytes int64 // content; 16 MB
	Nodes int   // files and directories; 10,000
	File  int64 // one file; 8 MB
}

// tree is one visitor's tree.
type tree struct {
	mu    sync.Mutex
	root  *Node
	lim   Limits
	now   func() time.Time
	bytes int64
	nodes int
	inode uint64
}

// FS is a tree as one process sees it: with credentials and a working
// directory. Copies share the tree and may be used from several goroutines at
// once; one FS may not.
type FS struct {
	tree *tree

	UID    int
	GID    int
	Groups []int
	Umask  uint32
	PID    int    // where SelfLink leads
	Dir    string // working directory, absolute and clean
}

// New gives a visitor a tree that begins as root does. The content of root is
// shared and stays as it is.
func New(root *Node, lim Limits, now func() time.Time) *FS {
	if lim.Bytes == 0 {
		lim.Bytes = 16 << 20
	}
	if lim.Nodes == 0 {
		lim.Nodes = 10_000
	}
	if lim.File == 0 {
		lim.File = 8 << 20
	}
	return &FS{tree: &tree{root: root, lim: lim, now: now, inode: 1_000_000}, Umask: 0o022, Dir: "/"}
}

// Used says how many bytes and nodes were added to the tree.
func (f *FS) Used() (bytes int64, nodes int) {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	return f.tree.bytes, f.tree.nodes
}

// As gives the same tree to another process.
func (f *FS) As(uid, gid int, groups ...int) *FS {
	c := *f
	c.UID, c.GID, c.Groups = uid, gid, groups
	return &c
}

// Clone gives the same tree to a child of the process: same credentials, a
// working directory of its own.
func (f *FS) Clone() *FS { c := *f; return &c }

// Graft puts a node that is shared at a path, in the place of what is there,
// without counting it: what the machine itself changes for a visitor. What the
// visitor changed already stays.
func (f *FS) Graft(name string, n *Node) error {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	p, err := f.walk(name, false)
	switch {
	case err != nil:
	case len(p.above) == 0 || p.above[len(p.above)-1].List != nil:
		err = syscall.EBUSY
	case p.node == nil || p.node.tree == nil:
		f.tree.change(&p).Names[p.name] = n
	}
	return fail("graft", name, err)
}

// Abs makes a path absolute and clean, without looking at links.
func (f *FS) Abs(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = f.Dir + "/" + name
	}
	return path.Clean(name)
}

const (
	mostLinks = 40
	mostPath  = 4096
	mostName  = 255
)

// place is where a path leads.
type place struct {
	path   string   // absolute, without links
	node   *Node    // nil where there is none
	above  []*Node  // directories from the root to its own
	names  []string // of the node and the directories above it, but for the root
	name   string   // in its directory; empty for the root
	folder bool     // the path ended in a slash or a dot: it must be a directory
}

// walk follows a path. The last part may be missing; follow says whether a link
// there is followed. The tree is locked.
func (f *FS) walk(name string, follow bool) (p place, err error) {
	p.node = f.tree.root
	defer func() { p.path, p.name = "/"+strings.Join(p.names, "/"), last(p.names) }()
	if name == "" {
		return p, syscall.ENOENT
	}
	if len(name) >= mostPath {
		return p, syscall.ENAMETOOLONG
	}
	full := name
	if name[0] != '/' {
		if full = f.Dir + "/" + name; len(full) >= mostPath { // so that no directory is deeper than what a walk may cost
			return p, syscall.ENAMETOOLONG
		}
	}
	p.folder = strings.HasSuffix(full, "/") || strings.HasSuffix(full, "/.") || strings.HasSuffix(full, "/..")
	parts, links := strings.Split(full, "/"), 0
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		if part == "" || part == "." {
			continue
		}
		if p.node == nil {
			return p, syscall.ENOENT
		}
		if err := f.enter(p.node); err != nil {
			return p, err
		}
		if part == ".." {
			p.up()
			continue
		}
		if len(part) > mostName {
			return p, syscall.ENAMETOOLONG
		}
		p.down(part)
		if p.node == nil || p.node.Kind() != Link || (!follow && !p.folder && rest(parts) == 0) {
			continue
		}
		if links++; links > mostLinks {
			return p, syscall.ELOOP
		}
		target := p.node.Target
		if target == SelfLink {
			target = strconv.Itoa(f.PID)
		}
		if len(target) >= mostPath {
			return p, syscall.ENAMETOOLONG
		}
		p.up()
		if strings.HasPrefix(target, "/") {
			p.node, p.above, p.names = f.tree.root, p.above[:0], p.names[:0]
		}
		parts = append(strings.Split(target, "/"), parts...)
	}
	if p.folder && p.node != nil && !p.node.IsDir() {
		return p, syscall.ENOTDIR
	}
	return p, nil
}

// rest counts the parts of a path that name something.
func rest(parts []string) (n int) {
	for _, s := range parts {
		if s != "" && s != "." {
			n++
		}
	}
	return n
}

// last gives the last of some names.
func last(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// up goes to the directory above.
func (p *place) up() {
	if n := len(p.above); n > 0 {
		p.node, p.above, p.names = p.above[n-1], p.above[:n-1], p.names[:n-1]
	}
}

// down goes to what a name stands for, which may be nothing.
func (p *place) down(part string) {
	p.above, p.names = append(p.above, p.node), append(p.names, part)
	p.node = p.node.child(part)
}

// enter says whether the process may search a directory.
func (f *FS) enter(n *Node) error {
	if !n.IsDir() {
		return syscall.ENOTDIR
	}
	if !f.may(n, 1) {
		return syscall.EACCES
	}
	return nil
}

// may says whether the process has all of the bits 4 (read), 2 (write) and 1
// (execute) on a node.
func (f *FS) may(n *Node, bits uint32) bool {
	if f.UID == 0 {
		return bits&1 == 0 || n.IsDir() || n.Mode&0o111 != 0
	}
	perm := n.Mode
	switch {
	case n.UID == f.UID:
		perm >>= 6
	case f.member(n.GID):
		perm >>= 3
	}
	return perm&bits == bits
}

func (f *FS) member(gid int) bool {
	if gid == f.GID {
		return true
	}
	for _, g := range f.Groups {
		if g == gid {
			return true
		}
	}
	return false
}

// change makes the directory of a place one that may be changed, and gives it.
func (t *tree) change(p *place) *Node {
	if len(p.above) == 0 {
		return t.owned(nil, "", t.root)
	}
	dir := t.owned(nil, "", t.root)
	p.above[0] = dir
	for i, name := range p.names[:len(p.names)-1] {
		dir = t.owned(dir, name, dir.Names[name]) // which may be another since the walk
		p.above[i+1] = dir
	}
	return dir
}

// own makes the node of a place one that may be changed, and gives it.
func (t *tree) own(p *place) *Node {
	if p.name == "" {
		p.node = t.owned(nil, "", t.root)
		return p.node
	}
	dir := t.change(p)
	p.node = t.owned(dir, p.name, dir.Names[p.name])
	return p.node
}

// owned gives a node that t may change in the place of n.
func (t *tree) owned(dir *Node, name string, n *Node) *Node {
	if n.tree == t {
		return n
	}
	c := n.copyFor(t)
	if dir == nil {
		t.root = c
	} else {
		dir.Names[name] = c
	}
	return c
}

// fail makes the error of an operation.
func fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

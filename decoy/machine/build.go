package machine

import (
	"path"
	"strings"
	"time"

	"gait/decoy/vfs"
)

// builder makes the tree that all visitors share.
type builder struct {
	m     *Machine
	root  *vfs.Node
	inode uint64
	when  time.Time // of what is added next
	uid   int
	gid   int
}

// add puts a node at a path, with the owner and the number that come next.
func (b *builder) add(name string, n *vfs.Node) *vfs.Node {
	dir := b.dir(path.Dir(name))
	b.inode += 1 + uint64(len(name))%3
	n.Inode, n.UID, n.GID = b.inode, b.uid, b.gid
	dir.Names[path.Base(name)] = n
	return n
}

// dir gives a directory, and makes what is missing on the way to it.
func (b *builder) dir(name string) *vfs.Node {
	n := b.root
	for _, part := range strings.Split(strings.Trim(name, "/"), "/") {
		if part == "" {
			continue
		}
		next := n.Names[part]
		if next == nil {
			b.inode++
			next = vfs.NewDir(0o755, b.when)
			next.Inode, next.UID, next.GID = b.inode, b.uid, b.gid
			n.Names[part] = next
		}
		n = next
	}
	return n
}

// folder makes a directory with permissions of its own.
func (b *builder) folder(name string, perm uint32) *vfs.Node {
	n := b.dir(name)
	n.Mode, n.Modified, n.UID, n.GID = vfs.Directory|perm, b.when, b.uid, b.gid
	return n
}

// file adds a file with text.
func (b *builder) file(name string, perm uint32, text string) *vfs.Node {
	return b.add(name, vfs.NewFile(perm, b.when, text))
}

// link adds a symbolic link.
func (b *builder) link(name, target string) *vfs.Node {
	return b.add(name, vfs.NewLink(target, b.when))
}

// append adds to a file, which is made where it is not there.
func (b *builder) append(name, text string) {
	if n := b.dir(path.Dir(name)).Names[path.Base(name)]; n != nil {
		n.Data = append(n.Data, text...)
		return
	}
	b.file(name, 0o644, text)
}

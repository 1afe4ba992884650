// Package vfs is the file system of a decoy: a tree in memory that many
// visitors share and each changes for itself. Nothing in it is on a disk, and
// no path leads out of it.
//
// A [Node] that several trees share is never changed: whoever writes gets a
// copy of it and of the directories above it. So a visitor costs what he
// changes. What a tree may hold is bounded ([Limits]).
//
// Errors are *fs.PathError with a syscall.Errno inside, as those of package os.
package vfs

import (
	"io"
	"maps"
	"time"
)

// Kinds of nodes, as the upper bits of a mode on Linux.
const (
	KindMask  = 0o170000
	Socket    = 0o140000
	Link      = 0o120000
	Regular   = 0o100000
	Block     = 0o060000
	Directory = 0o040000
	Character = 0o020000
	Pipe      = 0o010000
)

// Node is one inode. A tree that was given to [New] must not be changed any
// more.
type Node struct {
	Mode     uint32 // kind and permissions, as stat(2) gives them
	UID, GID int
	Inode    uint64 // 0 for one that the tree numbers
	Links    int    // 0 stands for 1, or for what a directory has
	Device   uint32 // of a device: major<<8 | minor
	Modified time.Time

	Data   []byte        // of a regular file
	Body   Body          // of a regular file or a block device whose content is not kept: instead of Data
	Make   func() []byte // of a regular file whose content is made when it is opened: instead of Data; its size shows as 0
	Target string        // of a link; SelfLink leads to the process that asks

	Names map[string]*Node        // of a directory
	List  func() map[string]*Node // of a directory whose content is made when it is asked for, and cannot be changed
	Find  func(name string) *Node // beside List, where one name is found faster than all; nil for List alone

	tree   *tree // that may change it; nil where it is shared
	shared bool  // Data is not the node's own yet: it is copied before it is changed
	held   int64 // bytes of content that are counted against the tree
	second int   // names beside the first, each counted as a node of the tree
	added  bool  // it is counted among the nodes of the tree
	opened int   // files that are open on it
	gone   bool  // no directory has it any more: it is given back when the last file is closed
	size   int64 // of a copy without its content
}

// SelfLink is the target of a link that names the number of the process that
// asks, as /proc/self does.
const SelfLink = "\x00self"

// Body is content that is made when it is read.
type Body interface {
	io.ReaderAt
	// Size gives the number of bytes that there are to read.
	Size() int64
}

// Dated is a body that knows when it changed last.
type Dated interface {
	Body
	// Modified gives the time of the last change.
	Modified() time.Time
}

// NewDir makes an empty directory of root's.
func NewDir(perm uint32, modified time.Time) *Node {
	return &Node{Mode: Directory | perm, Modified: modified, Names: map[string]*Node{}}
}

// NewFile makes a regular file of root's.
func NewFile(perm uint32, modified time.Time, data string) *Node {
	return &Node{Mode: Regular | perm, Modified: modified, Data: []byte(data)}
}

// NewLink makes a symbolic link of root's.
func NewLink(target string, modified time.Time) *Node {
	return &Node{Mode: Link | 0o777, Modified: modified, Target: target}
}

// NewDevice makes a character device of root's.
func NewDevice(perm, major, minor uint32, modified time.Time) *Node {
	return &Node{Mode: Character | perm, Device: major<<8 | minor, Modified: modified}
}

// Kind gives the kind of a node.
func (n *Node) Kind() uint32 { return n.Mode & KindMask }

// IsDir says whether it is a directory.
func (n *Node) IsDir() bool { return n.Kind() == Directory }

// Size is what stat(2) shows.
func (n *Node) Size() int64 {
	switch n.Kind() {
	case Regular:
		if n.Body != nil {
			return n.Body.Size()
		}
		return max(int64(len(n.Data)), n.size)
	case Link:
		return int64(len(n.Target))
	case Directory:
		if n.List != nil {
			return 0
		}
		return 4096
	}
	return 0
}

// LinkCount is what stat(2) shows.
func (n *Node) LinkCount() int {
	if n.Links > 0 {
		return n.Links
	}
	if !n.IsDir() {
		return 1
	}
	count := 2
	for _, c := range n.children() {
		if c.IsDir() {
			count++
		}
	}
	return count
}

// children gives what a directory holds; not to be changed.
func (n *Node) children() map[string]*Node {
	if n.List != nil {
		return n.List()
	}
	return n.Names
}

// child gives what a directory holds under a name.
func (n *Node) child(name string) *Node {
	switch {
	case n.Find != nil:
		return n.Find(name)
	case n.List != nil:
		return n.List()[name]
	}
	return n.Names[name]
}

// copyFor gives a copy that t may change.
func (n *Node) copyFor(t *tree) *Node {
	c := *n
	c.tree, c.shared = t, true
	if n.Names != nil {
		c.Names = maps.Clone(n.Names)
	}
	return &c
}

// release gives back what a node that nothing leads to was counted for.
func (t *tree) release(n *Node) {
	if n.tree != t || !n.gone || n.opened > 0 {
		return
	}
	t.bytes -= n.held
	n.held = 0
	if n.added {
		t.nodes--
		n.added = false
	}
}

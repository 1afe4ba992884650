package transfer

import (
	"io"
	"io/fs"
	"time"

	"github.com/pkg/sftp"

	"gait/decoy/vfs"
)

// info is a node as package sftp wants it.
type info struct{ vfs.Info }

func (i info) Name() string       { return i.Info.Name }
func (i info) IsDir() bool        { return i.Node.IsDir() }
func (i info) ModTime() time.Time { return i.Modified.UTC() }
func (i info) Sys() any           { return nil }
func (i info) Uid() uint32        { return uint32(i.UID) }
func (i info) Gid() uint32        { return uint32(i.GID) }

// Mode gives kind and permissions as Go has them.
func (i info) Mode() fs.FileMode {
	m := fs.FileMode(i.Node.Mode & 0o777)
	switch i.Kind() {
	case vfs.Directory:
		m |= fs.ModeDir
	case vfs.Link:
		m |= fs.ModeSymlink
	case vfs.Socket:
		m |= fs.ModeSocket
	case vfs.Pipe:
		m |= fs.ModeNamedPipe
	case vfs.Character:
		m |= fs.ModeDevice | fs.ModeCharDevice
	case vfs.Block:
		m |= fs.ModeDevice
	}
	for bit, mode := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if i.Node.Mode&bit != 0 {
			m |= mode
		}
	}
	return m
}

// list is a list of nodes.
type list []fs.FileInfo

// ListAt gives a part of it.
func (l list) ListAt(to []fs.FileInfo, at int64) (int, error) {
	if at >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, l[at:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

// Filelist gives what a directory holds, or what is said of one node.
func (t *tree) Filelist(r *sftp.Request) (_ sftp.ListerAt, err error) {
	defer safe(&err)
	f := t.FS.Clone()
	if r.Method != "List" {
		i, err := f.Stat(r.Filepath)
		return list{info{i}}, status(err)
	}
	nodes, err := f.ReadDir(r.Filepath)
	if err != nil {
		return nil, status(err)
	}
	var l list
	for _, name := range []string{".", ".."} { // as readdir gives them
		if i, err := f.Stat(r.Filepath + "/" + name); err == nil {
			i.Name = name
			l = append(l, info{i})
		}
	}
	for _, n := range nodes {
		l = append(l, info{n})
	}
	return directory{l, t}, t.take()
}

// directory is a list that stays until its handle is closed.
type directory struct {
	list
	tree *tree
}

// Close gives the handle back.
func (d directory) Close() error {
	d.tree.give()
	return nil
}

// Lstat says what is said of a node, without following a link.
func (t *tree) Lstat(r *sftp.Request) (_ sftp.ListerAt, err error) {
	defer safe(&err)
	i, err := t.FS.Clone().Lstat(r.Filepath)
	return list{info{i}}, status(err)
}

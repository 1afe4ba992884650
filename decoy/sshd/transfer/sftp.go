package transfer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"syscall"

	"github.com/pkg/sftp"

	"gait/decoy/vfs"
)

// SFTP does what sftp-server does and gives the exit code.
func SFTP(ctx context.Context, s Streams) int {
	t := &tree{Streams: s, ctx: ctx}
	end := newTurns(s.In, s.Out)
	server := sftp.NewRequestServer(end, sftp.Handlers{FileGet: t, FilePut: t, FileCmd: t, FileList: t}, sftp.WithStartDirectory(s.FS.Dir))
	stop := context.AfterFunc(ctx, func() { end.Close() })
	defer stop()
	if err := server.Serve(); err != nil && !errors.Is(err, io.EOF) {
		return 255
	}
	return 0
}

// failure is an error with the words and the code that sftp-server has for it.
type failure struct {
	text string
	code error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.code }

// status gives an error as sftp-server says it.
func status(err error) error {
	var no syscall.Errno
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &no):
		return &failure{"Failure", sftp.ErrSSHFxFailure}
	}
	switch no {
	case syscall.ENOENT, syscall.ENOTDIR, syscall.EBADF, syscall.ELOOP:
		return &failure{"No such file", sftp.ErrSSHFxNoSuchFile}
	case syscall.EPERM, syscall.EACCES, syscall.EFAULT:
		return &failure{"Permission denied", sftp.ErrSSHFxPermissionDenied}
	case syscall.ENAMETOOLONG, syscall.EINVAL:
		return &failure{"Bad message", sftp.ErrSSHFxBadMessage}
	}
	return &failure{"Failure", sftp.ErrSSHFxFailure}
}

// tree serves the requests of sftp out of a virtual file system.
type tree struct {
	Streams
	ctx context.Context

	names sync.Once
	users map[string]string
	teams map[string]string
	open  int
	mu    sync.Mutex
}

const (
	mostOpen = 256     // files and directories at once
	mostSize = 1 << 40 // of a file, whatever the tree allows
)

// Fileread opens a file for reading.
func (t *tree) Fileread(r *sftp.Request) (_ io.ReaderAt, err error) {
	defer safe(&err)
	f, err := t.FS.Clone().Open(r.Filepath, vfs.ReadOnly, 0)
	if err != nil {
		return nil, status(err)
	}
	return &opened{tree: t, File: f}, t.take()
}

// Filewrite opens a file for writing.
func (t *tree) Filewrite(r *sftp.Request) (io.WriterAt, error) { return t.OpenFile(r) }

// OpenFile opens a file for writing and perhaps reading.
func (t *tree) OpenFile(r *sftp.Request) (_ sftp.WriterAtReaderAt, err error) {
	defer safe(&err)
	p := r.Pflags()
	flag := vfs.WriteOnly
	if p.Read {
		flag = vfs.ReadWrite
	}
	for _, f := range []struct {
		set bool
		bit int
	}{{p.Creat, vfs.Create}, {p.Trunc, vfs.Truncate}, {p.Excl, vfs.Exclusive}} {
		if f.set {
			flag |= f.bit
		}
	}
	perm := uint32(0o666)
	if len(r.Attrs) == 4 { // the permissions, if nothing else
		perm = uint32(r.Attrs[2])<<8 | uint32(r.Attrs[3])
	}
	f, err := t.FS.Clone().Open(r.Filepath, flag, perm&0o777)
	if err != nil {
		return nil, status(err)
	}
	return &opened{tree: t, File: f, brings: true, end: p.Append, wrote: p.Creat || p.Trunc}, t.take()
}

// take counts a file that is open.
func (t *tree) take() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open >= mostOpen {
		return &failure{"Failure", sftp.ErrSSHFxFailure}
	}
	t.open++
	return nil
}

// give says that a file was closed.
func (t *tree) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
}

// safe makes a fault in a request a failure of that request: the library's
// goroutines call us, where nobody else could keep it from ending everything.
func safe(err *error) {
	if r := recover(); r != nil {
		*err = &failure{"Failure", sftp.ErrSSHFxFailure}
	}
}

// opened is an open file.
type opened struct {
	*vfs.File
	tree   *tree
	brings bool // what is in it at the end is an upload
	end    bool // what is written goes to the end

	mu     sync.Mutex
	failed bool
	wrote  bool
}

// ReadAt reads.
func (o *opened) ReadAt(p []byte, at int64) (n int, err error) {
	defer safe(&err)
	n, err = o.File.ReadAt(p, at)
	if err != nil && err != io.EOF {
		err = status(err)
	}
	return n, err
}

// WriteAt writes.
func (o *opened) WriteAt(p []byte, at int64) (n int, err error) {
	defer safe(&err)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end {
		at, _ = o.File.Seek(0, io.SeekEnd)
	}
	n, err = o.File.WriteAt(p, at)
	o.wrote, o.failed = true, o.failed || err != nil
	return n, status(err)
}

// TransferError says that the client is gone before it closed the file.
func (o *opened) TransferError(error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = true
}

// Close closes it, and keeps what it brought.
func (o *opened) Close() (err error) {
	defer safe(&err)
	o.tree.give()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.brings || !o.wrote {
		return nil
	}
	f, err := o.tree.FS.Clone().As(0, 0).Open(o.Path, vfs.ReadOnly, 0)
	if err != nil {
		return nil
	}
	u := Upload{Path: o.Path, Whole: !o.failed}
	if o.tree.Keep != nil {
		u.SHA256, u.Size, u.Kept, _ = o.tree.Keep.Keep(f)
	}
	o.tree.told(u)
	return nil
}

// Filecmd changes the tree.
func (t *tree) Filecmd(r *sftp.Request) (err error) {
	defer safe(&err)
	f := t.FS.Clone()
	switch r.Method {
	case "Setstat":
		return status(setstat(f, r))
	case "Rename":
		if _, err := f.Lstat(r.Target); err == nil {
			return &failure{"Failure", sftp.ErrSSHFxFailure}
		}
		return status(f.Rename(r.Filepath, r.Target))
	case "Rmdir":
		return status(f.Rmdir(r.Filepath))
	case "Mkdir":
		return status(f.Mkdir(r.Filepath, 0o777))
	case "Link":
		return status(f.Link(r.Filepath, r.Target))
	case "Symlink":
		return status(f.Symlink(r.Filepath, r.Target))
	case "Remove":
		return status(f.Remove(r.Filepath))
	}
	return &failure{"Operation unsupported", sftp.ErrSSHFxOpUnsupported}
}

// PosixRename renames over what is there.
func (t *tree) PosixRename(r *sftp.Request) (err error) {
	defer safe(&err)
	return status(t.FS.Clone().Rename(r.Filepath, r.Target))
}

// setstat sets what is asked for.
func setstat(f *vfs.FS, r *sftp.Request) (err error) {
	flags, a := r.AttrFlags(), r.Attributes()
	if flags.Size && a.Size > mostSize {
		return syscall.EFBIG
	}
	if flags.Size {
		err = cmp.Or(err, f.Truncate(r.Filepath, int64(a.Size)))
	}
	if flags.Permissions {
		err = cmp.Or(err, f.Chmod(r.Filepath, a.Mode&0o7777))
	}
	if flags.Acmodtime {
		err = cmp.Or(err, f.Chtimes(r.Filepath, a.ModTime()))
	}
	if flags.UidGid {
		err = cmp.Or(err, f.Chown(r.Filepath, int(a.UID), int(a.GID), true))
	}
	return err
}

// RealPath makes a path absolute.
func (t *tree) RealPath(name string) (_ string, err error) {
	defer safe(&err)
	p, err := t.FS.Clone().Real(cmp.Or(name, "."))
	return p, status(err)
}

// Readlink gives where a link leads.
func (t *tree) Readlink(name string) (_ string, err error) {
	defer safe(&err)
	to, err := t.FS.Clone().Readlink(name)
	return to, status(err)
}

// LookupUserName gives the name of a user id out of the tree's own accounts.
func (t *tree) LookupUserName(id string) string {
	t.names.Do(t.accounts)
	return cmp.Or(t.users[id], id)
}

// LookupGroupName gives the name of a group id.
func (t *tree) LookupGroupName(id string) string {
	t.names.Do(t.accounts)
	return cmp.Or(t.teams[id], id)
}

// accounts reads the names of users and groups.
func (t *tree) accounts() {
	read := func(name string) map[string]string {
		m := map[string]string{}
		data, _ := t.FS.Clone().As(0, 0).ReadFile(name, 64<<10)
		for line := range strings.Lines(string(data)) {
			if f := strings.Split(line, ":"); len(f) > 2 {
				m[strings.TrimSpace(f[2])] = f[0]
			}
		}
		return m
	}
	t.users, t.teams = read("/etc/passwd"), read("/etc/group")
}

package bus

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// remote are the file systems on which files that are locked and synced cannot
// be relied on, by the numbers that the kernel gives them.
var remote = map[uint32]string{
	unix.NFS_SUPER_MAGIC:  "NFS",
	unix.SMB_SUPER_MAGIC:  "SMB",
	unix.CIFS_SUPER_MAGIC: "SMB",
	unix.SMB2_SUPER_MAGIC: "SMB",
	unix.V9FS_MAGIC:       "9p",
	unix.AFS_SUPER_MAGIC:  "AFS",
	unix.CODA_SUPER_MAGIC: "Coda",
	unix.CEPH_SUPER_MAGIC: "Ceph",
}

// filesystem gives the name of the remote file system that a folder is on,
// empty for a local one, and how many bytes are free there. For a folder that
// is not there yet it looks at the one that it will be made in.
func filesystem(dir string) (remoteName string, free int64, err error) {
	for {
		var s unix.Statfs_t
		err = unix.Statfs(dir, &s)
		if err == nil {
			return remote[uint32(s.Type)], int64(s.Bavail) * s.Bsize, nil
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || up == dir {
			return "", 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
		}
		dir = up
	}
}

// lockFolder keeps other processes from a folder until what it gives is closed.
func lockFolder(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s is used by another process: %w", dir, err)
	}
	return f, nil
}

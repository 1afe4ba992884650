package disk

import (
	"errors"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// remote names the network file systems by the numbers that the kernel gives
// them.
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

// Measure looks at the file system of a path, or of the nearest folder above
// it that is there.
func Measure(path string) (Space, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Space{}, err
	}
	for {
		var s unix.Statfs_t
		err := unix.Statfs(path, &s)
		if err == nil {
			unit := int64(s.Bsize)
			return Space{Free: int64(s.Bavail) * unit, Total: int64(s.Blocks) * unit, Remote: remote[uint32(s.Type)]}, nil
		}
		up := filepath.Dir(path)
		if !errors.Is(err, fs.ErrNotExist) || up == path {
			return Space{}, &fs.PathError{Op: "statfs", Path: path, Err: err}
		}
		path = up
	}
}

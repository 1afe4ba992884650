package sqlite

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// remote are the file systems on which SQLite's locks or shared memory do not
// hold, by their magic numbers.
var remote = map[uint32]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "SMB (CIFS)",
	0xfe534d42: "SMB 2",
	0x01021997: "9p",
}

// local refuses a folder on a file system that is not local.
func local(dir string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return fmt.Errorf("file system of %s: %w", dir, err)
	}
	return refuse(dir, uint32(st.Type))
}

func refuse(dir string, magic uint32) error {
	if name := remote[magic]; name != "" {
		return fmt.Errorf("%s lies on %s, where SQLite's locks do not hold and the file would be damaged: choose a data folder on a local disk, or use PostgreSQL", dir, name)
	}
	return nil
}

package collect

import (
	"io/fs"
	"syscall"
)

// inode gives the number of a file, and when its name or mode changed last, in
// nanoseconds since 1970: renaming a file into place changes that alone.
func inode(info fs.FileInfo) (ino uint64, changed int64) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0
	}
	return st.Ino, st.Ctim.Nano()
}

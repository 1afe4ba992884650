package shard

import (
	"io/fs"
	"syscall"
)

// unlinked says whether an open file has no name left.
func unlinked(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Nlink == 0
}

package record

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// trim gives back what the start of the program has left behind: garbage, and
// the pages of its file that nothing needs any more. They stay in the cache of
// the system and come back when they are needed, so that a recorder takes what
// it uses itself, and not what a large program reads when it begins.
func trim() {
	debug.FreeOSMemory()
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	var from, to uint64
	for line := range bytes.Lines(maps) {
		f := strings.Fields(string(line))
		switch {
		case len(f) == 6 && strings.Contains(f[0], "-"):
			from, to = 0, 0
			if f[5] == exe && f[1][1] == '-' {
				from, to = span(f[0])
			}
		case len(f) == 3 && f[0] == "Anonymous:" && f[1] == "0" && from < to: // nothing was changed in it
			_ = unix.Madvise(memoryAt(uintptr(from), int(to-from)), unix.MADV_DONTNEED)
		}
	}
}

// span reads a range of addresses.
func span(s string) (from, to uint64) {
	a, b, _ := strings.Cut(s, "-")
	from, bad := strconv.ParseUint(a, 16, 63)
	to, err := strconv.ParseUint(b, 16, 63)
	if bad != nil || err != nil {
		return 0, 0
	}
	return from, to
}

// memoryAt gives memory that the program itself does not know of by its address.
func memoryAt(at uintptr, size int) []byte {
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), size)
}

package vfs

import "time"

// What an open device gives at full speed, and what the smallest read counts for.
const (
	fastBytes = 64 << 20
	leastRead = 512
)

// pace makes a device slow from which much was read already: nobody gets to the
// end of /dev/zero, and whoever tries costs next to nothing.
func (f *File) pace(size int) {
	f.fs.tree.mu.Lock()
	device := f.node.Kind() == Character || f.node.Kind() == Block
	if device {
		f.drawn += int64(max(size, leastRead))
	}
	slow := device && f.drawn > fastBytes
	f.fs.tree.mu.Unlock()
	if slow {
		time.Sleep(time.Millisecond)
	}
}

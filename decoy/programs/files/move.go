package files

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"syscall"

	"gait/decoy/programs/gnu"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// rename moves one file or directory.
func (c *copier) rename(from, to string) {
	p := c.p
	src, err := p.FS.Lstat(strings.TrimRight(from, "/"))
	if from == "/" {
		src, err = p.FS.Lstat("/")
	}
	if err != nil {
		c.missing(from, err)
		return
	}
	if dst, err := p.FS.Lstat(to); err == nil {
		if dst.Path == src.Path {
			c.fail("%s and %s are the same file", c.q(from), c.q(to))
			return
		}
		if !c.allowed(src, dst, from, to) {
			return
		}
		if !c.force && !c.ask && p.InTTY && !dst.IsDir() && p.FS.UID != 0 && p.FS.Access(to, 2) != nil &&
			!answered(p, "replace %s, overriding mode %04o (%s)? ", c.q(to), dst.Mode&0o7777, gnu.ModeText(dst.Mode)[1:]) {
			return
		}
	}
	if _, terr := p.FS.Lstat(to); terr != nil && strings.HasSuffix(to, "/") && !src.IsDir() {
		c.fail("cannot move %s to %s: Not a directory", c.q(from), c.q(to))
		return
	}
	err = p.FS.Rename(from, to)
	switch {
	case err == nil:
		if c.verbose {
			p.Printf("renamed %s -> %s\n", c.q(from), c.q(to))
		}
	case c.busy:
		c.fail("can't rename '%s': %s", from, gnu.Why(err))
	case errors.Is(err, syscall.EINVAL):
		c.fail("cannot move %s to a subdirectory of itself, %s", c.q(from), c.q(path.Clean(to)))
	case errors.Is(err, syscall.ENOTEMPTY):
		c.fail("cannot move %s to %s: Directory not empty", c.q(from), c.q(to))
	default:
		c.fail("cannot move %s to %s: %s", c.q(from), c.q(to), creation(to, err))
	}
}

package transfer

import (
	"io"
	"math"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gait/decoy/vfs"
)

// sink takes what the other end sends.
func (c *scp) sink(targets []string) error {
	if len(targets) != 1 {
		c.complain("ambiguous target")
		return errLost
	}
	at := targets[0]
	i, err := c.FS.Stat(at)
	folder := err == nil && i.IsDir()
	if c.opts.folder && !folder {
		if err == nil {
			err = syscall.ENOTDIR
		}
		c.complain("%s: %s", at, wording(err))
		return errLost
	}
	c.ack()
	return c.entries(place{at: at, folder: folder})
}

// place is where something goes: under its own name into a directory, or else
// to the path itself. The depth counts the directories that lead there from the
// target.
type place struct {
	at     string
	folder bool
	depth  int
}

// entries takes what is to go to one place.
func (c *scp) entries(into place) error {
	var modified *time.Time
	for first := into.depth == 0; ; first = false {
		line, err := c.line()
		switch {
		case err == io.EOF && into.depth == 0:
			return nil
		case err != nil:
			return c.screwed("lost connection")
		case line == "":
			return c.screwed("unexpected <newline>")
		}
		switch line[0] {
		case 1, 2:
			if c.errs++; line[0] == 2 {
				return errLost
			}
			continue
		case 'E':
			c.ack()
			if into.depth > 0 {
				return nil
			}
			continue
		case 'T':
			var wrong string
			if modified, wrong = times(line[1:]); wrong != "" {
				return c.screwed(wrong)
			}
			c.ack()
			continue
		case 'C', 'D':
			if err := c.entry(line, into, modified); err != nil {
				return err
			}
		default:
			if first {
				c.complain("%s", line)
				return errLost
			}
			return c.screwed("expected control record")
		}
		modified = nil
	}
}

// screwed says how the other end broke the protocol.
func (c *scp) screwed(how string) error {
	c.complain("protocol error: %s", how)
	return errLost
}

// times reads a line with times.
func times(s string) (modified *time.Time, wrong string) {
	var seconds int64
	for i, what := range []string{"mtime.sec", "mtime.usec", "atime.sec", "atime.usec"} {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		if n == 0 && i%2 == 0 {
			return nil, what + " not present"
		}
		v, err := strconv.ParseInt(s[:n], 10, 64)
		last := i == 3
		if err != nil || i%2 == 1 && v > 999_999 || last != (n == len(s)) || !last && s[n] != ' ' {
			return nil, what + " not delimited"
		}
		if i == 0 {
			seconds = v
		}
		if !last {
			s = s[n+1:]
		}
	}
	t := time.Unix(seconds, 0).UTC()
	return &t, ""
}

// record is a line that announces a file or a directory.
type record struct {
	perm uint32
	size int64
	name string
}

// parseRecord reads one, without its first letter.
func parseRecord(s string) (r record, wrong string) {
	for i := range 4 {
		if i >= len(s) || s[i] < '0' || s[i] > '7' {
			return r, "bad mode"
		}
		r.perm = r.perm<<3 | uint32(s[i]-'0')
	}
	if len(s) < 5 || s[4] != ' ' {
		return r, "mode not delimited"
	}
	s = s[5:]
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	switch {
	case n == 0:
		return r, "size not present"
	case n == len(s) || s[n] != ' ':
		return r, "size not delimited"
	}
	var err error
	if r.size, err = strconv.ParseInt(s[:n], 10, 64); err != nil || r.size == math.MaxInt64 {
		return r, "size out of range"
	}
	r.name = s[n+1:]
	return r, ""
}

// entry takes a file or a directory.
func (c *scp) entry(line string, into place, modified *time.Time) error {
	r, wrong := parseRecord(line[1:])
	if wrong != "" {
		return c.screwed(wrong)
	}
	if r.name == "" || strings.Contains(r.name, "/") || r.name == "." || r.name == ".." {
		c.complain("error: unexpected filename: %s", r.name)
		return errLost
	}
	to := into.at
	if into.folder {
		to = path.Join(into.at, r.name)
	}
	var err error
	if line[0] == 'D' {
		err = c.directory(to, r.perm, into.depth)
	} else {
		err = c.file(to, r.perm, r.size)
	}
	if err == nil && modified != nil {
		c.FS.Chtimes(to, *modified)
	}
	return err
}

// directory takes a directory and what is in it.
func (c *scp) directory(to string, perm uint32, depth int) error {
	if !c.opts.recursive {
		return c.screwed("received directory without -r")
	}
	i, err := c.FS.Stat(to)
	switch {
	case err == nil && !i.IsDir():
		err = syscall.ENOTDIR
	case err != nil:
		err = c.FS.Mkdir(to, perm|0o700)
	}
	if err != nil || depth == mostDepth {
		c.complain("%s: %s", to, wording(err))
		return nil
	}
	c.ack()
	return c.entries(place{at: to, folder: true, depth: depth + 1})
}

// file takes a file.
func (c *scp) file(to string, perm uint32, size int64) error {
	f, err := c.FS.Open(to, vfs.WriteOnly|vfs.Create|vfs.Truncate, perm&0o777)
	if err != nil {
		c.complain("%s: %s", to, wording(err))
		return nil
	}
	c.ack()
	k := c.keep()
	lost := c.copy(f, k, size)
	if lost.read == nil {
		_, lost.read = c.response()
	}
	k.end()
	if k.size > 0 || size == 0 {
		c.told(Upload{f.Path, k.sum, k.size, k.kept, lost.read == nil && lost.write == nil && k.size == size})
	}
	if lost.read != nil {
		c.complain("Broken pipe")
		return lost.read
	}
	if lost.write != nil {
		c.complain("%s: %s", to, wording(lost.write))
		return nil
	}
	if c.opts.preserve {
		c.FS.Chmod(to, perm&0o7777)
	}
	c.ack()
	return nil
}

// trouble is what went wrong with a file.
type trouble struct{ read, write error }

// mostBlock is how much scp reads before it writes: of a block that does not
// come whole nothing is written.
const mostBlock = 16 << 10

// copy takes the content of a file. What the tree has no room for is kept none
// the less.
func (c *scp) copy(f io.Writer, k *keeper, size int64) (t trouble) {
	buf := make([]byte, min(size, mostBlock))
	for size > 0 {
		n, err := io.ReadFull(c.in, buf[:min(size, mostBlock)])
		k.write(buf[:n])
		if err != nil || c.ctx.Err() != nil {
			t.read = errLost
			return t
		}
		if t.write == nil {
			_, t.write = f.Write(buf[:n])
		}
		size -= int64(n)
	}
	return t
}

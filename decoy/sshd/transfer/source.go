package transfer

import (
	"fmt"
	"io"
	"path"

	"gait/decoy/vfs"
)

// source sends files.
func (c *scp) source(names []string) error {
	if _, err := c.response(); err != nil {
		return err
	}
	for _, name := range names {
		if err := c.send(name, 0); err != nil {
			return err
		}
	}
	return nil
}

// send sends a file or a directory.
func (c *scp) send(name string, depth int) error {
	i, err := c.FS.Stat(name)
	var f *vfs.File
	if err == nil {
		f, err = c.FS.Open(name, vfs.ReadOnly, 0)
	}
	switch {
	case err != nil:
		c.complain("%s: %s", name, wording(err))
		return nil
	case i.IsDir() && c.opts.recursive && depth < mostDepth:
		return c.sendAll(name, i, depth)
	case i.Kind() != vfs.Regular:
		c.complain("%s: not a regular file", name)
		return nil
	}
	if ok, err := c.sendTimes(i); !ok || err != nil {
		return err
	}
	body, size := content(f, i)
	fmt.Fprintf(c.Out, "C%04o %d %s\n", i.Mode&0o7777, size, path.Base(name))
	if ok, err := c.response(); !ok || err != nil {
		return err
	}
	if _, err := io.Copy(c.Out, io.LimitReader(body, size)); err != nil {
		return errLost
	}
	c.ack()
	_, err = c.response()
	return err
}

// content gives what a file holds and how long it is. What is made when it is
// opened has no size that its directory knows.
func content(f *vfs.File, i vfs.Info) (io.Reader, int64) {
	if i.Make == nil {
		return f, i.Size()
	}
	size, err := f.Seek(0, io.SeekEnd)
	if _, back := f.Seek(0, io.SeekStart); err != nil || back != nil {
		return f, 0
	}
	return f, size
}

// sendTimes sends the times where they are to be kept.
func (c *scp) sendTimes(i vfs.Info) (bool, error) {
	if !c.opts.preserve {
		return true, nil
	}
	t := i.Modified.Unix()
	fmt.Fprintf(c.Out, "T%d 0 %d 0\n", t, t)
	return c.response()
}

// sendAll sends a directory.
func (c *scp) sendAll(name string, i vfs.Info, depth int) error {
	list, err := c.FS.ReadDir(name)
	if err != nil {
		c.complain("%s: %s", name, wording(err))
		return nil
	}
	if ok, err := c.sendTimes(i); !ok || err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "D%04o %d %s\n", i.Mode&0o7777, 0, path.Base(name))
	if ok, err := c.response(); !ok || err != nil {
		return err
	}
	for _, e := range list {
		if err := c.send(name+"/"+e.Name, depth+1); err != nil {
			return err
		}
	}
	fmt.Fprint(c.Out, "E\n")
	_, err = c.response()
	return err
}

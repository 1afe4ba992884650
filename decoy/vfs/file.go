package vfs

import (
	"crypto/rand"
	"io"
	"math"
	"strconv"
	"syscall"
)

// Flags of Open.
const (
	ReadOnly  = 0
	WriteOnly = 1
	ReadWrite = 2
	Create    = 0o100
	Exclusive = 0o200
	Truncate  = 0o1000
	Append    = 0o2000
)

// File is an open file. It may be used from several goroutines at once.
type File struct {
	Info
	fs      *FS
	node    *Node
	made    []byte // content that was made when it was opened
	flag    int
	at      int64
	shut    bool
	counted bool  // among those that the node is opened by
	drawn   int64 // what was read of a device
}

// Open opens a file. A directory may be opened for reading, and cannot be read.
// Devices of the tree's own kinds (null, zero, full, random) work; others give
// ENXIO when they are read or written.
func (f *FS) Open(name string, flag int, perm uint32) (*File, error) {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	p, err := f.walk(name, true)
	if err == nil {
		err = f.prepare(&p, flag, perm)
	}
	if err != nil {
		return nil, fail("open", name, err)
	}
	file := &File{Info: f.info(p), fs: f, node: p.node, flag: flag}
	if p.node.Make != nil && p.node.Kind() == Regular {
		file.made = p.node.Make()
	}
	if p.node.tree == f.tree {
		p.node.opened++
		file.counted = true
	}
	return file, nil
}

// prepare does what opening a file does to the tree.
func (f *FS) prepare(p *place, flag int, perm uint32) error {
	write := flag&3 != ReadOnly
	if p.node == nil {
		if flag&Create == 0 {
			return syscall.ENOENT
		}
		n, err := f.put(p, &Node{Mode: Regular | perm&^f.Umask&0o7777})
		p.node = n
		return err
	}
	var bits uint32
	if flag&3 != WriteOnly {
		bits |= 4
	}
	if write {
		bits |= 2
	}
	switch {
	case flag&(Create|Exclusive) == Create|Exclusive:
		return syscall.EEXIST
	case p.node.IsDir() && write:
		return syscall.EISDIR
	case !f.may(p.node, bits):
		return syscall.EACCES
	case !write || p.node.Kind() != Regular:
		return nil
	case len(p.above) > 0 && p.above[len(p.above)-1].List != nil:
		return nil // a file like those of /proc: what is written is lost
	}
	n := f.tree.own(p)
	if flag&Truncate != 0 {
		return f.resize(n, 0)
	}
	return nil
}

// load makes the content of a file that may be changed its own.
func (f *FS) load(n *Node) error {
	if !n.shared && n.Body == nil && n.Make == nil {
		return nil
	}
	data := n.Data
	if n.Make != nil {
		data = n.Make()
	}
	size := int64(len(data))
	if n.Body != nil {
		size = n.Body.Size()
	}
	if err := f.room(n, size); err != nil {
		return err
	}
	own := make([]byte, size)
	if n.Body == nil {
		copy(own, data)
	} else if _, err := n.Body.ReadAt(own, 0); err != nil && err != io.EOF {
		return syscall.EIO
	}
	f.hold(n, own)
	return nil
}

// hold gives a file its own content, for which there is room.
func (f *FS) hold(n *Node, data []byte) {
	f.tree.bytes += int64(len(data)) - n.held
	n.held = int64(len(data))
	n.Data, n.Body, n.Make, n.shared = data, nil, nil, false
}

// room says whether a file may have a size.
func (f *FS) room(n *Node, size int64) error {
	switch t := f.tree; {
	case size < 0 || size > t.lim.File:
		return syscall.EFBIG
	case size > n.held && t.bytes+size-n.held > t.lim.Bytes:
		return syscall.ENOSPC
	}
	return nil
}

// resize sets the size of a file that may be changed.
func (f *FS) resize(n *Node, size int64) error {
	if err := f.room(n, size); err != nil {
		return err
	}
	if size > 0 {
		if err := f.load(n); err != nil {
			return err
		}
	}
	old := int64(len(n.Data))
	switch {
	case size == 0:
		f.hold(n, nil)
	case size > old:
		f.hold(n, append(n.Data, make([]byte, size-old)...))
	case size < int64(cap(n.Data))/4:
		f.hold(n, append([]byte(nil), n.Data[:size]...)) // what is cut off is given back
	default:
		clear(n.Data[size:])
		f.hold(n, n.Data[:size])
	}
	n.Modified = f.tree.now()
	return nil
}

// Truncate sets the size of a file.
func (f *FS) Truncate(name string, size int64) error {
	file, err := f.Open(name, WriteOnly, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	switch {
	case size < 0 || file.node.Kind() != Regular:
		err = syscall.EINVAL
	case file.node.tree == f.tree:
		err = f.resize(file.node, size)
	}
	return fail("truncate", name, err)
}

// Close closes it. A file that is in no directory any more is given back when
// the last one that has it open closes it.
func (f *File) Close() error {
	f.fs.tree.mu.Lock()
	defer f.fs.tree.mu.Unlock()
	if f.shut {
		return f.error("close", syscall.EBADF)
	}
	f.shut = true
	if f.counted {
		f.node.opened--
		f.fs.tree.release(f.node)
	}
	return nil
}

// Read reads from where the last one ended.
func (f *File) Read(p []byte) (int, error) {
	defer f.pace(len(p))
	f.fs.tree.mu.Lock()
	defer f.fs.tree.mu.Unlock()
	n, err := f.read(p, f.at)
	f.at += int64(n)
	return n, err
}

// ReadAt reads from a place.
func (f *File) ReadAt(p []byte, at int64) (int, error) {
	defer f.pace(len(p))
	f.fs.tree.mu.Lock()
	defer f.fs.tree.mu.Unlock()
	n, err := f.read(p, at)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (f *File) read(p []byte, at int64) (int, error) {
	switch {
	case f.shut || f.flag&3 == WriteOnly:
		return 0, f.error("read", syscall.EBADF)
	case at < 0:
		return 0, f.error("read", syscall.EINVAL)
	case f.node.IsDir():
		return 0, f.error("read", syscall.EISDIR)
	case f.node.Body != nil && f.made == nil:
		n, err := f.node.Body.ReadAt(p, at)
		if n > 0 {
			err = nil // the end is told with the next read
		}
		return n, err
	case f.node.Kind() != Regular:
		return f.device(p)
	}
	data := f.node.Data
	if f.made != nil {
		data = f.made
	}
	if at >= int64(len(data)) {
		return 0, io.EOF
	}
	return copy(p, data[at:]), nil
}

// device reads from a device.
func (f *File) device(p []byte) (int, error) {
	if f.node.Kind() != Character {
		return 0, f.error("read", syscall.ENXIO)
	}
	switch f.node.Device {
	case 1<<8 | 3:
		return 0, io.EOF
	case 1<<8 | 5, 1<<8 | 7:
		clear(p)
		return len(p), nil
	case 1<<8 | 8, 1<<8 | 9:
		return rand.Read(p)
	}
	return 0, f.error("read", syscall.ENXIO)
}

// Write writes where the last one ended, or at the end of a file opened to
// append.
func (f *File) Write(p []byte) (int, error) {
	f.fs.tree.mu.Lock()
	defer f.fs.tree.mu.Unlock()
	if f.flag&Append != 0 && f.node.Kind() == Regular {
		f.at = f.node.Size()
	}
	n, err := f.write(p, f.at)
	f.at += int64(n)
	return n, err
}

// WriteAt writes at a place.
func (f *File) WriteAt(p []byte, at int64) (int, error) {
	f.fs.tree.mu.Lock()
	defer f.fs.tree.mu.Unlock()
	return f.write(p, at)
}

func (f *File) write(p []byte, at int64) (int, error) {
	size := int64(len(p))
	switch {
	case f.shut || f.flag&3 == ReadOnly:
		return 0, f.error("write", syscall.EBADF)
	case at < 0:
		return 0, f.error("write", syscall.EINVAL)
	case f.node.Kind() != Regular:
		return f.toDevice(p)
	case f.node.tree != f.fs.tree || size == 0:
		return len(p), nil
	case at > math.MaxInt64-size:
		return 0, f.error("write", syscall.EFBIG)
	}
	err := f.fs.load(f.node)
	if err == nil && at+size > int64(len(f.node.Data)) {
		err = f.fs.resize(f.node, at+size)
	}
	if err != nil {
		return 0, f.error("write", err)
	}
	f.node.Modified = f.fs.tree.now()
	return copy(f.node.Data[at:], p), nil
}

// toDevice writes to a device.
func (f *File) toDevice(p []byte) (int, error) {
	if f.node.Kind() == Block && f.node.Body != nil {
		return len(p), nil
	}
	if f.node.Kind() == Character {
		switch f.node.Device {
		case 1<<8 | 3, 1<<8 | 5, 1<<8 | 8, 1<<8 | 9:
			return len(p), nil
		case 1<<8 | 7:
			return 0, f.error("write", syscall.ENOSPC)
		}
	}
	return 0, f.error("write", syscall.ENXIO)
}

// Seek sets where the next Read or Write begins.
func (f *File) Seek(off int64, whence int) (int64, error) {
	f.fs.tree.mu.Lock()
	defer f.fs.tree.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		off += f.at
	case io.SeekEnd:
		off += max(f.node.Size(), int64(len(f.made)))
	}
	if off < 0 {
		return 0, f.error("seek", syscall.EINVAL)
	}
	f.at = off
	return off, nil
}

func (f *File) error(op string, err error) error { return fail(op, f.Path, err) }

// ReadFile reads a whole file, at most so many bytes of it.
func (f *FS) ReadFile(name string, most int64) ([]byte, error) {
	file, err := f.Open(name, ReadOnly, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most))
}

// WriteFile makes a file or replaces what is in it.
func (f *FS) WriteFile(name string, data []byte, perm uint32) error {
	file, err := f.Open(name, WriteOnly|Create|Truncate, perm)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(data)
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }

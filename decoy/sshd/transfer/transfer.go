// Package transfer takes files from visitors and gives them files, as scp and
// sftp-server do on a real server, out of and into a virtual file system. What
// visitors bring is kept beside it.
package transfer

import (
	"errors"
	"io"
	"strings"
	"syscall"

	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// Streams is what a transfer works with.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	FS       *vfs.FS       // the visitor's tree
	Keep     visit.Uploads // nil where nothing is kept
	Uploaded func(Upload)  // is told of each file that came; may be nil
}

// Upload is a file that came.
type Upload struct {
	Path   string
	SHA256 string // in hex; empty where nothing could be read
	Size   int64
	Kept   bool
	Whole  bool // it came whole and has its place in the tree
}

// Outcome puts into a word what became of it: "kept", "partial" (it did not
// come whole, or the tree had no room), or "dropped".
func (u Upload) Outcome() string {
	switch {
	case !u.Kept:
		return "dropped"
	case !u.Whole:
		return "partial"
	}
	return "kept"
}

// told tells of a file.
func (s Streams) told(u Upload) {
	if s.Uploaded != nil {
		s.Uploaded(u)
	}
}

// keeper gives content that comes in pieces to what keeps uploads.
type keeper struct {
	w    *io.PipeWriter
	done chan struct{}
	sum  string
	size int64
	kept bool
}

// keep begins to keep a content.
func (s Streams) keep() *keeper {
	k := &keeper{done: make(chan struct{})}
	if s.Keep == nil {
		close(k.done)
		return k
	}
	r, w := io.Pipe()
	k.w = w
	go func() {
		defer close(k.done)
		defer r.Close() // what comes after that is too much, and goes nowhere
		k.sum, k.size, k.kept, _ = s.Keep.Keep(r)
	}()
	return k
}

// write takes a piece.
func (k *keeper) write(p []byte) {
	if k.w != nil {
		k.w.Write(p)
	}
}

// end waits until all is kept.
func (k *keeper) end() {
	if k.w != nil {
		k.w.Close()
	}
	<-k.done
}

// wording gives an error the words of the C library.
func wording(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return "Input/output error"
	}
	if no == syscall.EIO {
		return "Input/output error"
	}
	s := no.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

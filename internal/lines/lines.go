// Package lines reads text line by line and never holds more of it than a
// limit allows.
package lines

import (
	"bytes"
	"errors"
	"io"
)

// ErrLong says that a line is longer than the limit.
var ErrLong = errors.New("line over limit")

// firstBuffer is what is read at once until a line needs more.
const firstBuffer = 64 << 10

// Reader gives one line after the other.
type Reader struct {
	r          io.Reader
	max        int
	buf        []byte
	start, end int   // what is read and not given out yet
	at         int64 // offset of start
	err        error
}

// NewReader reads lines of up to max bytes.
func NewReader(r io.Reader, max int) *Reader { return &Reader{r: r, max: max} }

// Next gives the next line without its line feed and the offset of its first
// byte. The line is valid until the next call. whole is false for a last line
// that no line feed ends. After the last line the error is io.EOF; for a line
// of more than the limit it is [ErrLong], for that and all later calls; any
// other error is the reader's own.
func (r *Reader) Next() (line []byte, at int64, whole bool, err error) {
	seen := 0
	for {
		if i := bytes.IndexByte(r.buf[r.start+seen:r.end], '\n'); i >= 0 {
			return r.take(seen+i, 1)
		}
		if seen = r.end - r.start; seen > r.max {
			r.err = ErrLong
			return nil, r.at, false, ErrLong
		}
		if r.err != nil {
			if seen == 0 || r.err != io.EOF {
				return nil, r.at, false, r.err
			}
			return r.take(seen, 0)
		}
		r.fill()
	}
}

// take gives out n bytes and skips the line feed after them.
func (r *Reader) take(n, feed int) ([]byte, int64, bool, error) {
	if n > r.max {
		r.err = ErrLong
		return nil, r.at, false, ErrLong
	}
	line, at := r.buf[r.start:r.start+n:r.start+n], r.at
	r.start += n + feed
	r.at += int64(n + feed)
	return line, at, feed > 0, nil
}

// fill reads more, after making room for it.
func (r *Reader) fill() {
	if r.start > 0 {
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
	}
	if r.end == len(r.buf) {
		buf := make([]byte, max(firstBuffer, 2*len(r.buf)))
		copy(buf, r.buf)
		r.buf = buf
	}
	n, err := r.r.Read(r.buf[r.end:])
	r.end += n
	if err != nil {
		r.err = err
	}
}

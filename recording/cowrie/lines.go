package cowrie

import (
	"bufio"
	"io"
)

// bufferSize is how much of a log is read at once.
const bufferSize = 64 << 10

// lines splits a log into lines and never keeps more than its limit of one.
type lines struct {
	in    *bufio.Reader
	limit int
	end   int64 // offset behind the last line
	buf   []byte
}

// line is one line of a log without its line feed.
type line struct {
	data  []byte // valid until the next line is read; nil where it is too long
	at    int64  // byte offset in the log
	whole bool   // a line feed ended it
	long  bool   // it has more bytes than the limit
}

func newLines(r io.Reader, limit int) *lines {
	return &lines{in: bufio.NewReaderSize(r, bufferSize), limit: limit}
}

// reset begins with another reader.
func (l *lines) reset(r io.Reader) {
	l.in.Reset(r)
	l.end = 0
	if cap(l.buf) > 2*bufferSize {
		l.buf = nil
	}
}

// next gives the next line; io.EOF where there is none.
func (l *lines) next() (line, error) {
	x := line{at: l.end}
	l.buf = l.buf[:0]
	for {
		b, err := l.in.ReadSlice('\n')
		l.end += int64(len(b))
		if err == nil {
			x.whole = true
			b = b[:len(b)-1]
		}
		x.long = x.long || len(l.buf)+len(b) > l.limit
		if x.long {
			l.buf = l.buf[:0]
		} else if err != bufio.ErrBufferFull && len(l.buf) == 0 {
			x.data = b
		} else {
			l.buf = append(l.buf, b...)
			x.data = l.buf
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && l.end == x.at:
			return x, io.EOF
		case err != nil && err != io.EOF:
			return x, err
		}
		if x.long {
			x.data = nil
		}
		return x, nil
	}
}

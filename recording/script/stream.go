package script

import (
	"bufio"
	"io"

	"gait/recording/reader"
)

// stream is a file of bytes while it is read.
type stream struct {
	r    *bufio.Reader
	left int64 // bytes that were not taken yet
}

// newStream begins after the first line, and gives the beginning of that line.
func newStream(src *reader.Source) (*stream, string, error) {
	s := &stream{r: bufio.NewReaderSize(src.Reader(), 64<<10), left: src.Size}
	var first []byte
	for {
		part, err := s.r.ReadSlice('\n')
		s.left -= int64(len(part))
		first = append(first, part[:min(len(part), 4*maxText-len(first))]...)
		switch err {
		case nil, io.EOF:
			return s, string(first), nil
		case bufio.ErrBufferFull:
		default:
			return nil, "", err
		}
	}
}

// step is how much is read before more room is made.
const step = 64 << 10

// take appends the next n bytes to dst, fewer where the file ends.
func (s *stream) take(dst []byte, n int64) ([]byte, error) {
	for n > 0 {
		k := int(min(n, step))
		at := len(dst)
		dst = append(dst, make([]byte, k)...)
		got, err := io.ReadFull(s.r, dst[at:])
		dst = dst[:at+got]
		s.left -= int64(got)
		n -= int64(got)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			s.left = 0
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// tail gives what follows, up to most bytes, without taking it.
func (s *stream) tail(most int) []byte {
	b, _ := s.r.Peek(most)
	return b
}

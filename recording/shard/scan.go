package shard

import (
	"bytes"
	"io"
)

// sidMark begins a line, and can stand nowhere else in one: inside a string
// every quote is escaped.
var sidMark = []byte(`{"sid":"`)

// window is how much a scanner reads at once.
const window = 64 << 10

// scanner gives the lines that begin in a range of the file. It reads past the
// range only for a line that does not end in it.
type scanner struct {
	r          io.ReaderAt
	buf        []byte
	start, end int   // what is read and not given out yet
	at         int64 // offset of start
	to         int64 // where the range ends
	size       int64 // where the file ends
	max        int   // bytes of a line
}

// rawLine is one line of the file without its line feed.
type rawLine struct {
	data []byte
	at   int64 // offset of its first byte
	next int64 // offset of what follows it
	long bool  // data is only the beginning of a line over the limit
	open bool  // no line feed ends it
}

func (s *scanner) reset(r io.ReaderAt, size int64, max int) {
	s.r, s.size, s.max = r, size, max
	if s.buf == nil {
		s.buf = make([]byte, window)
	}
}

// seek sets the range.
func (s *scanner) seek(from, to int64) { s.at, s.to, s.start, s.end = from, to, 0, 0 }

// next gives the next line; false at the end of the range.
func (s *scanner) next(l *rawLine) (bool, error) {
	l.long, l.open = false, false
	if s.at >= s.to {
		return false, nil
	}
	for seen := 0; ; {
		have := s.buf[s.start:s.end]
		if i := bytes.IndexByte(have[seen:], '\n'); i >= 0 && seen+i <= s.max {
			s.take(l, seen+i, 1)
			return true, nil
		}
		seen = len(have)
		if seen > s.max {
			l.long = true
			s.take(l, s.max, 0)
			return true, nil
		}
		more, err := s.fill()
		if err != nil {
			return false, err
		}
		if !more {
			l.open = true
			s.take(l, seen, 0)
			return seen > 0, nil
		}
	}
}

// take gives out n bytes and skips the line feed after them.
func (s *scanner) take(l *rawLine, n, feed int) {
	l.data, l.at = s.buf[s.start:s.start+n], s.at
	s.start += n + feed
	s.at += int64(n + feed)
	l.next = s.at
}

// rest passes over what is left of a long line. Where a whole line of a session
// stands at its end, that line is given; false where none does.
func (s *scanner) rest(l *rawLine) (bool, error) {
	l.long, l.open = false, false
	found := false // buf[start:] begins with the mark
	for {
		have := s.buf[s.start:s.end]
		end := bytes.IndexByte(have, '\n')
		if end >= 0 {
			have = have[:end]
		}
		if i := bytes.LastIndex(have, sidMark); i > 0 || i == 0 && !found {
			s.start += i
			s.at += int64(i)
			found, have = true, have[i:]
			if end >= 0 {
				end -= i
			}
		}
		if found && len(have) > s.max {
			s.start += len(sidMark)
			s.at += int64(len(sidMark))
			found = false
			continue
		}
		if end >= 0 {
			s.take(l, len(have), 1)
			return found, nil
		}
		if !found {
			if drop := len(have) - len(sidMark); drop > 0 {
				s.start += drop
				s.at += int64(drop)
			}
		}
		more, err := s.fill()
		if err != nil {
			return false, err
		}
		if !more {
			l.open = true
			s.take(l, s.end-s.start, 0)
			return found, nil
		}
	}
}

// fill reads more, after making room for it; false at the end of the file.
func (s *scanner) fill() (bool, error) {
	have := s.at + int64(s.end-s.start)
	left := s.to - have
	if left <= 0 {
		left = min(s.size-have, window)
	}
	if left <= 0 {
		return false, nil
	}
	if s.start > 0 {
		s.end = copy(s.buf, s.buf[s.start:s.end])
		s.start = 0
	}
	if s.end == len(s.buf) {
		buf := make([]byte, 2*len(s.buf))
		copy(buf, s.buf)
		s.buf = buf
	}
	n, err := s.r.ReadAt(s.buf[s.end:min(int64(len(s.buf)), int64(s.end)+left)], s.at+int64(s.end))
	s.end += n
	if n > 0 || err == io.EOF {
		return n > 0, nil
	}
	return false, err
}

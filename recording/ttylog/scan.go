package ttylog

import (
	"bufio"
	"io"

	"gait"
	"gait/recording/reader"
)

// window is how far behind a bad record the next good one is looked for, and
// how much of payload a bad record can have for its length to be believed.
const window = 64 << 10

// chunk is the size of the pieces in which payload is read: memory grows as
// bytes arrive, not as a length asks for it.
const chunk = 32 << 10

// scanner reads records one after the other. It reads forward only, with a
// fixed amount of memory.
type scanner struct {
	in   *bufio.Reader
	lay  layout
	path string
	odd  *gait.Oddities

	at   int64 // offset of the next byte to read
	size int64 // of the file
	rec  record
	left int64 // bytes of the record's payload not read yet
	held bool  // the record is handed out once more
	lost bool  // no record was found behind a bad one
}

func newScanner(src *reader.Source, lay layout) *scanner {
	// Twice the window, so that a look ahead over one window moves each byte
	// only a few times whatever the records are.
	return &scanner{in: bufio.NewReaderSize(src.Reader(), 2*window), lay: lay, path: src.Path, size: src.Size, odd: new(gait.Oddities)}
}

// next gives the next record and leaves its payload to Read; what is not read
// is skipped. The error is io.EOF at the end, else a *reader.Error.
func (s *scanner) next() (record, error) {
	if s.held {
		s.held = false
		return s.rec, nil
	}
	if s.lost {
		return record{}, io.EOF
	}
	if err := s.skip(s.left); err != nil {
		return record{}, err
	}
	s.left = 0
	for {
		b, err := s.in.Peek(int(s.lay))
		if err == io.EOF {
			if len(b) > 0 {
				s.odd.Add(gait.OddCutRecord, 1, s.at)
			}
			return record{}, io.EOF
		}
		if err != nil {
			return record{}, s.fail(err)
		}
		if r, ok := s.lay.decode(b); ok {
			return s.take(r)
		}
		s.odd.Add(gait.OddBadRecord, 1, s.at)
		if err := s.resync(b); err != nil {
			return record{}, err
		}
	}
}

// take makes a decoded header the current record.
func (s *scanner) take(r record) (record, error) {
	r.at = s.at
	r.kept = r.size
	if rest := s.size - s.at - int64(s.lay); r.kept > rest {
		r.kept = max(rest, 0)
		s.odd.Add(gait.OddCutRecord, 1, s.at)
	}
	err := s.skip(int64(s.lay))
	s.rec, s.left = r, r.kept
	return r, err
}

// hold makes next hand out the current record once more.
func (s *scanner) hold() { s.held = true }

// Read reads payload of the current record; io.EOF follows its last byte.
func (s *scanner) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.in.Read(p[:min(int64(len(p)), s.left)])
	s.at += int64(n)
	s.left -= int64(n)
	if err == io.EOF {
		s.left = 0 // the file is shorter than it was
	} else if err != nil {
		err = s.fail(err)
	}
	return n, err
}

// resync goes on behind a header that makes no sense: after its payload if a
// header follows there, else at the next header within the window.
func (s *scanner) resync(b []byte) error {
	if r, _ := s.lay.decode(b); r.size > 0 && r.size <= window-2*int64(native) {
		end := int(s.lay) + int(r.size)
		b, _ = s.in.Peek(end + int(s.lay))
		if len(b) == end+int(s.lay) {
			if _, ok := s.lay.header(b[end:]); ok {
				return s.skip(int64(end))
			}
		}
	}
	if err := s.skip(1); err != nil {
		return err
	}
	for looked := 0; looked < window; {
		_, err := s.in.Peek(int(s.lay))
		if err == io.EOF {
			break
		}
		if err != nil {
			return s.fail(err)
		}
		b, _ := s.in.Peek(s.in.Buffered())
		n, ok := s.search(b[:min(len(b), window-looked+int(s.lay)-1)])
		looked += n
		if err := s.skip(int64(n)); err != nil || ok {
			return err
		}
	}
	s.lost = true
	return io.EOF
}

// search gives the place of the first header in b, else that of the first byte
// where one could still begin. b is not shorter than a header.
func (s *scanner) search(b []byte) (int, bool) {
	n := len(b) - int(s.lay) + 1
	for i := range n {
		if b[i] < opOpen || b[i] > opExec || b[i+1] != 0 {
			continue
		}
		if _, ok := s.lay.header(b[i:]); ok {
			return i, true
		}
	}
	return n, false
}

func (s *scanner) skip(n int64) error {
	for n > 0 {
		k, err := s.in.Discard(int(min(n, 1<<30)))
		s.at += int64(k)
		n -= int64(k)
		if err == io.EOF {
			return io.EOF
		}
		if err != nil {
			return s.fail(err)
		}
	}
	return nil
}

func (s *scanner) fail(err error) error {
	return &reader.Error{Path: s.path, At: s.at, What: "cannot read the recording", Err: err}
}

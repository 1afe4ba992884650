package asciicast

import (
	"errors"
	"io"

	"gait/internal/jsonstr"
	"gait/internal/lines"
)

// errSyntax says that the text is not JSON at this place.
var errSyntax = errors.New("not JSON")

// scanner walks JSON of any size and depth and holds one value at a time. It
// does not check what is inside a value. Unlike encoding/json it keeps bytes
// that are not valid UTF-8.
type scanner struct {
	r   io.ByteScanner
	at  int64 // bytes taken
	max int   // bytes of a value
	buf []byte
}

// next skips white space and takes one byte.
func (s *scanner) next() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return 0, unexpected(err)
		}
		s.at++
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, nil
		}
	}
}

// back gives back the byte that was taken last.
func (s *scanner) back() {
	if s.r.UnreadByte() == nil {
		s.at--
	}
}

// value takes the next value as it is written. It is valid until the next
// call. A value of more than max bytes is skipped and gives [lines.ErrLong].
func (s *scanner) value() ([]byte, error) {
	s.buf = s.buf[:0]
	depth, size := 0, 0
	quoted, escaped := false, false
	c, err := s.next()
	for ; err == nil; c, err = s.take() {
		if !quoted && depth == 0 && size > 0 && scalarEnds(c) || !quoted && depth == 0 && closes(c) {
			s.back()
			return s.held(size)
		}
		if size == 0 && (c == ',' || c == ':') {
			return nil, errSyntax
		}
		if size++; size <= s.max {
			s.buf = append(s.buf, c)
		}
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = c == '\\', c != '"'
			if !quoted && depth == 0 {
				return s.held(size)
			}
		case c == '"':
			quoted = true
		case c == '[' || c == '{':
			depth++
		case closes(c):
			if depth--; depth == 0 {
				return s.held(size)
			}
		}
	}
	return nil, unexpected(err)
}

func (s *scanner) held(size int) ([]byte, error) {
	switch {
	case size == 0:
		return nil, errSyntax
	case size > s.max:
		return nil, lines.ErrLong
	}
	return s.buf, nil
}

func (s *scanner) take() (byte, error) {
	c, err := s.r.ReadByte()
	if err == nil {
		s.at++
	}
	return c, err
}

func closes(c byte) bool { return c == ']' || c == '}' }

func scalarEnds(c byte) bool {
	return c == ',' || c == ':' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == '[' || c == '{'
}

// list walks an array or object between its brackets; f takes one element.
func (s *scanner) list(open, shut byte, f func() error) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != open {
		return errSyntax
	}
	for first := true; ; first = false {
		if c, err = s.next(); err != nil {
			return err
		}
		switch {
		case c == shut:
			return nil
		case first:
			s.back()
		case c != ',':
			return errSyntax
		}
		if err = f(); err != nil {
			return err
		}
	}
}

// object walks an object; f takes the value of each key.
func (s *scanner) object(f func(key string) error) error {
	return s.list('{', '}', func() error {
		raw, err := s.value()
		if err != nil && err != lines.ErrLong {
			return err
		}
		key, _, ok := text(nil, raw)
		if err == nil && !ok {
			return errSyntax
		}
		if c, err := s.next(); err != nil {
			return err
		} else if c != ':' {
			return errSyntax
		}
		return f(string(key))
	})
}

// text appends to dst what a written JSON string stands for.
func text(dst, raw []byte) (out []byte, lone int, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return dst, 0, false
	}
	return jsonstr.Unescape(dst, raw[1:len(raw)-1])
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

package asciicast

import (
	"bufio"
	"io"

	"gait"
)

// readV1 reads version 1: one object, of which "stdout" holds the events as
// [delay, data], the delay counting from the event before. It is output only.
// The object is walked, never held; where it ends too soon or is broken, what
// came before is kept.
func (c *cast) readV1(in io.Reader) error {
	buf := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := buf.Peek(3); string(mark) == "\ufeff" {
		buf.Discard(3)
	}
	s := &scanner{r: buf, max: c.lim.Line}
	seen := false
	err := s.object(func(key string) error {
		if key == "stdout" && !seen {
			seen = true
			return s.list('[', ']', func() error { return c.frameV1(s) })
		}
		if key == "stdout" {
			c.s.Oddities.Add(gait.OddSecondHeader, 1, s.at)
		}
		at := s.at
		raw, err := s.value()
		if long(err) {
			c.s.Oddities.Add(gait.OddLongLine, 1, at)
			return nil
		}
		if err == nil && key != "stdout" {
			c.field(key, raw)
		}
		return err
	})
	switch err {
	case nil:
		if _, err := s.next(); err == nil {
			c.s.Oddities.Add(gait.OddForeignLine, 1, s.at-1)
		}
	case errEnough:
	case errSyntax, io.ErrUnexpectedEOF:
		c.s.Oddities.Add(gait.OddTornLine, 1, s.at)
	default:
		return err
	}
	return nil
}

// frameV1 takes one element of "stdout". The error is errEnough once the
// session is cut.
func (c *cast) frameV1(s *scanner) error {
	at := s.at
	raw, err := s.value()
	if long(err) {
		c.s.Oddities.Add(gait.OddLongLine, 1, at)
		c.b.Cut("line over limit")
		return errEnough
	}
	if err != nil {
		return err
	}
	switch c.frame.parse(raw, false) {
	case errTorn, errForeign:
		c.s.Oddities.Add(gait.OddBadRecord, 1, at)
		return nil
	}
	c.frame.code = append(c.frame.code[:0], 'o')
	if !c.event(c.advance(c.frame.time), at) {
		return errEnough
	}
	return nil
}

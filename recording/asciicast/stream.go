package asciicast

import (
	"bytes"
	"io"

	"gait"
	"gait/internal/lines"
)

// readLines reads a header line and then one event a line, which is what
// versions 2 and 3 share. event takes one line with an event or comment and
// is false once the session is cut.
func (c *cast) readLines(in io.Reader, event func(line []byte, at int64) bool) error {
	r := lines.NewReader(in, c.lim.Line)
	header := false
	for {
		line, at, _, err := r.Next()
		switch {
		case err == io.EOF:
			return nil
		case long(err):
			c.s.Oddities.Add(gait.OddLongLine, 1, at)
			c.b.Cut("line over limit")
			return nil
		case err != nil:
			return err
		}
		if line = c.trim(line, at); len(line) == 0 {
			continue
		}
		if !header {
			header = true
			if err := c.header(bytes.TrimPrefix(line, []byte("\ufeff"))); err != nil {
				c.s.Oddities.Add(gait.OddTornLine, 1, at)
			}
			continue
		}
		if c.s.End.Seen && line[0] != '#' {
			c.s.Oddities.Add(gait.OddAfterEnd, 1, at)
		} else if !event(line, at) {
			return nil
		}
	}
}

// trim takes white space and runs of NUL off a line. A crash can leave NULs
// where data was not yet on the disk.
func (c *cast) trim(line []byte, at int64) []byte {
	line = bytes.Trim(line, " \t\r")
	if len(line) > 0 && (line[0] == 0 || line[len(line)-1] == 0) {
		c.s.Oddities.Add(gait.OddNUL, 1, at)
		line = bytes.Trim(line, " \t\r\x00")
	}
	return line
}

// parse takes one line into the frame. It is false where the line holds no
// event, which is counted.
func (c *cast) parse(line []byte, at int64) bool {
	switch err := c.frame.parse(line, true); {
	case err == nil:
		return true
	case err == errTorn:
		c.s.Oddities.Add(gait.OddTornLine, 1, at)
	case look(line).version != 0:
		c.s.Oddities.Add(gait.OddSecondHeader, 1, at)
	default:
		c.s.Oddities.Add(gait.OddForeignLine, 1, at)
	}
	return false
}

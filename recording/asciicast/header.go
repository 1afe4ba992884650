package asciicast

import (
	"bytes"
	"math"
	"time"

	"gait"
	"gait/internal/decimal"
	"gait/internal/lines"
)

// Bounds of what a header may say.
const (
	maxText = 4096   // bytes of a title, a command or a variable
	maxVars = 64     // variables of an environment
	maxSide = 0xffff // columns or rows: a terminal keeps them in 16 bits
)

// Starts outside these years are kept but counted as doubtful; outside the
// range that nanoseconds since 1970 can hold they are not kept.
const (
	firstYear, lastYear = 2000, 2100
	maxYear             = 2261
)

// header takes the object on the first line of versions 2 and 3.
func (c *cast) header(line []byte) error {
	s := scanner{r: bytes.NewReader(line), max: c.lim.Line}
	return s.object(func(key string) error {
		raw, err := s.value()
		if err != nil {
			return err
		}
		c.field(key, raw)
		return nil
	})
}

// field takes one member of the header. What makes no sense is left out.
func (c *cast) field(key string, raw []byte) {
	h := &c.s.Header
	switch key {
	case "width":
		h.Width = integer(raw, maxSide)
	case "height":
		h.Height = integer(raw, maxSide)
	case "timestamp":
		c.start(raw)
	case "title":
		h.Title = short(raw)
	case "command":
		h.Command = short(raw)
	case "env":
		members(raw, c.variable)
	case "term":
		members(raw, c.terminal)
	}
}

// terminal takes one member of version 3's "term".
func (c *cast) terminal(key string, raw []byte) {
	switch key {
	case "cols":
		c.s.Width = integer(raw, maxSide)
	case "rows":
		c.s.Height = integer(raw, maxSide)
	case "type":
		c.term = short(raw)
	}
}

// variable takes one variable; one that is null is not set.
func (c *cast) variable(name string, raw []byte) {
	if len(c.s.Env) < maxVars && len(name) <= maxText && raw[0] == '"' {
		c.s.Env = append(c.s.Env, gait.Var{Name: name, Value: short(raw)})
	}
}

// start takes the time of day in seconds since 1970.
func (c *cast) start(raw []byte) {
	ns, _, ok := decimal.Parse(raw)
	if !ok {
		return
	}
	t := time.Unix(0, ns).UTC()
	if y := t.Year(); y < firstYear || y >= lastYear {
		c.s.Oddities.Add(gait.OddClockStep, 1, 0)
		if y > maxYear || ns == math.MinInt64 {
			return
		}
	}
	c.s.Start = t
}

// members walks a small object that is at hand as a whole.
func members(raw []byte, f func(key string, raw []byte)) {
	s := scanner{r: bytes.NewReader(raw), max: len(raw)}
	s.object(func(key string) error {
		v, err := s.value()
		if err == nil {
			f(key, v)
		}
		return err
	})
}

// integer gives a written number from 1 to most, 0 for anything else.
func integer(raw []byte, most int) int {
	ns, _, ok := decimal.Parse(raw)
	if n := ns / 1e9; ok && n >= 1 && n <= int64(most) && ns%1e9 == 0 {
		return int(n)
	}
	return 0
}

// short gives a written string up to maxText bytes, "" for anything else.
func short(raw []byte) string {
	b, _, ok := text(nil, raw)
	if !ok {
		return ""
	}
	return string(b[:min(len(b), maxText)])
}

// long says whether a value was skipped for its length.
func long(err error) bool { return err == lines.ErrLong }

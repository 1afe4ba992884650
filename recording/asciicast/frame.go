package asciicast

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"gait"
	"gait/internal/decimal"
)

// What a line can be instead of an event.
var (
	errTorn    = errors.New("line cannot be parsed")
	errForeign = errors.New("line is no event")
)

// frame is one event as it is written. Its slices are valid until the next one
// is parsed.
type frame struct {
	time   time.Duration // NoTime where no usable number is written
	digits int           // decimals of the time, -1 where it has none
	code   []byte
	data   []byte
	lone   int // surrogates in data that stand for no byte

	spare []byte // holds data
}

// parse takes [time, code, data], or [time, data] where uncoded. The error is
// errTorn or errForeign.
func (f *frame) parse(b []byte, coded bool) error {
	if f.quick(b, coded) {
		return nil
	}
	return f.slow(b, coded)
}

// quick takes the form that recorders write. Whatever else there is, it leaves
// to slow: an unescaped quote inside data, for instance, ends it.
func (f *frame) quick(b []byte, coded bool) bool {
	b = bytes.Trim(b, " \t\r\n")
	if len(b) < 2 || b[0] != '[' || b[len(b)-1] != ']' {
		return false
	}
	b = bytes.Trim(b[1:len(b)-1], " \t\r\n")
	comma := bytes.IndexByte(b, ',')
	if comma < 0 || !f.setTime(bytes.TrimRight(b[:comma], " \t")) {
		return false
	}
	b = bytes.TrimLeft(b[comma+1:], " \t")
	if coded {
		if len(b) == 0 || b[0] != '"' {
			return false
		}
		end := bytes.IndexByte(b[1:], '"')
		if end < 0 || bytes.IndexByte(b[1:1+end], '\\') >= 0 {
			return false
		}
		f.code = b[1 : 1+end]
		b = bytes.TrimLeft(b[end+2:], " \t")
		if len(b) == 0 || b[0] != ',' {
			return false
		}
		b = bytes.TrimLeft(b[1:], " \t")
	}
	return f.setData(b)
}

// slow takes any JSON array.
func (f *frame) slow(b []byte, coded bool) error {
	var parts [3][]byte
	n, want := 0, 2
	if coded {
		want = 3
	}
	s := scanner{r: bytes.NewReader(b), max: len(b)}
	err := s.list('[', ']', func() error {
		raw, err := s.value()
		if err == nil && n < want {
			parts[n] = bytes.Clone(raw)
		}
		n++
		return err
	})
	if err != nil || len(bytes.TrimRight(b[s.at:], " \t\r\n")) > 0 {
		return f.refuse(b)
	}
	if n < want {
		return errForeign
	}
	if !f.setTime(parts[0]) {
		if !json.Valid(parts[0]) {
			return errTorn
		}
		f.time, f.digits = gait.NoTime, -1
	}
	if coded {
		code, _, ok := text(nil, parts[1])
		if !ok {
			return f.refuse(b)
		}
		f.code = code
	}
	return f.setOther(parts[want-1])
}

// setOther takes data that may be a number or word, as some write exit codes.
func (f *frame) setOther(raw []byte) error {
	if f.setData(raw) {
		return nil
	}
	if raw[0] == '"' || !json.Valid(raw) {
		return errTorn
	}
	if raw[0] == '[' || raw[0] == '{' {
		return errForeign
	}
	f.data, f.lone = raw, 0
	return nil
}

// refuse says why a line is no event.
func (f *frame) refuse(b []byte) error {
	if json.Valid(b) {
		return errForeign
	}
	return errTorn
}

func (f *frame) setData(raw []byte) bool {
	out, lone, ok := text(f.spare[:0], raw)
	f.spare, f.data, f.lone = out, out, lone
	return ok
}

// setTime takes a number of seconds. Numbers that JSON does not have but some
// programs write, and null, give NoTime, as negative ones do. It is false for
// anything else.
func (f *frame) setTime(raw []byte) bool {
	ns, digits, ok := decimal.Parse(raw)
	f.time, f.digits = time.Duration(ns), digits
	if ok && ns < 0 {
		f.time = gait.NoTime
	}
	if !ok {
		f.time, f.digits = gait.NoTime, -1
		switch string(raw) {
		case "NaN", "nan", "Infinity", "-Infinity", "null":
			ok = true
		}
	}
	return ok
}

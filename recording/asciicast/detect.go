package asciicast

import (
	"bytes"
	"errors"

	"gait/recording/reader"
)

// outline is what the first keys of a header tell.
type outline struct {
	version            int
	size, term, stdout bool
	whole              bool // the object ends within what was seen
}

var errEnough = errors.New("seen enough")

// probe gives the version of the recording that head begins, 0 for none.
func probe(head []byte) int {
	cut := len(head) >= reader.HeadSize
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	line, rest, ended := bytes.Cut(head, []byte("\n"))
	o := look(line)
	switch o.version {
	case 2, 3:
		rest = bytes.TrimLeft(rest, " \t\r\n\x00")
		event := len(rest) > 0 && rest[0] == '['
		if (o.whole || cut && !ended) && (o.size || o.term || event) {
			return o.version
		}
		return 0
	}
	if o = look(head); o.version == 1 && (o.stdout || cut && o.size) {
		return 1
	}
	return 0
}

// look walks an object as far as it goes.
func look(b []byte) (o outline) {
	s := scanner{r: bytes.NewReader(b), max: reader.HeadSize}
	err := s.object(func(key string) error {
		if key == "stdout" && o.version != 0 {
			o.stdout = true
			return errEnough
		}
		raw, err := s.value()
		if err != nil {
			return err
		}
		switch key {
		case "version":
			o.version = integer(raw, 3)
		case "width", "height":
			o.size = true
		case "term":
			o.term = true
		case "stdout":
			o.stdout = true
		}
		return nil
	})
	o.whole = err == nil
	return o
}

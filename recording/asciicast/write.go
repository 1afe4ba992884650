package asciicast

import (
	"bufio"
	"io"
	"strconv"
	"unicode/utf8"

	"gait"
	"gait/internal/jsonstr"
)

// Writer writes sessions as asciicast version 2. The zero Writer loses nothing:
// a byte that is no part of valid UTF-8 is written as the lone surrogate
// \udcXX, also where a character is cut between two events, and this package
// reads every event back as it was. Events of kind exec get the code "exec",
// which players ignore. What the header of version 2 cannot hold (addresses,
// fractions of a second of the start) is left out.
type Writer struct {
	// Players makes the text valid for players, which reject lone surrogates:
	// a character that is cut between two events of one kind goes to the later
	// one, and every other bad byte becomes U+FFFD.
	Players bool
}

// Size of a terminal where the session does not tell one; version 2 requires it.
const defaultWidth, defaultHeight = 80, 24

// Write writes a session so that reading gives the same events.
func Write(w io.Writer, s *gait.Session) error { return Writer{}.Write(w, s) }

// Write writes a session. Only one piece of it is held at a time. Errors are
// those of w.
func (w Writer) Write(out io.Writer, s *gait.Session) error {
	p := &printer{w: bufio.NewWriterSize(out, 64<<10), players: w.Players}
	p.header(&s.Header)
	last := s.Last()
	for _, e := range s.Events() {
		if w.Players {
			e.Data = p.whole(e)
		}
		if len(e.Data) > 0 {
			p.event(e)
		}
	}
	for k := gait.Input; k <= gait.Output; k++ {
		if len(p.held[k]) > 0 {
			p.event(gait.Event{Time: last, Kind: k, Data: p.held[k]})
		}
	}
	return p.w.Flush()
}

// printer writes one recording. The first error of w stays in it.
type printer struct {
	w       *bufio.Writer
	players bool
	buf     []byte
	held    [gait.Output + 1][]byte // beginnings of cut characters, by kind
	joined  []byte
}

func (p *printer) header(h *gait.Header) {
	b := append(p.buf[:0], `{"version":2,"width":`...)
	b = strconv.AppendInt(b, int64(sideOr(h.Width, defaultWidth)), 10)
	b = append(b, `,"height":`...)
	b = strconv.AppendInt(b, int64(sideOr(h.Height, defaultHeight)), 10)
	if !h.Start.IsZero() {
		b = append(b, `,"timestamp":`...)
		b = strconv.AppendInt(b, h.Start.Unix(), 10)
	}
	p.w.Write(b)
	p.buf = b
	p.member(`,"command":`, h.Command)
	p.member(`,"title":`, h.Title)
	if len(h.Env) > 0 {
		p.env(h.Env)
	}
	p.w.WriteString("}\n")
}

func sideOr(n, otherwise int) int {
	if n < 1 || n > maxSide {
		return otherwise
	}
	return n
}

// env writes variables; of several with one name, which an object cannot hold,
// the first.
func (p *printer) env(vars []gait.Var) {
	seen := make(map[string]bool, len(vars))
	sep := `,"env":{`
	for _, v := range vars {
		if seen[v.Name] {
			continue
		}
		seen[v.Name] = true
		p.w.WriteString(sep)
		p.text([]byte(v.Name))
		p.w.WriteByte(':')
		p.text([]byte(v.Value))
		sep = ","
	}
	p.w.WriteByte('}')
}

func (p *printer) member(key, value string) {
	if value != "" {
		p.w.WriteString(key)
		p.text([]byte(value))
	}
}

var codes = [...]string{gait.Input: "i", gait.Output: "o", gait.Resize: "r", gait.Marker: "m", gait.Exec: codeExec}

func (p *printer) event(e gait.Event) {
	p.buf = gait.AppendSeconds(append(p.buf[:0], '['), e.Time)
	p.w.Write(p.buf)
	p.w.WriteString(`,"`)
	p.w.WriteString(codes[e.Kind])
	p.w.WriteString(`",`)
	p.text(e.Data)
	p.w.WriteString("]\n")
}

// piece is how much of a text is escaped at once.
const piece = 8 << 10

// text writes a JSON string, in pieces that do not part a character.
func (p *printer) text(data []byte) {
	p.w.WriteByte('"')
	for len(data) > 0 {
		n := cut(data, piece)
		if p.players {
			p.buf = jsonstr.Append(p.buf[:0], valid(data[:n]))
		} else {
			p.buf = jsonstr.Append(p.buf[:0], data[:n])
		}
		p.w.Write(p.buf)
		data = data[n:]
	}
	p.w.WriteByte('"')
}

// cut gives how much of data to take, up to most bytes, so that the cut is not
// inside a character.
func cut(data []byte, most int) int {
	if len(data) <= most {
		return len(data)
	}
	for n := most; n > most-utf8.UTFMax; n-- {
		if utf8.RuneStart(data[n]) {
			return n
		}
	}
	return most
}

// valid gives data with U+FFFD for every byte that is no part of a character.
func valid(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	return []byte(string([]rune(string(data))))
}

// whole gives the data of an event with the beginning of a character that was
// held back before it, and without one that its end cuts.
func (p *printer) whole(e gait.Event) []byte {
	if e.Kind > gait.Output {
		return e.Data
	}
	p.joined = append(append(p.joined[:0], p.held[e.Kind]...), e.Data...)
	n := len(p.joined)
	for k := 1; k < utf8.UTFMax && k <= n; k++ {
		if tail := p.joined[n-k:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				n -= k
			}
			break
		}
	}
	p.held[e.Kind] = append(p.held[e.Kind][:0], p.joined[n:]...)
	return p.joined[:n]
}

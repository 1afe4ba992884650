package term

// Kind says what a [Token] is.
type Kind uint8

// The kinds of tokens. Text is a run of whole, printable UTF-8 characters.
// Invalid is one byte that belongs to no valid UTF-8; the bytes 0x80 to 0x9f
// among them are C1, as are the characters U+0080 to U+009F: some terminals
// take either for a control. They change no state here. Control is one byte
// below 0x20 or DEL. Broken is a sequence that was cut short, is longer than
// the parser keeps, or breaks the grammar.
const (
	Text Kind = iota + 1
	Invalid
	Control
	C1
	Escape
	CSI
	OSC
	DCS
	SOS
	PM
	APC
	Broken
)

// Token is one piece of terminal output. Its slices are valid until the
// function that got it returns.
type Token struct {
	Kind Kind
	// Data is the text, the bytes of an Invalid, Control or C1, or the content
	// of a string (OSC, DCS, SOS, PM, APC), of which the first 256 bytes are
	// kept.
	Data []byte
	// Private is the byte '<', '=', '>' or '?' after a CSI, 0 where none.
	Private byte
	// Params are the parameter bytes of a CSI: digits, ';' and ':'.
	Params []byte
	// Inter are the intermediate bytes of a CSI or Escape.
	Inter []byte
	// Final is the last byte of a CSI or Escape.
	Final byte
	// Size is the whole length of a string's content in bytes.
	Size int64
	// Cut is set where a string ended without its terminator.
	Cut bool
}

// maxParam bounds a number in a parameter list: larger ones become it. No
// screen has as many rows or columns, and no mode such a number.
const maxParam = 9999

// Count gives the number of parameters that are separated by ';'. An empty
// list holds none.
func (t *Token) Count() int {
	if len(t.Params) == 0 {
		return 0
	}
	n := 1
	for _, c := range t.Params {
		if c == ';' {
			n++
		}
	}
	return n
}

// Param gives the i-th parameter as a number of at most 9999; def where it is
// empty or not there. Parts after a ':' are left out.
func (t *Token) Param(i, def int) int {
	v, digits, sub := 0, false, false
	for _, c := range t.Params {
		switch {
		case c == ';':
			i--
			sub = false
		case c == ':':
			sub = true
		case i == 0 && !sub:
			digits = true
			v = min(v*10+int(c-'0'), maxParam)
		}
	}
	if !digits {
		return def
	}
	return v
}

// colons says whether a parameter has parts.
func (t *Token) colons() bool {
	for _, c := range t.Params {
		if c == ':' {
			return true
		}
	}
	return false
}

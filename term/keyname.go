package term

import (
	"strconv"
	"unicode/utf8"

	"gait"
)

var keyNames = [...]string{
	KeyEscape: "Esc", KeyUp: "Up", KeyDown: "Down", KeyRight: "Right", KeyLeft: "Left",
	KeyHome: "Home", KeyEnd: "End", KeyInsert: "Ins", KeyDelete: "Del",
	KeyPageUp: "PgUp", KeyPageDown: "PgDn", KeyFunction: "F",
	KeyPasteStart: "Paste", KeyPasteEnd: "/Paste", KeyOther: "Seq",
}

// String gives the key in printable form: a character as itself, ^C for a
// control byte, a name such as <Enter>, <Up> or <C-Right> (with C- control, M-
// meta or alt, S- shift) for all others. A character that could disturb a
// terminal is shown as an escape such as \u202e, a byte that belongs to no
// valid UTF-8 as \x9f.
func (k Key) String() string { return string(k.Append(nil)) }

// Append appends what String gives.
func (k Key) Append(b []byte) []byte {
	var name string
	switch k.Code {
	case KeyChar:
		if k.Mod == 0 {
			return appendChar(b, k.Data)
		}
		b = append(b, "<M-"...)
		return append(appendChar(b, k.Data[1:]), '>')
	case KeyControl:
		c := k.Data[len(k.Data)-1]
		name = controlName(c)
		if k.Data[0] == esc && len(k.Data) > 2 {
			name = "Tab" // ESC [ Z
		}
		if name == "" && k.Mod == 0 {
			return append(b, '^', c^0x40)
		}
		if name == "" {
			name = "C-" + string(rune(c^0x40|0x20))
		}
	default:
		name = keyNames[k.Code]
	}
	b = append(b, '<')
	if k.Mod&ModControl != 0 {
		b = append(b, "C-"...)
	}
	if k.Mod&ModAlt != 0 {
		b = append(b, "M-"...)
	}
	if k.Mod&ModShift != 0 {
		b = append(b, "S-"...)
	}
	b = append(b, name...)
	if k.Code == KeyFunction {
		b = strconv.AppendInt(b, int64(k.Number), 10)
	}
	return append(b, '>')
}

func controlName(c byte) string {
	switch c {
	case '\r':
		return "Enter"
	case '\n':
		return "LF"
	case '\t':
		return "Tab"
	case del:
		return "BS"
	}
	return ""
}

func appendChar(b, c []byte) []byte {
	if len(c) == 1 && c[0] < utf8.RuneSelf {
		return append(b, c[0])
	}
	if len(c) == 1 {
		const hex = "0123456789abcdef"
		return append(b, '\\', 'x', hex[c[0]>>4], hex[c[0]&15])
	}
	n := len(b)
	b = gait.AppendString(b, string(c)) // escapes what hides or reorders text
	b = append(b[:n], b[n+1:]...)
	return b[:len(b)-1]
}

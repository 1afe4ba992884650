package term

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ keys, want string }{
		{"ls -la", "ls -la"},
		{"lss\x7f", "ls"},
		{"sl\x08\x08ls", "ls"},
		{"\x7f\x7fls", "ls"},
		{"rm -rf\x15ls", "ls"},
		{"rm -rf /\x17\x17ls", "rm ls"},
		{"ls -la\x01\x0bid", "id"},
		{"s\x01l\x05 -a", "ls -a"},
		{"ld\x02\x02\x06i", "lid"},
		{"ls\x1b[D\x1b[Dx\x1b[Cy", "xlys"},
		{"ls\x1b[Hx\x1b[Fy", "xlsy"},
		{"ls\x1bOHx\x1bOFy", "xlsy"},
		{"ls\x1b[1~x\x1b[4~y", "xlsy"},
		{"abc\x1b[D\x1b[D\x1b[3~", "ac"},
		{"ls\t-la", "ls\t-la"},
		{"l\x00s\x1b[1;5C\x1b[200~ -a\x1b[201~", "ls -a"},
		{"a\x1bbc", "ac"},
		{"caf\u00e9\x7fe", "cafe"},
		{"\xac\xad\x7fls", "\xacls"},
		{"ls\x1b", "ls"},
		{"ls\x1b\x1b[Dx", "lxs"},
		{"ls\x1b[1;5Dx\x1b[1Dy", "lsxy"},
		{"ls\x1b\u00e9", "ls"},
	} {
		var l Line
		l.Feed([]byte(c.keys))
		if got := string(l.Text()); got != c.want {
			t.Errorf("%q: %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestHistoryKeys(t *testing.T) {
	for _, keys := range []string{"\x1b[A", "\x1b[B", "\x1bOA", "\x10", "\x0e", "\x12"} {
		var l Line
		if l.Feed([]byte(keys)); !l.History() {
			t.Errorf("%q recalls no line", keys)
		}
		if l.Reset(); l.History() {
			t.Errorf("%q: recalled after a reset", keys)
		}
	}
	var l Line
	if l.Feed([]byte("ls\x1b[C")); l.History() {
		t.Error("an arrow to the right recalls a line")
	}
}

// naive is the same editor on a slice of chars.
type naive struct {
	chars []rune
	at    int
}

func (n *naive) feed(b []byte) {
	for len(b) > 0 {
		if b[0] == esc {
			size := SequenceLen(b[:min(len(b), maxKey)])
			if size == 0 && len(b) > 1 && b[1] != esc {
				_, c := utf8.DecodeRune(b[1:])
				size = 1 + c
			}
			n.key(string(b[:max(size, 1)]))
			b = b[max(size, 1):]
			continue
		}
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			n.chars = slices.Insert(n.chars, n.at, invalidByte+rune(b[0]))
			n.at++
		case r >= 0x20 && r != 0x7f || r == '\t':
			n.chars = slices.Insert(n.chars, n.at, r)
			n.at++
		default:
			n.key(string(b[:1]))
		}
		b = b[size:]
	}
}

// defaults matches what an arrow or a numbered key may carry without meaning
// anything else: zeros, and the modifiers 0 and 1 for none.
var defaults = regexp.MustCompile(`^\x1b\[0*([0-9]*)(?:;0*1?)?([A-Z~])$`)

func (n *naive) key(k string) {
	switch k = defaults.ReplaceAllString(k, "\x1b[$1$2"); k {
	case "\x7f", "\x08":
		if n.at > 0 {
			n.at--
			n.chars = slices.Delete(n.chars, n.at, n.at+1)
		}
	case "\x15":
		n.chars, n.at = n.chars[n.at:], 0
	case "\x17":
		from := n.at
		for from > 0 && unicode.IsSpace(n.chars[from-1]) {
			from--
		}
		for from > 0 && !unicode.IsSpace(n.chars[from-1]) {
			from--
		}
		n.chars, n.at = slices.Delete(n.chars, from, n.at), from
	case "\x0b":
		n.chars = n.chars[:n.at]
	case "\x01", "\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~":
		n.at = 0
	case "\x05", "\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~":
		n.at = len(n.chars)
	case "\x02", "\x1b[D", "\x1bOD":
		n.at = max(0, n.at-1)
	case "\x06", "\x1b[C", "\x1bOC":
		n.at = min(len(n.chars), n.at+1)
	case "\x1b[3~", "\x1bO3~":
		if n.at < len(n.chars) {
			n.chars = slices.Delete(n.chars, n.at, n.at+1)
		}
	}
}

func (n *naive) text() []byte {
	var b []byte
	for _, c := range n.chars {
		if c >= invalidByte {
			b = append(b, byte(c-invalidByte))
		} else {
			b = utf8.AppendRune(b, c)
		}
	}
	return b
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"ls\x7f\x7f", "a b c\x17\x17x", "ab\x01c\x05d\x02\x02\x0b", "\x1b[D\x1b[3~\xc3\xa9\xff", "\x1b[[A\x1bOA\x1b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, keys []byte) {
		var l Line
		var n naive
		l.Feed(keys)
		n.feed(keys)
		want := n.text()
		if got := l.Text(); !bytes.Equal(got, want) {
			t.Fatalf("%q: %q, want %q", keys, got, want)
		}
		l.Reset()
		for i := range keys {
			l.Feed(keys[i : i+1])
		}
		if got := l.Text(); !bytes.Equal(got, want) {
			t.Fatalf("%q byte by byte: %q, want %q", keys, got, want)
		}
	})
}

// A cursor that jumps to and fro over a long line costs a step a key.
func BenchmarkLineHostile(b *testing.B) {
	keys := []byte(strings.Repeat("x", 1<<18) + strings.Repeat("\x01a\x05b", 1<<17))
	var l Line
	b.SetBytes(int64(len(keys)))
	for b.Loop() {
		l.Reset()
		l.Feed(keys)
	}
}

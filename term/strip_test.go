package term

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestStripAppend(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"text", "caf\u00e9\r\n", "caf\u00e9\r\n"},
		{"colour", "\x1b[01;34mdir\x1b[0m", "dir"},
		{"private mode", "\x1b[?2004hroot# ", "root# "},
		{"intermediate", "\x1b[1 qx", "x"},
		{"title", "\x1b]0;a title\x07$ ", "$ "},
		{"title with ST", "\x1b]0;a title\x1b\\$ ", "$ "},
		{"title before another sequence", "\x1b]0;a\x1b[1mb", "b"},
		{"title without end", "a\x1b]0;b", "a"},
		{"title at the end with ESC", "a\x1b]0;b\x1b", "a\x1b"},
		{"empty title", "\x1b]\x07a", "a"},
		{"BEL after a title that ESC ended", "\x1b]0;a\x1bMb\x07", "b\x07"},
		{"two bytes", "\x1bMa\x1b\\b\x1b_c", "abc"},
		{"DCS is two bytes", "\x1bPtmux;a", "tmux;a"},
		{"other escapes stay", "\x1b(B\x1b7\x1b=", "\x1b(B\x1b7\x1b="},
		{"cut CSI", "a\x1b[12;", "a\x1b[12;"},
		{"malformed CSI", "\x1b[12\x1b[mb", "\x1b[12b"},
		{"parameter after intermediate", "\x1b[ 1ma", "\x1b[ 1ma"},
		{"high final", "\x1b[1\xe9", "\x1b[1\xe9"},
		{"lone ESC", "\x1b", "\x1b"},
		{"ESC ESC", "\x1b\x1b[ma", "\x1ba"},
		{"C1", "\x9b1m\xc2\x9b", "\x9b1m\xc2\x9b"},
	} {
		if got := string(StripAppend(nil, []byte(c.in))); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		in := []byte(c.in)
		if got := string(StripAppend(in[:0], in)); got != c.want {
			t.Errorf("%s in place: %q, want %q", c.name, got, c.want)
		}
	}
}

// stripped is the definition as a regular expression.
var stripped = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b[@-Z\\\\-_]")

func checkStrip(t interface{ Fatalf(string, ...any) }, src []byte) {
	want := stripped.ReplaceAll(src, nil)
	if got := StripAppend([]byte("x"), src); string(got[1:]) != string(want) || got[0] != 'x' {
		t.Fatalf("%q: %q, want %q", src, got[1:], want)
	}
	in := bytes.Clone(src)
	if got := StripAppend(in[:0], in); !bytes.Equal(got, want) {
		t.Fatalf("%q in place: %q, want %q", src, got, want)
	}
}

var hostileParts = []string{"\x1b", "[", "]", "\x07", "\\", "1", ";", "?", " ", "m", "H", "P", "X", "_", "^", "\x18", "\r", "\n", "a",
	"\x9b", "\x9d", "\xc2", "\xe2\x82", "\xac", "\xff", "\u00e9", "\u009b", "\x1b[?1049h", "\x1b[?1000;25h", "\x1b]52;c;YQ==\x07",
	"\x1bPq#\x1b\\", "\x1bc", "\x1b[!p", "\x1b[6n", "\x1b[5i", "\x1b[3J", "\x1b[2;9r", "\x1b7", "\x1b8", "\x1b(0", "\x1b%@", "\x7f", "\x05", "$", ":"}

func hostile(t *rapid.T) []byte {
	return []byte(strings.Join(rapid.SliceOf(rapid.SampledFrom(hostileParts)).Draw(t, "parts"), ""))
}

func TestStripIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkStrip(t, hostile(t)) })
}

func FuzzStrip(f *testing.F) {
	for _, s := range hostileParts {
		f.Add([]byte("\x1b[" + s + "\x1b]" + s + "\x1b" + s))
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkStrip(t, src) })
}

func TestStripAllocatesNothing(t *testing.T) {
	src := []byte(strings.Repeat("\x1b[1mroot\x1b[0m# \x1b]0;x\x07", 100))
	dst := make([]byte, 0, len(src))
	if n := testing.AllocsPerRun(10, func() { dst = StripAppend(dst[:0], src) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkStrip(b *testing.B) {
	for _, c := range []struct{ name, src string }{
		{"text", strings.Repeat("drwxr-xr-x 2 root root 4096 Nov 23 12:00 some-folder\r\n", 1<<14)},
		{"colour", strings.Repeat("\x1b[01;34mdir\x1b[0m  \x1b[01;32mfile\x1b[0m\r\n", 1<<14)},
		{"cut CSI", strings.Repeat("\x1b[1;1;1;1;1;1;1;1;1;1;1;1", 1<<15)},
		{"open OSC", strings.Repeat("\x1b]", 1<<19)},
		{"long CSI", "\x1b[" + strings.Repeat("0", 1<<20)},
	} {
		b.Run(c.name, func(b *testing.B) {
			src, dst := []byte(c.src), make([]byte, 0, len(c.src))
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				dst = StripAppend(dst[:0], src)
			}
		})
	}
}

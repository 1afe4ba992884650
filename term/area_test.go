package term

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// written feeds all of a text; line ends begin new rows.
func written(a *Area, b []byte) {
	for len(b) > 0 {
		n, end := a.Feed(b)
		if b = b[n:]; end == LineEnd {
			a.Break()
		} else if end == NoEnd {
			return
		}
	}
}

func TestArea(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "ls -la", "ls -la"},
		{"erased", "lss\b \b", "ls "},
		{"erased to the end", "lss\b\x1b[K", "ls"},
		{"written over", "abc\rx", "xbc"},
		{"wrapped", "abcdefghijk", "abcdefghijk"},
		{"back in a wrapped line", "abcdefghijk\x1b[A\rX\nY", "Xbcdefghij" + "Y"},
		{"backspace from the last column", "abcdefghij\bX", "abcdefghXj"},
		{"inserted", "ac\b\x1b[1@b", "abc"},
		{"insert mode", "\x1b[4hac\bb\x1b[4l", "abc"},
		{"deleted", "abbc\b\b\x1b[P", "abc"},
		{"tabs", "a\tb", "a\tb"},
		{"tabs over text", "abcdefghij\r\tX", "abcdefghXj"},
		{"wide", "a日b", "a日b"},
		{"a title", "\x1b]0;title\aab\x1b]2;x\x1b\\c", "abc"},
		{"colours", "\x1b[1;31ma\x1b[0mb", "ab"},
		{"home", "abc\x1b[H\x1b[2Jx", "x"},
		{"nothing stands between", "ab\x1b[4Cright", "ab"},
		{"rows", "ab\r\ncd", "ab\ncd"},
		{"an empty row below", "ab\r\n\x1b[A\r\ncd", "ab\ncd"},
		{"no char", "a\xffb", "a\xffb"},
		{"again", "-\x1b[3b", "----"},
		{"the line below is erased", "abcdefghijkl\x1b[A\x1b[J", "ab"},
	} {
		var a Area
		a.Start(10)
		written(&a, []byte(c.in))
		if got := string(a.AppendText(nil, 0, a.Len())); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAreaModes(t *testing.T) {
	var a Area
	for _, c := range []struct {
		in        string
		alternate bool
	}{
		{"\x1b[?1049h", true}, {"x", false}, {"\x1b[?1;47h", true}, {"\x1b[?1047h\x1b[?1047l", false}, {"\x1b[?1047h\x1b[0m", true}, {"\x1b[47h", false},
	} {
		a.Start(80)
		written(&a, []byte(c.in))
		b := a
		b.Start(80)
		b.Skip([]byte(c.in + "lines\n\n\n\n"))
		if a.Alternate() != c.alternate || b.Alternate() != c.alternate {
			t.Errorf("%q: %t, passed over: %t, want %t", c.in, a.Alternate(), b.Alternate(), c.alternate)
		}
	}
	a.Start(80)
	if _, end := a.Feed([]byte("\x1b[?2004hls\x1b[?2004lx")); end != EditorEnd {
		t.Errorf("the end of the editor is %d", end)
	}
}

func TestAreaResized(t *testing.T) {
	for _, c := range []struct {
		in, more, want string
	}{
		{"$ ls", " -l", "$ ls -l"},
		{"$ echo 12345678\r\n> ", "ls", "> ls"},
		{"$ ls \\\r\n", "ls", "ls"}, // nothing is written below the line end yet
		{"$ ls \\\r\n\x1b[A", "> x", "> x"},
	} {
		var a Area
		a.Start(20)
		written(&a, []byte(c.in))
		a.Resize(10)
		written(&a, []byte(c.more))
		if got := string(a.AppendText(nil, a.Last(), a.Len())); got != c.want {
			t.Errorf("%q, resized, and %q: the last line is %q, want %q", c.in, c.more, got, c.want)
		}
	}
}

// BenchmarkArea feeds what makes an area work most for each byte, and text.
func BenchmarkArea(b *testing.B) {
	for _, piece := range []string{"text ", "\x1b[1J", "\x1b[@", "\x1b[9999Cx\x1b[1K", "\x1b[9999b", "\x1b[P", "x\x1b[A", "\n", "\x1b[4hx\r"} {
		b.Run(strings.Trim(strconv.Quote(piece), `"`), func(b *testing.B) {
			in := bytes.Repeat([]byte(piece), 1<<14/len(piece))
			b.SetBytes(int64(len(in)))
			var a Area
			for b.Loop() {
				a.Start(1 << 20)
				written(&a, in)
			}
		})
	}
}

func FuzzArea(f *testing.F) {
	f.Add([]byte("root@web:~# ls\r\n\x1b[?2004l\x1b[4hab\b\x1b[2@\x1b[K\x1b[3Pé日\t\x1b]0;x\a\x1b[A\n"), uint8(3))
	f.Add([]byte("\x1b[?1;1049h\x1b7\x1b[5;5H\x1b8\x1b(B\x1bE\x1bM\x1b[9b\xff\xe6\x97"), uint8(10))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		var whole, pieces Area
		whole.Start(int(cut))
		pieces.Start(int(cut))
		written(&whole, b)
		for from, to := 0, 0; to < len(b); {
			to = min(len(b), to+1+int(cut)%7)
			for {
				n, end := pieces.Feed(b[from:to])
				if from += n; end == LineEnd {
					pieces.Break()
				} else if end == NoEnd {
					break
				}
			}
		}
		x, y := whole.AppendText(nil, 0, whole.Len()), pieces.AppendText(nil, 0, pieces.Len())
		if !bytes.Equal(x, y) || whole.Alternate() != pieces.Alternate() {
			t.Fatalf("%q, in pieces %q", x, y)
		}
		last := whole.Last()
		for row, more := whole.Above(last); more; row, more = whole.Above(row) {
			if row >= last {
				t.Fatalf("the row above %d is %d", last, row)
			}
			last = row
		}
		if place, ok := whole.Holds(0, x); ok && place > whole.Len() || whole.Len() > maxAreaCells {
			t.Fatalf("%d of %d", place, whole.Len())
		}
		kept := whole.AppendText(nil, whole.Last(), whole.Len())
		whole.Resize(1 + int(cut)/2)
		if now := whole.AppendText(nil, 0, whole.Len()); whole.Last() != 0 || !bytes.Equal(now, kept) {
			t.Fatalf("resized, %q became %q", kept, now)
		}
		written(&whole, b)
	})
}

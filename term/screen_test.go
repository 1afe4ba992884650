package term

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shown gives what is seen of a screen, with the pens, and the cursor.
func shown(s *Screen) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.cols, s.rows, s.col, s.row, s.hidden)
	for i := range s.now.lines {
		l := s.now.lines[i]
		for x := range s.cols {
			c := cell{' ', l.rest}
			if x < len(l.cells) {
				c = l.cells[x]
			}
			fmt.Fprint(&b, string(c.char()), c.pen)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// rows gives the text of all rows.
func rows(s *Screen) string {
	var list []string
	for i := range s.rows {
		list = append(list, s.Text(i))
	}
	return strings.TrimRight(strings.Join(list, "|"), "|")
}

func TestScreen(t *testing.T) {
	const four = "1\r\n2\r\n3\r\n4"
	for _, c := range []struct{ out, want string }{
		{"abcdefg", "abcde|fg"},
		{"abcde\b\bX", "abXde"},
		{"abcd中x", "abcd|中x"},
		{"a中b\x1b[1;3Hx", "a xb"},
		{"\x1b[?7labcdefg", "abcdg"},
		{"e\u0301x", "e\u0301x"},
		{"a\xffb\xe4\xb8", "a\ufffdb"},
		{"\xe4\xb8\xad", "中"},
		{"\xe4\xb8x", "\ufffd\ufffdx"},
		{four + "\r\n5", "2|3|4|5"},
		{four + "\x1b[2;3r\x1b[3;1H\nx", "1|3|x|4"},
		{four + "\x1b[2;3r\x1b[2;1H\x1bM", "1||2|4"},
		{four + "\x1b[2;2H\x1b[L", "1||2|3"},
		{four + "\x1b[2;2H\x1b[M", "1|3|4"},
		{four + "\x1b[2;3r\x1b[?6h\x1b[9;2Hx", "1|2|3x|4"},
		{four + "\x1b[?1049hab\x1b[?1049lz", "1|2|3|4z"},
		{four + "\x1b[?1049hab", "||| ab"},
		{"abc\x1b[1;2H\x1b[@x", "axbc"},
		{"abcd\x1b[1;2H\x1b[2P", "ad"},
		{"abcd\x1b[1;2H\x1b[2X", "a  d"},
		{"abcd\x1b[1;2H\x1b[1K", "  cd"},
		{"abcd\x1b[1;2H\x1b[K", "a"},
		{"ab\x1b[3b", "abbbb"},
		{"\x1b(0lqk\x1b(Bq", "┌─┐q"},
		{"ab\x1b[1;1H\x1b[4hx", "xab"},
		{"a\x1b7bc\x1b8x", "axc"},
		{"\x1b]0;title\x07a\x1bPq\x1b\\b\x1b_x\x9c", "ab"},
		{"a\x1b[1\nmb", "a| b"},
		{"a\u0085b", "a|b"},
		{"abc\x1bcx", "x"},
		{"\x1b[4h\x1b[!pab\x1b[1;1Hx", "xb"},
		{"\x1b#8", "EEEEE|EEEEE|EEEEE|EEEEE"},
	} {
		s := NewScreen(5, 4)
		s.Feed([]byte(c.out))
		if got := rows(s); got != c.want {
			t.Errorf("%q shows %q, want %q", c.out, got, c.want)
		}
	}
}

func TestScreenTabs(t *testing.T) {
	for out, want := range map[string]string{
		"a\tb": "a       b", "\x1b[5G\x1bH\r\tx": "    x", "\x1b[3g\tx": "                   x", "a\x1b[2Ix": "a               x", "abcdefghijk\x1b[Zx": "abcdefghxjk",
	} {
		s := NewScreen(20, 3)
		s.Feed([]byte(out))
		if got := s.Text(0); got != want {
			t.Errorf("%q shows %q, want %q", out, got, want)
		}
	}
}

func TestScreenResize(t *testing.T) {
	const six = "1\r\n2\r\n3\r\n4\r\n5\r\n6"
	for _, c := range []struct {
		out        string
		cols, rows int
		want       string
	}{
		{six, 5, 6, "1|2|3|4|5|6"},
		{six, 5, 3, "4|5|6"},
		{"1\r\n2", 5, 2, "1|2"},
		{"abcdefgh", 10, 4, "abcdefgh"},
		{"abcdefgh", 4, 4, "abcd|efgh"},
		{"ab中中", 3, 5, "ab|中|中"},
		{"\x1b[?47h\x1b[Habcd", 3, 4, "abc"},
		{"x", 100000, -1, "x"},
	} {
		s := NewScreen(5, 4)
		s.Feed([]byte(c.out))
		s.Resize(c.cols, c.rows)
		if got := rows(s); got != c.want {
			t.Errorf("%q at %dx%d shows %q, want %q", c.out, c.cols, c.rows, got, c.want)
		}
	}
	if cols, rows := NewScreen(1<<30, 0).Size(); cols != MaxCols || rows != 1 {
		t.Error(cols, rows)
	}
}

// hostileOutput makes up output of the kinds that a screen acts on.
var hostileOutput = rapid.SliceOfN(rapid.OneOf(
	rapid.StringOfN(rapid.SampledFrom([]rune("abZq~`x 中😀é\u0301\u200b─\r\n\t\b\x0e\x0f")), 1, 12, -1),
	rapid.Custom(func(t *rapid.T) string {
		n := rapid.SampledFrom([]string{"", "1", "2", "3;2", "1;4", "2;9", "5", "300", "70000", "4:3"})
		return "\x1b[" + n.Draw(t, "n") + string(rapid.SampledFrom([]byte("@ABCDEFGHIJKLMPSTXZ`abdefghlmnrsuW")).Draw(t, "f"))
	}),
	rapid.SampledFrom([]string{
		"\x1b7", "\x1b8", "\x1bD", "\x1bM", "\x1bE", "\x1bH", "\x1bc", "\x1b#8", "\x1b(0", "\x1b(B", "\x1b)0", "\x1b[4h", "\x1b[20h", "\x1b[!p", "\x1b[3g",
		"\x1b[?6h", "\x1b[?6l", "\x1b[?7l", "\x1b[?7h", "\x1b[?25l", "\x1b[?47h", "\x1b[?47l", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?1048h", "\x1b[31;44;1m",
		"\x1b[38;5;200;7m", "\x1b[48;2;1;2;3;4m", "\x1b[0m", "\x1b]0;x\x07", "\x1bPx", "\x9c", "\u009b2C", "\xff", "\xe4\xb8", "\x1b[1;", "\x1b[?", "\x1b[3 ", "\x1b", "\x18",
	}),
), 1, 60)

// TestScreenRestored cuts output anywhere: a screen that is made from the text
// of the first part and is fed the second shows the same as one that is fed
// all.
func TestScreenRestored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := strings.Join(hostileOutput.Draw(t, "out"), "")
		cut := rapid.IntRange(0, len(out)).Draw(t, "cut")
		cols, rows := rapid.IntRange(1, 20).Draw(t, "cols"), rapid.IntRange(1, 8).Draw(t, "rows")
		whole, restored := NewScreen(cols, rows), NewScreen(cols, rows)
		whole.Feed([]byte(out[:cut]))
		if whole.origin && (whole.row < whole.top || whole.row > whole.low) {
			t.Skip("the one state that cannot be restored")
		}
		restored.Feed([]byte(whole.Restore()))
		if a, b := shown(whole), shown(restored); a != b {
			t.Fatalf("restored by %q:\n%s\nwant\n%s", whole.Restore(), b, a)
		}
		whole.Feed([]byte(out[cut:]))
		restored.Feed([]byte(out[cut:]))
		if a, b := shown(whole), shown(restored); a != b {
			t.Fatalf("after the rest:\n%s\nwant\n%s", b, a)
		}
	})
}

// FuzzScreen feeds anything, in two pieces and in one: the same is seen, and
// a screen keeps its bounds.
func FuzzScreen(f *testing.F) {
	f.Add([]byte("ab\x1b[1;31mc\x1b[?1049hd\x1b[65535b"), 3, 10, 4)
	f.Add([]byte("中\xff\x1b[2;3r\x1b[?6h\x1b7\x1b[9@\x1b[9P\u009b1"), 1, 1, 1)
	f.Fuzz(func(t *testing.T, out []byte, cut, cols, rows int) {
		if len(out) > 4096 {
			return
		}
		cut = min(max(cut, 0), len(out))
		one, two := NewScreen(cols%60, rows%20), NewScreen(cols%60, rows%20)
		one.Feed(out)
		two.Feed(out[:cut])
		text := two.Restore()
		two.Feed(out[cut:])
		if a, b := shown(one), shown(two); a != b {
			t.Fatalf("in two pieces:\n%s\nwant\n%s", b, a)
		}
		NewScreen(cols%60, rows%20).Feed([]byte(text))
		two.Resize(rows%60, cols%20)
		two.Feed(out)
		if col, row, _ := two.Cursor(); col < 0 || col > two.cols || row < 0 || row >= two.rows || len(two.now.lines) != two.rows || len(two.grids[0].history) > maxHistory {
			t.Fatal(col, row, len(two.now.lines), len(two.grids[0].history))
		}
		for i := range two.now.lines {
			if len(two.now.lines[i].cells) > two.cols {
				t.Fatal("a line is longer than the screen")
			}
		}
	})
}

func BenchmarkScreen(b *testing.B) {
	var out []byte
	for i := range 20000 {
		out = fmt.Appendf(out, "\x1b[0m\x1b[01;%dmdrwxr-xr-x\x1b[0m 2 root root %5d file-%d.txt some more words on the line\r\n", 31+i%7, i, i)
	}
	b.SetBytes(int64(len(out)))
	b.ReportAllocs()
	for b.Loop() {
		NewScreen(80, 24).Feed(out)
	}
}

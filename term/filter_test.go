package term

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// filtered passes pieces through a filter.
func filtered(f *Filter, pieces ...string) string {
	var b []byte
	for _, p := range pieces {
		b = f.Append(b, []byte(p))
	}
	return string(f.Flush(b))
}

func TestFilterPasses(t *testing.T) {
	for _, in := range []string{
		"", "caf\u00e9\r\n\t\x08x", "\x1b[1;38;2;1;2;3;4:3mred\x1b[m", "\x1b[2J\x1b[H\x1b[3;4Hx\x1b[K", "\x1b[?1049h\x1b[?25l\x1b[?7l",
		"\x1b[1;20r\x1bM\x1bD\x1b[5L\x1b[2M\x1b[3P\x1b[4@\x1b[X\x1b[2S\x1b[T", "\x1b7\x1b8\x1b[s\x1b[u", "\x1b(0qqq\x1b(B\x0e\x0f", "\x1b[4h\x1b[4l", "\x1b[3g\x1bH", "\x1b#8",
	} {
		var f Filter
		if got := filtered(&f, in); got != in {
			t.Errorf("%q became %q", in, got)
		}
		for d, n := range f.Dropped() {
			t.Errorf("%q: %d times %s", in, n, d)
		}
	}
}

func TestFilterDrops(t *testing.T) {
	for in, want := range map[string]Drop{
		"\x07": DropBell, "\x05": DropControl, "\x00": DropControl, "\x7f": DropControl, "\x13": DropControl,
		"\x9b": DropC1, "\u009d": DropC1,
		"\x1b]0;t\x07": DropTitle, "\x1b]2;t\x1b\\": DropTitle, "\x1b]52;c;YQ==\x07": DropClipboard, "\x1b]8;;http://x\x07": DropLink,
		"\x1b]4;1;red\x07": DropColor, "\x1b]11;?\x07": DropColor, "\x1b]1337;File=x\x07": DropOSC, "\x1b]0;open": DropTitle,
		"\x1bPq#0\x1b\\": DropDCS, "\x1bP$qm\x1b\\": DropDCS, "\x1b_Gx\x1b\\": DropString, "\x1bXx\x1b\\": DropString, "\x1b^x\x1b\\": DropString,
		"\x1b[c": DropQuery, "\x1b[>c": DropQuery, "\x1b[6n": DropQuery, "\x1b[?6n": DropQuery, "\x1b[?2026$p": DropQuery, "\x1b[>q": DropQuery,
		"\x1bZ": DropQuery, "\x1b[?1;1;0S": DropQuery, "\x1b[?u": DropQuery,
		"\x1b[5i": DropPrint, "\x1b[?5i": DropPrint, "\x1b[8;1;1t": DropWindow, "\x1b[21t": DropWindow, "\x1b[3J": DropScroll,
		"\x1b[?1000h": DropMode, "\x1b[?1004h": DropMode, "\x1b[?2004h": DropMode, "\x1b[>1u": DropMode, "\x1b[=5u": DropMode, "\x1b[?1h": DropMode,
		"\x1b[?2l": DropMode, "\x1b[2h": DropMode, "\x1b[?3h": DropMode, "\x1b[>4;2m": DropMode, "\x1b=": DropMode, "\x1b%@": DropMode, "\x1b G": DropMode,
		"\x1b[12]": DropSequence, "\x1b[1 q": DropSequence, "\x1b[1;2;3;4;5T": DropSequence, "\x1bl": DropSequence,
		"\x1b[1": DropBroken, "\x1b": DropBroken,
	} {
		var f Filter
		if got := filtered(&f, in); got != "" {
			t.Errorf("%q became %q", in, got)
		}
		for d, n := range f.Dropped() {
			if d != want || n != 1 {
				t.Errorf("%q: %d times %s, want %s", in, n, d, want)
			}
			want = d
		}
		if f.dropped[want] == 0 {
			t.Errorf("%q was not counted", in)
		}
	}
}

func TestFilterRewrites(t *testing.T) {
	for _, c := range []struct {
		name     string
		f        Filter
		in, want string
	}{
		{"modes apart", Filter{}, "\x1b[?1000;25;1049h", "\x1b[?25h\x1b[?1049h"},
		{"invalid", Filter{}, "a\xe9b", "a\ufffdb"},
		{"huge numbers", Filter{}, "\x1b[99999999999999999999b", "\x1b[9999b"},
		{"reset", Filter{}, "\x1bc", softReset + "\x1b[r\x1b[H\x1b[2J"},
		{"rows: region", Filter{Rows: 20}, "\x1b[r\x1b[5;24r\x1b[30;40r", "\x1b[1;20r\x1b[5;20r\x1b[1;20r"},
		{"rows: position", Filter{Rows: 20}, "\x1b[24;80H\x1b[24d\x1b[3;99H", "\x1b[20;80H\x1b[20d\x1b[3;99H"},
		{"line feeds", Filter{Newline: true}, "a\nb\r\nc\n\n", "a\r\nb\r\nc\r\n\r\n"},
		{"text after an open string is gone", Filter{}, "a\x1bXb", "a"},
		{"an overlong encoding of ESC", Filter{}, "\xc0\x9b[6n", "\ufffd[6n"},
		{"a query inside of a passthrough", Filter{}, "\x1bPtmux;\x1b\x1b[6n\x1b\\x", "x"},
	} {
		if got := filtered(&c.f, c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFilterKnowsTheScreen(t *testing.T) {
	var f Filter
	for _, c := range []struct {
		in         string
		alt, saved bool
	}{
		{"\x1b7", false, true}, {"\x1b8", false, false}, {"\x1b[s", false, true}, {"\x1b[u", false, false},
		{"\x1b7\x1b[?1049h", true, false}, {"\x1b[?1049l", false, false}, {"\x1b[?47h", true, false}, {"\x1bc", false, false},
	} {
		if f.Append(nil, []byte(c.in)); f.Alternate() != c.alt || f.CursorSaved() != c.saved {
			t.Errorf("after %q: alternate %v, saved %v", c.in, f.Alternate(), f.CursorSaved())
		}
	}
}

// harmless is all that a filter may write, said without the parser.
var harmless = regexp.MustCompile(`^(?:[^\x00-\x1f\x7f-\x{9f}]|[\x08-\x0f]|\x1b[78DEHM]|\x1b[()][AB0]|\x1b#[34568]` +
	`|\x1b\[[0-9;]*[@-IL-MPSTXZ\x60abdefr]|\x1b\[[0-9;:]*m|\x1b\[\??[0-2]?[JK]|\x1b\[[03]?g|\x1b\[[su]|\x1b\[4[hl]` +
	`|\x1b\[\?(?:5|6|7|12|25|47|1047|1048|1049)[hl])*$`)

// checkFilter holds what must be true of any output: only harmless sequences,
// valid UTF-8, the same for any pieces, and nothing left to filter.
func checkFilter(t interface{ Fatalf(string, ...any) }, src []byte, rows int, newline bool) {
	whole := Filter{Rows: rows, Newline: newline}
	got := filtered(&whole, string(src))
	if !utf8.ValidString(got) || !harmless.MatchString(got) {
		t.Fatalf("%q became %q", src, got)
	}
	var bytewise []string
	for i := range src {
		bytewise = append(bytewise, string(src[i:i+1]))
	}
	cut := Filter{Rows: rows, Newline: newline}
	if apart := filtered(&cut, bytewise...); apart != got || cut.dropped != whole.dropped {
		t.Fatalf("%q byte by byte became %q, whole %q", src, apart, got)
	}
	again := Filter{Rows: rows, Newline: newline}
	if twice := filtered(&again, got); twice != got {
		t.Fatalf("%q became %q, and that %q", src, got, twice)
	}
	if n := cap(whole.parser.data) + cap(whole.parser.params); n > 4*(maxString+maxParams) {
		t.Fatalf("%d bytes kept", n)
	}
}

func TestFilterHoldsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkFilter(t, hostile(t), rapid.IntRange(0, 3).Draw(t, "rows"), rapid.Bool().Draw(t, "newline"))
	})
}

func FuzzFilter(f *testing.F) {
	for _, s := range hostileParts {
		f.Add([]byte("\x1b["+s+"\x1b]"+s+"\x1b"+s), uint8(0), false)
	}
	f.Fuzz(func(t *testing.T, src []byte, rows uint8, newline bool) {
		if len(src) > 4<<10 {
			return // the checks are slow, and a longer input shows nothing new
		}
		checkFilter(t, src, int(rows), newline)
	})
}

func BenchmarkFilter(b *testing.B) {
	src := []byte(strings.Repeat("\x1b[01;34mdir\x1b[0m  drwxr-xr-x 2 root root 4096 Nov 23 12:00\r\n", 1<<14))
	var f Filter
	var dst []byte
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		dst = f.Append(dst[:0], src)
	}
}

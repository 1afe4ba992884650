package jsonstr

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestUnescape(t *testing.T) {
	for _, c := range []struct {
		in, want string
		lone     int
	}{
		{``, "", 0},
		{`ls -la`, "ls -la", 0},
		{`a longer run without any escape in it`, "a longer run without any escape in it", 0},
		{`\"\\\/\b\f\n\r\t`, "\"\\/\b\f\n\r\t", 0},
		{`\u0000\u001b[A\u007F`, "\x00\x1b[A\x7f", 0},
		{`\u00e9\u4f60\uD83D\uDE00`, "é你😀", 0},
		{"raw é \xff\xac", "raw é \xff\xac", 0},
		{`\udc80\udcff\udcc3\udca9`, "\x80\xff\xc3\xa9", 0},
		{`\ud83d\udc80`, "\U0001f480", 0},
		{`\ud83dx`, "\xed\xa0\xbdx", 1},
		{`\ud83d\n`, "\xed\xa0\xbd\n", 1},
		{`\ud800\ud83d\ude00`, "\xed\xa0\x80😀", 1},
		{`\udc7f\udd00`, "\xed\xb1\xbf\xed\xb4\x80", 2},
		{`\ufffd`, "\ufffd", 0},
	} {
		got, lone, ok := Unescape([]byte("pre"), []byte(c.in))
		if !ok || string(got) != "pre"+c.want || lone != c.lone {
			t.Errorf("%s: %q, lone %d, %v", c.in, got, lone, ok)
		}
	}
}

func TestUnescapeRejects(t *testing.T) {
	for _, in := range []string{
		`\`, `\x`, `\u`, `\u12`, `\u12g4`, `\U0041`, `a"b`, "a\nb", "12345678\x00", "1234567\x1f", `\ud83d\u12`, "tab\there", `\"\`,
	} {
		if out, _, ok := Unescape(nil, []byte(in)); ok {
			t.Errorf("%q was taken for %q", in, out)
		}
	}
}

func TestEveryByteAtEveryPlace(t *testing.T) {
	for c := range 256 {
		for n := range 20 {
			b := bytes.Repeat([]byte("x"), 20)
			b[n] = byte(c)
			out, _, ok := Unescape(nil, b)
			bad := c < 0x20 || c == '"' || c == '\\'
			if ok == bad || ok && !bytes.Equal(out, b) {
				t.Fatalf("byte %#x at %d: %q, %v", c, n, out, ok)
			}
		}
	}
}

func TestAppend(t *testing.T) {
	for in, want := range map[string]string{
		"plain /":        `plain /`,
		"\"\\\b\f\n\r\t": `\"\\\b\f\n\r\t`,
		"\x00\x1b\x7f":   `\u0000\u001b\u007f`,
		"é你😀":            `\u00e9\u4f60\ud83d\ude00`,
		"\xe4\xbd":       `\udce4\udcbd`,
		"\xed\xa0\x80":   `\udced\udca0\udc80`,
		"\xf4\x90\x80":   `\udcf4\udc90\udc80`,
		"\ufffd":         `\ufffd`,
	} {
		if got := string(Append(nil, []byte(in))); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestAppendThenUnescape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		if s := rapid.String().Draw(t, "text"); s != "" {
			x = append(x, s...)
		}
		checkRoundTrip(t, x)
	})
}

func checkRoundTrip(t interface{ Fatalf(string, ...any) }, x []byte) {
	enc := Append(nil, x)
	for _, c := range enc {
		if c < 0x20 || c >= 0x7f {
			t.Fatalf("%q is written with the byte %#x", x, c)
		}
	}
	if !json.Valid([]byte(`"` + string(enc) + `"`)) {
		t.Fatalf("%q is no JSON string: %s", x, enc)
	}
	got, lone, ok := Unescape(nil, enc)
	if !ok || lone != 0 || !bytes.Equal(got, x) {
		t.Fatalf("%q came back as %q (%d, %v)", x, got, lone, ok)
	}
}

func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`a\nb`, `\ud83d\ude00`, `\udc80`, `\ud800`, "\xff", `\`, `"`, "long run of plain text, then \\u00e9"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		checkRoundTrip(t, in)
		out, lone, ok := Unescape(nil, in)
		if len(out) > len(in) {
			t.Fatalf("%q grew to %q", in, out)
		}
		quoted := `"` + string(in) + `"`
		var want string
		err := json.Unmarshal([]byte(quoted), &want)
		if ok != (err == nil) {
			t.Fatalf("%q: ok is %v, encoding/json says %v", in, ok, err)
		}
		low := strings.ToLower(string(in))
		if ok && lone == 0 && utf8.Valid(in) && !strings.Contains(low, `\udc`) && string(out) != want {
			t.Fatalf("%q: %q, encoding/json gives %q", in, out, want)
		}
	})
}

func BenchmarkUnescape(b *testing.B) {
	for name, s := range map[string]string{
		"key":    "l",
		"output": strings.Repeat(`-rw-r--r-- 1 root root 4096 Jan  1 00:00 file\r\n`, 20),
		"ascii":  strings.Repeat(`\u001b[31m`, 100),
	} {
		b.Run(name, func(b *testing.B) {
			src, dst := []byte(s), make([]byte, 0, len(s))
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				dst, _, _ = Unescape(dst[:0], src)
			}
		})
	}
}

package term

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestKeys(t *testing.T) {
	for in, want := range map[string]string{
		"ls -la\r":                        "ls -la<Enter>",
		"\x03\x04\x00\n\t\x7f\x08":        "^C^D^@<LF><Tab><BS>^H",
		"\x1b[A\x1bOB\x1b[C\x1b[D":        "<Up><Down><Right><Left>",
		"\x1b[H\x1bOF\x1b[1~\x1b[8~":      "<Home><End><Home><End>",
		"\x1b[2~\x1b[3~\x1b[5~\x1b[6~":    "<Ins><Del><PgUp><PgDn>",
		"\x1b[1;5C\x1b[1;2D\x1b[3;3~":     "<C-Right><S-Left><M-Del>",
		"\x1bOP\x1b[15~\x1b[24~\x1b[1;2Q": "<F1><F5><F12><S-F2>",
		"\x1b[[A\x1b[[E":                  "<F1><F5>",
		"\x1b[200~x\x1b[201~":             "<Paste>x</Paste>",
		"\x1bb\x1b\u00e9\x1b\x7f\x1b\x08": "<M-b><M-é><M-BS><M-C-h>",
		"\x1b":                            "<Esc>",
		"\x1b\x1b[A":                      "<Esc><Up>",
		"\x1b[Z":                          "<S-Tab>",
		"\x1b[?1;2c\x1b[<0;1;1M\x1b[1;1R": "<Seq><Seq><Seq>",
		"\x1b[1;":                         "<M-[>1;",
		"caf\u00e9\xe9\u202e\u0085":       `café\xe9\u202e\u0085`,
		`"\`:                              `"\`,
	} {
		got, rest := "", []byte(in)
		for len(rest) > 0 {
			k := NextKey(rest)
			got += k.String()
			rest = rest[len(k.Data):]
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestSequenceLen(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "a": 0, "\x1b": 0, "\x1b[": 0, "\x1bO": 0, "\x1bb": 0,
		"\x1b[A": 3, "\x1b[Axy": 3, "\x1bOA": 3, "\x1b[1;5Dx": 6, "\x1b[3~": 4, "\x1b[200~ls": 6,
		"\x1b[1;5": 0, "\x1b[1\r": 0, "\x1bO\r": 0, "\x1b[[A": 4, "\x1b[[Z": 3, "a\x1b[A": 0,
	} {
		if got := SequenceLen([]byte(in)); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
}

func TestKeysCoverTheInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := hostile(t)
		for len(src) > 0 {
			k := NextKey(src)
			if len(k.Data) == 0 || len(k.Data) > len(src) || &k.Data[0] != &src[0] {
				t.Fatalf("%q: key %q", src, k.Data)
			}
			if s := k.String(); s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
				t.Fatalf("%q is shown as %q", k.Data, s)
			}
			src = src[len(k.Data):]
		}
	})
}

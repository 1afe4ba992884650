package term

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var kindNames = [...]string{"", "text", "invalid", "control", "C1", "ESC", "CSI", "OSC", "DCS", "SOS", "PM", "APC", "broken"}

// tokens parses pieces and writes the tokens down; text in a row is one.
func tokens(pieces ...string) []string {
	var p Parser
	var list []string
	text := ""
	end := func() {
		if text != "" {
			list = append(list, fmt.Sprintf("text %q", text))
		}
		text = ""
	}
	emit := func(t Token) {
		if t.Kind == Text {
			text += string(t.Data)
			return
		}
		end()
		s := kindNames[t.Kind]
		switch t.Kind {
		case Invalid, Control, C1:
			s += fmt.Sprintf(" %q", t.Data)
		case Escape:
			s += fmt.Sprintf(" %s%c", t.Inter, t.Final)
		case CSI:
			if t.Private != 0 {
				s += " " + string(t.Private)
			}
			s += fmt.Sprintf(" %s%s%c", t.Params, t.Inter, t.Final)
		case OSC, DCS, SOS, PM, APC:
			s += fmt.Sprintf(" %d %q", t.Size, t.Data)
			if t.Cut {
				s += " cut"
			}
		}
		list = append(list, s)
	}
	for _, b := range pieces {
		p.Feed([]byte(b), emit)
	}
	p.Flush(emit)
	end()
	return list
}

func TestParser(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for in, want := range map[string][]string{
		"caf\u00e9 \u20ac\U0001f600":           {`text "café €😀"`},
		"a\r\n":                                {`text "a"`, `control "\r"`, `control "\n"`},
		"\x1b[1;31mred":                        {"CSI 1;31m", `text "red"`},
		"\x1b[?25l\x1b[>c":                     {"CSI ? 25l", "CSI > c"},
		"\x1b[1 q\x1b[!p":                      {"CSI 1 q", "CSI !p"},
		"\x1b(0\x1bM\x1b#8":                    {"ESC (0", "ESC M", "ESC #8"},
		"\x1b]0;t\x07a":                        {`OSC 3 "0;t"`, `text "a"`},
		"\x1b]0;\u00e9\x9c\x1b\\a":             {`OSC 5 "0;é\x9c"`, `text "a"`},
		"\x1bPq\x07\x1b\\\x1bXs\x1b\\":         {`DCS 2 "q\a"`, `SOS 1 "s"`},
		"\x1b^p\x1b\\\x1b_a\x1b\\":             {`PM 1 "p"`, `APC 1 "a"`},
		"\x1b]0;t\x1b[mb":                      {`OSC 3 "0;t" cut`, "CSI m", `text "b"`},
		"\x1b]0;t\x18b":                        {`OSC 3 "0;t" cut`, `text "b"`},
		"\x1b_":                                {`APC 0 "" cut`},
		"\x1b_" + long + "\x1b\\":              {`APC 1000 "` + long[:256] + `"`},
		"\x1b[1\r2m":                           {`control "\r"`, "CSI 12m"},
		"\x1b[1\x18m":                          {"broken", `text "m"`},
		"\x1b[1\x1b[m":                         {"broken", "CSI m"},
		"\x1b[1\u00e9":                         {"broken", `text "é"`},
		"\x1b[ 1m\x1b[1?m\x1b[??m":             {"broken", "broken", "broken"},
		"\x1b[" + strings.Repeat("1", 300):     {"broken"},
		"\x1b[" + strings.Repeat(" ", 9) + "m": {"broken"},
		"a\xe9b":                               {`text "a"`, `invalid "\xe9"`, `text "b"`},
		"\x9b1m":                               {`C1 "\x9b"`, `text "1m"`},
		"\u009b1m":                             {`C1 "\u009b"`, `text "1m"`},
		"\xe2\x82A":                            {`invalid "\xe2"`, `C1 "\x82"`, `text "A"`},
		"\xc0\x9b\xe0\x80\x9b":                 {`invalid "\xc0"`, `C1 "\x9b"`, `invalid "\xe0"`, `C1 "\x80"`, `C1 "\x9b"`},
		"\xe2\x82":                             {`invalid "\xe2"`, `C1 "\x82"`},
		"\x1b":                                 {"broken"},
		"\x1b\x7f[m":                           {"CSI m"},
	} {
		if got := tokens(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := tokens(strings.Split(in, "")...); !slices.Equal(got, want) {
			t.Errorf("%q by chars: %q, want %q", in, got, want)
		}
	}
}

func TestParserTakesAnyPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := hostile(t)
		var pieces []string
		for rest := src; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			pieces = append(pieces, string(rest[:n]))
			rest = rest[n:]
		}
		if got, want := tokens(pieces...), tokens(string(src)); !slices.Equal(got, want) {
			t.Fatalf("%q: %q, want %q", pieces, got, want)
		}
	})
}

func TestParameters(t *testing.T) {
	tok := Token{Params: []byte("5;;38:2:1;123456789012345678901234567890")}
	for i, want := range []int{5, -1, 38, maxParam, -1, -1} {
		if got := tok.Param(i, -1); got != want {
			t.Errorf("parameter %d: %d, want %d", i, got, want)
		}
	}
	if n := tok.Count(); n != 4 {
		t.Errorf("%d parameters", n)
	}
	if n := (&Token{}).Count(); n != 0 {
		t.Errorf("%d parameters in none", n)
	}
}

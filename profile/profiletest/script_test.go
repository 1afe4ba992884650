package profiletest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gait"
)

// record writes a session down as one line of times in milliseconds.
func record(s *gait.Session) string {
	var b strings.Builder
	for _, e := range s.Events() {
		fmt.Fprintf(&b, "%d%c%q ", e.Time.Milliseconds(), e.Kind.String()[0], e.Data)
	}
	return strings.TrimSpace(b.String())
}

func TestStatements(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{`type "ab"`, `170i"a" 340i"b"`},
		{`type "ab" every 1s`, `1000i"a" 2000i"b"`},
		{`type "é\xffß"`, `170i"é" 340i"\xff" 510i"ß"`},
		{"wait 1s\npaste \"ls\\r\"", `1000i"ls\r"`},
		{`key up "\x1b[1;5D" enter every 10ms`, `10i"\x1b[A" 20i"\x1b[1;5D" 30i"\r"`},
		{`key backspace x3 every 5ms`, `5i"\x7f" 10i"\x7f" 15i"\x7f"`},
		{`key "x5"`, `170i"x5"`},
		{"wait 20ms\nprint `a\"b`\nexec \"id\"", `20o"a\"b" 20e"id"`},
		{"wait 2s\nprint \"a\"\nwait -1s\nprint \"b\"", `2000o"a" 2000o"b"`},
		{"repeat 2 {\n\twait 1s\n\trepeat 2 {\n\t\tkey tab every 1ms\n\t}\n}", `1001i"\t" 1002i"\t" 2003i"\t" 2004i"\t"`},
		{"// a remark\n\n  type   \"a\"  every  5ms  ", `5i"a"`},
		{"", ``},
	} {
		s, err := Session(c.script)
		if err != nil {
			t.Errorf("%s: %v", c.script, err)
			continue
		}
		if got := record(s); got != c.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", c.script, got, c.want)
		}
	}
}

func TestFidelity(t *testing.T) {
	s, err := Session("type \"a\"")
	if err != nil {
		t.Fatal(err)
	}
	want := gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true, Lossless: true}
	if s.Fidelity != want || !s.Start.IsZero() {
		t.Errorf("got %+v from %v", s.Fidelity, s.Start)
	}
	s, err = Session("fidelity input=key output=false resolution=1ms\nfidelity shared=true")
	if err != nil {
		t.Fatal(err)
	}
	want = gait.Fidelity{Input: gait.GranularityKey, Resolution: time.Millisecond, SharedTiming: true, Lossless: true}
	if s.Fidelity != want {
		t.Errorf("got %+v", s.Fidelity)
	}
}

func TestSessionErrors(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{"\nhum \"a\"", `line 2: unknown statement "hum"`},
		{`"type"`, "begins with its name"},
		{"type a", "wants one text in quotes"},
		{"type \"\"", "wants one text in quotes"},
		{`type "a" "b"`, "wants one text in quotes"},
		{`type "a" every fast`, `every "fast"`},
		{`type "a" every -1s`, `every "-1s"`},
		{`type "a`, "quotes or escapes"},
		{`type "\q"`, "quotes or escapes"},
		{`type "a"b`, "no space after the quotes"},
		{"key", "wants a name"},
		{"key hyper", `unknown key "hyper"`},
		{"key up x0", "not of the form x5"},
		{"wait", "wait wants one time"},
		{"wait 5", "not a time"},
		{"repeat {", "repeat wants a number"},
		{"repeat 0 {", "not a number above 0"},
		{"wait 1s\nrepeat 2 {\nwait 1s", "the repeat of line 2 has no }"},
		{"}", "} without a repeat"},
		{"fidelity", "no NAME=VALUE"},
		{"fidelity input", "not of the form"},
		{"fidelity input=words", "not one of none"},
		{"fidelity output=maybe", "fidelity output"},
		{"fidelity depth=3", "not one of input"},
		{"want silent", "want has no place here"},
		{"# a title", "a title has no place here"},
		{"repeat 3000 {\nrepeat 3000 {\nwait 1s\n}\n}", "too long"},
		{"repeat 3000000 {\ntype \"ab\"\n}", "too long"},
	} {
		_, err := Session(c.script)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.script, err, c.want)
		}
	}
}

func TestCases(t *testing.T) {
	cases, err := parse("# one\ntype \"a\"\nwant mixed 0.70\nmeasure a=1 b=nan\nmeasure c=2.5\n\n# two\nwant silent\n# three\nfidelity input=none\nwant unobservable\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) != 3 || cases[0].title != "one" || cases[2].title != "three" {
		t.Fatalf("got %d cases", len(cases))
	}
	w := cases[0].want
	if w.line != 3 || w.outcome != said || w.value != "mixed" || w.confidence != 0.70 || len(w.measures) != 3 || w.measures[2].Value != 2.5 {
		t.Errorf("got %+v", w)
	}
	if cases[1].want.outcome != silent || cases[2].want.outcome != unobservable {
		t.Errorf("got %+v and %+v", cases[1].want, cases[2].want)
	}
}

func TestCaseErrors(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{"", "holds no case"},
		{"// nothing\n", "holds no case"},
		{"type \"a\"", "line 1: a statement before the first title"},
		{"# a\ntype \"a\"\n# b\nwant silent", `line 3: case "a" has no want`},
		{"# a\nwant silent\n# b", `case "b" has no want`},
		{"#\nwant silent", "a title has no place here"},
		{"# a\nwant silent\ntype \"a\"", "type after want"},
		{"# a\nwant silent\nwant silent", "want after want"},
		{"# a\nwant typed", "want takes"},
		{"# a\nwant typed 0", "above 0"},
		{"# a\nwant typed 1.5", "at most 1"},
		{"# a\nwant typed much", "above 0"},
		{"# a\nmeasure x=1", "measure without a want"},
		{"# a\nwant silent\nmeasure x=1", "measure without a want"},
		{"# a\nwant typed 1\nmeasure x=much", "not a number"},
		{"# a\nrepeat 2 {\nwant silent\n}", "no place here"},
	} {
		_, err := parse(c.script)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.script, err, c.want)
		}
	}
}

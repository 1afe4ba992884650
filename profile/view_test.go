package profile

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"gait"
)

// act is one event of a test session.
type act struct {
	ms   float64
	kind gait.Kind
	data string
}

func in(ms float64, data string) act  { return act{ms, gait.Input, data} }
func out(ms float64, data string) act { return act{ms, gait.Output, data} }

// viewOf makes a session of acts and its view.
func viewOf(acts ...act) *View {
	s := &gait.Session{}
	s.Fidelity = gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true}
	return viewWith(s, acts...)
}

func viewWith(s *gait.Session, acts ...act) *View {
	for _, a := range acts {
		s.Append(gait.Event{Time: time.Duration(a.ms * 1e6), Kind: a.kind, Data: []byte(a.data)}, -1)
	}
	v := &View{}
	v.reset(s)
	return v
}

func TestStrokes(t *testing.T) {
	big := strings.Repeat("x", bracketBytes)
	for _, c := range []struct {
		name string
		acts []act
		want string // chars of each stroke, p for a paste, c for control
	}{
		{"single keys", []act{in(0, "l"), in(100, "s")}, "1 1"},
		{"four chars are a paste", []act{in(0, "abc"), in(100, "abcd")}, "3 4p"},
		{"chars, not bytes", []act{in(0, "äöü"), in(100, "äöüß")}, "3 4p"},
		{"bytes that are no UTF-8", []act{in(0, "\xac\xad\xae\xaf")}, "4p"},
		{"a modified arrow is one key", []act{in(0, "\x1b[1;5D")}, "1c"},
		{"several keys in one read", []act{in(0, "\x1b[A\x1b[A\x1bOB\x1b[3~\x1b[[A")}, "5c"},
		{"keys and text", []act{in(0, "\x1b[Ax")}, "4p"},
		{"a cut sequence is text", []act{in(0, "\x1b[1;5")}, "5p"},
		{"bracketed paste", []act{in(0, "\x1b[200~a\x1b[201~")}, "13p"},
		{"bracketed paste in pieces", []act{in(0, "\x1b[20"), in(5, "0~ls"), in(9, "x\x1b[201"), in(10, "~")}, "15p"},
		{"text around it", []act{in(0, "x\x1b[200~ab\x1b[201~y"), in(9, "z")}, "1 14p 1 1"},
		{"two pastes", []act{in(0, "\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~")}, "13p 13p"},
		{"no end", []act{in(0, "\x1b[200~"), in(5, "ab")}, "1c 2"},
		{"end too late", []act{in(0, "\x1b[200~"), in(5, "ab"), in(10_001, "\x1b[201~")}, "1c 2 1c"},
		{"end just in time", []act{in(0, "\x1b[200~"), in(5, "ab"), in(10_000, "\x1b[201~")}, "14p"},
		{"end too far", []act{in(0, "\x1b[200~"), in(5, big), in(6, "\x1b[201~")}, "1c 262144p 1c"},
		{"a start that has no end, then a paste", []act{in(0, "\x1b[200~"), in(11_000, "\x1b[200~a\x1b[201~")}, "1c 13p"},
	} {
		if got := strokes(viewOf(c.acts...)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func strokes(v *View) string {
	var list []string
	for i := range v.Keys().Strokes {
		s := &v.Keys().Strokes[i]
		kind := ""
		if s.Paste() {
			kind = "p"
		} else if s.Control() {
			kind = "c"
		}
		list = append(list, fmt.Sprint(s.Chars(), kind))
	}
	return strings.Join(list, " ")
}

func TestABracketedPasteStandsAtItsFirstByte(t *testing.T) {
	v := viewOf(in(0, "x"), in(1000, "\x1b[200~ls\r"), in(1400, "id\r\x1b[201~"), in(2000, "y"))
	if at := v.Keys().Strokes[1].At; at != 1 {
		t.Errorf("the paste stands at %v s", at)
	}
	if c := v.Commands(); c.Len() != 2 || c.List[1].Start != 1 || c.List[1].End != 1 {
		t.Errorf("commands: %+v", c.List)
	}
}

func TestKeysUnderAMillisecondApartAreAPasteWherePastesAreSplit(t *testing.T) {
	acts := []act{in(0, "a"), in(500, "l"), in(500.2, "s"), in(500.4, " "), in(501.3, "x"), in(502.3, "y"), in(502.5, "z"), in(502.6, "z")}
	s := &gait.Session{}
	s.Fidelity.Input = gait.GranularityKey
	if got := strokes(viewWith(s, acts...)); got != "1 4p 1 1 1" {
		t.Errorf("keys: %s", got)
	}
	if got := strokes(viewOf(acts...)); got != "1 1 1 1 1 1 1 1" {
		t.Errorf("packets: %s", got)
	}
}

func TestControlSequencesBreakDigraphsAndLetters(t *testing.T) {
	v := viewOf(in(0, "a"), in(100, "\x1b[A"), in(200, "b"), in(300, "c"))
	list, samples := v.Keys().Digraphs()
	if samples != 1 || len(list) != 1 || list[0].First != 'b' {
		t.Errorf("digraphs: %v", list)
	}
	if w := v.Words(); w.Letters != 3 || len(w.Bigrams()) != 1 || w.Chars != 4 {
		t.Errorf("words: %d letters, %v, %d chars", w.Letters, w.Bigrams(), w.Chars)
	}
}

// tools gives the tools of a view's commands by the names that they match.
func tools(v *View, names ...string) string {
	var list []string
	c := v.Commands()
	for i := range c.List {
		found := "?"
		for _, n := range append(names, "") {
			if c.Tool(i).sum == toolSum([]byte(n)) {
				found = "[" + n + "]"
			}
		}
		list = append(list, found)
	}
	return strings.Join(list, " ")
}

func TestCommands(t *testing.T) {
	for _, c := range []struct{ name, keys, want string }{
		{"two lines", "ls -la\rid\r", "[ls] [id]"},
		{"all line ends", "ls\r\nid\n\npwd\r\x00\x00w\r", "[ls] [id] [pwd] [w]"},
		{"an unfinished line", "ls\rpw", "[ls]"},
		{"backspaces", "lss\x7f\rlx\x08s\r", "[ls] [ls]"},
		{"^U", "rm -rf /\x15ls\r", "[ls]"},
		{"^W", "ls rm\x17id\rrm\x17ls\r", "[ls] [ls]"},
		{"^A and ^K", "rm\x01\x0bid\r", "[id]"},
		{"an arrow and Delete", "xls\x1b[D\x1b[D\x1b[D\x1b[3~\r", "[ls]"},
		{"^C discards", "rm -rf /\x03ls\r", "[ls]"},
		{"white space alone", " \t \r\u00a0\u2003\rls\r", "[ls]"},
		{"emptied", "ls\x7f\x7f\rid\r", "[id]"},
		{"recalled", "\x1b[A\r\x10\r\x12\rls\r", "[] [] [] [ls]"},
		{"an arrow to the side recalls nothing", "\x1b[D\r", ""},
		{"TAB ends the token", "ls\t-la\r", "[ls]"},
		{"white space of Unicode", "ls\u3000-la\r\u00a0id\r", "[ls] [id]"},
		{"other control bytes are dropped", "l\x00s\x1c\r", "[ls]"},
		{"bytes that are no UTF-8", "\xac\xad -x\r\xac\xad\r", "[\xac\xad] [\xac\xad]"},
		{"a character cut by backspace", "lsé\x7f\r", "[ls]"},
		{"here-document", "cat <<EOF\rls\rEOF\rid\r", "[cat] [id]"},
		{"here-document, quoted", "cat <<'END X'\rls\rEND X\rid\r", "[cat] [id]"},
		{"here-document with tabs", "cat <<-EOF\rls\r\t\tEOF\rid\r", "[cat] [id]"},
		{"tabs only with the dash", "cat <<EOF\r\tEOF\rid\rEOF\rls\r", "[cat] [ls]"},
		{"two here-documents", "cat <<A <<B\rls\rA\rid\rB\rpwd\r", "[cat] [pwd]"},
		{"the word never comes", "cat <<EOF\rls\rid\r", "[cat] [ls] [id]"},
		{"a here-string", "cat <<<EOF\rls\rEOF\r", "[cat] [ls] [EOF]"},
		{"a here-document in a here-document", "cat <<A\rcat <<B\rA\rls\rB\r", "[cat] [ls] [B]"},
		{"an edited here-document", "cat <<EOX\x7fF\rls\rEOG\x7fF\rid\r", "[cat] [id]"},
	} {
		if got := tools(viewOf(in(0, c.keys)), "ls", "id", "pwd", "w", "cat", "EOF", "B", "\xac\xad"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		var acts []act
		for i := range len(c.keys) {
			acts = append(acts, in(float64(i*100), c.keys[i:i+1]))
		}
		if got := tools(viewOf(acts...), "ls", "id", "pwd", "w", "cat", "EOF", "B", "\xac\xad"); got != c.want {
			t.Errorf("%s, key by key: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCommandTimes(t *testing.T) {
	v := viewOf(in(0, "x\x03"), in(500, "l"), in(700, "s"), in(900, "\r"), in(2000, "id\r"), out(2100, "x"))
	c := v.Commands()
	if c.Len() != 2 || c.List[0].Start != 0.5 || c.List[0].End != 0.9 || c.List[1].Start != 2 || c.Gaps()[0] != 2-0.9 {
		t.Fatalf("commands %+v, gaps %v", c.List, c.Gaps())
	}
	if got := c.Within(nil, 0); len(got) != 1 || math.Abs(got[0]-0.2) > 1e-12 {
		t.Errorf("gaps within: %v", got)
	}
	if s := v.Screen(); s.Volume(0) != 0 || s.Volume(1) != 1 {
		t.Errorf("volumes %d %d", s.Volume(0), s.Volume(1))
	}
}

func TestAnExecIsACommand(t *testing.T) {
	v := viewOf(act{0, gait.Exec, "uname -a\nid"}, out(100, "Linux"))
	if c := v.Commands(); c.Len() != 1 || tools(v, "uname") != "[uname]" || v.Screen().Volume(0) != 5 || len(v.Keys().Strokes) != 0 {
		t.Errorf("commands: %+v", c.List)
	}
}

func TestScreen(t *testing.T) {
	for _, c := range []struct {
		name, output string
		check        func(*Screen) bool
	}{
		{"an error", "bash: foo: command not found\r\n", func(s *Screen) bool { return s.ErroredAt(0) }},
		{"an error in colours", "Permission \x1b[1mdenied", func(s *Screen) bool { return s.ErroredAt(0) }},
		{"no error", "permission denied", func(s *Screen) bool { return !s.ErroredAt(0) }},
		{"bash", "root@web01:~# ", func(s *Screen) bool { return s.Prompts[Bash] == 1 && s.LastPrompt }},
		{"no space, but a shape", "root@web01:~#", func(s *Screen) bool { return s.Prompts[Bash] == 1 }},
		{"neither", "100#", func(s *Screen) bool { return s.Total == 0 && !s.LastPrompt }},
		{"powershell", "PS C:\\Users> ", func(s *Screen) bool { return s.Prompts[PowerShell] == 1 }},
		{"cmd", "C:\\Users>", func(s *Screen) bool { return s.Prompts[CmdExe] == 1 }},
		{"another drive", "D:\\Users>", func(s *Screen) bool { return s.Prompts[Fish] == 1 }},
		{"the most votes", "a% \nb$ \nc$ \n", func(s *Screen) bool { return s.First == Bash && s.Total == 3 }},
		{"ties: first seen", "a% \nb$ \n", func(s *Screen) bool { return s.First == Zsh }},
		{"tmux", "\x1b[?1004h", func(s *Screen) bool { return s.Multiplexer == Tmux }},
		{"screen", "\x1b]83;x\x07", func(s *Screen) bool { return s.Multiplexer == GNUScreen }},
		{"tmux over screen", "\x1bP=\x1bPtmux;", func(s *Screen) bool { return s.Multiplexer == Tmux }},
		{"locale", "LANG=en_US.UTF-8", func(s *Screen) bool { return s.Locale == "en-US" }},
		{"the strongest key", "LANG=en_US LC_ALL=de_AT", func(s *Screen) bool { return s.Locale == "de-AT" }},
		{"POSIX is undetermined", "LC_ALL=POSIX", func(s *Screen) bool { return s.Locale == "und" }},
		{"C is undetermined", "LC_ALL=C.UTF-8", func(s *Screen) bool { return s.Locale == "und" }},
		{"no quote", `LANG="en_US"`, func(s *Screen) bool { return s.Locale == "" }},
		{"three letters", "LANG=english", func(s *Screen) bool { return s.Locale == "eng" }},
		{"a locale in colours", "LA\x1b[1mNG=fr", func(s *Screen) bool { return s.Locale == "fr" }},
	} {
		whole := viewOf(in(0, "x\r"), out(10, c.output))
		if !c.check(whole.Screen()) {
			t.Errorf("%s: %+v", c.name, whole.Screen())
		}
		acts := []act{in(0, "x\r")}
		for i := range len(c.output) {
			acts = append(acts, out(10+float64(i), c.output[i:i+1]))
		}
		if cut := viewOf(acts...); !c.check(cut.Screen()) {
			t.Errorf("%s, cut at every byte: %+v", c.name, cut.Screen())
		}
	}
}

func TestWholeWordsCount(t *testing.T) {
	v := viewOf(in(0, "b"), in(100, "y"), in(200, "p"), in(300, "a"), in(400, "s"), in(500, "s"), in(600, " "), in(700, "ass"), in(800, " "),
		in(900, "FUC"), in(1000, "K"))
	if w := v.Words(); w.Hits[Obscene] != 2 || w.Capitals != 4 {
		t.Errorf("hits %v, capitals %d", w.Hits, w.Capitals)
	}
}

func TestWindowsAreAbsoluteWhereTheStartIsKnown(t *testing.T) {
	p := []*Primitive{{Name: "x.y", Observe: func(*View) Answer { return Say("z", 1) }}}
	v := viewOf(in(1500, "x"), in(2500, "y"), act{99e6, gait.Resize, "80x24"})
	now := time.Unix(77, 0)
	o := Run(v.session, p, now).Observations[0]
	if o.Window.Unix || o.Window.Start != 1500*time.Millisecond || o.Window.End != 2500*time.Millisecond || !o.Time.Equal(now) {
		t.Errorf("no start: %+v", o)
	}
	v.session.Start = time.Unix(1000, 0)
	o = Run(v.session, p, now).Observations[0]
	if !o.Window.Unix || o.Window.Start != 1001500*time.Millisecond || o.Time.UnixMilli() != 1002500 {
		t.Errorf("with a start: %+v", o)
	}
}

func TestAPanicCostsOneValue(t *testing.T) {
	secret := "s3cret"
	ps := []*Primitive{
		{Name: "x.a", Observe: func(v *View) Answer { panic(secret) }},
		{Name: "x.b", Observe: func(*View) Answer { return Say("ok", 1) }},
	}
	s := &gait.Session{}
	s.ID = "7"
	r := Run(s, ps, time.Time{})
	if len(r.Failures) != 1 || len(r.Observations) != 1 {
		t.Fatalf("%+v", r)
	}
	msg := r.Failures[0].Error()
	if !strings.Contains(msg, "x.a") || !strings.Contains(msg, "7") || strings.Contains(msg, secret) {
		t.Errorf("message: %s", msg)
	}
}

func TestNotObservable(t *testing.T) {
	full := gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true}
	with := func(f func(*gait.Fidelity)) gait.Fidelity { x := full; f(&x); return x }
	for _, c := range []struct {
		p    Primitive
		f    gait.Fidelity
		lack bool
	}{
		{Primitive{Needs: NeedKeys | NeedOutput | NeedTiming, Finest: 10 * time.Microsecond}, full, false},
		{Primitive{Finest: 9 * time.Microsecond}, full, true},
		{Primitive{Needs: NeedInput}, with(func(f *gait.Fidelity) { f.Input = gait.GranularityNone }), true},
		{Primitive{Needs: NeedInput}, with(func(f *gait.Fidelity) { f.Input = gait.GranularityLine }), false},
		{Primitive{Needs: NeedKeys}, with(func(f *gait.Fidelity) { f.Input = gait.GranularityLine }), true},
		{Primitive{Needs: NeedOutput}, with(func(f *gait.Fidelity) { f.Output = false }), true},
		{Primitive{Needs: NeedTiming}, with(func(f *gait.Fidelity) { f.SharedTiming = true }), true},
		{Primitive{Finest: 5 * time.Millisecond}, with(func(f *gait.Fidelity) { f.Resolution = time.Millisecond }), true},
		{Primitive{Finest: 10 * time.Millisecond}, with(func(f *gait.Fidelity) { f.Resolution = time.Millisecond }), false},
	} {
		if got := Lacks(&c.p, c.f); (got != "") != c.lack {
			t.Errorf("needs %v, finest %v: %q", c.p.Needs.Names(), c.p.Finest, got)
		}
	}
}

// A view that is used again tells of the new session alone.
func TestAViewForgets(t *testing.T) {
	first := []act{in(0, "l"), in(100, "s"), in(200, "\x1b[A"), in(250, "é"), in(300, "\r"), out(310, "LANG=de x$ "), in(400, "rm\r")}
	second := []act{in(0, "i"), in(120, "d"), in(190, "\r"), out(200, "ok")}
	tell := func(v *View) string {
		list, n := v.Keys().Digraphs()
		return fmt.Sprintf("%v %v %d %v %v %+v %v %d", strokes(v), list, n, v.Keys().Bursts(), v.Commands().List, v.Screen().Prompts, v.Words().Bigrams(), v.Words().Chars)
	}
	want := tell(viewOf(second...))
	v := viewOf(first...)
	tell(v)
	v.reset(viewOf(second...).session)
	if got := tell(v); got != want {
		t.Errorf("used again:\n%s\nfresh:\n%s", got, want)
	}
}

func TestCountChars(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("abc"), []byte("aé你😀"), {0xff, 'a', 0xc3}, bytes.Repeat([]byte{0xed, 0xa0, 0x80}, 2)} {
		if got, want := int(countChars(b)), len([]rune(string(b))); got != want {
			t.Errorf("%q: %d chars, want %d", b, got, want)
		}
	}
}

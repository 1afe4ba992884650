package system

import (
	"bytes"
	"io"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"gait/decoy/machine"
	"gait/decoy/shell"
	"gait/decoy/visit"
)

// typist is a terminal on which keys are pressed, each when the one before was
// read.
type typist struct {
	mu     sync.Mutex
	keys   []string
	out    bytes.Buffer
	mode   visit.Mode
	closed chan struct{}
}

func (t *typist) Read(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.keys) == 0 {
		return 0, io.EOF
	}
	n := copy(b, t.keys[0])
	if t.keys[0] = t.keys[0][n:]; t.keys[0] == "" {
		t.keys = t.keys[1:]
	}
	return n, nil
}

func (t *typist) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(b)
}

func (t *typist) SetMode(m visit.Mode) visit.Mode {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.mode
	t.mode = m
	return old
}

func (t *typist) Size() visit.Size             { return visit.Size{Cols: 80, Rows: 24} }
func (t *typist) Name() string                 { return "xterm" }
func (t *typist) Signals() <-chan visit.Signal { return nil }
func (t *typist) Wake(func())                  {}
func (t *typist) Closed() <-chan struct{}      { return t.closed }

// edit runs a line on a terminal where keys are pressed, and gives what the
// terminal showed and what is in /tmp/f afterwards.
func edit(t *testing.T, line string, keys ...string) (shown, file string) {
	t.Helper()
	w := theMachine().World()
	term := &typist{keys: keys, mode: visit.Cooked, closed: make(chan struct{})}
	s := shell.New(shell.Options{Programs: Programs(), Worlds: func(netip.Addr) *machine.World { return w }})
	s.Run(t.Context(), visit.Session{Visitor: visit.Visitor{Service: "ssh", User: "root", Remote: netip.MustParseAddrPort("192.0.2.7:40000"), Local: netip.MustParseAddrPort("198.51.100.1:22")},
		ID: "s", Exec: line, Terminal: term, Stdin: term, Stdout: term, Stderr: term})
	if term.mode != visit.Cooked {
		t.Errorf("%s: the terminal is left in another mode", line)
	}
	data, _ := w.Root.ReadFile("/tmp/f", 1<<20)
	return term.out.String(), string(data)
}

func TestEditors(t *testing.T) {
	t.Parallel()
	const three = "printf 'one\\ntwo two\\nthree\\n' > /tmp/f; "
	for _, c := range []struct {
		line, keys, shown, file string
	}{
		{"vi /tmp/f", "ihello|\r|world|\x1b|:wq\r", "\"/tmp/f\" [New File]", "hello\nworld\n"},
		{"vi /tmp/f", "i|x|\x1b|:q\r|:q!\r", "E37: No write since last change (add ! to override)", ""},
		{"vi /tmp/f", ":foo\r|:q\r", "E492: Not an editor command: foo", ""},
		{three + "vi /tmp/f", "dd|p|ZZ", "\"/tmp/f\" 3 lines, 18 bytes", "two two\none\nthree\n"},
		{three + "vi /tmp/f", "j|dw|A| end|\x1b|:x\r", "", "one\ntwo end\nthree\n"},
		{three + "vi /tmp/f", "/three\r|cw|3|\x1b|:w\r|:q\r", "\"/tmp/f\" 3 lines, 14 bytes written", "one\ntwo two\n3\n"},
		{three + "vi /tmp/f", ":%s/two/2/g\r|gg|x|u|:wq\r", "", "one\n2 2\nthree\n"},
		{three + "vi /tmp/f", "\x1b[B|\x1b[C|rX|O|new|\x1b|J|:wq\r", "", "one\nnew tXo two\nthree\n"},
		{three + "vi /tmp/f", "2yy|G|p|:2d\r|:wq\r", "", "one\nthree\none\ntwo two\n"},
		{three + "vi /tmp/f", "d2w|yyP|~|:wq\r", "", "\n\ntwo two\nthree\n"},
		{"vi /tmp", ":q\r", "\"/tmp\" is a directory", ""},
		{"vi /tmp/f", ":!echo $((6*7))\r|\r|:q\r", "42\n", ""},
		{three + "vi /tmp/f", "/zz\r|:q\r", "E486: Pattern not found: zz", "one\ntwo two\nthree\n"},
		{"nano /tmp/f", "hello|\r|wor|ld|\x18|y|\r", "[ New File ]", "hello\nworld\n"},
		{three + "nano /tmp/f", "\x0b|\x1b[B|\x15|\x0f|\r|\x18", "[ Wrote 3 lines ]", "two two\none\nthree\n"},
		{three + "nano /tmp/f", "\x17three\r|X|\x13|\x18", "[ Read 3 lines ]", "one\ntwo two\nXthree\n"},
		{three + "nano /tmp/f", "x|\x18|\x03|\x18|n", "[ Cancelled ]", "one\ntwo two\nthree\n"},
		{three + "nano /tmp/f", "\x1b[B|\x7f|\x05| é\t.|\x1b[3~|\x18|y\r", "", "onetwo two é\t.three\n"},
		{"nano /tmp", "\x18", "\"/tmp\" is a directory", ""},
		{three + "nano /tmp/f", "\x03|\x18", "[ line 1/3 (33%), col 1/4 (25%) ]", "one\ntwo two\nthree\n"},
		{"nano /tmp/f", "abc", "GNU nano 7.2", ""},
		{"vi /tmp/f", "iabc", "", ""},
	} {
		shown, file := edit(t, c.line, strings.Split(c.keys, "|")...)
		if file != c.file {
			t.Errorf("%s, %q: the file is %q, not %q", c.line, c.keys, file, c.file)
		}
		if !strings.Contains(strings.NewReplacer("\x1b[7m", "", "\x1b[27m", "").Replace(shown), c.shown) {
			t.Errorf("%s, %q: nothing says %q in %q", c.line, c.keys, c.shown, shown)
		}
	}
}

func FuzzVi(f *testing.F) {
	for _, k := range []string{"ihello\x1b:wq\r", "dd3p:%s/a/b/g\ruuJxZZ", "2dwcw\x1b[A\x1b[Bo~~ggGdGyyPHML:1,$d\r:q!\r", "d|c$by0w:5\r:set nu\r\x06\x02\x04\x15"} {
		f.Add(k, true)
		f.Add(k, false)
	}
	f.Fuzz(func(t *testing.T, keys string, nano bool) {
		if len(keys) > 200 || strings.Contains(keys, "!") {
			return
		}
		name := "vi"
		if nano {
			name = "nano"
		}
		shown, _ := edit(t, "printf 'a b c\\n\\n  (x) é\\tz\\n\\377\\n' > /tmp/f; "+name+" /tmp/f; echo end-$?", keys)
		if strings.Contains(shown, "end-139") || !strings.Contains(shown, "end-") && !strings.Contains(keys, "\x1a") {
			t.Errorf("%s failed on %q: %q", name, keys, shown)
		}
	})
}

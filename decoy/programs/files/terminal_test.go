package files

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// screen is a terminal of a size that reads nothing.
type screen struct{ cols int }

func (screen) Read([]byte) (int, error)      { return 0, nil }
func (screen) Write(b []byte) (int, error)   { return len(b), nil }
func (screen) SetMode(visit.Mode) visit.Mode { return visit.Cooked }
func (s screen) Size() visit.Size            { return visit.Size{Cols: s.cols, Rows: 24} }
func (screen) Name() string                  { return "xterm" }
func (screen) Signals() <-chan visit.Signal  { return nil }
func (screen) Wake(func())                   {}
func (screen) Closed() <-chan struct{}       { return nil }

// onTerminal runs ls in a directory with files of all kinds.
func onTerminal(t *testing.T, cols int, env proc.Environ, args ...string) string {
	t.Helper()
	now := time.Date(2031, 3, 4, 5, 6, 7, 0, time.UTC)
	w := machine.New(machine.Options{Host: "web01", Now: func() time.Time { return now }}).World()
	fs := w.Root.Clone()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(fs.Mkdir("/tmp/w", 0o755))
	must(fs.Chdir("/tmp/w"))
	must(fs.Mkdir("d", 0o755))
	for _, name := range []string{"a b", "f.tar", "x.sh"} {
		must(fs.WriteFile(name, nil, 0o644))
		must(fs.Chtimes(name, now.Add(-time.Hour)))
	}
	must(fs.Chmod("x.sh", 0o755))
	must(fs.Symlink("d", "l"))
	must(fs.Symlink("nox", "m"))
	must(fs.Mknod("p", vfs.Pipe|0o644, 0))
	must(fs.Mkdir("st", 0o777))
	must(fs.Chmod("st", 0o1777))
	var out bytes.Buffer
	p := &proc.Process{Ctx: context.Background(), Args: append([]string{"ls"}, args...), Env: env, FS: fs, World: w, Out: &out, Err: &out, Terminal: screen{cols}, OutTTY: true, Budget: proc.Limits{}.New()}
	runLs(p)
	return out.String()
}

func TestTerminal(t *testing.T) {
	xterm := proc.Environ{"TERM=xterm", "LC_ALL=C"}
	debian := append(xterm, "LS_COLORS=di=01;34:ln=01;36:pi=40;33:or=40;31;01:mi=00:tw=30;42:ex=01;32:*.tar=01;31")
	for _, c := range []struct {
		name string
		cols int
		env  proc.Environ
		args string
		want string
	}{
		{"one line", 80, xterm, "", "'a b'   d   f.tar   l   m   p   st   x.sh\n"},
		{"three columns", 20, xterm, "", "'a b'\t l   st\n d\t m   x.sh\n f.tar\t p\n"},
		{"across", 80, xterm, "-x", "'a b'   d   f.tar   l   m   p   st   x.sh\n"},
		{"commas", 80, xterm, "-m", "'a b', d, f.tar, l, m, p, st, x.sh\n"},
		{"built-in colours", 20, xterm, "--color=auto", "'a b'    \x1b[0m\x1b[01;36ml\x1b[0m   \x1b[30;42mst\x1b[0m\n \x1b[01;34md\x1b[0m       \x1b[01;36mm\x1b[0m   \x1b[01;32mx.sh\x1b[0m\n f.tar   \x1b[33mp\x1b[0m\n"},
		{"an unknown terminal", 80, proc.Environ{"TERM=dumb"}, "--color=auto", "'a b'   d   f.tar   l   m   p   st   x.sh\n"},
		{"Debian's colours", 80, debian, "--color=auto -d f.tar m", "\x1b[0m\x1b[01;31mf.tar\x1b[0m  \x1b[40;31;01mm\x1b[0m\n"},
		{"a long line", 80, debian, "--color=auto -l x.sh", "-rwxr-xr-x 1 root root 0 Mar  4 04:06 \x1b[0m\x1b[01;32mx.sh\x1b[0m\n"},
		{"a dangling link", 80, debian, "--color=auto -og --time-style=+ m", "lrwxrwxrwx 1 3  \x1b[0m\x1b[40;31;01mm\x1b[0m -> \x1b[40;31;01mnox\x1b[0m\n"},
	} {
		if got := onTerminal(t, c.cols, c.env, strings.Fields(c.args)...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMarks(t *testing.T) {
	p := &proc.Process{Args: []string{"ls"}, Env: proc.Environ{"LANG=en_US.UTF-8"}}
	for _, c := range [][2]string{{"a b", "'a b'"}, {"a'b", `"a'b"`}, {"a'b\"c", `'a'\''b"c'`}, {"a\nb", `'a'$'\n''b'`}, {"\x01\x02z", `''$'\001\002''z'`}, {"#a", "'#a'"}, {"a#", "a#"}, {"~x", "'~x'"}, {"a:b", "a:b"}, {"a!b", "'a!b'"}, {"{", "'{'"}, {"a{b", "a{b"}, {"äö", "äö"}, {"t\x80x", `'t'$'\200''x'`}} {
		if got := (&lister{p: p, quoting: "shell"}).quote(c[0]); got != c[1] {
			t.Errorf("%q is quoted as %s, want %s", c[0], got, c[1])
		}
	}
}

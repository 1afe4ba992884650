package recording

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// found gives what Find finds below dir: each input's path and sessions, or
// its path and "!" for an error.
func found(t *testing.T, dir string, opt Options, paths ...string) (all []string) {
	t.Helper()
	for in, err := range Find(t.Context(), paths, opt) {
		name := strings.TrimPrefix(in.Path, dir+"/")
		var f *File
		if err == nil {
			f, err = in.Open()
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Path != in.Path {
				t.Errorf("%s: the error is %#v", name, err)
			}
			all = append(all, name+"!")
			continue
		}
		ids, err := opened(t, f, dir)
		if err != nil {
			t.Error(err)
		}
		all = append(all, name+": "+strings.Join(ids, " "))
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	return all
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestFindWalksFoldersInLexicalOrder(t *testing.T) {
	dir := files(t, map[string]string{
		"b/2": "PLAIN b2\n", "b/10.gz": gz(t, "PLAIN b10\n"), "a": "PLAIN a\n", "c": "not a recording", "empty": "",
		".hidden/x": "PLAIN hidden\n", "z.tgz": gz(t, tarOf(t, member{name: "m", data: "PLAIN m\n"})),
		"loot.tar": tarOf(t, member{name: "m", data: "rubbish"}), "b.d/\xff\x1b[2J\n": "PLAIN strange\n",
	})
	var skipped []string
	opt := fakes()
	opt.Skipped = func(path, why string) { skipped = append(skipped, strings.TrimPrefix(path, dir+"/")+" "+why) }
	equal(t, found(t, dir, opt, dir),
		".hidden/x: .hidden/x#hidden", "a: a#a", "b/10.gz: b/10.gz#b10", "b/2: b/2#b2",
		"b.d/\xff\x1b[2J\n: b.d/\xff\x1b[2J\n#strange", "loot.tar: ", "z.tgz: z.tgz/m#m")
	equal(t, skipped, "c is no recording", "empty is empty")
}

func TestFindKeepsTheOrderOfPathsAndGivesNoneTwice(t *testing.T) {
	dir := files(t, map[string]string{"d/1": "PLAIN 1\n", "d/2": "PLAIN 2\n", "e": "PLAIN e\n"})
	e, d := filepath.Join(dir, "e"), filepath.Join(dir, "d")
	equal(t, found(t, dir, fakes(), e, filepath.Join(d, "2"), d, e), "e: e#e", "d/2: d/2#2", "d/1: d/1#1")
}

func TestFindGivesNamedFilesAlwaysAndGoesOnAfterErrors(t *testing.T) {
	dir := files(t, map[string]string{"text": "hello", "empty": "", "a": "PLAIN a\n", "bad.gz": "\x1f\x8b\x08rubbish"})
	var paths []string
	for _, name := range []string{"text", "missing", "empty", "bad.gz", "a"} {
		paths = append(paths, filepath.Join(dir, name))
	}
	equal(t, found(t, dir, fakes(), paths...), "text!", "missing!", "empty!", "bad.gz!", "a: a#a")
}

func TestFindReadsStandardInputInItsTurn(t *testing.T) {
	dir := files(t, map[string]string{"a": "PLAIN a\n", "b": "PLAIN b\n"})
	opt := fakes()
	opt.Stdin = strings.NewReader("PLAIN in\n")
	equal(t, found(t, dir, opt, filepath.Join(dir, "a"), "-", filepath.Join(dir, "b")), "a: a#a", "-: -#in", "b: b#b")
}

func TestFindFollowsNoLinksAndWaitsForNoPipe(t *testing.T) {
	dir := files(t, map[string]string{"in/a": "PLAIN a\n", "out/b": "PLAIN b\n"})
	for from, to := range map[string]string{"in/up": "../out", "in/b": "../out/b", "in/self": ".", "in/gone": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			missing(t, "links", err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "in/pipe"), 0o600); err != nil {
		missing(t, "named pipes", err)
	}
	var skipped []string
	opt := fakes()
	opt.Skipped = func(path, why string) { skipped = append(skipped, filepath.Base(path)) }
	equal(t, found(t, dir, opt, filepath.Join(dir, "in")), "in/a: in/a#a")
	equal(t, skipped, "b", "gone", "pipe", "self", "up")
	equal(t, found(t, dir, fakes(), filepath.Join(dir, "in/b"), filepath.Join(dir, "in/up")), "in/b: in/b#b", "in/up/b: in/up/b#b")
	equal(t, found(t, dir, fakes(), filepath.Join(dir, "in/pipe")), "in/pipe!")
}

func TestFindJoinsTheLogsOfAFolder(t *testing.T) {
	dir := files(t, map[string]string{
		"lib/cowrie/tty/one": "PLAIN one\n", "lib/cowrie/tty/two.gz": gz(t, "PLAIN two\n"), "lib/cowrie/tty/alone": "PLAIN alone\n",
		"lib/cowrie/downloads/x": "PLAIN made-up\n",
		"log/cowrie/j":           journalHead + "3\"}\nthree\n", "log/cowrie/j.1": journalHead + "1\"}\none\n", "log/cowrie/j.2.gz": gz(t, journalHead+"2\"}\ntwo\n"),
		"far/three": "PLAIN three\n", "other/j": journalHead + "0\"}\none\n", "other/tty/one": "PLAIN other-one\n",
	})
	got := found(t, dir, fakes(), dir)
	equal(t, got,
		"lib/cowrie/tty/alone: lib/cowrie/tty/alone#alone",
		"log/cowrie/j: lib/cowrie/tty/one#one lib/cowrie/tty/two.gz#two far/three#three",
		"other/j: other/tty/one#other-one")
}

func TestFindTakesNothingThatALogReadsFromElsewhere(t *testing.T) {
	dir := files(t, map[string]string{
		"a/j": journalHead + "0\"}\none\n", "a/tty/one": "PLAIN one\n", "b/one": "PLAIN other\n",
	})
	equal(t, found(t, dir, fakes(), filepath.Join(dir, "a/j"), filepath.Join(dir, "b")), "a/j: a/tty/one#one", "b/one: b/one#other")
}

func TestALogAloneFindsItsRecordings(t *testing.T) {
	for _, at := range []string{"log/cowrie/one", "log/cowrie/tty/one.gz", "lib/cowrie/tty/one.zst"} {
		data := "PLAIN one\n"
		switch filepath.Ext(at) {
		case ".gz":
			data = gz(t, data)
		case ".zst":
			data = zst(t, data)
		}
		dir := files(t, map[string]string{"log/cowrie/j": journalHead + "0\"}\none\n", at: data, "lib/cowrie/tty/x": ""})
		f, ids := read(t, filepath.Join(dir, "log/cowrie/j"), fakes())
		if len(ids) != 1 || f.Oddities().Count("missing recording") != 0 {
			t.Errorf("%s: %q, %v", at, ids, f.Oddities())
		}
	}
}

func TestLogsOpenNothingOutsideTheirFolders(t *testing.T) {
	dir := files(t, map[string]string{
		"log/cowrie/j": journalHead + "0\"}\n../../secret /etc/passwd tty .. link \x00\n", "secret": "PLAIN secret\n", "log/cowrie/tty/": "",
	})
	if err := os.Symlink("../../secret", filepath.Join(dir, "log/cowrie/link")); err != nil {
		missing(t, "links", err)
	}
	f, ids := read(t, filepath.Join(dir, "log/cowrie/j"), fakes())
	if len(ids) != 0 || f.Oddities().Count("missing recording") != 6 {
		t.Errorf("sessions %q, oddities %v", ids, f.Oddities())
	}
}

func TestFindCopesWithManyFiles(t *testing.T) {
	n := 5_000
	if testing.Short() {
		n = 1000
	}
	content := map[string]string{}
	for i := range n {
		content[fmt.Sprintf("%d/%d", i%10, i)] = "PLAIN x\n"
	}
	dir := files(t, content)
	got := 0
	for in, err := range Find(t.Context(), []string{dir}, fakes()) {
		if err != nil || in.Size != 8 {
			t.Fatal(in.Path, in.Size, err)
		}
		got++
	}
	if got != n {
		t.Errorf("%d of %d files", got, n)
	}
}

func TestFindEndsWhenTheContextIsDone(t *testing.T) {
	dir := files(t, map[string]string{"a": "PLAIN a\n"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	for _, err := range Find(ctx, []string{dir}, fakes()) {
		if n++; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d results", n)
	}
}

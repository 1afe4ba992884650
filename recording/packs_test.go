package recording

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const day = 24 * 60 * 60

// potLog is what a log says of a connection with one terminal log, which
// begins a second after it. Times are seconds since 1 May 2024.
func potLog(at int, session, name string) string {
	line := func(after int, event, rest string) string {
		stamp := time.Unix(1714521600+int64(at+after), 0).UTC().Format("2006-01-02T15:04:05.000000Z")
		return fmt.Sprintf(`{"eventid":"cowrie.%s","timestamp":"%s","session":"%s","sensor":"s"%s}`+"\n", event, stamp, session, rest)
	}
	return line(0, "session.connect", `,"src_ip":"198.51.100.7","src_port":4711,"dst_port":22,"protocol":"ssh"`) +
		line(3, "log.closed", `,"ttylog":"log/tty/`+name+`","shasum":"`+name+`","duplicate":false`) +
		line(4, "session.closed", "")
}

// potTTY is the terminal log of potLog.
func potTTY(at int) string { return ttylogOf(1714521600 + at + 1) }

// sum is a name as Cowrie gives it to terminal logs.
func sum(c string) string { return strings.Repeat(c, 64) }

// told gives, for each input that is found, its path and of each session the
// id, the seconds since 1 May 2024 and, after a "!", what is odd about it.
func told(t *testing.T, dir string, paths ...string) (all []string) {
	t.Helper()
	for in, err := range Find(t.Context(), paths, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		line := strings.TrimPrefix(in.Path, dir+"/") + ":"
		for s, err := range Sessions(f) {
			if err != nil {
				t.Fatal(err)
			}
			id := s.ID
			if s.Format == "ttylog" {
				id = "by itself"
			}
			line += fmt.Sprintf(" %s@%d", id, s.Start.Unix()-1714521600)
			for _, o := range s.Oddities {
				line += "!" + string(o.Kind)
			}
		}
		for _, o := range f.Oddities() {
			line += " !" + string(o.Kind)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		all = append(all, line)
	}
	return all
}

func TestPackedTerminalLogsAreReadWithTheirLogs(t *testing.T) {
	dir := files(t, map[string]string{
		"log/cowrie.json.2.gz": gz(t, potLog(0, "aaaa", sum("a"))+potLog(100, "abab", sum("b"))),
		"log/cowrie.json.1":    potLog(day, "bbbb", sum("a")),
		"log/cowrie.json":      potLog(2*day, "cccc", sum("a")) + potLog(2*day+50, "dddd", sum("d")),
		// Each day the same was typed, and each day it is a file of that name.
		"log/ttylogs.tgz.1": gz(t, tarOf(t,
			member{name: "log/tty/" + sum("a"), data: potTTY(0)}, member{name: "log/tty/" + sum("b"), data: potTTY(100)},
			member{name: "log/tty/" + sum("e"), data: potTTY(200)})), // which no log names
		"log/ttylogs.tgz":     gz(t, tarOf(t, member{name: "log/tty/" + sum("a"), data: potTTY(day)})),
		"log/tty/" + sum("a"): potTTY(2 * day),
		"log/tty/" + sum("d"): potTTY(2*day + 50),
	})
	equal(t, told(t, dir, dir),
		"log/cowrie.json: aaaa@1 abab@101 bbbb@86401 cccc@172801 dddd@172851",
		"log/ttylogs.tgz.1: by itself@201")
	log, packs := filepath.Join(dir, "log/cowrie.json.2.gz"), filepath.Join(dir, "log/ttylogs.tgz.1")
	equal(t, told(t, dir, log, packs), "log/cowrie.json.2.gz: aaaa@1 abab@101", "log/ttylogs.tgz.1: by itself@201")
}

func TestAPackedCopyIsNoSecondSession(t *testing.T) {
	dir := files(t, map[string]string{
		"cowrie.json":          potLog(0, "aaaa", sum("a")),
		"tty/" + sum("a"):      potTTY(0),
		"ttylogs.tgz":          gz(t, tarOf(t, member{name: sum("a"), data: potTTY(0)})),
		"old/ttylogs.tar.zst":  zst(t, tarOf(t, member{name: sum("a"), data: potTTY(0)})),
		"other/recordings.tgz": gz(t, tarOf(t, member{name: sum("a"), data: potTTY(0)})), // no archive of terminal logs by its name
	})
	equal(t, told(t, dir, dir), "cowrie.json: aaaa@1", "other/recordings.tgz: by itself@1")
}

func TestAPackedTerminalLogOfAnotherDayIsItsOwn(t *testing.T) {
	dir := files(t, map[string]string{
		"cowrie.json":   potLog(day, "bbbb", sum("a")),
		"ttylogs.tgz.1": gz(t, tarOf(t, member{name: sum("a"), data: potTTY(0)})),
		"ttylogs.tgz.2": gz(t, tarOf(t, member{name: sum("a"), data: potTTY(day)})),
		"ttylogs.tgz.3": gz(t, tarOf(t, member{name: sum("a"), data: potTTY(2 * day)})),
	})
	equal(t, told(t, dir, dir), "cowrie.json: bbbb@86401", "ttylogs.tgz.1: by itself@1", "ttylogs.tgz.3: by itself@172801")
}

func TestLogsPreferThePacksOfTheirHoneypot(t *testing.T) {
	dir := files(t, map[string]string{
		"one/log/cowrie.json": potLog(0, "aaaa", sum("a")), "one/ttylogs.tgz": gz(t, tarOf(t, member{name: "tty/" + sum("a"), data: potTTY(0)})),
		"two/log/cowrie.json": potLog(1, "bbbb", sum("a")), "two/log/tty/" + sum("a"): potTTY(1),
		"three/ttylogs.tgz": gz(t, tarOf(t, member{name: "tty/" + sum("a"), data: potTTY(2)})),
	})
	equal(t, told(t, dir, dir), "one/log/cowrie.json: aaaa@1", "three/ttylogs.tgz: by itself@3", "two/log/cowrie.json: bbbb@2")
}

func TestAPackStaysWhereSomethingIsToldOfIt(t *testing.T) {
	whole := tarOf(t, member{name: sum("a"), data: potTTY(0)}, member{name: "notes", data: "hello"})
	dir := files(t, map[string]string{"cowrie.json": potLog(0, "aaaa", sum("a")), "ttylogs.tgz": gz(t, whole)})
	equal(t, told(t, dir, dir), "cowrie.json: aaaa@1", "ttylogs.tgz: !member of no format")
	equal(t, told(t, dir, filepath.Join(dir, "cowrie.json"), filepath.Join(dir, "ttylogs.tgz")), "cowrie.json: aaaa@1", "ttylogs.tgz: !member of no format")
}

func TestABrokenPackSaysSoItself(t *testing.T) {
	dir := files(t, map[string]string{"cowrie.json": potLog(0, "aaaa", sum("a")), "ttylogs.tgz": "\x1f\x8b\x08broken", "tty/" + sum("a"): potTTY(0)})
	equal(t, found(t, dir, Options{}, filepath.Join(dir, "cowrie.json"), filepath.Join(dir, "ttylogs.tgz")),
		"cowrie.json: tty/"+sum("a")+"#aaaa", "ttylogs.tgz!")
}

func TestAPackThatChangedIsReadWhole(t *testing.T) {
	dir := files(t, map[string]string{
		"cowrie.json": potLog(0, "aaaa", sum("a")),
		"ttylogs.tgz": gz(t, tarOf(t, member{name: sum("a"), data: potTTY(0)}, member{name: sum("b"), data: potTTY(100)})),
	})
	var inputs []Input
	for in, err := range Find(t.Context(), []string{dir}, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, in)
	}
	other := tarOf(t, member{name: sum("c"), data: potTTY(200)}, member{name: sum("d"), data: potTTY(300)})
	if err := os.WriteFile(filepath.Join(dir, "ttylogs.tgz"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 2} {
		f, err := inputs[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		ids, err := opened(t, f, dir)
		if len(ids) != want || (err != nil) != (i == 0) {
			t.Errorf("%s: sessions %q, error %v", inputs[i].Path, ids, err)
		}
		f.Close()
	}
}

func TestManyRecordingsOfOneNameInAPack(t *testing.T) {
	var all []member
	for i := range maxSame + 20 {
		all = append(all, member{name: fmt.Sprintf("%d/%s", i, sum("a")), data: potTTY(100 * i)})
	}
	dir := files(t, map[string]string{"cowrie.json": potLog(500, "aaaa", sum("a")), "ttylogs.tar": tarOf(t, all...)})
	got := told(t, dir, dir)
	if len(got) != 2 || got[0] != "cowrie.json: aaaa@501" || strings.Count(got[1], "by itself") != maxSame+19 {
		t.Errorf("%q", got)
	}
}

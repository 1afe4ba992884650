package recording

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gait"
)

func TestArchiveGivesItsMembersInOrder(t *testing.T) {
	inner := tarOf(t, member{name: "x/c", data: "PLAIN c\n"})
	all := []member{
		{name: "tty/", link: "folder"},
		{name: "tty/b", data: "PLAIN b\nPLAIN b2\n"},
		{name: "a.gz", data: gz(t, "PLAIN a\n")},
		{name: "notes.txt", data: "hello"},
		{name: "empty"},
		{name: "../../etc/passwd", data: "PLAIN up\n"},
		{name: "/abs/d", data: "PLAIN d\n"},
		{name: "link", link: "/etc/passwd"},
		{name: "pipe", link: "fifo"},
		{name: "in.tgz", data: gz(t, inner)},
	}
	want := []string{
		"w.tgz/tty/b#b", "w.tgz/tty/b#b2", "w.tgz/a.gz#a", "w.tgz/etc/passwd#up", "w.tgz/abs/d#d", "w.tgz/in.tgz/x/c#c",
	}
	for _, pack := range []func(testing.TB, string) string{gz, func(_ testing.TB, s string) string { return s }} {
		dir := files(t, map[string]string{"w.tgz": pack(t, tarOf(t, all...))})
		f, ids := read(t, filepath.Join(dir, "w.tgz"), fakes())
		if !slices.Equal(ids, want) {
			t.Errorf("sessions %q, want %q", ids, want)
		}
		if f.Format() != "tar" {
			t.Errorf("format %s", f.Format())
		}
		odd := f.Oddities()
		if odd.Count(gait.OddSkippedMember) != 2 || odd.Count(gait.OddUnknownMember) != 2 || odd.Count(gait.OddNUL) != 5 {
			t.Errorf("oddities %v", odd)
		}
		if s, err := f.Session("c"); err != nil || !strings.HasSuffix(s.Path, "w.tgz/in.tgz/x/c") {
			t.Errorf("session c: %v, %v", s, err)
		}
		if _, err := f.Session("nobody"); !errors.Is(err, ErrNoSession) {
			t.Errorf("session nobody: %v", err)
		}
	}
}

func TestArchiveJoinsLogsWithTheirRecordings(t *testing.T) {
	dir := files(t, map[string]string{"w.tar": tarOf(t,
		member{name: "tty/one", data: "PLAIN one\n"},
		member{name: "tty/two", data: "PLAIN two\n"},
		member{name: "log/j.2", data: journalHead + "2\"}\none\n"},
		member{name: "log/j.1.gz", data: gz(t, journalHead+"1\"}\ngone\n")},
		member{name: "other/three", data: "PLAIN three\n"},
	)})
	f, ids := read(t, filepath.Join(dir, "w.tar"), fakes())
	want := []string{"w.tar/tty/two#two", "w.tar/tty/one#one", "w.tar/other/three#three"}
	if !slices.Equal(ids, want) {
		t.Errorf("sessions %q, want %q", ids, want)
	}
	if f.Oddities().Count(gait.OddMissingFile) != 1 {
		t.Errorf("oddities %v", f.Oddities())
	}
}

func TestArchiveGoesOnAfterABrokenMember(t *testing.T) {
	dir := files(t, map[string]string{"w.tar": tarOf(t,
		member{name: "a", data: "PLAIN a\nBROKEN\n"},
		member{name: "b", data: "PLAIN b\n"},
		member{name: "c", data: "PLAIN c\nBROKEN\n"},
		member{name: "d.gz", data: "\x1f\x8b\x08broken"},
	)})
	f, err := Open(filepath.Join(dir, "w.tar"), fakes())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ids, err := opened(t, f, dir)
	if !slices.Equal(ids, []string{"w.tar/a#a", "w.tar/b#b", "w.tar/c#c"}) {
		t.Errorf("sessions %q", ids)
	}
	var e *Error
	if !errors.As(err, &e) || !strings.HasSuffix(e.Path, "w.tar/a") || !strings.Contains(e.Error(), "2 members") {
		t.Errorf("error %v", err)
	}
	if n := f.Oddities().Count(gait.OddBadMember); n != 3 {
		t.Errorf("%d broken members were counted", n)
	}
}

func TestTornArchiveKeepsWhatCameBefore(t *testing.T) {
	whole := tarOf(t, member{name: "a", data: "PLAIN a\n"}, member{name: "b", data: strings.Repeat("PLAIN b\n", 1000)})
	dir := files(t, map[string]string{
		"torn.tar": whole[:3000], "torn.tgz": gz(t, whole[:3000]), "damaged.tar": whole[:1024] + strings.Repeat("x", 2048),
	})
	for name, want := range map[string]int{"torn.tar": 184, "torn.tgz": 184, "damaged.tar": 1} {
		f, ids := read(t, filepath.Join(dir, name), fakes())
		if len(ids) != want || f.Oddities().Count(gait.OddTornPacking) == 0 {
			t.Errorf("%s: %d sessions, oddities %v", name, len(ids), f.Oddities())
		}
	}
}

func TestArchivesNestNoDeeperThanTheLimit(t *testing.T) {
	data := tarOf(t, member{name: "a", data: "PLAIN a\n"})
	for range maxNested {
		data = tarOf(t, member{name: "t.tar", data: data}, member{name: "b", data: "PLAIN b\n"})
	}
	dir := files(t, map[string]string{"w.tar": data})
	f, ids := read(t, filepath.Join(dir, "w.tar"), fakes())
	if !slices.Equal(ids, []string{"w.tar/t.tar/b#b", "w.tar/b#b"}) || f.Oddities().Count(gait.OddSkippedMember) != 1 {
		t.Errorf("sessions %q, oddities %v", ids, f.Oddities())
	}
}

func TestSparseMembersAreSkipped(t *testing.T) {
	data := []byte(tarOf(t, member{name: "a", data: "PLAIN a\n"}, member{name: "b", data: "PLAIN b\n"}))
	data[156] = 'S' // a file that is larger than what the archive holds of it
	copy(data[257:], "ustar  \x00")
	copy(data[483:], "77777777777\x00")
	copy(data[148:156], "        ")
	sum := 0
	for _, c := range data[:512] {
		sum += int(c)
	}
	copy(data[148:], fmt.Sprintf("%06o\x00 ", sum))
	f, ids := read(t, filepath.Join(files(t, map[string]string{"w.tar": string(data)}), "w.tar"), fakes())
	if !slices.Equal(ids, []string{"w.tar/b#b"}) || f.Oddities().Count(gait.OddSkippedMember) != 1 {
		t.Errorf("sessions %q, oddities %v", ids, f.Oddities())
	}
}

func TestBombsInAnArchiveShareOneLimit(t *testing.T) {
	bomb := gz(t, strings.Repeat("PLAIN "+strings.Repeat("a", 1017)+"\n", 10<<10)) // 10 MB
	var all []member
	for i := range 20 {
		all = append(all, member{name: fmt.Sprint(i), data: bomb})
	}
	opt := fakes()
	opt.Limits = DefaultLimits()
	opt.Limits.Unpacked = 25 << 20
	dir := files(t, map[string]string{"w.tar": tarOf(t, all...)})
	f, ids := read(t, filepath.Join(dir, "w.tar"), opt)
	if len(ids) < 24<<10 || len(ids) > 26<<10 {
		t.Errorf("%d sessions of 1 KB within 25 MB", len(ids))
	}
	if f.Oddities().Count(gait.OddUnpackLimit) == 0 {
		t.Errorf("oddities %v", f.Oddities())
	}
}

func TestBatchesOfAnArchiveCanBeReadAtOnce(t *testing.T) {
	var all []member
	for i := range 300 {
		all = append(all, member{name: fmt.Sprint(i), data: fmt.Sprintf("PLAIN %d\n%s", i, strings.Repeat("PLAIN x\n", 1000))})
	}
	dir := files(t, map[string]string{"w.tgz": gz(t, tarOf(t, all...))})
	f, err := Open(filepath.Join(dir, "w.tgz"), fakes())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	batches := f.Batches()
	if len(batches) < 5 {
		t.Fatalf("%d batches", len(batches))
	}
	counts := make([]int, len(batches))
	var wg sync.WaitGroup
	for i, b := range batches {
		wg.Go(func() {
			if err := b.Each(func(*gait.Session) error { counts[i]++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	if sum != 300*1001 || f.Oddities().Count(gait.OddNUL) != 300 {
		t.Errorf("%d sessions, oddities %v", sum, f.Oddities())
	}
}

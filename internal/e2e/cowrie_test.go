package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gait/internal/programtest"
)

// TestCowrieByTheReadme points the program at a Cowrie, as the README says, and
// sees profiles appear: those that were there, and those that come.
func TestCowrieByTheReadme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := w.Path("cowrie")
	visit := func(n int) {
		t.Helper()
		w.Output("simulate", "-q", "--cowrie", dir, "--count", fmt.Sprint(n), "--rate", "100", "--speed", "instant", "--seed", fmt.Sprint(n))
	}
	visit(12)
	s := w.start("gait-data", "run", "--cowrie", dir, "--listen", "127.0.0.1:0").ready()
	s.awaitState("profiled", 12)
	visit(9)
	s.awaitState("profiled", 21)
	programtest.Same(t, w.Output("db", "export", "--data", s.Data), w.Output("profile", "-q", "-o", "jsonl", dir))
	w.shown(s, 21)
}

// TestTPotByTheReadme does the same with what a T-Pot keeps: the log and the
// terminal logs packed at its daily restart, and those of today.
func TestTPotByTheReadme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, pot := w.Path("made"), w.Path("tpotce", "data", "cowrie")
	log, terminals := filepath.Join(made, "var", "log", "cowrie", "cowrie.json"), filepath.Join(made, "var", "lib", "cowrie", "tty")
	visit := func(seed string) {
		t.Helper()
		w.Output("simulate", "-q", "--cowrie", made, "--count", "11", "--rate", "100", "--speed", "instant", "--seed", seed)
	}
	visit("1")
	yesterday, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	packed := pack(t, terminals, "data/cowrie/log/tty/")
	w.write(filepath.Join(pot, "log", "ttylogs.tgz.1"), packed)
	w.write(filepath.Join(pot, "log", "cowrie.json.1.gz"), zipped(yesterday))
	old := w.Path("old") // what is packed is moved there
	if err := errors.Join(os.Rename(terminals, old), os.Rename(log, log+".1")); err != nil {
		t.Fatal(err)
	}
	s := w.start("run", "run", "--cowrie", pot, "--listen", "127.0.0.1:0").ready()
	s.awaitState("profiled", 11)
	visit("2")
	today, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	w.copy(terminals, filepath.Join(pot, "log", "tty"))
	w.write(filepath.Join(pot, "log", "cowrie.json"), today)
	s.awaitState("profiled", 22)
	w.copy(old, terminals)
	all := w.Output("profile", "-q", "-o", "jsonl", made)
	programtest.Same(t, w.Output("db", "export", "--data", s.Data), all)
	programtest.Same(t, w.Output("profile", "-q", "-o", "jsonl", pot), all)
	w.shown(s, 22)
}

// shown checks that the commands show what there is.
func (w *world) shown(s *system, sessions int) {
	w.T.Helper()
	list := w.Output("sessions", "-n", "0", "--data", s.Data)
	if n := strings.Count(list, "profiled"); n != sessions {
		w.T.Errorf("gait sessions shows %d of %d:\n%s", n, sessions, list)
	}
	people := w.Output("attackers", "-n", "0", "--data", s.Data)
	if !strings.HasPrefix(people, "ADDRESS") || !strings.Contains(people, "sim-01") || !strings.Contains(people, "typed") {
		w.T.Errorf("gait attackers shows:\n%s", people)
	}
}

// copy copies the files of a folder.
func (w *world) copy(from, to string) {
	w.T.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			w.T.Fatal(err)
		}
		w.write(filepath.Join(to, e.Name()), data)
	}
}

// pack packs the files of a folder as T-Pot does.
func pack(t testing.TB, dir, prefix string) []byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	a := tar.NewWriter(z)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err == nil {
			err = a.WriteHeader(&tar.Header{Name: prefix + e.Name(), Size: int64(len(data)), Mode: 0o644, Typeflag: tar.TypeReg})
		}
		if err == nil {
			_, err = a.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(a.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped packs a file.
func zipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data) // into memory: nothing can fail
	z.Close()
	return b.Bytes()
}

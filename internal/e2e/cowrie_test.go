package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCowrieByTheReadme points the program at a Cowrie, as the README says, and
// sees profiles appear: those that were there, and those that come.
func TestCowrieByTheReadme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := w.path("cowrie")
	visit := func(n int) {
		t.Helper()
		w.output("simulate", "-q", "--cowrie", dir, "--count", fmt.Sprint(n), "--rate", "100", "--speed", "instant", "--seed", fmt.Sprint(n))
	}
	visit(12)
	s := w.start("gait-data", "run", "--cowrie", dir, "--listen", "127.0.0.1:0").ready()
	s.awaitState("profiled", 12)
	visit(9)
	s.awaitState("profiled", 21)
	same(t, w.output("db", "export", "--data", s.data), w.output("profile", "-q", "-o", "jsonl", dir))
	w.shown(s, 21)
}

// reference is where in a folder a recording lies, which packing changes.
var reference = regexp.MustCompile(`"(evidence_ref|id)":"[^"]*",?`)

// TestTPotByTheReadme does the same with what a T-Pot keeps: the log and the
// terminal logs packed at its daily restart, and those of today.
func TestTPotByTheReadme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, pot := w.path("made"), w.path("tpotce", "data", "cowrie")
	log, terminals := filepath.Join(made, "var", "log", "cowrie", "cowrie.json"), filepath.Join(made, "var", "lib", "cowrie", "tty")
	visit := func(seed string) {
		t.Helper()
		w.output("simulate", "-q", "--cowrie", made, "--count", "11", "--rate", "100", "--speed", "instant", "--seed", seed)
	}
	visit("1")
	packed, err := pack(terminals, "data/cowrie/log/tty/")
	yesterday, err2 := os.ReadFile(log)
	if err := errors.Join(err, err2, os.RemoveAll(terminals), os.Remove(log)); err != nil {
		t.Fatal(err)
	}
	w.write(filepath.Join(pot, "log", "ttylogs.tgz.1"), packed)
	w.write(filepath.Join(pot, "log", "cowrie.json.1.gz"), zipped(yesterday))
	s := w.start("run", "run", "--cowrie", pot, "--listen", "127.0.0.1:0").ready()
	s.awaitState("profiled", 11)
	visit("2")
	today, err := os.ReadFile(log)
	if err := errors.Join(err, os.Rename(terminals, filepath.Join(pot, "log", "tty"))); err != nil {
		t.Fatal(err)
	}
	w.write(filepath.Join(pot, "log", "cowrie.json"), today)
	s.awaitState("profiled", 22)
	values := func(text string) []string { return sorted(reference.ReplaceAllString(text, "")) }
	live, offline := values(w.output("db", "export", "--data", s.data)), values(w.output("profile", "-q", "-o", "jsonl", pot))
	if strings.Join(live, "\n") != strings.Join(offline, "\n") {
		t.Errorf("%d observations are stored, %d are read offline", len(live), len(offline))
	}
	w.shown(s, 22)
}

// shown checks that the commands show what there is.
func (w *world) shown(s *system, sessions int) {
	w.t.Helper()
	list := w.output("sessions", "-n", "0", "--data", s.data)
	if n := strings.Count(list, "profiled"); n != sessions {
		w.t.Errorf("gait sessions shows %d of %d:\n%s", n, sessions, list)
	}
	people := w.output("attackers", "-n", "0", "--data", s.data)
	if !strings.HasPrefix(people, "ADDRESS") || !strings.Contains(people, "sim-01") || !strings.Contains(people, "typed") {
		w.t.Errorf("gait attackers shows:\n%s", people)
	}
}

// pack packs the files of a folder as T-Pot does.
func pack(dir, prefix string) ([]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
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
			return nil, err
		}
	}
	return b.Bytes(), errors.Join(a.Close(), z.Close())
}

// zipped packs a file.
func zipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data) // into memory: nothing can fail
	z.Close()
	return b.Bytes()
}

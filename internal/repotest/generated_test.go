package repotest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pages are written by the program itself; make docs writes them anew.
var pages = map[string][]string{
	"docs/primitives.md": {"primitives", "-o", "markdown"},
	"docs/commands.md":   {"man", "-o", "markdown"},
}

func TestGeneratedPagesAreFresh(t *testing.T) {
	tr := load(t)
	if len(pages) != len(generated) {
		t.Fatalf("%d pages, %d of them known as generated", len(pages), len(generated))
	}
	gait := build(t, tr.root, "./cmd/gait")
	for _, page := range generated {
		want := output(t, gait, pages[page]...)
		if len(want) < 1000 {
			t.Errorf("gait %s prints only %d bytes", strings.Join(pages[page], " "), len(want))
		}
		report(t, staleText(page, tr.texts[page], want))
	}
}

// build builds a program of the tree and gives its path.
func build(t *testing.T, root, pkg string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", bin, pkg)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
	return bin
}

// output runs a program and gives what it prints.
func output(t *testing.T, bin string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(bin, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, errs.Bytes())
	}
	return out.Bytes()
}

// staleText says where a file differs from what it should hold.
func staleText(name string, have, want []byte) []string {
	if bytes.Equal(have, want) {
		return nil
	}
	line := 1
	for len(have) > 0 && len(want) > 0 {
		a, moreHave, _ := bytes.Cut(have, []byte("\n"))
		b, moreWant, _ := bytes.Cut(want, []byte("\n"))
		if !bytes.Equal(a, b) {
			break
		}
		have, want = moreHave, moreWant
		line++
	}
	return []string{fmt.Sprintf("%s is stale from line %d on: run make docs", name, line)}
}

func TestStaleTextFindsExamples(t *testing.T) {
	wantProblems(t, staleText("a.md", []byte("1\n2\n3\n"), []byte("1\n2\n4\n")), "from line 3")
	wantProblems(t, staleText("a.md", nil, []byte("1\n")), "from line 1")
	wantProblems(t, staleText("a.md", []byte("1\n2"), []byte("1\n2")))
}

// samplesDir holds the recordings that internal/simulate/samples writes.
const samplesDir = "examples/recordings"

// maxSamples bounds all sample recordings together, in bytes.
const maxSamples = 300_000

func TestSampleRecordingsAreFresh(t *testing.T) {
	tr := load(t)
	dir := t.TempDir()
	output(t, build(t, tr.root, "./internal/simulate/samples"), dir)
	want, have := files(t, dir), files(t, filepath.Join(tr.root, filepath.FromSlash(samplesDir)))
	if len(want) < 5 {
		t.Fatalf("only %d files were generated", len(want))
	}
	report(t, staleFiles(have, want))
	total := 0
	for _, b := range have {
		total += len(b)
	}
	if total > maxSamples {
		t.Errorf("%s holds %d bytes, the most is %d", samplesDir, total, maxSamples)
	}
}

// files reads a folder.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// staleFiles compares what is there with what is generated.
func staleFiles(have, want map[string][]byte) (problems []string) {
	for name := range want {
		if b, ok := have[name]; !ok {
			problems = append(problems, name+" is missing: run make docs")
		} else if !bytes.Equal(b, want[name]) {
			problems = append(problems, name+" is stale: run make docs")
		}
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			problems = append(problems, name+" is not generated: remove it")
		}
	}
	return problems
}

func TestStaleFilesFindsExamples(t *testing.T) {
	one, two := []byte("1"), []byte("2")
	wantProblems(t, staleFiles(map[string][]byte{"a": one}, map[string][]byte{"a": two}), "a is stale")
	wantProblems(t, staleFiles(nil, map[string][]byte{"a": two}), "a is missing")
	wantProblems(t, staleFiles(map[string][]byte{"a": one}, nil), "a is not generated")
	wantProblems(t, staleFiles(map[string][]byte{"a": one}, map[string][]byte{"a": {'1'}}))
}

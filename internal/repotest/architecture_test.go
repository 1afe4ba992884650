package repotest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const maxArchitectureLines = 200

func TestArchitectureNamesWhatExists(t *testing.T) {
	tr := load(t)
	text := tr.texts["ARCHITECTURE.md"]
	paths := namedPaths(text)
	if len(paths) < 15 {
		t.Fatalf("ARCHITECTURE.md names only %d paths", len(paths))
	}
	report(t, missingPaths(tr.root, paths))
	report(t, unnamedPackages(tr.sources, paths))
	if n := bytes.Count(text, []byte("\n")); n >= maxArchitectureLines {
		t.Errorf("ARCHITECTURE.md has %d lines, it stays below %d", n, maxArchitectureLines)
	}
	report(t, lineNumbers(text))
}

var quoted = regexp.MustCompile("`([^`\n]+)`")

// namedPaths gives what stands in back quotes and looks like a path from the
// root of the tree: it holds a slash or ends like a file, and neither spaces,
// placeholders nor a way out.
func namedPaths(text []byte) (paths []string) {
	fenced := false
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("```")) {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		for _, m := range quoted.FindAllSubmatch(line, -1) {
			if p := string(m[1]); pathLike(p) {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

func pathLike(p string) bool {
	if strings.ContainsAny(p, " {}<>()*#|$=,\"'") || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") || strings.HasPrefix(p, "-") {
		return false
	}
	return strings.Contains(p, "/") || slices.Contains([]string{".go", ".md", ".mod"}, filepath.Ext(p))
}

// missingPaths names the paths that are not there.
func missingPaths(root string, paths []string) (problems []string) {
	for _, p := range paths {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(p))); err != nil {
			problems = append(problems, fmt.Sprintf("ARCHITECTURE.md names %s, which is not there", p))
		}
	}
	return problems
}

// unnamedPackages names the packages that no path leads to. A family of
// primitives and the like is covered by a path of its own; a folder of
// programs that belong to one package by that package.
func unnamedPackages(sources []*source, paths []string) (problems []string) {
	var seen []string
	for _, s := range sources {
		dir := s.dir()
		if s.test() || dir == "" || slices.Contains(seen, dir) {
			continue
		}
		seen = append(seen, dir)
		named := func(p string) bool { return strings.Trim(p, "/") == dir }
		if !slices.ContainsFunc(paths, named) {
			problems = append(problems, fmt.Sprintf("ARCHITECTURE.md says nothing of `%s`", dir))
		}
	}
	return problems
}

var numbered = regexp.MustCompile(`\.(go|md):\d+|\blines? \d+`)

// lineNumbers names references that go stale with the next edit.
func lineNumbers(text []byte) (problems []string) {
	for _, m := range numbered.FindAll(text, -1) {
		problems = append(problems, fmt.Sprintf("ARCHITECTURE.md refers to a line: %s", m))
	}
	return problems
}

func TestArchitectureChecksFindExamples(t *testing.T) {
	paths := namedPaths([]byte("See `go.mod`, `a/b.go` and `term/`; `gait profile -o json`, `../out/x`, `text/<kind>`, `-o/x`.\n" +
		"```\n`in/fence`\n```\n`last/one`"))
	if want := []string{"go.mod", "a/b.go", "term/", "last/one"}; !slices.Equal(paths, want) {
		t.Fatalf("%q", paths)
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "term"), 0o700); err != nil {
		t.Fatal(err)
	}
	wantProblems(t, missingPaths(root, paths), "go.mod", "a/b.go", "last/one")
	sources := []*source{
		parse(t, "term/t.go", "package term"), parse(t, "new/n.go", "package n"),
		parse(t, "new/o.go", "package n"), parse(t, "old/o_test.go", "package o"), parse(t, "d.go", "package d"),
	}
	wantProblems(t, unnamedPackages(sources, paths), "`new`")
	wantProblems(t, lineNumbers([]byte("see engine.go:12 and line 40 of 80 lines")), "engine.go:12"[6:], "line 40")
}

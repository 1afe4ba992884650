package repotest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPapersLinkToWhatExists(t *testing.T) {
	tr := load(t)
	links := 0
	for _, name := range slices.Sorted(maps.Keys(tr.texts)) {
		if path.Ext(name) == ".md" {
			problems, n := brokenLinks(tr.root, name, tr.texts[name])
			report(t, problems)
			links += n
		}
	}
	if links < 8 {
		t.Fatalf("only %d links were found", links)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DESIGN.md"} {
		if len(tr.texts[name]) == 0 {
			t.Errorf("%s is not there", name)
		}
	}
	// A recipe names the unit to copy; that it is there is all it stands on.
	paths := namedPaths(tr.texts["CONTRIBUTING.md"])
	if len(paths) < 8 {
		t.Fatalf("CONTRIBUTING.md names only %d paths", len(paths))
	}
	for _, p := range missingPaths(tr.root, paths) {
		t.Error("CONTRIBUTING.md: " + strings.TrimPrefix(p, "ARCHITECTURE.md names "))
	}
}

var markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// brokenLinks names the relative links of a page that lead nowhere, and counts
// all relative ones.
func brokenLinks(root, name string, text []byte) (problems []string, links int) {
	for _, m := range markdownLink.FindAllSubmatch(text, -1) {
		to, _, _ := strings.Cut(string(m[1]), "#")
		if to == "" || strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
			continue
		}
		links++
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(path.Join(path.Dir(name), to)))); err != nil {
			problems = append(problems, fmt.Sprintf("%s links to %s, which is not there", name, to))
		}
	}
	return problems, links
}

func TestBrokenLinksFindsExamples(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.md"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text := bytes.ReplaceAll([]byte("[x](../a.md#top) [y](b.md) [z](https://example.org/) [w](#here)"), []byte("\r"), nil)
	problems, n := brokenLinks(root, "docs/c.md", text)
	wantProblems(t, problems, "docs/c.md links to b.md")
	if n != 2 {
		t.Errorf("%d links", n)
	}
}

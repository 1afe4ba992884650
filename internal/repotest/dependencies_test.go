package repotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestDependenciesAreExplained(t *testing.T) {
	tr := load(t)
	required := requirements(tr.texts["go.mod"])
	if len(required) < 5 {
		t.Fatalf("go.mod requires only %d modules", len(required))
	}
	used := usedModules(tr.sources, tr.module, required)
	packages, err := os.ReadFile(filepath.Join(tr.root, "serve/web/package.json"))
	if err != nil {
		t.Fatal(err)
	}
	report(t, unexplained(append(wantedPackages(t, packages), used...), tr.texts["DESIGN.md"]))
	report(t, wrongMarks(required, used))
}

// wantedPackages gives the packages that the page asks for.
func wantedPackages(t *testing.T, text []byte) []string {
	t.Helper()
	var x struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal(text, &x); err != nil || len(x.Dependencies) == 0 || len(x.DevDependencies) == 0 {
		t.Fatalf("package.json: %v, %d and %d dependencies", err, len(x.Dependencies), len(x.DevDependencies))
	}
	return append(slices.Sorted(maps.Keys(x.Dependencies)), slices.Sorted(maps.Keys(x.DevDependencies))...)
}

// requirement is one line of go.mod.
type requirement struct {
	module   string
	indirect bool
}

var requireLine = regexp.MustCompile(`(?m)^\s*(?:require\s+)?([^\s/]+\.[^\s]+) v\S+(.*)$`)

// requirements gives what go.mod asks for.
func requirements(mod []byte) (all []requirement) {
	for _, m := range requireLine.FindAllSubmatch(mod, -1) {
		all = append(all, requirement{string(m[1]), bytes.Contains(m[2], []byte("// indirect"))})
	}
	return all
}

// usedModules gives the required modules that a file of the tree imports, in
// tests or not.
func usedModules(sources []*source, module string, required []requirement) (used []string) {
	for _, s := range sources {
		for _, p := range s.imports(module) {
			best := ""
			for _, r := range required {
				if (p == r.module || strings.HasPrefix(p, r.module+"/")) && len(r.module) > len(best) {
					best = r.module
				}
			}
			if best != "" && !slices.Contains(used, best) {
				used = append(used, best)
			}
		}
	}
	slices.Sort(used)
	return used
}

// unexplained names the used modules that have no line of their own in the
// section Dependencies of DESIGN.md (the module in back quotes, then why), and
// those that have one and are not used.
func unexplained(used []string, design []byte) (problems []string) {
	_, section, _ := bytes.Cut(design, []byte("\n## Dependencies\n"))
	section, _, _ = bytes.Cut(section, []byte("\n## "))
	for _, module := range used {
		line := regexp.MustCompile("(?m)^[-|] ?`" + regexp.QuoteMeta(module) + "`.{20,}$")
		if !line.Match(section) {
			problems = append(problems, fmt.Sprintf("DESIGN.md, Dependencies: no line says why %s is used", module))
		}
	}
	for _, m := range explainedLine.FindAllSubmatch(section, -1) {
		if !slices.Contains(used, string(m[1])) {
			problems = append(problems, fmt.Sprintf("DESIGN.md, Dependencies: %s is explained and not imported", m[1]))
		}
	}
	return problems
}

var explainedLine = regexp.MustCompile("(?m)^- `([^`]+)`")

// wrongMarks names requirements whose mark "indirect" says the wrong thing.
func wrongMarks(required []requirement, used []string) (problems []string) {
	for _, r := range required {
		if direct := slices.Contains(used, r.module); direct == r.indirect {
			problems = append(problems, fmt.Sprintf("go.mod: indirect is %v for %s, imported is %v (run go mod tidy)", r.indirect, r.module, direct))
		}
	}
	return problems
}

func TestDependencyChecksFindExamples(t *testing.T) {
	required := requirements([]byte("module m\n\ngo 1.26.0\n\nrequire a.org/one v1.0.0\n\nrequire (\n" +
		"\tb.org/two/v8 v8.1.0 // indirect\n\tc.org/three v0.0.0-2018\n\td.org/four v1.0.0 // indirect\n)\n"))
	if len(required) != 4 || required[1] != (requirement{"b.org/two/v8", true}) {
		t.Fatalf("%v", required)
	}
	sources := []*source{
		parse(t, "a.go", "package a\nimport (\"fmt\"; \"a.org/one\"; \"m/a.org/one\")\n"),
		parse(t, "a_test.go", "package a\nimport \"b.org/two/v8/x\"\n"),
	}
	used := usedModules(sources, "m", required)
	if !slices.Equal(used, []string{"a.org/one", "b.org/two/v8"}) {
		t.Fatalf("%v", used)
	}
	wantProblems(t, wrongMarks(required, used), "b.org/two/v8", "c.org/three")
	design := []byte("# D\n`b.org/two/v8` is used for many things\n\n## Dependencies\n\n" +
		"- `a.org/one` is used for exactly one thing\n- `e.org/five` is not used for anything\n\n## Next\n- `b.org/two/v8` is not in the section\n")
	wantProblems(t, unexplained(used, design), "b.org/two/v8", "e.org/five is explained")
}

package repotest

import (
	"fmt"
	"go/ast"
	"path"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// recordingsPage explains what readers count and where they stop.
const recordingsPage = "docs/recordings.md"

func TestRecordingsPageIsComplete(t *testing.T) {
	tr := load(t)
	oddities, flags := oddityNames(tr.sources), limitNames(tr.sources)
	if len(oddities) < 20 || len(flags) < 7 {
		t.Fatalf("only %d oddities and %d limits were found", len(oddities), len(flags))
	}
	page := string(tr.texts[recordingsPage])
	report(t, unexplainedRows(page, oddities))
	report(t, unexplainedRows(page, flags))
}

// unexplainedRows names what no row of a table on the page begins with.
func unexplainedRows(page string, names []string) (problems []string) {
	for _, name := range names {
		if !strings.Contains(page, "\n| "+name+" | ") {
			problems = append(problems, fmt.Sprintf("%s does not explain %q", recordingsPage, name))
		}
	}
	return problems
}

// oddityNames gives the values of the constants Odd... of the root package.
func oddityNames(sources []*source) (names []string) {
	for _, s := range sources {
		if s.dir() != "" || s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, id := range v.Names {
				if !strings.HasPrefix(id.Name, "Odd") || i >= len(v.Values) {
					continue
				}
				if lit, ok := v.Values[i].(*ast.BasicLit); ok {
					if text, err := strconv.Unquote(lit.Value); err == nil {
						names = append(names, text)
					}
				}
			}
			return true
		})
	}
	return names
}

// limitNames gives the flags that the fields Max... of the command make, as
// they stand on the page.
func limitNames(sources []*source) (names []string) {
	for _, s := range sources {
		if s.dir() != "cmd/gait" || path.Base(s.path) != "limits.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil && len(f.Names) == 1 && strings.HasPrefix(f.Names[0].Name, "Max") {
				names = append(names, "`--"+kebab(f.Names[0].Name)+"`")
			}
			return true
		})
	}
	return names
}

// kebab writes a Go name as a flag.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func TestRecordingsChecksFindExamples(t *testing.T) {
	sources := []*source{
		parse(t, "odd.go", "package m\nconst (\n\tOddOne = \"one\"\n\tOther = \"x\"\n\tOddTwo, OddThree = \"two\", \"three\"\n)\n"),
		parse(t, "sub/odd.go", "package sub\nconst OddFour = \"four\"\n"),
		parse(t, "cmd/gait/limits.go", "package main\ntype f struct {\n\tMaxLine int `default:\"1\"`\n\tMaxBig int\n\tMinLine int `x:\"\"`\n}\n"),
	}
	names := append(oddityNames(sources), limitNames(sources)...)
	wantProblems(t, unexplainedRows("\n| one | is one |\n| three| no |\n", names), `"two"`, `"three"`, "--max-line")
}

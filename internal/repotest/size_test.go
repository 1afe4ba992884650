package repotest

import (
	"bytes"
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Bounds that keep the tree easy to enter.
const (
	maxFileLines     = 500
	maxFunctionLines = 80
	maxParameters    = 4
)

// generated are the pages that the program writes; they may be long.
var generated = []string{"docs/primitives.md", "docs/commands.md"}

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	tr := load(t)
	report(t, longFiles(tr.texts))
	functions := 0
	for _, s := range tr.sources {
		problems, n := largeFunctions(s)
		report(t, problems)
		functions += n
	}
	if functions < 300 {
		t.Fatalf("only %d functions were found", functions)
	}
}

// longFiles names the texts with too many lines.
func longFiles(texts map[string][]byte) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		text := texts[name]
		n := bytes.Count(text, []byte("\n"))
		if len(text) > 0 && text[len(text)-1] != '\n' {
			n++
		}
		if n > maxFileLines && !slices.Contains(generated, name) {
			problems = append(problems, fmt.Sprintf("%s has %d lines, the most is %d", name, n, maxFileLines))
		}
	}
	return problems
}

// largeFunctions names the functions of a file that are too long or take too
// much, and those that run before main without being called; it counts all.
// What a fuzz target takes is up to its seeds, so parameters of functions
// without a name do not count in tests.
func largeFunctions(s *source) (problems []string, functions int) {
	add := func(n ast.Node, format string, args ...any) {
		problems = append(problems, s.at(n.Pos())+": "+fmt.Sprintf(format, args...))
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			functions++
			if n.Name.Name == "init" && n.Recv == nil {
				add(n, "a function init")
			}
			lines := s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line + 1
			if lines > maxFunctionLines {
				add(n, "%s has %d lines, the most is %d", n.Name.Name, lines, maxFunctionLines)
			}
			if p := parameters(n.Type); p > maxParameters {
				add(n, "%s has %d parameters, the most is %d", n.Name.Name, p, maxParameters)
			}
		case *ast.FuncLit:
			if p := parameters(n.Type); p > maxParameters && !s.test() {
				add(n, "a function has %d parameters, the most is %d", p, maxParameters)
			}
		}
		return true
	})
	return problems, functions
}

// parameters counts what a function takes. A context and the test that is
// running stand first by custom wherever they are needed; they do not count.
func parameters(f *ast.FuncType) int {
	n := f.Params.NumFields()
	if n == 0 {
		return 0
	}
	first := f.Params.List[0].Type
	if star, ok := first.(*ast.StarExpr); ok {
		first = star.X
	}
	if sel, ok := first.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "testing" || x.Name == "context") {
			return n - 1
		}
	}
	return n
}

func TestSizesFindExamples(t *testing.T) {
	long := []byte(strings.Repeat("x\n", maxFileLines))
	wantProblems(t, longFiles(map[string][]byte{
		"a.md": long, "b.go": append(slices.Clone(long), 'x'), "docs/primitives.md": append(slices.Clone(long), 'x'),
	}), "b.go has 501 lines")
	text := `package a
func init() {}
func many(a, b, c int, d, e string) {}
func few(a, b, c, d int) { _ = func(a, b, c, d, e int) {} }
func (t T) init() {}
func test(t *testing.T, a, b, c, d int) {}
func both(ctx context.Context, a, b, c, d, e int) {}
func long() {` + strings.Repeat("\n", maxFunctionLines) + "}\n" +
		"func fits() {" + strings.Repeat("\n", maxFunctionLines-1) + "}\n"
	problems, n := largeFunctions(parse(t, "a.go", text))
	wantProblems(t, problems, "function init", "many has 5 parameters", "a function has 5 parameters", "both has 5", "long has 81 lines")
	if n != 8 {
		t.Errorf("%d functions", n)
	}
	problems, _ = largeFunctions(parse(t, "a_test.go", "package a\nvar f = func(a, b, c, d, e int) {}\n"))
	wantProblems(t, problems)
}

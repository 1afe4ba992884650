package repotest

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

func TestEverythingExportedIsDocumented(t *testing.T) {
	tr := load(t)
	report(t, undocumentedPackages(tr.sources))
	names := 0
	for _, s := range tr.sources {
		if !s.test() {
			problems, n := undocumented(s)
			report(t, problems)
			names += n
		}
	}
	if names < 100 {
		t.Fatalf("only %d exported names were found", names)
	}
}

// undocumentedPackages names the packages without exactly one comment that
// begins as it should.
func undocumentedPackages(sources []*source) (problems []string) {
	docs := map[string]int{}
	var dirs []string
	for _, s := range sources {
		if s.test() {
			continue
		}
		dir := s.dir()
		if _, seen := docs[dir]; !seen {
			docs[dir] = 0
			dirs = append(dirs, dir)
		}
		if s.file.Doc == nil {
			continue
		}
		docs[dir]++
		want := "Package " + s.file.Name.Name + " "
		if s.file.Name.Name == "main" {
			want = "Command "
		}
		if !strings.HasPrefix(s.file.Doc.Text(), want) {
			problems = append(problems, fmt.Sprintf("%s: the package comment does not begin with %q", s.path, want))
		}
	}
	for _, dir := range dirs {
		if docs[dir] != 1 {
			problems = append(problems, fmt.Sprintf("package ./%s has %d package comments", dir, docs[dir]))
		}
	}
	return problems
}

// undocumented names the exported names of a file that no comment explains,
// and counts all exported ones.
func undocumented(s *source) (problems []string, names int) {
	miss := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		names++
		for _, d := range docs {
			if strings.TrimSpace(d.Text()) != "" {
				return
			}
		}
		problems = append(problems, fmt.Sprintf("%s: %s is exported and not documented", s.at(id.Pos()), id.Name))
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || exportedReceiver(d.Recv)) {
				miss(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				undocumentedSpec(d, spec, miss)
			}
		}
	}
	return problems, names
}

// undocumentedSpec looks at one declaration of a group. A comment on a group
// of constants or variables speaks for all of them; one on a group of types
// does not.
func undocumentedSpec(d *ast.GenDecl, spec ast.Spec, miss func(*ast.Ident, ...*ast.CommentGroup)) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return
		}
		if d.Lparen == token.NoPos {
			miss(spec.Name, d.Doc, spec.Doc)
		} else {
			miss(spec.Name, spec.Doc)
		}
		if face, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, m := range face.Methods.List {
				if len(m.Names) == 1 && m.Names[0].IsExported() {
					miss(m.Names[0], m.Doc, m.Comment)
				}
			}
		}
	case *ast.ValueSpec:
		for _, id := range spec.Names {
			if id.IsExported() {
				miss(id, d.Doc, spec.Doc, spec.Comment)
			}
		}
	}
}

// exportedReceiver says whether a method belongs to an exported type.
func exportedReceiver(recv *ast.FieldList) bool {
	e := recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

func TestUndocumentedFindsExamples(t *testing.T) {
	s := parse(t, "a/a.go", `package a
const Loose = 1
// Grouped are explained together.
const ( One = 1; Two = 2 )
var Line = 1 // Line is explained at its end.
type Bare struct{}
// Faced is documented, its second method is not.
type Faced interface {
	// Open opens.
	Open()
	Close()
}
func (Bare) Shut() {}
func (bare[T]) Hidden() {}
func (b *Box[T]) Lid() {}
// Told is told.
func Told() {}
func Untold() {}
func quiet() {}
`)
	problems, names := undocumented(s)
	wantProblems(t, problems, "Loose", "Bare", "Close", "Shut", "Lid", "Untold")
	if names != 12 {
		t.Errorf("%d exported names", names)
	}
	wantProblems(t, undocumentedPackages([]*source{s}), "./a has 0")
	twice := parse(t, "a/b.go", "// Package a is one.\npackage a\n")
	wantProblems(t, undocumentedPackages([]*source{twice, twice}), "./a has 2")
	odd := parse(t, "c/c.go", "// This does things.\npackage main\n")
	wantProblems(t, undocumentedPackages([]*source{odd}), "Command")
}

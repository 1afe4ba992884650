package repotest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// source is one parsed Go file.
type source struct {
	path string // slash-separated, from the module's root
	file *ast.File
	fset *token.FileSet
}

// dir gives the folder of the file, "" for the root.
func (s *source) dir() string {
	if d := path.Dir(s.path); d != "." {
		return d
	}
	return ""
}

// test says whether the file belongs to tests only.
func (s *source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// at names a place in the file for messages.
func (s *source) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(p).Line)
}

// imports gives the import paths of the file with the module's own path taken
// off: "./recording" is a package of ours, "./" the root.
func (s *source) imports(module string) []string {
	var all []string
	for _, i := range s.file.Imports {
		p := strings.Trim(i.Path.Value, "`\"")
		if p == module {
			p = "./"
		} else if rest, ok := strings.CutPrefix(p, module+"/"); ok {
			p = "./" + rest
		}
		all = append(all, p)
	}
	return all
}

// parse makes a source of text, for examples.
func parse(t *testing.T, name, text string) *source {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return &source{name, file, fset}
}

// tree is all that the checks look at.
type tree struct {
	root    string // the module's folder
	module  string // its path
	sources []*source
	texts   map[string][]byte // every text file by its path from the root
}

var loadOnce = sync.OnceValues(loadTree)

// load gives the tree, read once, and fails where it is not all there.
func load(t *testing.T) *tree {
	t.Helper()
	tr, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.sources) < 50 || len(tr.texts) < 60 {
		t.Fatalf("only %d Go files and %d text files were found", len(tr.sources), len(tr.texts))
	}
	return tr
}

func loadTree() (*tree, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	tr := &tree{root: root, texts: map[string][]byte{}}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(p, root), string(filepath.Separator)))
		if d.IsDir() {
			if skippedDir(rel) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return tr.read(p, rel)
	})
	if err != nil {
		return nil, err
	}
	tr.module = modulePath(tr.texts["go.mod"])
	if tr.module == "" {
		return nil, fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
	}
	return tr, nil
}

// skippedDir says which folders hold nothing that was written here: version
// control, what was built, and data.
func skippedDir(rel string) bool {
	switch rel {
	case ".git", "bin", "examples/recordings", "serve/web/node_modules", "serve/web/dist":
		return true
	}
	return strings.HasSuffix(rel, "/testdata/fuzz")
}

// textFile says whether a file is text that people write.
func textFile(rel string) bool {
	if strings.HasSuffix(rel, ".d.ts") {
		return false // generated
	}
	switch path.Ext(rel) {
	case ".go", ".md", ".sh", ".txt", ".txtar", ".mod", ".yml", ".yaml", ".svelte", ".ts", ".mjs", ".css":
		return true
	}
	return slices.Contains([]string{"Makefile", "NOTICE", ".ci/run", ".gitignore", "serve/web/build"}, rel)
}

func (tr *tree) read(p, rel string) error {
	if !textFile(rel) {
		return nil
	}
	text, err := os.ReadFile(p)
	if err != nil {
		return err
	}
	tr.texts[rel] = text
	if path.Ext(rel) != ".go" {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, rel, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	tr.sources = append(tr.sources, &source{rel, file, fset})
	return nil
}

// moduleRoot is the nearest folder above the test with a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = up
	}
	return "", err
}

func modulePath(mod []byte) string {
	for line := range bytes.Lines(mod) {
		if p, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("module ")); ok {
			return string(bytes.TrimSpace(p))
		}
	}
	return ""
}

// report fails the test once for every problem.
func report(t *testing.T, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}

// wantProblems compares what a check says of an example with the words that
// each of its messages must hold, in order.
func wantProblems(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("problem %d is %q, want %q in it", i, got[i], want[i])
		}
	}
}

// Command module gives the module another path: in go.mod, in the imports of
// every Go file and in the imports that the papers show. Nothing else is
// touched: words such as the source of an observation stay as they are.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: module PATH")
		os.Exit(2)
	}
	n, err := rename(".", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "module:", err)
		os.Exit(1)
	}
	fmt.Printf("%d files now say %s\n", n, os.Args[1])
}

// goodPath is what a module path looks like: parts of letters, digits and
// -._~, none of which begins or ends with a dot.
var goodPath = regexp.MustCompile(`^[A-Za-z0-9_~-]([A-Za-z0-9._~-]*[A-Za-z0-9_~-])?(/[A-Za-z0-9_~-]([A-Za-z0-9._~-]*[A-Za-z0-9_~-])?)*$`)

// rename gives the module in a folder another path and says how many files it
// changed. All files are read before the first is written, so that one that
// cannot be parsed leaves the tree as it was.
func rename(root, to string) (int, error) {
	if !goodPath.MatchString(to) {
		return 0, fmt.Errorf("%q is no module path", to)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return 0, err
	}
	m := moduleLine.FindSubmatch(mod)
	if m == nil {
		return 0, errors.New("go.mod names no module")
	}
	r := renaming{from: string(m[1]), to: to, changed: map[string][]byte{}}
	r.changed[filepath.Join(root, "go.mod")] = moduleLine.ReplaceAllLiteral(mod, []byte("module "+to))
	if err := filepath.WalkDir(root, r.visit); err != nil {
		return 0, err
	}
	for path, text := range r.changed {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return 0, err
		}
	}
	return len(r.changed), nil
}

var moduleLine = regexp.MustCompile(`(?m)^module\s+(\S+)$`)

// renaming collects what changes.
type renaming struct {
	from, to string
	changed  map[string][]byte
}

func (r *renaming) visit(path string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case d.IsDir() && (d.Name() == ".git" || d.Name() == "bin"):
		return filepath.SkipDir
	case !d.Type().IsRegular():
		return nil
	}
	edit := map[string]func([]byte) ([]byte, error){".go": r.imports, ".md": r.shown}[filepath.Ext(path)]
	if edit == nil {
		return nil
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := edit(old)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !bytes.Equal(old, text) {
		r.changed[path] = text
	}
	return nil
}

// renamed gives the new import path; false where it is none of the module's.
func (r *renaming) renamed(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, r.from)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return r.to + rest, true
}

// imports rewrites the imports of a Go file and sorts them again.
func (r *renaming) imports(text []byte) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	changed := false
	text = slices.Clone(text)
	for _, i := range slices.Backward(f.Imports) { // from the end, so that positions hold
		old, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return nil, err
		}
		if path, ok := r.renamed(old); ok {
			from, to := fset.Position(i.Path.Pos()).Offset, fset.Position(i.Path.End()).Offset
			text = slices.Replace(text, from, to, []byte(strconv.Quote(path))...)
			changed = true
		}
	}
	if !changed {
		return text, nil
	}
	return format.Source(text)
}

var importLine = regexp.MustCompile(`(?m)^(\s*(?:import )?)"([^"\n]+)"$`)

// shown rewrites the import lines in a page.
func (r *renaming) shown(text []byte) ([]byte, error) {
	return importLine.ReplaceAllFunc(text, func(line []byte) []byte {
		m := importLine.FindSubmatch(line)
		if path, ok := r.renamed(string(m[2])); ok {
			return fmt.Appendf(nil, "%s%q", m[1], path)
		}
		return line
	}), nil
}

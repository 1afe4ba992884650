package repotest

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// pure says whether a package belongs to the pure library: a session goes in,
// observations come out, and nothing else is touched. profile/profiletest runs
// in tests alone.
func pure(dir string) bool {
	if dir == "profile/profiletest" {
		return false
	}
	return dir == "" || dir == "term" || dir == "internal/stats" || dir == "profile" || strings.HasPrefix(dir, "profile/") || dir == "assess" || strings.HasPrefix(dir, "assess/")
}

// impureImports may not be imported by the pure library, nor may anything
// below them.
var impureImports = []string{"os", "net", "context", "log", "math/rand", "crypto/rand", "hash/maphash", "syscall", "io/ioutil", "testing"}

// impureNames may not be used by it: they read a clock, wait, write to the
// process's streams or read its folder.
var impureNames = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local", "LoadLocation"},
	"fmt":  {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
	"path/filepath": {
		"Abs", "EvalSymlinks", "Glob", "Walk", "WalkDir",
	},
}

func TestPureLibraryTouchesNothing(t *testing.T) {
	tr := load(t)
	seen := map[string]bool{}
	for _, s := range pureSources(tr.sources, tr.module) {
		seen[s.dir()] = true
		report(t, impurities(s))
	}
	for _, dir := range []string{"", "term", "profile", "profile/motor", "profile/suite", "assess/attribution", "internal/stats"} {
		if !seen[dir] {
			t.Errorf("./%s was not looked at", dir)
		}
	}
}

// pureSources gives the files of the pure library, and those of the packages
// of ours that it imports: what they touch it touches.
func pureSources(sources []*source, module string) []*source {
	byDir := map[string][]*source{}
	var dirs []string
	for _, s := range sources {
		if s.test() {
			continue
		}
		byDir[s.dir()] = append(byDir[s.dir()], s)
		if pure(s.dir()) && !slices.Contains(dirs, s.dir()) {
			dirs = append(dirs, s.dir())
		}
	}
	var all []*source
	for i := 0; i < len(dirs); i++ {
		for _, s := range byDir[dirs[i]] {
			all = append(all, s)
			for _, p := range s.imports(module) {
				if dir, ours := strings.CutPrefix(p, "./"); ours && !slices.Contains(dirs, dir) {
					dirs = append(dirs, dir)
				}
			}
		}
	}
	return all
}

// impurities names what a file imports or uses and must not.
func impurities(s *source) (problems []string) {
	names := map[string][]string{} // what a local name may not be asked for
	for _, i := range s.file.Imports {
		p := strings.Trim(i.Path.Value, "`\"")
		for _, bad := range impureImports {
			if p == bad || strings.HasPrefix(p, bad+"/") {
				problems = append(problems, fmt.Sprintf("%s: the pure library imports %s", s.at(i.Pos()), p))
			}
		}
		name := p[strings.LastIndexByte(p, '/')+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		if name == "." {
			problems = append(problems, fmt.Sprintf("%s: the pure library imports %s without its name", s.at(i.Pos()), p))
		}
		names[name] = impureNames[p]
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(names[x.Name], n.Sel.Name) {
				problems = append(problems, fmt.Sprintf("%s: the pure library uses %s.%s", s.at(n.Pos()), x.Name, n.Sel.Name))
			}
		case *ast.CallExpr:
			if x, ok := n.Fun.(*ast.Ident); ok && (x.Name == "print" || x.Name == "println") {
				problems = append(problems, fmt.Sprintf("%s: the pure library calls %s", s.at(n.Pos()), x.Name))
			}
		}
		return true
	})
	return problems
}

func TestImpuritiesFindsExamples(t *testing.T) {
	s := parse(t, "profile/x.go", `package profile
import ("fmt"; "log/slog"; "math/rand/v2"; "net"; . "strings"; clock "time"; "osprey")
var a = clock.Now
var b clock.Duration = 3 * clock.Second
func c() { println(fmt.Sprint(osprey.X)); fmt.Println(slog.X, rand.X, net.X) ; d.Now() }
`)
	wantProblems(t, impurities(s), "imports log/slog", "imports math/rand/v2", "imports net", "without its name",
		"uses clock.Now", "calls println", "uses fmt.Println")
	fine := parse(t, "profile/y.go", "package profile\nimport \"time\"\nvar d time.Duration\n")
	wantProblems(t, impurities(fine))
}

func TestPureSourcesFollowsImports(t *testing.T) {
	sources := []*source{
		parse(t, "internal/clock/clock.go", "package clock\nimport \"os\"\n"),
		parse(t, "internal/other/other.go", "package other\nimport \"os\"\n"),
		parse(t, "internal/mid/mid.go", "package mid\nimport \"m/internal/clock\"\n"),
		parse(t, "profile/p.go", "package profile\nimport \"m/internal/mid\"\n"),
		parse(t, "profile/p_test.go", "package profile\nimport \"os\"\n"),
		parse(t, "profile/profiletest/p.go", "package profiletest\nimport \"os\"\n"),
	}
	var problems []string
	for _, s := range pureSources(sources, "m") {
		problems = append(problems, impurities(s)...)
	}
	wantProblems(t, problems, "internal/clock/clock.go")
}

package repotest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"

	"gait/profile/suite"
)

func TestPrimitivesHaveOneName(t *testing.T) {
	tr := load(t)
	var names []string
	for _, p := range suite.All {
		names = append(names, p.Name)
	}
	if len(names) < 38 {
		t.Fatalf("the suite lists only %d primitives", len(names))
	}
	n := naming{texts: tr.texts, vars: primitiveVars(tr.sources, tr.module)}
	report(t, n.disagreements(names))
}

// home is where everything about one primitive is found by its name alone.
type home struct {
	file, variable, script, heading string
}

// homeOf derives it: the domain is the folder (own for ours), dots after it
// become underscores in files and nothing in the variable.
func homeOf(name string) home {
	domain, rest, _ := strings.Cut(name, ".")
	if domain == "gait" {
		domain = "own"
	}
	stem := strings.ReplaceAll(rest, ".", "_")
	variable := ""
	for part := range strings.SplitSeq(stem, "_") {
		if part != "" {
			variable += strings.ToUpper(part[:1]) + part[1:]
		}
	}
	dir := path.Join("profile", domain)
	return home{
		file:     path.Join(dir, stem+".go"),
		variable: variable,
		script:   path.Join(dir, "testdata", stem+".txt"),
		heading:  name,
	}
}

// primitiveVar is an exported variable of a family that holds a primitive.
type primitiveVar struct{ file, variable, name string }

// primitiveVars finds the primitives of all families by their declarations.
func primitiveVars(sources []*source, module string) (vars []primitiveVar) {
	for _, s := range sources {
		if s.test() || path.Dir(s.dir()) != "profile" || !slices.Contains(s.imports(module), "./profile") {
			continue
		}
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				if len(v.Names) == 1 && len(v.Values) == 1 {
					if name := primitiveName(v.Values[0]); name != "" {
						vars = append(vars, primitiveVar{s.path, v.Names[0].Name, name})
					}
				}
			}
		}
	}
	return vars
}

// primitiveName gives the Name of a composite literal of profile.Primitive.
func primitiveName(e ast.Expr) string {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return ""
	}
	if sel, ok := lit.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Primitive" {
		return ""
	}
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, _ := kv.Key.(*ast.Ident)
		if value, ok := kv.Value.(*ast.BasicLit); ok && key != nil && key.Name == "Name" {
			return strings.Trim(value.Value, "`\"")
		}
	}
	return "?"
}

// naming holds what names are compared with.
type naming struct {
	texts map[string][]byte
	vars  []primitiveVar
}

// disagreements names everything of a primitive that is not where its name
// says, and what is there without a primitive.
func (n naming) disagreements(names []string) (problems []string) {
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	page := string(n.texts["docs/primitives.md"])
	scripts := map[string]bool{}
	for i, name := range names {
		h := homeOf(name)
		scripts[h.script] = true
		if slices.Index(names, name) != i {
			add("%s is listed twice", name)
		}
		if !slices.Contains(n.vars, primitiveVar{h.file, h.variable, name}) {
			add("%s is not the variable %s in %s", name, h.variable, h.file)
		}
		if len(n.texts[h.script]) == 0 {
			add("%s has no script %s", name, h.script)
		}
		if !strings.Contains(page, `<a id="`+h.heading+"\"></a>\n\n### "+h.heading+"\n") {
			add("%s has no anchor in docs/primitives.md", name)
		}
	}
	for _, v := range n.vars {
		if !slices.Contains(names, v.name) {
			add("%s: %s (%s) is not in the suite", v.file, v.variable, v.name)
		}
	}
	for file := range n.texts {
		dir := path.Dir(file)
		if path.Base(dir) == "testdata" && path.Dir(path.Dir(dir)) == "profile" && path.Dir(dir) != "profile/profiletest" && !scripts[file] {
			add("%s belongs to no primitive", file)
		}
	}
	return problems
}

func TestDisagreementsFindsExamples(t *testing.T) {
	if h := homeOf("motor.shell_mastery.tab_completion"); h != (home{
		"profile/motor/shell_mastery_tab_completion.go", "ShellMasteryTabCompletion",
		"profile/motor/testdata/shell_mastery_tab_completion.txt", "motor.shell_mastery.tab_completion",
	}) {
		t.Errorf("%+v", h)
	}
	if h := homeOf("gait.operator"); h.file != "profile/own/operator.go" {
		t.Errorf("%+v", h)
	}
	sources := []*source{
		parse(t, "profile/motor/pace.go", "package motor\nimport \"m/profile\"\nvar Pace = profile.Primitive{Name: \"motor.pace\"}\n"),
		parse(t, "profile/motor/odd.go", "package motor\nimport \"m/profile\"\nvar Odd = &profile.Primitive{Title: \"x\", Name: \"motor.even\"}\nvar n = 1\n"),
		parse(t, "profile/motor/pace_test.go", "package motor\nimport \"m/profile\"\nvar Test = profile.Primitive{Name: \"motor.test\"}\n"),
	}
	n := naming{vars: primitiveVars(sources, "m"), texts: map[string][]byte{
		"docs/primitives.md":                []byte("<a id=\"motor.pace\"></a>\n\n### motor.pace\n"),
		"profile/motor/testdata/pace.txt":   []byte("want x 1\n"),
		"profile/motor/testdata/unused.txt": []byte("want x 1\n"),
	}}
	wantProblems(t, n.disagreements([]string{"motor.pace", "motor.even"}),
		"motor.even is not the variable Even in profile/motor/even.go", "motor.even has no script",
		"motor.even has no anchor", "unused.txt belongs to no primitive")
	wantProblems(t, n.disagreements([]string{"motor.pace", "motor.pace"}),
		"listed twice", "Odd (motor.even) is not in the suite", "unused.txt")
	bare := parse(t, "profile/motor/bare.go", "package motor\nimport \"m/profile\"\nvar Bare = profile.Primitive{Title: \"x\"}\n")
	if v := primitiveVars([]*source{bare}, "m"); len(v) != 1 || v[0].name != "?" {
		t.Errorf("%v", v)
	}
}

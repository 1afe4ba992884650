package repotest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// layers are the areas of the tree from the bottom up; an area is the first
// part of a package's path. A package may import what lies below its layer;
// within a layer nothing but its own area, see [sideways].
var layers = [][]string{
	{""},
	{"term"},
	{"bus", "store", "recording", "profile", "assess"},
	{"decoy", "record", "collect", "profiler", "serve"},
	{"cmd", "examples"},
}

// sideways are the imports that are allowed within one layer or area besides
// those that [within] allows.
var sideways = map[string][]string{
	"assess": {"profile"},
	// Cowrie's event log is joined with its terminal logs.
	"recording/cowrie": {"recording/ttylog"},
	// What a recorder sends becomes lines of a shard.
	"recording/feed": {"recording/shard"},
}

func TestLayersNeverPointUp(t *testing.T) {
	tr := load(t)
	areas := map[string]int{}
	for _, s := range tr.sources {
		if !s.test() {
			areas[area(s.dir())]++
			report(t, upward(s, tr.module))
		}
	}
	for _, a := range []string{"", "term", "recording", "profile", "cmd"} {
		if areas[a] == 0 {
			t.Errorf("no file of %q was looked at", a)
		}
	}
}

func area(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// layer gives the number of the layer of a package, -1 for one that is in
// none.
func layer(dir string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, area(dir)) })
}

// upward names the imports of a file that do not point down. A program may
// import anything: nothing can import a program. Packages below internal are
// leaves: they import the nouns and each other, and anyone may import them.
func upward(s *source, module string) (problems []string) {
	from := s.dir()
	if layer(from) < 0 && area(from) != "internal" {
		problems = append(problems, fmt.Sprintf("%s: ./%s is in no layer", s.path, area(from)))
	}
	if s.file.Name.Name == "main" {
		return problems
	}
	for i, p := range s.imports(module) {
		to, ours := strings.CutPrefix(p, "./")
		if !ours || down(from, to) {
			continue
		}
		problems = append(problems, fmt.Sprintf("%s: ./%s may not import ./%s", s.at(s.file.Imports[i].Pos()), from, to))
	}
	return problems
}

// down says whether a package may import another.
func down(from, to string) bool {
	switch {
	case area(from) == "internal":
		return to == "" || area(to) == "internal"
	case area(to) == "internal":
		return true
	case slices.Contains(sideways[from], to) || slices.Contains(sideways[area(from)], area(to)):
		return true
	case area(from) == area(to):
		return within(from, to)
	}
	return layer(to) >= 0 && layer(to) < layer(from)
}

// heights are the levels of the decoy: what its parts say to each other is the
// lowest, the two servers and the shell do not know of each other, and only the
// root brings them together. A package that is not named here is as high as
// the one above it in its path.
var heights = map[string]int{
	"decoy/cage": 0, "decoy/door": 0, "decoy/vfs": 0, "decoy/visit": 0, "decoy/visit/visittest": 1, "decoy/machine": 1, "decoy/tty": 1, "decoy/edit": 2, "decoy/proc": 2,
	"decoy/programs/gnu": 3, "decoy/programs/regex": 3, "decoy/programs/text/sed": 4, "decoy/programs/text/awk": 4,
	"decoy/programs/text": 5, "decoy/programs/files": 5, "decoy/programs/archive": 5, "decoy/programs/account": 5, "decoy/programs/status": 5,
	"decoy/programs/network": 5, "decoy/programs/system": 5, "decoy/programs/recorded": 7, "decoy/programs/busybox": 5, "decoy/programs": 6, "decoy/shell": 6, "decoy/sshd/transfer": 2, "decoy/sshd": 6, "decoy/telnetd": 6, "decoy": 8,
}

// height gives the level of a package of the decoy.
func height(dir string) int {
	for dir != "." {
		if h, ok := heights[dir]; ok {
			return h
		}
		dir = path.Dir(dir)
	}
	return 0
}

// within says what packages of one area may import of each other: all build on
// the area's foundation, and only what brings them together imports several.
func within(from, to string) bool {
	switch area(from) {
	case "recording":
		return from == "recording" || to == "recording/reader"
	case "profile":
		return to == "profile" || from == "profile/suite" && to != "profile/profiletest"
	case "decoy":
		return height(to) < height(from)
	case "assess":
		return to == "assess" || to == "assess/population" || from == "assess" || from == "assess/evaluate"
	case "store":
		drivers := from == "store/sqlite" || from == "store/postgres"
		return to == "store" || to == "store/sqlstore" && drivers || from == "store/storetest"
	}
	return path.Dir(to) == from || path.Dir(from) == to
}

func TestUpwardFindsExamples(t *testing.T) {
	for from, imports := range map[string]struct{ good, bad []string }{
		"":                   {good: []string{"internal/stats"}, bad: []string{"term", "profile", "cmd/gait"}},
		"term":               {good: []string{""}, bad: []string{"profile", "recording/reader"}},
		"profile":            {good: []string{"", "term", "internal/stats"}, bad: []string{"profile/motor", "recording", "profile/suite", "collect"}},
		"profile/motor":      {good: []string{"profile", ""}, bad: []string{"profile/cognitive", "profile/suite", "recording/reader"}},
		"profile/suite":      {good: []string{"profile", "profile/motor"}, bad: []string{"profile/profiletest", "assess"}},
		"recording":          {good: []string{"recording/shard", "recording/reader", "term"}, bad: []string{"profile", "cmd/gait"}},
		"recording/shard":    {good: []string{"recording/reader", "", "internal/lines"}, bad: []string{"recording", "recording/ttylog", "profile"}},
		"recording/cowrie":   {good: []string{"recording/reader", "recording/ttylog"}, bad: []string{"recording/shard"}},
		"recording/reader":   {good: []string{""}, bad: []string{"recording/shard", "recording"}},
		"assess":             {good: []string{"assess/attribution", "profile", "profile/suite", "term"}, bad: []string{"store", "recording"}},
		"assess/attribution": {good: []string{"assess", "profile"}, bad: []string{"assess/typist", "store"}},
		"assess/typist":      {good: []string{"assess/population", "profile"}, bad: []string{"assess/operator", "assess/evaluate"}},
		"assess/evaluate":    {good: []string{"assess/attribution", "profile"}, bad: []string{"recording", "store"}},
		"store":              {good: []string{"", "internal/address"}, bad: []string{"store/sqlite", "store/sqlstore", "bus"}},
		"store/sqlstore":     {good: []string{"store", ""}, bad: []string{"store/sqlite", "store/storetest", "profile"}},
		"store/sqlite":       {good: []string{"store", "store/sqlstore", ""}, bad: []string{"store/postgres", "store/storetest", "bus", "serve"}},
		"store/storetest":    {good: []string{"store", "store/sqlite", "store/postgres"}, bad: []string{"bus", "collect"}},
		"collect":            {good: []string{"recording", "bus", "store", "profile"}, bad: []string{"record", "serve", "cmd/gait"}},
		"internal/stats":     {good: []string{""}, bad: []string{"profile", "term", "recording/reader"}},
		"cmd/gait":           {good: []string{"collect", "recording", "profile/suite", ""}, bad: nil},
		"somewhere/else/new": {bad: []string{"cmd/gait"}},
	} {
		for _, to := range imports.good {
			if !down(from, to) {
				t.Errorf("./%s may not import ./%s", from, to)
			}
		}
		for _, to := range imports.bad {
			if down(from, to) {
				t.Errorf("./%s may import ./%s", from, to)
			}
		}
	}
	s := parse(t, "term/t.go", "package term\nimport (\"fmt\"; \"m\"; \"m/profile\"; \"mm/profile\")\n")
	wantProblems(t, upward(s, "m"), "term/t.go:2: ./term may not import ./profile")
	wantProblems(t, upward(parse(t, "new/n.go", "package n\n"), "m"), "./new is in no layer")
}

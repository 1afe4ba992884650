package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gait"
	"gait/recording"
)

// examples is where the shards lie that this program made.
const examples = "../../assess/operator/examples"

// labelled reads the labels: file to class and group.
func labelled(t *testing.T) map[string][2]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "labels.tools.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if lines[0] != "file\tclass\tsubject\tgroup" {
		t.Fatalf("the labels begin with %q", lines[0])
	}
	all := map[string][2]string{}
	for _, l := range lines[1:] {
		f := strings.Split(l, "\t")
		if len(f) != 4 {
			t.Fatalf("no label: %q", l)
		}
		all[f[0]] = [2]string{f[1], f[3]}
	}
	return all
}

// TestEveryShardIsLabelled holds the labels to the shards and the groups.
func TestEveryShardIsLabelled(t *testing.T) {
	labels := labelled(t)
	paths, err := filepath.Glob(filepath.Join(examples, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != len(labels) || len(paths) < 20 {
		t.Errorf("%d shards, %d labels", len(paths), len(labels))
	}
	for _, p := range paths {
		l, ok := labels[filepath.Base(p)]
		known := slices.ContainsFunc(groups, func(g group) bool { return g.name == l[1] && g.class == l[0] && g.file() == filepath.Base(p) })
		if !ok || !known {
			t.Errorf("%s is labelled as %q", filepath.Base(p), l)
		}
	}
}

// TestShardsHaveTheShapeOfTheirClass reads every shard: whole lines of scripts,
// single keys of machines that feed keys, a command at login of the others.
func TestShardsHaveTheShapeOfTheirClass(t *testing.T) {
	for file, label := range labelled(t) {
		sessions := 0
		for _, s := range read(t, filepath.Join(examples, file)) {
			sessions++
			if what := misshapen(label[0], shapeOf(s)); what != "" {
				t.Errorf("%s, session %d of class %s: %s", file, sessions, label[0], what)
			}
		}
		if sessions < 3 {
			t.Errorf("%s holds %d sessions", file, sessions)
		}
	}
}

// read gives the sessions of a shard, which must have nothing odd.
func read(t *testing.T, path string) (all []*gait.Session) {
	t.Helper()
	rec, err := recording.Open(path, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	for _, b := range rec.Batches() {
		err := b.Each(func(s *gait.Session) error {
			if len(s.Oddities) > 0 {
				t.Errorf("%s is odd: %v", path, s.Oddities)
			}
			all = append(all, s.Clone())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// shape is what a session's input is made of.
type shape struct{ pieces, bytes, lines, logins int }

func shapeOf(s *gait.Session) (o shape) {
	for _, e := range s.Events() {
		switch e.Kind {
		case gait.Input:
			o.pieces++
			o.bytes += len(e.Data)
			o.lines += bytes.Count(e.Data, []byte("\r")) + bytes.Count(e.Data, []byte("\n"))
		case gait.Exec:
			o.logins++
		}
	}
	return o
}

// misshapen says what of a session does not fit its class. Keys that come
// within milliseconds of each other may lie in one piece.
func misshapen(class string, o shape) string {
	switch {
	case class == bot && (o.lines < 5 || o.pieces > o.lines || o.logins > 0):
		return "not whole lines alone"
	case class == fed && (o.bytes < fewestKeys || o.bytes > 3*o.pieces || o.logins > 0):
		return "not single keys alone"
	case class == oneRun && (o.logins != 1 || o.bytes > 0):
		return "not one command at login"
	}
	return ""
}

// TestShapesAreTold holds the check of shapes to sessions of another class.
func TestShapesAreTold(t *testing.T) {
	keys, script, atLogin := shape{210, 213, 12, 0}, shape{8, 160, 8, 0}, shape{logins: 1}
	for _, c := range []struct {
		class string
		fits  shape
		not   []shape
	}{
		{bot, script, []shape{keys, atLogin, {2, 40, 2, 0}}},
		{fed, keys, []shape{script, atLogin, {100, 100, 5, 0}}},
		{oneRun, atLogin, []shape{script, keys}},
	} {
		if what := misshapen(c.class, c.fits); what != "" {
			t.Errorf("%s: %s", c.class, what)
		}
		for _, o := range c.not {
			if misshapen(c.class, o) == "" {
				t.Errorf("%s takes %+v", c.class, o)
			}
		}
	}
}

// left is a placeholder of the lists.
var left = regexp.MustCompile(`\{[a-z]+\}`)

// TestCommandsAreTheSameEachTime: a group's commands come from its seed alone,
// and no placeholder is left in them.
func TestCommandsAreTheSameEachTime(t *testing.T) {
	for _, g := range groups {
		for n := range g.sessions() {
			a, err := g.commands(n)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := g.commands(n)
			text := strings.Join(a, "\n")
			if !slices.Equal(a, b) || len(a) < 5 {
				t.Errorf("%s, session %d: %d lines, or not the same", g.name, n, len(a))
			}
			if left.MatchString(text) {
				t.Errorf("%s, session %d: a placeholder is left", g.name, n)
			}
		}
	}
}

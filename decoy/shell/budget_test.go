package shell

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gait/decoy/proc"
)

// TestBudgets runs what would bring a machine down; each must end, and say what
// a real one under limits says.
func TestBudgets(t *testing.T) {
	small := proc.Limits{Commands: 300, Steps: 20_000, Output: 1 << 20, Processes: 16, Memory: 4 << 20}
	for _, c := range []struct {
		name, command string
		want          string // in the errors
		code          int    // -1 for any
	}{
		{"endless loop", "while true; do :; done; echo after", "", 137},
		{"endless for", "for ((;;)); do :; done", "", 137},
		{"arithmetic loop", "for ((i=0;i<(1<<62);i++)); do :; done", "", 137},
		{"yes", "yes", "Killed", 137},
		{"zero", "cat /dev/zero", "Killed", 137},
		{"yes into a pipe", "yes | cat", "Killed", 137},
		{"doubling", "x=xxxxxxxx; while :; do x=$x$x; done", "xrealloc: cannot allocate", 2},
		{"here-document", "x=" + strings.Repeat("y", 4000) + "; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x; x=$x$x; cat <<EOF >/dev/null\n" + strings.Repeat("$x", 200) + "\nEOF\necho after", "xrealloc: cannot allocate", 2},
		{"braces", "echo {1..99999999} | wc -c", "brace expansion: failed to allocate memory for 99999999 elements", 0},
		{"braces times braces", "echo " + strings.Repeat("{a,b}", 40) + " | wc -c", "brace expansion: failed", 0},
		{"function recursion", "f() { f; }; f; echo after", "", 139},
		{"eval recursion", "e='eval \"$e\"'; eval \"$e\"; echo after", "", 139},
		{"source recursion", "echo '. ./s' > s; . ./s", "", 139},
		{"substitution recursion", "f() { echo $(f); }; f", "fork: ", -1},
		{"process substitutions", "f() { cat <(f); }; f", "fork: ", -1},
		{"arithmetic recursion", "a=b; b=a; echo $((a))", "expression recursion level exceeded", 1},
		{"array holes", "a[9223372036854775807]=1; echo ${#a[@]}", "", 0},
		{"array growth", "i=0; while :; do a[i++]=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "", -1},
		{"printf width", "printf '%999999999d' 1 | wc -c", "", -1},
		{"regular expression", "[[ " + strings.Repeat("a", 3000) + " =~ (a*)*b ]]; echo done", "", 0},
		{"big repeat", "[[ aaa =~ ((a{1000}){1000}){1000} ]]; echo $?", "", 0},
		{"large repeat", "r='" + strings.Repeat("(a?){1000}", 50) + "'; [[ aaa =~ $r ]]; echo $?", "", 0},
		{"repeat and text", "x=" + strings.Repeat("a", 4000) + "; for i in {1..7}; do x=$x$x; done; r='" + strings.Repeat("(a?){1000}", 5) + "'; [[ $x =~ ${r}b ]]; echo $?", "", 0},
		{"extended replace", "x=" + strings.Repeat("a", 200_000) + "; shopt -s extglob; y=${x/+(a)b/}; echo ${#y}", "", 0},
		{"star pattern", "x=" + strings.Repeat("a", 2000) + "; case $x in " + strings.Repeat("*a", 60) + "b) echo y;; esac; echo done", "", 0},
		{"extended pattern", "x=" + strings.Repeat("a", 200) + "; [[ $x == +(+(+(a)))b ]]; echo done", "", 0},
		{"replace", "x=" + strings.Repeat("a", 20000) + "; y=${x//*a*b/}; echo ${#y}", "", 0},
		{"many programs", "while :; do cat /dev/null; done", "", -1},
		{"panic", "tsort; echo $?", "Segmentation fault", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(small).execFor(t, "cd /root/t; "+c.command, "", time.Hour)
				if !strings.Contains(r.err, c.want) || c.code >= 0 && r.code != c.code {
					t.Errorf("code %d, output %.200q, errors %.400q; want %q and %d", r.code, r.out, r.err, c.want, c.code)
				}
			})
		})
	}
}

func TestForkBomb(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(proc.Limits{Commands: 2000, Processes: 64})
		got := r.execFor(t, ":(){ :|:& };:; sleep 10000; echo after", "", 12*time.Hour)
		if !strings.Contains(got.err, "fork: retry: Resource temporarily unavailable") || !strings.Contains(got.err, "fork: Resource temporarily unavailable") {
			t.Errorf("code %d, errors %.300q", got.code, got.err)
		}
	})
}

// TestNesting parses what is nested as deep as one likes.
func TestNesting(t *testing.T) {
	n := 200_000
	for name, text := range map[string]string{
		"parentheses":   strings.Repeat("(", n),
		"substitutions": "echo " + strings.Repeat("$(", n),
		"backquotes":    "echo " + strings.Repeat("`", n),
		"arithmetic":    "echo $((" + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + "))",
		"signs":         "echo $((" + strings.Repeat("- ", n) + "1))",
		"braces":        strings.Repeat("{ ", n),
		"functions":     strings.Repeat("f()", n) + "{ :; }",
		"if":            strings.Repeat("if ", n),
		"parameters":    "echo " + strings.Repeat("${x:-", n),
		"quotes":        "echo " + strings.Repeat("\"$(echo ", n),
		"not":           strings.Repeat("! ", n) + "true",
		"list":          strings.Repeat("true && ", n) + "true",
		"pipes":         strings.Repeat("true | ", n) + "true",
		"tests":         "[[ " + strings.Repeat("! ", n) + "a ]]",
		"test":          "[ " + strings.Repeat("! ", 5000) + "a ]",
		"case":          strings.Repeat("case x in x) ", n),
		"brace words":   "echo " + strings.Repeat("{", n/10) + "a,b" + strings.Repeat("}", n/10),
		"patterns":      "[[ a == " + strings.Repeat("@(", 5000) + "a" + strings.Repeat(")", 5000) + " ]]",
		"time":          strings.Repeat("time ", n) + "true",
		"elif":          "if false; then :; " + strings.Repeat("elif false; then :; ", n/10) + "fi",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(proc.Limits{Commands: 500, Processes: 32, Memory: 8 << 20})
			got := r.execFor(t, text, "", time.Minute)
			if strings.Contains(got.err, "goroutine") {
				t.Errorf("errors %.300q", got.err)
			}
		})
	}
}

// TestLongLines feeds a shell without a terminal more than it takes.
func TestLongLines(t *testing.T) {
	r := newRig(proc.Limits{})
	s, out, errs := r.session(io.MultiReader(strings.NewReader("echo "), io.LimitReader(letterA{}, 10<<20), strings.NewReader("\necho after\n")))
	code := r.shell.Run(t.Context(), s)
	if strings.Contains(out.String(), "aaaa") || code != 2 {
		t.Errorf("code %d, output %.100q, errors %.300q", code, out.String(), errs.String())
	}
}

type letterA struct{}

func (letterA) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

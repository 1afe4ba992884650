package awk

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// process makes a process that has little of everything, and a shell that knows
// no command.
func process(ctx context.Context, w *machine.World, args ...string) *proc.Process {
	return &proc.Process{Ctx: ctx, Args: args, FS: w.Root.Clone(), World: w, In: strings.NewReader("a b c\n1 2 3\n"), Out: io.Discard, Err: io.Discard, Budget: proc.Limits{Memory: 1 << 20, Steps: 60_000}.New(), Shell: nothing{}}
}

// nothing is a shell without programs.
type nothing struct{ proc.Shell }

func (nothing) Source(*proc.Process, proc.Script) int { return 127 }

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"{print":               "line 2: missing } near end of file",
		"BEGIN{x=}":            "line 1: syntax error at or near }",
		"BEGIN{foo(1)}":        "line 2: function foo never defined",
		"/(/":                  "line 1: regular expression compile failed (missing ')')\n(",
		"BEGIN{print 'x'}":     "1: unexpected character '''",
		"/tmp":                 "line 1: runaway regular expression /tmp ...",
		`BEGIN{print "abc}`:    `line 1: runaway string constant "abc} ...`,
		"BEGIN{substr(\"a\")}": "line 1: wrong number of arguments in call to substr",
	} {
		if _, wrong := parse(text); wrong != want {
			t.Errorf("%s: %q, want %q", text, wrong, want)
		}
	}
}

// TestHeld looks whether all memory is given back.
func TestHeld(t *testing.T) {
	w := machine.New(machine.Options{}).World()
	for _, text := range []string{
		`{a[NR]=$0} END{for(k in a) n+=length(a[k]); print n}`, `function f(x,  l){l["a"]=x; return x x} BEGIN{for(i=0;i<50;i++) s=f(s "abc")}`, `BEGIN{while((getline l < "/etc/passwd")>0) x=x l; print length(x)}`, `BEGIN{x="a";while(1)x=x x}`, `BEGIN{print 1 | "sort"}`, `BEGIN{exit} END{print "e"}`, `{delete a; a[1]=$0; split($0,b)}`,
	} {
		p := process(context.Background(), w, "awk", text)
		before := p.Budget.Memory.Load()
		Run(p)
		if after := p.Budget.Memory.Load(); after != before {
			t.Errorf("%s: %d bytes were not given back", text, before-after)
		}
	}
}

func FuzzRun(f *testing.F) {
	for _, s := range []string{
		`{print $1,NF}`, `BEGIN{for(i=0;i<3;i++){if(i%2)continue;print i}}`, `function f(a,b){return a[b]++} {x=f(c,$1)} END{for(k in c)print k,c[k]}`, `NR==1,/b/{gsub(/a|b/,"[&]");print > "/tmp/x"}`, `{$3="x";NF=2;print;getline;print $0 | "cat"}`,
		`BEGIN{while(("ls"|getline x)>0)n++;printf "%d %s\n",n,x;delete a[1];print (1,2) in a, !x, -x^2, x?1:2, a~"b"}`, `BEGIN{do{x++}while(x<3);print substr("abc",2),index("a","b"),length,match("a",/b/)}`,
	} {
		f.Add(s)
	}
	w := machine.New(machine.Options{}).World()
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		Run(process(ctx, w, "awk", text))
	})
}

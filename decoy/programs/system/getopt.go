package system

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
)

// runGetopt reads the options of a script.
func runGetopt(p *proc.Process) int {
	o := proc.Flags{Short: "aho:l:n:qQs:TuV", Long: map[string]proc.Long{"options": {As: "o", Value: 1}, "longoptions": {As: "l", Value: 1}, "long": {As: "l", Value: 1}, "name": {As: "n", Value: 1}, "quiet": {As: "q"}, "quiet-output": {As: "Q"}, "shell": {As: "s", Value: 1}, "test": {As: "T"}, "unquoted": {As: "u"}, "alternative": {As: "a"}}, First: true}.Parse(p)
	if o == nil {
		return 2
	}
	if o.Has("T") {
		return 4
	}
	short, given := o.Last("o")
	args, plain := o.Operands, !given || o.Has("u")
	if !given {
		if len(args) == 0 {
			return try(p, 2, "missing optstring argument")
		}
		short, args = args[0], args[1:]
		if len(args) > 0 && args[0] == "--" {
			args = args[1:]
		}
	}
	f := proc.Flags{Short: strings.TrimLeft(short, "+-"), Long: map[string]proc.Long{}, First: strings.HasPrefix(short, "+")}
	for _, g := range o.Given {
		if g.Name == "l" {
			for _, name := range strings.FieldsFunc(g.Value, func(r rune) bool { return r == ',' || r == ' ' }) {
				bare := strings.TrimRight(name, ":")
				f.Long[bare] = proc.Long{As: bare, Value: len(name) - len(bare)}
			}
		}
	}
	name := "getopt"
	if n, ok := o.Last("n"); ok {
		name = n
	}
	q := *p
	q.Args = append([]string{name}, args...)
	var errs capped
	q.Err = &errs
	result := f.Parse(&q)
	code := 0
	if result == nil {
		result, code = &proc.Options{}, 1
		if !o.Has("q") {
			first, _, _ := strings.Cut(errs.String(), "\n")
			fmt.Fprintln(p.Err, first)
		}
	}
	if !o.Has("Q") {
		p.Println(spelled(result, f, plain))
	}
	return code
}

// spelled writes options as a script can read them.
func spelled(o *proc.Options, f proc.Flags, plain bool) string {
	quote := func(s string) string {
		if plain {
			return s
		}
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	for _, g := range o.Given {
		takes := false
		if l, ok := f.Long[g.Name]; ok && len(g.Name) > 1 {
			takes = l.Value > 0
			b.WriteString(" --" + g.Name)
		} else {
			at := strings.Index(f.Short, g.Name)
			takes = at >= 0 && strings.HasPrefix(f.Short[at+len(g.Name):], ":")
			b.WriteString(" -" + g.Name)
		}
		if takes {
			b.WriteString(" " + quote(g.Value))
		}
	}
	b.WriteString(" --")
	for _, s := range o.Operands {
		b.WriteString(" " + quote(s))
	}
	return b.String()
}

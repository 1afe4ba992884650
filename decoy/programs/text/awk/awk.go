// Package awk is the awk of the made-up machine: mawk, as Debian has it. Files
// are those of the tree and commands run in the shell of the machine. What a
// program may hold comes out of the session's budget, and it ends with its
// process.
package awk

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// options are those of the command line.
type options struct {
	fs      string
	fsGiven bool
	assigns []string
	files   []string
	args    []string
}

// Run runs awk.
func Run(p *proc.Process) int {
	o, code, ok := parseOptions(p)
	if !ok {
		return code
	}
	name := path.Base(p.Name())
	text, code := source(p, o)
	if code != 0 {
		return code
	}
	prog, wrong := parse(text)
	if wrong != "" {
		fmt.Fprintf(p.Err, "%s: %s\n", name, wrong)
		return 2
	}
	r := newRunner(p, prog)
	argv := r.global("ARGV").array(r, "ARGV")
	for i, a := range append([]string{name}, o.args...) {
		argv.put(r, strconv.Itoa(i), outside(a))
	}
	r.global("ARGC").v = num(float64(len(o.args) + 1))
	if o.fsGiven {
		r.fs = escapes(o.fs)
	}
	for _, a := range o.assigns {
		n, v, ok := strings.Cut(a, "=")
		if !ok || !isName(n) {
			fmt.Fprintf(p.Err, "%s: improper assignment: -v %s\n", name, a)
			return 2
		}
		r.assign(n, v)
	}
	return r.run()
}

// parse makes a program of a text; wrong says what is wrong with it.
func parse(text string) (p *parser, wrong string) {
	p = &parser{lexer: lexer{in: text, line: 1}, funcs: map[string]*function{}}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case mistake:
			wrong = e.text
		default:
			panic(e)
		}
	}()
	p.program()
	return p, ""
}

// parseOptions reads the command line; ok is false where there is nothing left
// to do.
func parseOptions(p *proc.Process) (o options, code int, ok bool) {
	args := p.Args[1:]
	value := func() (string, bool) {
		if v := args[0][2:]; v != "" {
			args = args[1:]
			return v, true
		}
		if len(args) < 2 {
			fmt.Fprintf(p.Err, "%s: option requires an argument -- %s\n", path.Base(p.Name()), args[0][1:])
			return "", false
		}
		v := args[1]
		args = args[2:]
		return v, true
	}
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		if args[0] == "--" {
			args = args[1:]
			break
		}
		flag := args[0][1]
		if strings.IndexByte("FvfW", flag) < 0 {
			fmt.Fprintf(p.Err, "%s: not an option: %s\n", path.Base(p.Name()), args[0])
			return o, 2, false
		}
		v, given := value()
		if !given {
			return o, 2, false
		}
		switch flag {
		case 'F':
			if o.fs, o.fsGiven = v, true; v == "t" {
				o.fs = "\t"
			}
		case 'v':
			o.assigns = append(o.assigns, v)
		case 'f':
			o.files = append(o.files, v)
		case 'W':
			if strings.HasPrefix("version", strings.ToLower(v)) {
				p.Println("mawk 1.3.4 20200120\nCopyright 2008-2019,2020, Thomas E. Dickey\nCopyright 1991-1996,2014, Michael D. Brennan\n\nrandom-funcs:       srandom/random\nregex-funcs:        internal\ncompiled limits:\nsprintf buffer      8192\nmaximum-integer     2147483647")
				return o, 0, false
			}
		}
	}
	if len(o.files) == 0 {
		if len(args) == 0 {
			_, _ = p.Err.Write([]byte("Usage: " + path.Base(p.Name()) + " [Options] [Program] [file ...]\n\nProgram:\n    The -f option value is the name of a file containing program text.\n    If no -f option is given, a \"--\" ends option processing; the following\n    parameters are the program text.\n\nOptions:\n    -f program-file  Program  text is read from file instead of from the\n                     command-line.  Multiple -f options are accepted.\n    -F value         sets the field separator, FS, to value.\n    -v var=value     assigns value to program variable var.\n    --               unambiguous end of options.\n"))
			return o, 2, false
		}
		o.files, args = []string{"\x00" + args[0]}, args[1:]
	}
	o.args = args
	return o, 0, true
}

// source reads the text of the program.
func source(p *proc.Process, o options) (string, int) {
	held := gnu.Hold(p)
	defer held.Free()
	var parts []string
	for _, name := range o.files {
		if text, ok := strings.CutPrefix(name, "\x00"); ok {
			parts = append(parts, text)
			continue
		}
		f, err := gnu.Open(p, name)
		var data []byte
		if err == nil {
			data, err = gnu.ReadAll(f, held)
			f.Close()
		}
		if err != nil {
			fmt.Fprintf(p.Err, "%s: cannot open %s (%s)\n", path.Base(p.Name()), name, gnu.Why(err))
			return "", 2
		}
		parts = append(parts, string(data))
	}
	return strings.Join(parts, "\n"), 0
}

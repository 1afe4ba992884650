package proc

import (
	"fmt"
	"strings"
)

// Flags are the options of a program as getopt_long(3) reads them.
type Flags struct {
	Short string // as for getopt: "nb:" is -n, and -b with a value; "c::" may have one attached
	Long  map[string]Long
	First bool // options end at the first operand, as for env and nice
}

// Long is a long option.
type Long struct {
	As    string // what it is called in the result: a short option's letter, or its own name
	Value int    // 0 none, 1 required, 2 optional
}

// Options are options as they were given.
type Options struct {
	Given    []Option
	Operands []string
}

// Option is one of them.
type Option struct{ Name, Value string }

// Has says whether one of the options was given.
func (o *Options) Has(names ...string) bool {
	for _, g := range o.Given {
		for _, n := range names {
			if g.Name == n {
				return true
			}
		}
	}
	return false
}

// Last gives the last value of an option.
func (o *Options) Last(name string) (value string, ok bool) {
	for _, g := range o.Given {
		if g.Name == name {
			value, ok = g.Value, true
		}
	}
	return value, ok
}

// Parse reads the options of a process. Where they cannot be read it complains
// as GNU programs do, with the line "Try 'name --help' for more information.",
// and gives nil. --help and --version are among the options like any other.
func (f Flags) Parse(p *Process) *Options {
	o := &Options{}
	args := p.Args[1:]
	for len(args) > 0 {
		a := args[0]
		args = args[1:]
		var err string
		switch {
		case a == "--":
			o.Operands = append(o.Operands, args...)
			return o
		case strings.HasPrefix(a, "--"):
			args, err = f.long(o, a[2:], args)
		case len(a) > 1 && a[0] == '-':
			args, err = f.short(o, a[1:], args)
		case f.First:
			o.Operands = append(append(o.Operands, a), args...)
			return o
		default:
			o.Operands = append(o.Operands, a)
		}
		if err != "" {
			fmt.Fprintf(p.Err, "%s: %s\nTry '%s --help' for more information.\n", p.Args[0], err, p.Args[0])
			return nil
		}
	}
	return o
}

func (f Flags) long(o *Options, text string, args []string) ([]string, string) {
	name, value, given := strings.Cut(text, "=")
	var found []string
	for n := range f.Long {
		if n == name {
			found = []string{n}
			break
		}
		if strings.HasPrefix(n, name) {
			found = append(found, n)
		}
	}
	switch {
	case len(found) == 0 && (name == "help" || name == "version"):
		o.Given = append(o.Given, Option{Name: name})
		return args, ""
	case len(found) == 0:
		return nil, fmt.Sprintf("unrecognized option '--%s'", name)
	case len(found) > 1:
		return nil, fmt.Sprintf("option '--%s' is ambiguous", name)
	}
	l := f.Long[found[0]]
	switch {
	case l.Value == 0 && given:
		return nil, fmt.Sprintf("option '--%s' doesn't allow an argument", found[0])
	case l.Value == 1 && !given:
		if len(args) == 0 {
			return nil, fmt.Sprintf("option '--%s' requires an argument", found[0])
		}
		value, args = args[0], args[1:]
	}
	if l.As == "" {
		l.As = found[0]
	}
	o.Given = append(o.Given, Option{l.As, value})
	return args, ""
}

func (f Flags) short(o *Options, letters string, args []string) ([]string, string) {
	for i := 0; i < len(letters); i++ {
		c := letters[i : i+1]
		at := strings.Index(f.Short, c)
		if at < 0 || c == ":" {
			return nil, fmt.Sprintf("invalid option -- '%s'", c)
		}
		rest := f.Short[at+1:]
		switch {
		case strings.HasPrefix(rest, "::"):
			o.Given = append(o.Given, Option{c, letters[i+1:]})
			return args, ""
		case strings.HasPrefix(rest, ":"):
			value := letters[i+1:]
			if value == "" {
				if len(args) == 0 {
					return nil, fmt.Sprintf("option requires an argument -- '%s'", c)
				}
				value, args = args[0], args[1:]
			}
			o.Given = append(o.Given, Option{c, value})
			return args, ""
		}
		o.Given = append(o.Given, Option{Name: c})
	}
	return args, ""
}

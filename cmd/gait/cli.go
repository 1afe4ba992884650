package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// subcommand is what the pages and completions say of one subcommand, taken
// from the model of the command line.
type subcommand struct {
	name, help, detail string
	args               []argument
	flags              []option
}

type argument struct {
	name, help string
	values     []string
	optional   bool
	many       bool
	file       bool
}

// option is a flag.
type option struct {
	name, help, placeholder, standard string
	short                             rune
	values                            []string // what it can be set to, where that is a fixed set
	file                              bool     // it names a file
	limit                             bool
}

// subcommands lists all of them, in the order of the program.
func subcommands(app *kong.Application) []subcommand {
	var list []subcommand
	for _, n := range app.Children {
		if n.Hidden {
			continue
		}
		s := subcommand{name: n.Name, help: n.Help, detail: n.Detail}
		for _, a := range n.Positional {
			s.args = append(s.args, argument{
				name: a.Name, help: a.Help, values: fixedValues(a), optional: !a.Required, many: a.IsCumulative(),
				file: isFile(a.Name),
			})
		}
		for _, f := range n.Flags {
			if f.Hidden {
				continue
			}
			s.flags = append(s.flags, newOption(f))
		}
		list = append(list, s)
	}
	return list
}

func newOption(f *kong.Flag) option {
	o := option{name: f.Name, help: f.Help, short: f.Short, values: fixedValues(f.Value)}
	if !f.IsBool() {
		o.placeholder = f.FormatPlaceHolder()
		if o.standard = f.Default; len(o.values) > 0 {
			o.placeholder = strings.Join(o.values, "|")
		}
		if f.PlaceHolder != "" {
			o.placeholder = f.PlaceHolder
		}
		o.file = isFile(f.PlaceHolder)
	}
	o.limit = f.Group != nil && f.Group.Key == "limits"
	return o
}

// fixedValues gives what a flag or argument can be set to; primitives are a
// fixed set too.
func fixedValues(v *kong.Value) []string {
	switch {
	case v.Enum != "":
		return v.EnumSlice()
	case strings.HasPrefix(v.Tag.PlaceHolder, "PRIMITIVE"), v.Name == "primitive", v.Name == "name":
		return primitiveNames()
	}
	return nil
}

// primitiveNames lists all primitives, after their domains.
func primitiveNames() []string {
	var names, domains []string
	for _, p := range primitives() {
		names = append(names, p.Name)
		if !slices.Contains(domains, p.Domain()) {
			domains = append(domains, p.Domain())
		}
	}
	return append(domains, names...)
}

// isFile says whether a flag's placeholder, or an argument's name, stands for
// a file.
func isFile(name string) bool {
	switch strings.ToLower(name) {
	case "file", "path", "out", "dir":
		return true
	}
	return false
}

// synopsis shows how a subcommand is called.
func (s *subcommand) synopsis() string {
	parts := []string{"gait", s.name}
	if len(s.flags) > 0 {
		parts = append(parts, "[flags]")
	}
	for _, a := range s.args {
		text := "<" + a.name + ">"
		if a.many {
			text += " ..."
		}
		if a.optional {
			text = "[" + text + "]"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// spelling shows how a flag is written.
func (o *option) spelling() string {
	text := "--" + o.name
	if o.short != 0 {
		text = "-" + string(o.short) + ", " + text
	}
	if o.placeholder != "" {
		text += "=" + o.placeholder
	}
	return text
}

// text is the help of a flag with its default.
func (o *option) text() string {
	if o.standard == "" || o.placeholder == "" || o.placeholder == o.standard {
		return o.help
	}
	return o.help + " Default: " + o.standard + "."
}

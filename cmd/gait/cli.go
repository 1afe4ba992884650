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
	parts              []*subcommand // those that it is divided into; it then does nothing itself
	standard           bool          // what its group does where none of its parts is named
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
func subcommands(app *kong.Application) []*subcommand { return partsOf(app.Node, "") }

// partsOf lists the subcommands below a node.
func partsOf(node *kong.Node, lead string) (list []*subcommand) {
	for _, n := range node.Children {
		if n.Hidden {
			continue
		}
		s := &subcommand{name: lead + n.Name, help: n.Help, detail: n.Detail, standard: node.DefaultCmd == n}
		s.parts = partsOf(n, s.name+" ")
		for _, a := range n.Positional {
			s.args = append(s.args, argument{
				name: a.Name, help: a.Help, values: fixedValues(a), optional: !a.Required, many: a.IsCumulative(),
				file: isFile(a.Name),
			})
		}
		for _, f := range n.Flags {
			if !f.Hidden {
				s.flags = append(s.flags, newOption(f))
			}
		}
		list = append(list, s)
	}
	return list
}

// leaves lists the subcommands that do something: groups are replaced by their
// parts.
func leaves(list []*subcommand) (all []*subcommand) {
	for _, s := range list {
		if len(s.parts) > 0 {
			all = append(all, leaves(s.parts)...)
		} else {
			all = append(all, s)
		}
	}
	return all
}

// last is the last word of the name.
func (s *subcommand) last() string { return s.name[strings.LastIndexByte(s.name, ' ')+1:] }

func newOption(f *kong.Flag) option {
	o := option{name: f.Name, help: f.Help, short: f.Short, values: fixedValues(f.Value)}
	if !f.IsBool() {
		o.placeholder = f.FormatPlaceHolder()
		o.standard = f.Default
		if len(o.values) > 0 {
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
	case "file", "path", "out", "dir", "copy":
		return true
	}
	return false
}

// synopsis shows how a subcommand is called.
func (s *subcommand) synopsis() string {
	parts := []string{"gait", s.name}
	if s.standard {
		parts[1] = strings.TrimSuffix(s.name, s.last()) + "[" + s.last() + "]"
	}
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

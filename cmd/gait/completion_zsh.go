package main

import (
	"fmt"
	"io"
	"strings"
)

// completeZsh writes the function of the completion system of zsh.
func completeZsh(w io.Writer, list []*subcommand) {
	io.WriteString(w, "#compdef gait\n\n_gait() {\n\tlocal -a subcommands\n")
	zshNames(w, "\t", list)
	io.WriteString(w, "\tif ((CURRENT == 2)); then\n\t\t_describe subcommand subcommands\n\t\treturn\n\tfi\n"+
		"\tlocal subcommand=$words[2]\n\tshift words\n\t((CURRENT--))\n")
	for _, s := range list {
		if len(s.parts) == 0 {
			continue
		}
		fmt.Fprintf(w, "\tif [[ $subcommand == %s ]]; then\n", s.name)
		zshNames(w, "\t\t", s.parts)
		io.WriteString(w, "\t\tif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n\t\t\t_describe subcommand subcommands\n\t\t\treturn\n\t\tfi\n"+
			"\t\tsubcommand=\"$subcommand $words[2]\"\n\t\tif [[ $words[2] != -* ]]; then\n\t\t\tshift words\n\t\t\t((CURRENT--))\n\t\tfi\n\tfi\n")
	}
	io.WriteString(w, "\tcase $subcommand in\n")
	for _, s := range byDefault(list) {
		fmt.Fprintf(w, "\t%q%s)\n\t\t_arguments -S \\\n", s.name, s.otherwise())
		for _, o := range s.flags {
			zshFlag(w, &o)
		}
		for _, a := range s.args {
			position := ":"
			if a.optional {
				position = "::"
			}
			if a.many {
				position = "*:"
			}
			fmt.Fprintf(w, "\t\t\t%s \\\n", quoted(position+a.name+":"+zshAction(a.values, a.file)))
		}
		io.WriteString(w, "\t\t\t'--help[show help]'\n\t\t;;\n")
	}
	io.WriteString(w, "\tesac\n}\n\n_gait \"$@\"\n")
}

// zshNames writes the names of subcommands with what they do.
func zshNames(w io.Writer, indent string, list []*subcommand) {
	fmt.Fprintf(w, "%ssubcommands=(\n", indent)
	for _, s := range list {
		fmt.Fprintf(w, "%s\t%s\n", indent, quoted(s.last()+":"+zshText(firstSentence(s.help))))
	}
	fmt.Fprintf(w, "%s)\n", indent)
}

// zshFlag writes the specification of a flag, for each way to write it.
func zshFlag(w io.Writer, o *option) {
	help := "[" + zshText(firstSentence(o.help)) + "]"
	long, short := "--"+o.name, ""
	if o.short != 0 {
		short = "-" + string(o.short)
	}
	value := ""
	if o.placeholder != "" {
		value = ":" + strings.ToLower(o.name) + ":" + zshAction(o.values, o.file)
		long += "="
	}
	fmt.Fprintf(w, "\t\t\t%s \\\n", quoted(long+help+value))
	if short != "" {
		fmt.Fprintf(w, "\t\t\t%s \\\n", quoted(short+help+value))
	}
}

// zshAction says what completes a value.
func zshAction(values []string, file bool) string {
	switch {
	case file:
		return "_files"
	case len(values) > 0:
		return "(" + strings.Join(values, " ") + ")"
	}
	return " "
}

// zshText keeps help text from being read as part of a specification.
func zshText(s string) string {
	return strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}

package main

import (
	"fmt"
	"io"
	"strings"
)

// completeZsh writes the function of the completion system of zsh.
func completeZsh(w io.Writer, list []subcommand) {
	io.WriteString(w, "#compdef gait\n\n_gait() {\n\tlocal -a subcommands\n\tsubcommands=(\n")
	for _, s := range list {
		fmt.Fprintf(w, "\t\t%s\n", quoted(s.name+":"+zshText(firstSentence(s.help))))
	}
	io.WriteString(w, `	)
	if ((CURRENT == 2)); then
		_describe subcommand subcommands
		return
	fi
	local subcommand=$words[2]
	shift words
	((CURRENT--))
	case $subcommand in
`)
	for _, s := range list {
		fmt.Fprintf(w, "\t%s)\n\t\t_arguments -S \\\n", s.name)
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

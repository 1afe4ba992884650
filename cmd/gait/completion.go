package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help says how the script is put to use.
func (completionCmd) Help() string {
	return `Where the script goes:
  bash: gait completion bash > ~/.local/share/bash-completion/completions/gait
  zsh: gait completion zsh > a file _gait in a folder of $fpath
  fish: gait completion fish > ~/.config/fish/completions/gait.fish`
}

// Run prints the script that makes a shell complete the command line.
func (x *completionCmd) Run(c *console, k *kong.Context) error {
	w := bufio.NewWriter(c.out)
	list := subcommands(k.Model)
	switch x.Shell {
	case "bash":
		completeBash(w, list)
	case "zsh":
		completeZsh(w, list)
	case "fish":
		completeFish(w, list)
	}
	return w.Flush()
}

// names lists the subcommands.
func names(list []*subcommand) string {
	var all []string
	for _, s := range list {
		all = append(all, s.last())
	}
	return strings.Join(all, " ")
}

// argumentValues gives what the arguments of a subcommand can be, and whether
// one of them is a file.
func (s *subcommand) argumentValues() (values []string, file bool) {
	for _, a := range s.args {
		values = append(values, a.values...)
		file = file || a.file
	}
	return values, file
}

const bashHead = `# bash completion for gait
_gait() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} name=${COMP_WORDS[1]} words= files=
	COMPREPLY=()
	if [[ $cur == "=" ]]; then cur=; fi
	if [[ $prev == "=" ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "%s --help" -- "$cur"))
		return
	fi
`

const bashTail = `	esac
	if [[ $cur != -* && -n $files ]]; then
		local IFS=$'\n'
		COMPREPLY+=($(compgen -f -- "$cur"))
		compopt -o filenames 2>/dev/null
		IFS=$' \t\n'
	fi
	COMPREPLY+=($(compgen -W "$words" -- "$cur"))
}
complete -F _gait gait
`

func completeBash(w io.Writer, list []*subcommand) {
	fmt.Fprintf(w, bashHead, names(list))
	for _, s := range list {
		if len(s.parts) > 0 {
			fmt.Fprintf(w, "\tif [[ $name == %s ]]; then\n\t\tname=\"%[1]s ${COMP_WORDS[2]}\"\n"+
				"\t\tif ((COMP_CWORD == 2)) && [[ $cur != -* ]]; then\n\t\t\tCOMPREPLY=($(compgen -W %q -- \"$cur\"))\n\t\t\treturn\n\t\tfi\n\tfi\n", s.name, names(s.parts))
		}
	}
	io.WriteString(w, "\tcase $name in\n")
	for _, s := range byDefault(list) {
		bashCase(w, s)
	}
	io.WriteString(w, bashTail)
}

// byDefault lists the subcommands that do something; of a group that with the
// name that may be left out is the last.
func byDefault(list []*subcommand) (all []*subcommand) {
	for _, s := range list {
		if len(s.parts) == 0 {
			all = append(all, s)
			continue
		}
		parts := slices.Clone(s.parts)
		slices.SortStableFunc(parts, func(a, b *subcommand) int {
			return cmp.Compare(strconv.FormatBool(a.standard), strconv.FormatBool(b.standard))
		})
		all = append(all, parts...)
	}
	return all
}

// bashCase completes one subcommand.
func bashCase(w io.Writer, s *subcommand) {
	fmt.Fprintf(w, "\t%q%s)\n\t\tcase $prev in\n", s.name, s.otherwise())
	words := []string{"--help"}
	for _, o := range s.flags {
		words = append(words, "--"+o.name)
		if o.placeholder == "" {
			continue
		}
		spelled := "--" + o.name
		if o.short != 0 {
			spelled += "|-" + string(o.short)
		}
		what := ""
		if o.file {
			what = " files=1"
		}
		fmt.Fprintf(w, "\t\t%s) words=%q%s ;;\n", spelled, strings.Join(o.values, " "), what)
	}
	values, file := s.argumentValues()
	what := ""
	if file {
		what = " files=1"
	}
	fmt.Fprintf(w, "\t\t*)%s\n\t\t\tif [[ $cur == -* ]]; then words=%q; else words=%q; fi ;;\n\t\tesac\n\t\t;;\n",
		what, strings.Join(words, " "), strings.Join(values, " "))
}

// otherwise is the pattern for the rest of a group, for the part whose name may
// be left out.
func (s *subcommand) otherwise() string {
	if !s.standard {
		return ""
	}
	return fmt.Sprintf("|%q*", strings.TrimSuffix(s.name, s.last()))
}

// quoted puts text into single quotes for zsh and fish.
func quoted(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// firstSentence is as much of a help text as fits beside a completion.
func firstSentence(help string) string {
	s, _, _ := strings.Cut(help, ". ")
	s, _, _ = strings.Cut(s, ": ")
	return strings.TrimSuffix(s, ".")
}

func completeFish(w io.Writer, list []*subcommand) {
	io.WriteString(w, "# fish completion for gait\ncomplete -c gait -f\n")
	for _, s := range list {
		fmt.Fprintf(w, "complete -c gait -n __fish_use_subcommand -a %s -d %s\n", s.name, quoted(firstSentence(s.help)))
	}
	for _, s := range list {
		seen := "__fish_seen_subcommand_from " + s.name
		if len(s.parts) == 0 {
			fishSubcommand(w, s, seen)
			continue
		}
		none := seen + "; and not __fish_seen_subcommand_from " + names(s.parts)
		for _, p := range s.parts {
			fmt.Fprintf(w, "complete -c gait -n %s -a %s -d %s\n", quoted(none), p.last(), quoted(firstSentence(p.help)))
			fishSubcommand(w, p, seen+"; and __fish_seen_subcommand_from "+p.last())
			if p.standard {
				fishSubcommand(w, p, none)
			}
		}
	}
}

// fishSubcommand completes one subcommand where a condition holds.
func fishSubcommand(w io.Writer, s *subcommand, condition string) {
	on := "complete -c gait -n " + quoted(condition)
	for _, o := range s.flags {
		line := on + " -l " + o.name
		if o.short != 0 {
			line += " -s " + string(o.short)
		}
		switch {
		case o.file:
			line += " -r -F"
		case len(o.values) > 0:
			line += " -x -a " + quoted(strings.Join(o.values, " "))
		case o.placeholder != "":
			line += " -x"
		}
		fmt.Fprintf(w, "%s -d %s\n", line, quoted(firstSentence(o.help)))
	}
	values, file := s.argumentValues()
	if file {
		fmt.Fprintf(w, "%s -F\n", on)
	}
	if len(values) > 0 {
		fmt.Fprintf(w, "%s -a %s\n", on, quoted(strings.Join(values, " ")))
	}
}

package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"gait"
)

type manCmd struct {
	Output string `short:"o" enum:"roff,markdown" default:"roff" help:"Form of the page: roff for man, markdown (the page docs/commands.md)."`
}

// Help says how the page is read.
func (manCmd) Help() string { return `To read it: gait man | man -l -` }

// Run prints the manual page of the whole command.
func (m *manCmd) Run(c *console, k *kong.Context) error {
	w := bufio.NewWriter(c.out)
	if m.Output == "markdown" {
		commandsMarkdown(w, k.Model)
	} else {
		manual(w, k.Model)
	}
	return w.Flush()
}

// manual writes the manual page.
func manual(w io.Writer, app *kong.Application) {
	list := leaves(subcommands(app))
	fmt.Fprintf(w, ".TH GAIT 1 \"\" \"gait %s\" \"User Commands\"\n", roff(gait.Version))
	fmt.Fprintf(w, ".SH NAME\ngait \\- %s\n.SH SYNOPSIS\n", roff(lowerFirst(strings.TrimSuffix(app.Help, "."))))
	for i, s := range list {
		if i > 0 {
			io.WriteString(w, ".br\n")
		}
		fmt.Fprintf(w, "%s\n", roff(s.synopsis()))
	}
	io.WriteString(w, ".SH COMMANDS\n")
	for _, s := range list {
		fmt.Fprintf(w, ".SS %s\n%s\n", roff(s.synopsis()), roff(s.help))
		if s.detail != "" {
			paragraphs(w, s.detail)
		}
		for _, a := range s.args {
			fmt.Fprintf(w, ".TP\n\\fI%s\\fR\n%s\n", roff(a.name), roff(a.help))
		}
		for _, o := range s.flags {
			fmt.Fprintf(w, ".TP\n\\fB%s\\fR\n%s\n", roff(o.spelling()), roff(o.text()))
		}
	}
	io.WriteString(w, ".SH EXIT STATUS\n")
	for _, e := range exitTexts {
		fmt.Fprintf(w, ".TP\n%d\n%s\n", e.code, roff(e.text))
	}
	io.WriteString(w, ".SH ENVIRONMENT\n")
	for _, e := range environmentTexts {
		fmt.Fprintf(w, ".TP\n%s\n%s\n", e.name, roff(e.text))
	}
}

// paragraphs writes text that blank lines part; lines that are set in stay as
// they are.
func paragraphs(w io.Writer, text string) {
	before := "\n"
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			before = "\n"
			continue
		case before == "\n":
			io.WriteString(w, ".PP\n")
		case line[0] == ' ' || before[0] == ' ':
			io.WriteString(w, ".br\n")
		}
		fmt.Fprintf(w, "%s\n", roff(strings.TrimSpace(line)))
		before = line
	}
}

// anchor is where a page tells of a subcommand.
func anchor(name string) string { return strings.ReplaceAll(name, " ", "-") }

// exitTexts explains the exit codes.
var exitTexts = []struct {
	code int
	text string
}{
	{exitOK, "All was done."},
	{exitFailed, "Something could not be read or done; each failure is one line on standard error, and the rest was done."},
	{exitUsage, "The command line makes no sense."},
	{exitStopped, "The user ended it."},
}

// environmentTexts explains the variables that are heeded.
var environmentTexts = []struct{ name, text string }{
	{"NO_COLOR", "Set to anything: no colours."},
	{"COLUMNS", "Width of text where the output is no terminal; 80 by default."},
	{"GAIT_TOKEN", "Token for a gait that is asked with --url."},
	{"GAIT_CONFIG", "Configuration file, as --config; none reads none."},
	{"GAIT_DATA, GAIT_LISTEN, ...", "Flags of gait run and its like; see gait config."},
	{"GOMEMLIMIT, GOGC, GOMAXPROCS", "Memory and processors that are used, as for every Go program."},
}

// roff makes text safe in a manual page.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// commandsMarkdown writes the page about all subcommands.
func commandsMarkdown(w io.Writer, app *kong.Application) {
	fmt.Fprintf(w, "# Commands\n\n%s\n\nThis page is written by `gait man -o markdown` from the command line's own description.\n\n", app.Help)
	list := leaves(subcommands(app))
	io.WriteString(w, "| command | |\n|---|---|\n")
	for _, s := range list {
		fmt.Fprintf(w, "| [`gait %s`](#%s) | %s |\n", s.name, anchor(s.name), cell(s.help))
	}
	for _, s := range list {
		fmt.Fprintf(w, "\n<a id=\"%s\"></a>\n\n## gait %s\n\n%s\n\n    %s\n", anchor(s.name), s.name, s.help, s.synopsis())
		if s.detail != "" {
			io.WriteString(w, "\n```text\n"+strings.TrimSpace(s.detail)+"\n```\n")
		}
		if len(s.args)+len(s.flags) > 0 {
			io.WriteString(w, "\n| | |\n|---|---|\n")
		}
		for _, a := range s.args {
			fmt.Fprintf(w, "| `<%s>` | %s |\n", a.name, cell(a.help))
		}
		for _, o := range s.flags {
			fmt.Fprintf(w, "| `%s` | %s |\n", cell(o.spelling()), cell(o.text()))
		}
	}
	io.WriteString(w, "\n## Exit status\n\n| | |\n|---|---|\n")
	for _, e := range exitTexts {
		fmt.Fprintf(w, "| %d | %s |\n", e.code, e.text)
	}
	io.WriteString(w, "\n## Environment\n\n| | |\n|---|---|\n")
	for _, e := range environmentTexts {
		fmt.Fprintf(w, "| `%s` | %s |\n", e.name, e.text)
	}
}

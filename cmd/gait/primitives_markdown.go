package main

import (
	"fmt"
	"io"
	"strings"

	"gait/profile"
	"gait/profile/explain"
)

const pageHead = `# Primitives

A primitive is one behaviour that can be read from a recorded session. Each has a fixed set of values, or a value of a fixed
grammar; where it has nothing to go by it is silent, and where the recording cannot show what it needs it is not observable.
Confidence goes from 0 to 1. A rule's number grows only when its answers can change.

A rule on times needs a tenth of the smallest stretch that it compares. Where ` + "`gait.timing_quality`" + ` finds times
quantised, coarse or jittery, the smallest stretch that they show is the period, the step, or 20 ms. A rule that needs
less is not observable; the others lose that part of the stretch that they compare from their confidence: ticks of 20 ms
take 8 % from a rule that compares 250 ms, rounded to hundredths.

This page is written by ` + "`gait primitives -o markdown`" + ` from the primitives themselves.
`

// writeMarkdown writes the page about primitives: a table of all, then a
// section for each under an anchor of its own name.
func writeMarkdown(w io.Writer, list []*profile.Primitive) {
	io.WriteString(w, pageHead)
	domain := ""
	for _, p := range list {
		if p.Domain() != domain {
			domain = p.Domain()
			fmt.Fprintf(w, "%s**%s**\n\n| primitive | | values |\n|---|---|---|\n", "\n", domain)
		}
		fmt.Fprintf(w, "| [`%s`](#%s) | %s | %s |\n", p.Name, p.Name, cell(upperFirst(p.Title)), cell(takes(p)))
	}
	domain = ""
	for _, p := range list {
		if p.Domain() != domain {
			domain = p.Domain()
			fmt.Fprintf(w, "\n## %s\n", domain)
		}
		section(w, p)
	}
}

// section writes everything about one primitive.
func section(w io.Writer, p *profile.Primitive) {
	fmt.Fprintf(w, "\n<a id=\"%s\"></a>\n\n### %s\n\n**%s.** %s\n\n", p.Name, p.Name, upperFirst(p.Title), p.Doc)
	if p.Kind == profile.Label {
		fmt.Fprintf(w, "- Values: %s\n", codes(p.Values))
	} else {
		fmt.Fprintf(w, "- Value: %s\n", p.Grammar)
	}
	if len(p.Elsewhere) > 0 {
		fmt.Fprintf(w, "- In the public registry, but never shown by one session: %s\n", codes(p.Elsewhere))
	}
	fmt.Fprintf(w, "- Needs: %s\n- Rules number: %s\n", needs(p), rulesOf(p))
	if len(p.Measures) > 0 {
		io.WriteString(w, "\n| measure | unit | what it is |\n|---|---|---|\n")
	}
	for _, m := range p.Measures {
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", m.Name, m.Unit, cell(m.Doc))
	}
	if len(p.Thresholds) > 0 {
		io.WriteString(w, "\n| threshold | | |\n|---|---|---|\n")
	}
	for _, t := range p.Thresholds {
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", t.Measure, quantity(t.Bound, explain.Unit(p, t.Measure)), cell(t.Says))
	}
}

// codes writes words as code.
func codes(words []string) string {
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("`" + word + "`")
	}
	return b.String()
}

// cell keeps a text from ending the cell of a table that it stands in.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

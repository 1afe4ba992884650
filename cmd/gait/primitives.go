package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"gait"
	"gait/profile"
	"gait/profile/explain"
)

type primitivesCmd struct {
	Output string `short:"o" enum:"table,json,markdown" default:"table" help:"Form of the result: table to read, json, or markdown (the page docs/primitives.md)."`
	Name   string `arg:"" optional:"" help:"Explain this primitive; a domain such as motor stands for all of its own."`
}

// Run lists the primitives, or explains those of a name.
func (p *primitivesCmd) Run(c *console) error {
	var names []string
	if p.Name != "" {
		names = []string{p.Name}
	}
	only, err := pick(names)
	if err != nil {
		return err
	}
	var list []*profile.Primitive
	for _, x := range primitives() {
		if only.has(x.Name) {
			list = append(list, x)
		}
	}
	w := bufio.NewWriter(c.out)
	page := primitivePage{w, style(c.color), max(40, c.columns)}
	switch {
	case p.Output == "json":
		w.Write(appendPrimitives(nil, list))
	case p.Output == "markdown":
		writeMarkdown(w, list)
	case p.Name != "":
		page.explain(list)
	default:
		page.list(list)
	}
	return w.Flush()
}

// primitivePage writes about primitives in text.
type primitivePage struct {
	io.Writer
	style   style
	columns int
}

// list writes a line for each primitive, by domain.
func (w primitivePage) list(list []*profile.Primitive) {
	names, titles := 0, 0
	for _, p := range list {
		names, titles = max(names, cells(p.Name)), max(titles, cells(p.Title))
	}
	domain := ""
	for _, p := range list {
		if p.Domain() != domain {
			if domain != "" {
				fmt.Fprintln(w)
			}
			domain = p.Domain()
		}
		lead := "  " + w.style.paint(bold, pad(p.Name, names)) + "  " + pad(upperFirst(p.Title), titles) + "  "
		room := w.columns - names - titles - 6
		if room < 12 {
			lead, room = "  "+w.style.paint(bold, pad(p.Name, names))+"  ", w.columns-names-4
			fmt.Fprintln(w, lead+clip(upperFirst(p.Title), room))
			continue
		}
		fmt.Fprintln(w, strings.TrimRight(lead+w.style.paint(faint, clip(takes(p), room)), " "))
	}
	fmt.Fprintf(w, "\n%s. \"gait primitives NAME\" explains one.\n", count(int64(len(list)), "primitive", "primitives"))
}

// takes says which values a primitive can take.
func takes(p *profile.Primitive) string {
	if p.Kind == profile.Label {
		return strings.Join(p.Values, ", ")
	}
	return p.Grammar
}

// explain writes everything about each primitive.
func (w primitivePage) explain(list []*profile.Primitive) {
	for i, p := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s  %s\n", w.style.paint(title, p.Name), upperFirst(p.Title))
		for _, line := range wrap(p.Doc, w.columns-2) {
			fmt.Fprintf(w, "  %s\n", line)
		}
		w.field("values", takes(p))
		w.field("elsewhere", strings.Join(p.Elsewhere, ", "))
		w.field("needs", needs(p))
		w.field("rules", rulesOf(p))
		lead := "measures"
		for _, m := range p.Measures {
			w.field(lead, measureText(m))
			lead = ""
		}
		lead = "thresholds"
		for _, t := range p.Thresholds {
			w.field(lead, thresholdText(p, t))
			lead = ""
		}
	}
}

// field writes a named text beside its name, unless it is empty.
func (w primitivePage) field(name, text string) {
	const left = 14
	for i, line := range wrap(text, w.columns-left) {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(w, "  %s%s\n", w.style.paint(faint, pad(name, left-2)), line)
	}
}

// needs says what a recording must hold for a primitive.
func needs(p *profile.Primitive) string {
	list := p.Needs.Names()
	if p.Finest > 0 {
		list = append(list, fmt.Sprintf("times in steps of at most %v", steps(p.Finest)))
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// steps is how finely times must be written to be compared with a bound.
func steps(finest time.Duration) time.Duration { return finest / 10 }

func measureText(m profile.MeasureDoc) string {
	return fmt.Sprintf("%s (%s): %s", m.Name, m.Unit, m.Doc)
}

func thresholdText(p *profile.Primitive, t gait.Threshold) string {
	return fmt.Sprintf("%s %s: %s", t.Measure, quantity(t.Bound, explain.Unit(p, t.Measure)), t.Says)
}

// rulesOf gives the number of a rule, and that of the reference's where it
// differs.
func rulesOf(p *profile.Primitive) string {
	if p.Reference > 0 {
		return fmt.Sprintf("%d (with --compat %d)", p.Rules, p.Reference)
	}
	return fmt.Sprint(p.Rules)
}

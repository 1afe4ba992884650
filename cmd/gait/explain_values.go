package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"gait"
	"gait/profile"
)

// explanation puts what was read from one session into words.
type explanation struct {
	style   style
	columns int
	only    wanted
	result  *profile.Result
}

// write explains each primitive: what it says, or why it says nothing.
func (x *explanation) write(w io.Writer) {
	said := map[string]*gait.Observation{}
	for i := range x.result.Observations {
		said[x.result.Observations[i].Primitive] = &x.result.Observations[i]
	}
	lacks := map[string]string{}
	for _, n := range x.result.NotObservable {
		lacks[n.Primitive] = n.Reason
	}
	failed := map[string]bool{}
	for _, f := range x.result.Failures {
		failed[f.Primitive] = true
	}
	for _, p := range primitives() {
		if !x.only.has(p.Name) {
			continue
		}
		switch o := said[p.Name]; {
		case o != nil:
			x.value(w, p, o)
		case lacks[p.Name] != "":
			x.nothing(w, p, "not observable", lacks[p.Name]+".")
		case failed[p.Name]:
			x.nothing(w, p, "failed", "this is a fault of gait: please report it.")
		default:
			x.nothing(w, p, "silent", silence(p.Doc))
		}
	}
}

// silence finds in the rule of a primitive when it says nothing.
func silence(doc string) string {
	if i := strings.LastIndex(doc, "Silent "); i >= 0 {
		return "The rule is s" + doc[i+1:]
	}
	return "There was too little to go by."
}

func (x *explanation) name(w io.Writer, p *profile.Primitive) {
	fmt.Fprintf(w, "\n%s  %s\n", x.style.paint(title, p.Name), x.style.paint(faint, upperFirst(p.Title)))
}

func (x *explanation) nothing(w io.Writer, p *profile.Primitive, what, why string) {
	x.name(w, p)
	for _, line := range wrap(what+": "+why, x.columns-2) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// value explains one observation: each measure, and below it the thresholds
// that it was compared with, the nearest marked.
func (x *explanation) value(w io.Writer, p *profile.Primitive, o *gait.Observation) {
	x.name(w, p)
	fmt.Fprintf(w, "  %s  %s confidence %.2f\n", x.style.paint(bold, o.Value), bar(o.Confidence), o.Confidence)
	near, _, _ := nearestOf(o, decides)
	names, amounts := x.widths(p, o)
	for i, m := range o.Measures {
		unit := p.Measures[i].Unit
		left := fmt.Sprintf("    %s  %*s  ", pad(m.Name, names), amounts, quantity(m.Value, unit))
		fmt.Fprintf(w, "%s%s\n", left, clip(p.Measures[i].Doc, x.columns-cells(left)))
		for _, t := range p.Thresholds {
			if t.Measure != m.Name {
				continue
			}
			mark := " "
			if t == near {
				mark = "▸"
			}
			text := fmt.Sprintf("    %s %s%*s  %s%s", pad("", names), mark, amounts, quantity(t.Bound, unit), t.Says, away(m.Value-t.Bound, unit))
			fmt.Fprintln(w, x.style.paint(faint, clip(text, x.columns)))
		}
	}
	for _, line := range wrap(verdict(o, p), x.columns-2) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// widths gives the widths of the measures' names, and of amounts and bounds.
func (x *explanation) widths(p *profile.Primitive, o *gait.Observation) (names, amounts int) {
	for i, m := range o.Measures {
		names, amounts = max(names, cells(m.Name)), max(amounts, cells(quantity(m.Value, p.Measures[i].Unit)))
	}
	for _, t := range p.Thresholds {
		amounts = max(amounts, cells(quantity(t.Bound, unitOf(p, t.Measure))))
	}
	return names, amounts + 1 // room for the mark
}

// away says how far a measure lies from a bound.
func away(d float64, unit string) string {
	switch {
	case math.IsNaN(d):
		return ""
	case d < 0:
		return " (" + quantity(-d, unit) + " below)"
	case d > 0:
		return " (" + quantity(d, unit) + " above)"
	}
	return " (exactly)"
}

// verdict says what would have changed a value, as far as the thresholds tell.
func verdict(o *gait.Observation, p *profile.Primitive) string {
	t, d, ok := nearestOf(o, decides)
	if !ok {
		if p.Kind != profile.Label {
			return "No threshold decides this value: two of them are compared with each other."
		}
		return "No threshold decides this value: it follows from what was counted. " + p.Doc
	}
	unit := unitOf(p, t.Measure)
	says, _, _ := strings.Cut(t.Says, ";")
	at, bound := quantity(t.Bound+d, unit), quantity(t.Bound, unit)
	switch {
	case d == 0:
		return fmt.Sprintf("What would have changed it first: %s lies exactly at %s (%s), so that any less or more may do.", t.Measure, bound, says)
	case d < 0:
		return fmt.Sprintf("What would have changed it first: %s of %s instead of %s, that is %s more (%s).", t.Measure, bound, at, quantity(-d, unit), says)
	}
	return fmt.Sprintf("What would have changed it first: %s of %s instead of %s, that is %s less (%s).", t.Measure, bound, at, quantity(d, unit), says)
}

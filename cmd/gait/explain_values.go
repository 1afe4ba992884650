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
	fmt.Fprintf(w, "\n%s  %s\n", x.style.paint(title, p.Name), x.style.paint(faint, p.Title))
}

func (x *explanation) nothing(w io.Writer, p *profile.Primitive, what, why string) {
	x.name(w, p)
	for _, line := range wrap(what+": "+why, x.columns-2) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// value explains one observation.
func (x *explanation) value(w io.Writer, p *profile.Primitive, o *gait.Observation) {
	x.name(w, p)
	fmt.Fprintf(w, "  %s  %s confidence %.2f\n", x.style.paint(bold, o.Value), bar(o.Confidence), o.Confidence)
	names, amounts := 0, 0
	for i, m := range o.Measures {
		names, amounts = max(names, cells(m.Name)), max(amounts, cells(quantity(m.Value, p.Measures[i].Unit)))
	}
	for i, m := range o.Measures {
		left := fmt.Sprintf("    %s  %*s  ", pad(m.Name, names), amounts, quantity(m.Value, p.Measures[i].Unit))
		doc := clip(p.Measures[i].Doc, x.columns-cells(left))
		fmt.Fprintf(w, "%s%s\n", left, x.style.paint(faint, doc))
		x.thresholds(w, p, o, m, names)
	}
	for _, line := range wrap(verdict(o, p), x.columns-2) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// thresholds lists what a measure was compared with, the nearest marked.
func (x *explanation) thresholds(w io.Writer, p *profile.Primitive, o *gait.Observation, m gait.Measure, names int) {
	for i, t := range p.Thresholds {
		if t.Measure != m.Name {
			continue
		}
		mark := " "
		if i == o.Nearest {
			mark = "▸"
		}
		unit := unitOf(p, m.Name)
		where := "undefined beside"
		if d := m.Value - t.Bound; !math.IsNaN(d) {
			where = distance(d, unit)
		}
		text := fmt.Sprintf("    %s %s %s %s: %s", pad("", names), mark, where, quantity(t.Bound, unit), t.Says)
		fmt.Fprintln(w, clip(text, x.columns))
	}
}

// verdict says what would have changed a value, as far as the thresholds tell.
func verdict(o *gait.Observation, p *profile.Primitive) string {
	t, d, ok := o.Distance()
	if !ok || math.IsNaN(d) {
		if p.Kind != profile.Label {
			return "No threshold decides this value: two of them are compared with each other."
		}
		return "No threshold decides this value: the counts above do, as the rule says: " + p.Doc
	}
	unit := unitOf(p, t.Measure)
	return fmt.Sprintf("Next threshold: %s at %s is %s %s (%s). Beyond it the answer can change.",
		t.Measure, quantity(t.Bound+d, unit), distance(d, unit), quantity(t.Bound, unit), t.Says)
}

// distance says how far and on which side of a bound.
func distance(d float64, unit string) string {
	switch {
	case d < 0:
		return quantity(-d, unit) + " below"
	case d > 0:
		return quantity(d, unit) + " above"
	}
	return "exactly at"
}

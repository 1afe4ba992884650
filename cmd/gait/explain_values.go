package main

import (
	"fmt"
	"io"
	"strings"

	"gait"
	"gait/profile"
	"gait/profile/explain"
)

// explanation puts what was read from one session into words.
type explanation struct {
	style   style
	columns int
	only    wanted
	list    []*profile.Primitive
	result  *profile.Result
	session *gait.Session
	compat  bool
}

// write explains each primitive: what it says, or why it says nothing.
func (x *explanation) write(w io.Writer) {
	r := x.result
	s := explain.Session{Observations: r.Observations, NotObservable: r.NotObservable, Failures: r.Failures}
	for _, item := range s.Items(x.list) {
		if !x.only.has(item.Primitive.Name) {
			continue
		}
		p := item.Primitive
		fmt.Fprintf(w, "\n%s  %s\n", x.style.paint(title, p.Name), x.style.paint(faint, upperFirst(p.Title)))
		if item.State == explain.HasValue {
			x.value(w, &item)
			continue
		}
		for _, line := range wrap(stateWords[item.State]+": "+item.Why, x.columns-2) {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
}

// stateWords says in words that there is no value.
var stateWords = map[explain.State]string{explain.NotObservable: "not observable", explain.Failed: "failed", explain.Silent: "silent"}

// value explains one observation: each measure, and below it the thresholds
// that it was compared with, the nearest marked.
func (x *explanation) value(w io.Writer, item *explain.Item) {
	fmt.Fprintf(w, "  %s  %s confidence %.2f\n", x.style.paint(bold, item.Value), bar(item.Confidence), item.Confidence)
	names, amounts := widths(item)
	for _, m := range item.Measures {
		left := fmt.Sprintf("    %s  %*s  ", pad(m.Name, names), amounts, m.Text)
		fmt.Fprintf(w, "%s%s\n", left, clip(m.Doc, x.columns-cells(left)))
		for _, t := range m.Thresholds {
			mark, away := " ", ""
			if t.Nearest {
				mark = "▸"
			}
			if t.Away != "" {
				away = " (" + t.Away + ")"
			}
			text := fmt.Sprintf("    %s %s%*s  %s%s", pad("", names), mark, amounts, t.Text, t.Says, away)
			fmt.Fprintln(w, x.style.paint(faint, clip(text, x.columns)))
		}
	}
	for _, line := range wrap(item.Verdict, x.columns-2) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	x.reasons(w, item.Primitive)
}

// reasons writes the terms of a conclusion.
func (x *explanation) reasons(w io.Writer, p *profile.Primitive) {
	list, cause := profile.EngineOf(nil, x.compat).Reasons(x.session, p)
	if cause != "" {
		fmt.Fprintln(w, "  the terms could not be told: this is a fault of gait: please report it.")
	}
	for _, r := range list {
		left := fmt.Sprintf("    %+5.2f nats to %s  ", r.Nats, pad(r.Toward, 15))
		for i, line := range wrap(r.Name+": "+r.Text, max(20, x.columns-cells(left))) {
			if i > 0 {
				left = strings.Repeat(" ", cells(left))
			}
			fmt.Fprintf(w, "%s%s\n", left, line)
		}
	}
}

// widths gives the widths of the measures' names, and of amounts and bounds.
func widths(item *explain.Item) (names, amounts int) {
	for _, m := range item.Measures {
		names, amounts = max(names, cells(m.Name)), max(amounts, cells(m.Text))
		for _, t := range m.Thresholds {
			amounts = max(amounts, cells(t.Text))
		}
	}
	return names, amounts + 1 // room for the mark
}

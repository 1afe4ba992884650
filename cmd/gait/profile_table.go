package main

import (
	"fmt"
	"strings"

	"gait"
	"gait/profile"
)

// tableForm writes sessions to be read by a person.
type tableForm struct {
	style   style
	columns int
	only    wanted
	verbose bool
	shown   map[string]*profile.Primitive
}

func newTableForm(c *console, only wanted, verbose bool) *tableForm {
	return &tableForm{style: style(c.color), columns: max(40, c.columns), only: only, verbose: verbose, shown: byName()}
}

// byName gives the primitives by their names.
func byName() map[string]*profile.Primitive {
	m := map[string]*profile.Primitive{}
	for _, p := range primitives() {
		m[p.Name] = p
	}
	return m
}

func (t *tableForm) head() string        { return "" }
func (t *tableForm) separator() string   { return "\n" }
func (t *tableForm) tail(*totals) string { return "" }

// file tells what was odd about a file where details are wanted.
func (t *tableForm) file(b []byte, path string, odd gait.Oddities) []byte {
	if !t.verbose {
		return b
	}
	return t.lines(append(b, '\n'), "", printable(path)+": "+oddities(odd))
}

// session writes the headline of a session, then its values by domain.
func (t *tableForm) session(b []byte, s *gait.Session, r *profile.Result) []byte {
	b = append(b, '\n')
	b = t.headline(b, s, r)
	b = t.values(b, r)
	b = t.unseen(b, r)
	if t.verbose && len(s.Oddities) > 0 {
		b = t.lines(b, "  odd: ", oddities(s.Oddities))
	}
	return b
}

// row is one value of the table.
type row struct{ name, value, confidence, reason string }

// values writes the observations, those of a domain below its name.
func (t *tableForm) values(b []byte, r *profile.Result) []byte {
	names, values := 0, 0
	for i := range r.Observations {
		if o := &r.Observations[i]; t.only.has(o.Primitive) {
			_, name, _ := strings.Cut(o.Primitive, ".")
			names, values = max(names, cells(name)), max(values, cells(o.Value))
		}
	}
	domain := ""
	for i := range r.Observations {
		o := &r.Observations[i]
		if !t.only.has(o.Primitive) {
			continue
		}
		d, name, _ := strings.Cut(o.Primitive, ".")
		if d != domain {
			domain = d
			b = fmt.Appendf(b, "  %s\n", t.style.paint(title, d))
		}
		left := fmt.Sprintf("    %s  ", pad(name, names))
		value := pad(o.Value, values)
		sure := fmt.Sprintf("  %s %.2f", bar(o.Confidence), o.Confidence)
		room := t.columns - cells(left) - cells(value) - cells(sure) - 2
		b = append(b, left...)
		b = append(b, t.style.paint(bold, value)...)
		b = append(b, sure...)
		if why := reason(o, t.shown[o.Primitive], room); why != "" {
			b = append(append(b, "  "...), t.style.paint(faint, why)...)
		}
		b = append(b, '\n')
	}
	return b
}

// unseen tells what the recording could not show: by reason, or one by one
// where details are wanted.
func (t *tableForm) unseen(b []byte, r *profile.Result) []byte {
	var reasons []string
	names := map[string][]string{}
	for _, n := range r.NotObservable {
		if !t.only.has(n.Primitive) {
			continue
		}
		if len(names[n.Reason]) == 0 {
			reasons = append(reasons, n.Reason)
		}
		names[n.Reason] = append(names[n.Reason], n.Primitive)
	}
	if len(reasons) == 0 {
		return b
	}
	if t.verbose {
		for _, why := range reasons {
			b = t.lines(b, "  not observable, since "+why+": ", strings.Join(names[why], ", "))
		}
		return b
	}
	var parts []string
	all := 0
	for _, why := range reasons {
		n := len(names[why])
		all += n
		parts = append(parts, fmt.Sprintf("%s (%d)", why, n))
	}
	return t.lines(b, fmt.Sprintf("  not observable: %d, since ", all), strings.Join(parts, "; "))
}

// lines writes a text, broken at the width of the table and set in below its
// first line.
func (t *tableForm) lines(b []byte, lead, text string) []byte {
	indent := len(lead) - len(strings.TrimLeft(lead, " "))
	for i, line := range wrap(lead+text, t.columns-indent-2) {
		if i > 0 {
			b = append(b, "  "...)
		}
		b = append(b, strings.Repeat(" ", indent)...)
		b = append(b, t.style.paint(faint, line)...)
		b = append(b, '\n')
	}
	return b
}

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

func (t *tableForm) head() string      { return "" }
func (t *tableForm) separator() string { return "\n" }

// tail tells the details where they are wanted.
func (t *tableForm) tail(all *totals) string {
	lines := all.details("")
	if !t.verbose || len(lines) == 0 {
		return ""
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

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

// Widths of the table around its columns: two spaces between them, the bar and
// the confidence as a number; and the least room for reasons that a table of
// full names should leave.
const (
	nameIndent  = 4
	sureWidth   = barCells + len(" 0.00")
	reasonWidth = 26
)

// values writes the observations, those of a domain below its name. Where the
// table is narrow, what names have in common before a dot stands above them.
func (t *tableForm) values(b []byte, r *profile.Result) []byte {
	l := layout{tableForm: t}
	l.measure(r)
	if t.columns-l.width() < reasonWidth {
		l.parted = true
		l.measure(r)
	}
	for i := range r.Observations {
		if o := &r.Observations[i]; t.only.has(o.Primitive) {
			b = l.row(b, o)
		}
	}
	return b
}

// layout is how the values of one session are laid out.
type layout struct {
	*tableForm
	parted        bool   // groups have lines of their own
	names, values int    // widths of the columns
	domain, group string // of the row before
}

// split cuts a primitive's name into its domain, its group (empty where it has
// none or stands with the name) and the rest, set in below its group.
func (l *layout) split(primitive string) (domain, group, name string) {
	domain, name, _ = strings.Cut(primitive, ".")
	if i := strings.LastIndexByte(name, '.'); l.parted && i >= 0 {
		return domain, name[:i], "  " + name[i+1:]
	}
	return domain, "", name
}

// measure finds the widths of the columns.
func (l *layout) measure(r *profile.Result) {
	l.names, l.values = 0, 0
	for i := range r.Observations {
		if o := &r.Observations[i]; l.only.has(o.Primitive) {
			_, _, name := l.split(o.Primitive)
			l.names, l.values = max(l.names, cells(name)), max(l.values, cells(o.Value))
		}
	}
}

// width is all but the reasons.
func (l *layout) width() int { return nameIndent + l.names + 2 + l.values + 2 + sureWidth + 2 }

// row writes one value, below the names of its domain and group where they
// begin.
func (l *layout) row(b []byte, o *gait.Observation) []byte {
	domain, group, name := l.split(o.Primitive)
	if domain != l.domain {
		b = fmt.Appendf(b, "  %s\n", l.style.paint(title, domain))
		l.group = ""
	}
	if group != "" && group != l.group {
		b = fmt.Appendf(b, "    %s\n", group)
	}
	l.domain, l.group = domain, group
	b = fmt.Appendf(b, "    %s  %s  %s %.2f", pad(name, l.names), l.style.paint(bold, pad(o.Value, l.values)), bar(o.Confidence), o.Confidence)
	if why := reason(o, l.shown[o.Primitive], l.columns-l.width()); why != "" {
		b = append(append(b, "  "...), l.style.paint(faint, why)...)
	}
	return append(b, '\n')
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

package awk

import (
	"strings"

	"gait/decoy/programs/regex"
)

// special is a variable that means something to the runner.
type special struct {
	get eval
	set func(r *runner, v value)
}

// specialOf gives a variable that is no plain cell.
func specialOf(name string) (s special, ok bool) {
	switch name {
	case "NF":
		return special{func(r *runner) value { r.parts(); return num(float64(r.nf)) }, func(r *runner, v value) { r.setNF(int(v.float())) }}, true
	case "NR":
		return special{func(r *runner) value { return num(r.nr) }, func(r *runner, v value) { r.nr = v.float() }}, true
	case "FNR":
		return special{func(r *runner) value { return num(r.fnr) }, func(r *runner, v value) { r.fnr = v.float() }}, true
	case "RSTART":
		return special{func(r *runner) value { return num(float64(r.rstart)) }, func(r *runner, v value) { r.rstart = int(v.float()) }}, true
	case "RLENGTH":
		return special{func(r *runner) value { return num(float64(r.rlength)) }, func(r *runner, v value) { r.rlength = int(v.float()) }}, true
	}
	of := textField(name)
	if of == nil {
		return special{}, false
	}
	return textual(of), true
}

// textField gives where a variable that holds a text is kept.
func textField(name string) func(r *runner) *string {
	switch name {
	case "FILENAME":
		return func(r *runner) *string { return &r.filename }
	case "FS":
		return func(r *runner) *string { return &r.fs }
	case "OFS":
		return func(r *runner) *string { return &r.ofs }
	case "RS":
		return func(r *runner) *string { return &r.rs }
	case "ORS":
		return func(r *runner) *string { return &r.ors }
	case "SUBSEP":
		return func(r *runner) *string { return &r.subsep }
	case "CONVFMT":
		return func(r *runner) *string { return &r.convfmt }
	case "OFMT":
		return func(r *runner) *string { return &r.ofmt }
	}
	return nil
}

func textual(of func(r *runner) *string) special {
	return special{func(r *runner) value { return str(*of(r)) }, func(r *runner, v value) {
		if of(r) == &r.fs {
			r.parts() // the record at hand is split as it was read
		}
		*of(r) = r.bounded(r.text(v))
	}}
}

// setRecord makes a line the record.
func (r *runner) setRecord(line string) {
	r.line, r.split_, r.stale = line, false, false
}

// record gives $0.
func (r *runner) record() string {
	if r.stale {
		parts := make([]string, r.nf)
		for i := range parts {
			parts[i] = r.text(r.fields[i])
		}
		r.line, r.stale = r.bounded(strings.Join(parts, r.ofs)), false
	}
	return r.line
}

// parts splits the record.
func (r *runner) parts() {
	if r.split_ {
		return
	}
	r.split_ = true
	list := r.split(r.line, r.fs)
	r.fields = r.fields[:0]
	for _, s := range list {
		r.fields = append(r.fields, outside(s))
	}
	r.nf = len(list)
}

// field gives $n.
func (r *runner) field(n int) value {
	switch {
	case n == 0:
		return outside(r.record())
	case n < 0 || n > mostField:
		r.fail("run time error: negative field index $%d", n)
	}
	if r.parts(); n > r.nf {
		return value{}
	}
	return r.fields[n-1]
}

// setField sets $n.
func (r *runner) setField(n int, v value) {
	if n == 0 {
		r.setRecord(r.bounded(r.text(v)))
		return
	}
	if n < 0 || n > mostField {
		r.fail("run time error: negative field index $%d", n)
	}
	if r.parts(); n > r.nf {
		r.setNF(n)
	}
	if v.form == number_ {
		v = value{s: r.text(v), n: v.n, form: numeric}
	}
	r.fields[n-1], r.stale = v, true
}

func (r *runner) setNF(n int) {
	r.parts()
	if n < 0 || n > mostField {
		r.fail("run time error: negative value assigned to NF")
	}
	for len(r.fields) < n {
		r.fields = append(r.fields, str(""))
	}
	for i := r.nf; i < n; i++ {
		r.fields[i] = str("")
	}
	r.fields, r.nf, r.stale = r.fields[:n], n, true
}

// split takes a text apart by a separator.
func (r *runner) split(s, sep string) []string {
	switch {
	case s == "":
		return nil
	case sep == " ":
		return strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' })
	case sep == "":
		list := make([]string, len(s))
		for i := range len(s) {
			list[i] = s[i : i+1]
		}
		return list
	case len(sep) == 1 && sep != "\\":
		if r.rs == "" {
			return strings.FieldsFunc(strings.ReplaceAll(s, "\n", sep), func(c rune) bool { return string(c) == sep })
		}
		return strings.Split(s, sep)
	}
	return splitBy(s, r.dynamic(sep))
}

// splitBy takes a text apart by matches that are not empty.
func splitBy(s string, re *regex.Regexp) (list []string) {
	if s == "" {
		return nil
	}
	at := 0
	for _, m := range re.All([]byte(s), -1) {
		if m[1] > m[0] {
			list = append(list, s[at:m[0]])
			at = m[1]
		}
	}
	return append(list, s[at:])
}

// printed gives what print or printf writes.
func (r *runner) printed(list []eval, formatted bool) string {
	if len(list) == 0 {
		return r.record() + r.ors
	}
	values := make([]value, len(list))
	for i, e := range list {
		values[i] = e(r)
	}
	if formatted {
		r.naming = "printf"
		return sprintf(r, r.text(values[0]), values[1:])
	}
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteString(r.ofs)
		}
		b.WriteString(v.text(r.ofmt))
	}
	b.WriteString(r.ors)
	return b.String()
}

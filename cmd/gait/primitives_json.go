package main

import (
	"gait"
	"gait/profile"
)

// appendPrimitives appends a JSON list with everything about the primitives.
func appendPrimitives(b []byte, list []*profile.Primitive) []byte {
	b = append(b, "[\n"...)
	for i, p := range list {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = appendPrimitive(b, p)
	}
	return append(b, "\n]\n"...)
}

func appendPrimitive(b []byte, p *profile.Primitive) []byte {
	f := fields{b: append(b, '{')}
	f.text("name", p.Name)
	f.text("domain", p.Domain())
	f.text("title", p.Title)
	f.text("doc", p.Doc)
	f.text("kind", string(p.Kind))
	f.list("values", p.Values)
	f.list("elsewhere", p.Elsewhere)
	f.text("grammar", p.Grammar)
	f.list("needs", p.Needs.Names())
	f.seconds("finest", p.Finest)
	f.int("rules", int64(p.Rules))
	f.name("measures")
	f.b = append(f.b, '[')
	for i, m := range p.Measures {
		f.element(i)
		f.text("name", m.Name)
		f.text("unit", m.Unit)
		f.text("doc", m.Doc)
		f.close()
	}
	f.b = append(f.b, ']')
	f.name("thresholds")
	f.b = append(f.b, '[')
	for i, t := range p.Thresholds {
		f.element(i)
		f.text("measure", t.Measure)
		f.name("bound")
		f.b = gait.AppendFloat(f.b, t.Bound)
		f.text("says", t.Says)
		f.close()
	}
	return append(f.b, `]}`...)
}

// list appends a field that is a list of strings.
func (f *fields) list(name string, list []string) {
	f.name(name)
	f.b = append(f.b, '[')
	for i, s := range list {
		if i > 0 {
			f.b = append(f.b, ',')
		}
		f.b = gait.AppendString(f.b, s)
	}
	f.b = append(f.b, ']')
}

// element begins the i-th object of a list.
func (f *fields) element(i int) {
	if i > 0 {
		f.b = append(f.b, ',')
	}
	f.b, f.begun = append(f.b, '{'), false
}

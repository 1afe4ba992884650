package main

import (
	"gait/internal/jsonobject"
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
	o := jsonobject.Begin(b)
	o.Text("name", p.Name)
	o.Text("domain", p.Domain())
	o.Text("title", p.Title)
	o.Text("doc", p.Doc)
	o.Text("kind", string(p.Kind))
	o.Texts("values", p.Values)
	o.Texts("elsewhere", p.Elsewhere)
	o.Text("grammar", p.Grammar)
	o.Texts("needs", p.Needs.Names())
	o.Seconds("finest", p.Finest)
	o.Int("rules", int64(p.Rules))
	o.OpenList("measures")
	for _, m := range p.Measures {
		o.Item()
		o.Text("name", m.Name)
		o.Text("unit", m.Unit)
		o.Text("doc", m.Doc)
		o.Close()
	}
	o.CloseList()
	o.OpenList("thresholds")
	for _, t := range p.Thresholds {
		o.Item()
		o.Text("measure", t.Measure)
		o.Float("bound", t.Bound)
		o.Text("says", t.Says)
		o.Close()
	}
	o.CloseList()
	o.Close()
	return o.Bytes()
}

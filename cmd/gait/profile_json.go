package main

import (
	"strconv"

	"gait"
	"gait/internal/jsonobject"
	"gait/profile"
)

// jsonlForm writes one observation a line and nothing else.
type jsonlForm struct {
	strict bool
	only   wanted
}

func (jsonlForm) head() string                                    { return "" }
func (jsonlForm) separator() string                               { return "" }
func (jsonlForm) tail(*totals) string                             { return "" }
func (jsonlForm) file(b []byte, _ string, _ gait.Oddities) []byte { return b }

// session appends the envelopes of a session.
func (f jsonlForm) session(b []byte, _ *gait.Session, r *profile.Result) []byte {
	for i := range r.Observations {
		if o := &r.Observations[i]; f.only.has(o.Primitive) {
			b = append(r.Encoder.Append(b, o, f.strict), '\n')
		}
	}
	return b
}

// jsonForm writes one document: sessions, then what was odd or failed.
type jsonForm struct {
	strict bool
	only   wanted
}

func (*jsonForm) head() string                                    { return "{\"sessions\":[\n" }
func (*jsonForm) separator() string                               { return ",\n" }
func (*jsonForm) file(b []byte, _ string, _ gait.Oddities) []byte { return b }

// session appends the object of a session.
func (f *jsonForm) session(b []byte, s *gait.Session, r *profile.Result) []byte {
	h := jsonobject.Begin(append(b, ",\n"...))
	h.Text("id", s.ID)
	h.Time("start", s.Start)
	h.Recording(s, r.Commands, r.Strokes)
	b = append(h.Bytes(), `,"observations":[`...)
	first := true
	for i := range r.Observations {
		if o := &r.Observations[i]; f.only.has(o.Primitive) {
			b = comma(b, &first)
			b = r.Encoder.Append(b, o, f.strict)
		}
	}
	b = append(b, `],"not_observable":[`...)
	first = true
	for _, n := range r.NotObservable {
		if f.only.has(n.Primitive) {
			b = comma(b, &first)
			b = appendPair(b, gait.Var{Name: "primitive", Value: n.Primitive}, gait.Var{Name: "reason", Value: n.Reason})
		}
	}
	b = append(b, `],"oddities":`...)
	b = appendOddities(b, s.Oddities)
	return append(b, '}')
}

// tail appends what was odd about files, what failed and what was passed over.
func (f *jsonForm) tail(t *totals) string {
	b := append([]byte(nil), "\n],\n\"files\":["...)
	first := true
	for _, file := range t.files {
		b = append(comma(b, &first), `{"path":`...)
		b = gait.AppendString(b, file.path)
		b = append(b, `,"oddities":`...)
		b = append(appendOddities(b, file.odd), '}')
	}
	b = append(b, "],\n\"failures\":["...)
	b = appendFailures(b, t.failures, "error")
	b = append(b, "],\n\"passed_over\":["...)
	b = appendFailures(b, t.passed, "reason")
	b = append(b, "],\n\"totals\":{"...)
	first = true
	for _, n := range []struct {
		name  string
		count int64
	}{
		{"sessions", t.sessions}, {"observations", t.observations}, {"events", t.events}, {"bytes", t.bytes},
		{"oddities", total(t.odd)}, {"failures", t.failed}, {"passed_over", t.skipped},
	} {
		b = comma(b, &first)
		b = strconv.AppendInt(append(append(append(b, '"'), n.name...), `":`...), n.count, 10)
	}
	return string(append(b, "}}\n"...))
}

func appendFailures(b []byte, list []failure, what string) []byte {
	first := true
	for _, f := range list {
		b = appendPair(comma(b, &first), gait.Var{Name: "path", Value: f.path}, gait.Var{Name: what, Value: f.text})
	}
	return b
}

func appendOddities(b []byte, odd gait.Oddities) []byte {
	b = append(b, '[')
	for i, o := range odd {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"kind":`...)
		b = gait.AppendString(b, o.Kind)
		b = strconv.AppendInt(append(b, `,"count":`...), o.Count, 10)
		b = append(b, `,"first":`...)
		if o.First < 0 {
			b = append(b, "null}"...)
			continue
		}
		b = append(strconv.AppendInt(b, o.First, 10), '}')
	}
	return append(b, ']')
}

// comma sets a comma before all but the first.
func comma(b []byte, first *bool) []byte {
	if *first {
		*first = false
		return b
	}
	return append(b, ',')
}

// appendPair appends an object of two strings.
func appendPair(b []byte, one, two gait.Var) []byte {
	b = append(append(append(b, `{"`...), one.Name...), `":`...)
	b = gait.AppendString(b, one.Value)
	b = append(append(append(b, `,"`...), two.Name...), `":`...)
	return append(gait.AppendString(b, two.Value), '}')
}

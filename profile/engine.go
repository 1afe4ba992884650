package profile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gait"
	"gait/internal/fault"
)

// EngineName stands in every observation.
const EngineName = "gait/" + gait.Version

// Result is what was read from one session. It is valid until the engine that
// made it profiles the next one.
type Result struct {
	Observations  []gait.Observation // in the order of the primitives
	NotObservable []NotObservable
	Failures      []Failure
	Commands      int
	Strokes       int

	// Encoder writes the observations; it is kept from session to session for
	// its memory.
	Encoder gait.Encoder
}

// NotObservable says why a primitive could not be asked of a recording.
type NotObservable struct {
	Primitive string
	Reason    string
}

// Failure is a primitive that panicked. It costs that one value.
type Failure struct {
	Primitive string
	Session   string
	Cause     string
}

// Error says what failed.
func (f Failure) Error() string {
	return fmt.Sprintf("primitive %s failed on session %s: %s", f.Primitive, f.Session, f.Cause)
}

// Engine profiles one session after the other and keeps its memory. It is not
// safe for concurrent use.
type Engine struct {
	primitives []*Primitive
	fixed      []fixed
	rules      int    // sum of all rules numbers
	setting    string // of all primitives that have one
	view       View
	result     Result
	measures   []gait.Measure
}

// fixed is what all observations of a primitive share.
type fixed struct {
	rules  int
	source string
	scale  *gait.Scale
	of     []int // the measure that each threshold is compared with
	echo   bool  // the last measure says where commands were read from
}

// NewEngine makes an engine for a list of primitives.
func NewEngine(primitives []*Primitive) *Engine { return EngineOf(primitives, false) }

// NewCompatEngine makes an engine that reads as the reference does, to the
// letter. It leaves out the primitives that the reference does not have (see
// [Published]).
func NewCompatEngine(primitives []*Primitive) *Engine { return EngineOf(primitives, true) }

// EngineOf makes an engine of one reading or the other.
func EngineOf(primitives []*Primitive, compat bool) *Engine {
	if compat {
		primitives = Published(primitives)
	}
	e := &Engine{primitives: primitives, view: View{compat: compat}}
	for _, p := range primitives {
		f := fixed{rules: p.RulesUnder(compat), source: "gait/profile/" + strings.Replace(p.Name, ".", "/", 1), scale: gait.NewScale(p.Thresholds)}
		for _, t := range p.Thresholds {
			f.of = append(f.of, p.measure(t.Measure))
		}
		f.echo = len(p.Measures) > 0 && p.Measures[len(p.Measures)-1] == EchoMeasure
		e.fixed = append(e.fixed, f)
		e.rules += f.rules
		e.setting += p.Setting
	}
	return e
}

// Rules is the sum of the numbers of the rules by which the engine answers.
func (e *Engine) Rules() int { return e.rules }

// Setting is what its primitives were told beside the recording, empty for
// nothing; see [Primitive].
func (e *Engine) Setting() string { return e.setting }

// measure gives the place of a measure by its name, -1 where there is none.
func (p *Primitive) measure(name string) int {
	for i, m := range p.Measures {
		if m.Name == name {
			return i
		}
	}
	return -1
}

// Run profiles one session. The time of profiling stands in observations of
// sessions whose start is not known.
func Run(s *gait.Session, primitives []*Primitive, now time.Time) *Result {
	return NewEngine(primitives).Profile(s, now)
}

// View reads a session for whoever compares sessions with each other. It holds on
// to the session, and is valid until the engine is used again.
func (e *Engine) View(s *gait.Session) *View {
	e.view.reset(s)
	return &e.view
}

// Profile profiles a session.
func (e *Engine) Profile(s *gait.Session, now time.Time) *Result {
	v, r := &e.view, &e.result
	v.reset(s)
	r.Observations, r.NotObservable, r.Failures = r.Observations[:0], r.NotObservable[:0], r.Failures[:0]
	r.Commands, r.Strokes = 0, 0
	e.measures = e.measures[:0]
	common := e.common(s, now)
	for i, p := range e.primitives {
		if reason := Lacks(p, s.Fidelity); reason != "" {
			r.NotObservable = append(r.NotObservable, NotObservable{p.Name, reason})
			continue
		}
		a, blurred, cause := ask(p, v)
		if cause != "" {
			r.Failures = append(r.Failures, Failure{p.Name, s.ID, cause})
			continue
		}
		if blurred != "" {
			r.NotObservable = append(r.NotObservable, NotObservable{p.Name, blurred})
			continue
		}
		if a.Value != "" {
			if e.fixed[i].echo {
				a.add(v.Commands().FromEcho())
			}
			e.observe(i, &a, &common)
		}
	}
	e.count(v, r)
	v.release()
	return r
}

// count tells how much was in the session; facts that were never asked for, or
// that failed, are not derived for it.
func (e *Engine) count(v *View, r *Result) {
	if v.derived&factCommands != 0 {
		r.Commands = v.commands.Len()
	}
	if v.derived&factKeys != 0 {
		r.Strokes = len(v.keys.Strokes)
	}
}

// common is what all observations of a session share.
func (e *Engine) common(s *gait.Session, now time.Time) gait.Observation {
	o := gait.Observation{Time: now, EvidenceRef: s.EvidenceRef, Engine: EngineName}
	o.Window = gait.Window{Start: e.view.first, End: e.view.last}
	if !s.Start.IsZero() {
		start := time.Duration(s.Start.UnixNano())
		o.Window = gait.Window{Start: start + e.view.first, End: start + e.view.last, Unix: true}
		o.Time = s.Start.Add(e.view.last)
	}
	o.Revision = e.revision(s)
	return o
}

// revision adds to [Engine.Reading] the attacker, who is not known here.
func (e *Engine) revision(s *gait.Session) string { return e.Reading(s) + "/-" }

// Reading tells readings of one session apart: the sum of the rules numbers, the
// bytes that were read, and whether the end was seen, with what primitives were
// told beside the recording behind it: "57/1204/end", or "57/1204/end~p1f0c22d3".
func (e *Engine) Reading(s *gait.Session) string {
	end := "open"
	if s.End.Seen {
		end = "end"
	}
	b := strconv.AppendInt(make([]byte, 0, 48), int64(e.rules), 10)
	b = strconv.AppendInt(append(b, '/'), s.Extent, 10)
	b = append(append(b, '/'), end...)
	if e.setting != "" {
		b = append(append(b, '~'), e.setting...)
	}
	return string(b)
}

// observe adds the observation that an answer makes.
func (e *Engine) observe(i int, a *Answer, common *gait.Observation) {
	p, f := e.primitives[i], &e.fixed[i]
	from := len(e.measures)
	for j := 0; j < a.count; j++ {
		e.measures = append(e.measures, gait.Measure{Name: p.Measures[j].Name, Value: a.measures[j]})
	}
	e.result.Observations = append(e.result.Observations, *common)
	o := &e.result.Observations[len(e.result.Observations)-1]
	o.ID = gait.ObservationID(o.EvidenceRef, p.Name)
	o.Primitive, o.Value, o.Confidence, o.Source, o.Rules = p.Name, a.Value, a.Confidence, f.source, f.rules
	o.Measures = e.measures[from:len(e.measures):len(e.measures)]
	o.Scale, o.Nearest = f.scale, nearest(p, f, a)
}

// nearest finds the threshold that lies nearest to its measure, by the
// distance relative to the bound (absolute where the bound is 0).
func nearest(p *Primitive, f *fixed, a *Answer) int {
	best, least := -1, math.Inf(1)
	for i, m := range f.of {
		if m < 0 || m >= a.count {
			continue
		}
		bound := p.Thresholds[i].Bound
		d := math.Abs(a.measures[m] - bound)
		if bound != 0 {
			d /= math.Abs(bound)
		}
		if d < least {
			best, least = i, d
		}
	}
	return best
}

// ask asks a primitive, unless the session's times are too coarse for it, and
// catches its panic. What times cannot show is taken off its confidence.
func ask(p *Primitive, v *View) (a Answer, blurred, cause string) {
	defer func() {
		if r := recover(); r != nil {
			cause = fault.Text(r)
		}
	}()
	if blurred = v.blurs(p); blurred != "" {
		return Silent, blurred, ""
	}
	a = p.Observe(v)
	a.Confidence = v.discount(p, a.Confidence)
	return a, "", ""
}

// Lacks gives the reason why a recording cannot show a primitive; empty where
// it can.
func Lacks(p *Primitive, f gait.Fidelity) string {
	switch {
	case p.Needs&(NeedInput|NeedKeys) != 0 && f.Input == gait.GranularityNone:
		return "the recording holds no input"
	case p.Needs&NeedKeys != 0 && f.Input == gait.GranularityLine:
		return "the recording holds whole lines, not keys"
	case p.Needs&NeedOutput != 0 && !f.Output:
		return "the recording holds no output"
	case p.Needs&NeedTiming != 0 && f.SharedTiming:
		return "the times are those of another session with the same input"
	case p.Finest > 0 && f.Resolution*10 > p.Finest:
		return fmt.Sprintf("times are written in steps of %v, the rule compares %v and needs a tenth of it", f.Resolution, p.Finest)
	}
	return ""
}

// Count is how many observations of a primitive were made.
type Count struct {
	Primitive string
	N         int
}

// Counts gives emissions by primitive in order of first appearance.
func Counts(observations []gait.Observation) []Count {
	var counts []Count
	place := map[string]int{}
	for i := range observations {
		name := observations[i].Primitive
		n, ok := place[name]
		if !ok {
			n = len(counts)
			place[name] = n
			counts = append(counts, Count{Primitive: name})
		}
		counts[n].N++
	}
	return counts
}

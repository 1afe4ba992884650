package profiletest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"

	"gait"
	"gait/profile"
)

// tolerance is how far a number may lie from the one that a script states, so
// that 0.4 + 0.05 * 9 is 0.85.
const tolerance = 1e-12

// measureTolerance is the same for measures, which scripts state in decimals.
const measureTolerance = 1e-6

// maxMeasures is how many numbers an answer may have, that of where commands
// were read from included.
const maxMeasures = 8

var (
	primitiveName = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+$`)
	measureName   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// wellFormed checks what a primitive says of itself.
func wellFormed(p *profile.Primitive) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("primitive %s: %s", p.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case !primitiveName.MatchString(p.Name):
		return fail("the name is not of the form domain.name")
	case p.Title == "" || p.Doc == "" || p.Observe == nil || p.Rules < 1:
		return fail("title, doc, rules number or function is missing")
	case (p.Kind == profile.Label) != (len(p.Values) > 0) || (p.Kind == profile.Label) == (p.Grammar != ""):
		return fail("a label has values, a hash or tag has a grammar")
	case len(p.Measures) == 0 || len(p.Measures) > maxMeasures:
		return fail("%d measures, 1 to %d are possible", len(p.Measures), maxMeasures)
	}
	names := map[string]bool{}
	for _, m := range p.Measures {
		if !measureName.MatchString(m.Name) || names[m.Name] || m.Unit == "" || m.Doc == "" {
			return fail("measure %q: name used twice or not in lower case, or no unit or doc", m.Name)
		}
		names[m.Name] = true
	}
	for _, t := range p.Thresholds {
		if !names[t.Measure] || t.Says == "" || math.IsNaN(t.Bound) {
			return fail("threshold %v of %q: no such measure, or it does not say what it means", t.Bound, t.Measure)
		}
	}
	return nil
}

// unreached lists the values, and silence, that no case expects.
func unreached(p *profile.Primitive, cases []*scenario) (missing []string) {
	values, quiet := map[string]bool{}, false
	for _, c := range cases {
		values[c.want.value] = values[c.want.value] || c.want.outcome == said
		quiet = quiet || c.want.outcome == silent
	}
	for _, v := range p.Values {
		if !values[v] && !slices.Contains(p.Elsewhere, v) {
			missing = append(missing, v)
		}
	}
	delete(values, "")
	if p.Kind != profile.Label && len(values) == 0 {
		missing = append(missing, "any value")
	}
	if !quiet {
		missing = append(missing, "silence")
	}
	return missing
}

// profiled is when the observations of scripted sessions are made.
var profiled = time.Unix(1_750_000_000, 0)

// check plays a case and compares what the primitive says with what the case
// wants. The engine may have profiled other sessions before: what a new one
// says must be the same.
func (c *scenario) check(p *profile.Primitive, used *profile.Engine) error {
	s, err := c.play()
	if err != nil {
		return err
	}
	first := render(used.Profile(s, profiled))
	r := profile.Run(s, []*profile.Primitive{p}, profiled)
	if again := render(r); first != again {
		return fmt.Errorf("an engine that was used before says\n\t%s\na new one\n\t%s", first, again)
	}
	if err := c.want.compare(p, r); err != nil {
		return err
	}
	return c.leaks(p)
}

// render gives all that a result says as one text.
func render(r *profile.Result) string {
	var b []byte
	for i := range r.Observations {
		b = r.Observations[i].AppendJSON(b, false)
	}
	return fmt.Sprintf("%s%v%v", b, r.NotObservable, r.Failures)
}

func (w *want) compare(p *profile.Primitive, r *profile.Result) error {
	if len(r.Failures) > 0 {
		return r.Failures[0]
	}
	got := unobservable
	switch {
	case len(r.Observations) > 0:
		got = said
	case len(r.NotObservable) == 0:
		got = silent
	}
	switch {
	case got == said && w.outcome != said:
		return fmt.Errorf("got %s, want no observation", describe(&r.Observations[0]))
	case got == unobservable && w.outcome != unobservable:
		return fmt.Errorf("not observable: %s", r.NotObservable[0].Reason)
	case got == silent && w.outcome != silent:
		return errors.New("silent")
	case got != said:
		return nil
	}
	o := &r.Observations[0]
	if o.Value != w.value || !near(o.Confidence, w.confidence, tolerance) {
		return fmt.Errorf("got %s, want %s %v", describe(o), w.value, w.confidence)
	}
	if p.Kind == profile.Label && !slices.Contains(p.Values, o.Value) {
		return fmt.Errorf("value %s is not one of the primitive's", o.Value)
	}
	return w.compareMeasures(p, o)
}

func (w *want) compareMeasures(p *profile.Primitive, o *gait.Observation) error {
	if len(o.Measures) != len(p.Measures) {
		return fmt.Errorf("%d measures given, %d documented", len(o.Measures), len(p.Measures))
	}
	for _, m := range w.measures {
		i := slices.IndexFunc(o.Measures, func(x gait.Measure) bool { return x.Name == m.Name })
		if i < 0 {
			return fmt.Errorf("no measure %s in %s", m.Name, describe(o))
		}
		if got := o.Measures[i].Value; !near(got, m.Value, measureTolerance) {
			return fmt.Errorf("measure %s is %v, want %v", m.Name, got, m.Value)
		}
	}
	return nil
}

// near says whether two numbers are equal up to the tolerance, or both NaN.
func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance || math.IsNaN(a) && math.IsNaN(b)
}

func describe(o *gait.Observation) string {
	return fmt.Sprintf("%s %v %s", o.Value, o.Confidence, o.AppendMeasures(nil))
}

// marker is a text that nobody types, with letters only, so that no rule can
// mistake a part of it for anything else.
const marker = "zqxjkvwpyzqxjkvwpy"

// leaks plays the case once more with raw text all over it, and looks for that
// text in everything that is said.
func (c *scenario) leaks(p *profile.Primitive) error {
	s, err := c.play()
	if err != nil {
		return err
	}
	s.Title, s.Command, s.Path, s.Client = marker, marker, marker, marker
	s.Env = []gait.Var{{Name: marker, Value: marker}}
	for _, e := range []struct {
		kind gait.Kind
		data string
	}{
		{gait.Exec, marker + " | " + marker},
		{gait.Input, marker + "\r"},
		{gait.Output, "bash: " + marker + ": command not found\r\nLANG=" + marker + "\r\n" + marker + "@" + marker + ":~$ "},
		{gait.Output, "\x1b]0;" + marker + "\a"},
		{gait.Input, "fuck " + marker + "\r"},
	} {
		s.Append(gait.Event{Time: s.Last() + 50*time.Millisecond, Kind: e.kind, Data: []byte(e.data)}, -1)
	}
	said := render(profile.Run(s, []*profile.Primitive{p}, profiled))
	if bytes.Contains(bytes.ToLower([]byte(said)), []byte(marker)) {
		return fmt.Errorf("raw text of the session is in %s", said)
	}
	return nil
}

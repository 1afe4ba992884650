// Package profile reads behaviour out of a recorded session. It is pure: a
// session goes in, observations come out, and nothing else is touched.
//
// A [Primitive] is one behaviour that can be read from a session. It is a
// value: its name, its documentation, the values it can take, what it needs,
// and one function that looks at a [View] of the session. The view holds four
// facts, each derived once when first asked for: how the hands moved ([Keys]),
// which commands were given ([Commands]), what the terminal showed ([Screen])
// and which words were typed ([Words]).
//
// The families of primitives are the packages below this one; package suite
// lists them all. [Run] is the whole interface for a program that wants the
// observations of one session; an [Engine] does the same again and again
// without allocating.
package profile

import (
	"strings"
	"time"

	"gait"
)

// Needs says what a recording must hold for a primitive to be observable.
type Needs uint8

// NeedInput asks for input of any granularity, NeedKeys for single keys or
// packets, NeedOutput for what the terminal received, and NeedTiming for times
// that are the session's own.
const (
	NeedInput Needs = 1 << iota
	NeedKeys
	NeedOutput
	NeedTiming
)

var needNames = [...]string{"input", "keys", "output", "own timing"}

// Names lists the needs in words.
func (n Needs) Names() []string {
	var names []string
	for i, name := range needNames {
		if n&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// Kind says what sort of value a primitive has.
type Kind string

// A label is one of a fixed set, a hash is hex digits that are compared by
// distance, a tag is text of a fixed grammar.
const (
	Label Kind = "label"
	Hash  Kind = "hash"
	Tag   Kind = "tag"
)

// MeasureDoc describes one number that a primitive counts or compares.
type MeasureDoc struct {
	Name string // lower case with underscores, unique within the primitive
	Unit string // "share", "s", "count", "ratio", ...
	Doc  string // one line
}

// Primitive is one behaviour that can be read from a session.
type Primitive struct {
	Name   string // domain, dot, name; the field's public name
	Title  string // a few words for people
	Doc    string // the rule, in whole sentences
	Kind   Kind
	Values []string // the values a label can take, in the registry's order
	// Elsewhere lists values of the public registry that one session cannot
	// show, so that this rule never gives them.
	Elsewhere []string
	Grammar   string // what a value of a hash or tag looks like
	Needs     Needs
	// Finest is the smallest stretch of time that the rule compares, for ratios
	// of gaps what a gap is about; zero where it compares none. A recording must
	// resolve a tenth of it, and with NeedTiming so must its times as they were
	// judged (see [Timing]), at a lower confidence.
	Finest time.Duration
	// Rules is the number of the rule. It grows only when answers can change.
	Rules int
	// Setting names what the rule was told beside the recording, such as priors of
	// somebody's own, in letters and digits; empty where it was told nothing. It
	// stands in the revision of what it says, so that other settings make another.
	Setting string
	// Reference is the number of the reference's rule, where that answers
	// differently; 0 where the rule is the same.
	Reference  int
	Measures   []MeasureDoc
	Thresholds []gait.Threshold
	// Observe says what the primitive sees. It gives measures in the order of
	// Measures, or Silent.
	Observe func(v *View) Answer
	// Evidence marks what the value was made of, as the rule counted it. It is
	// asked only where Observe gave a value, and never while profiling.
	Evidence func(v *View, m *Marks)
	// Reasons gives the terms of a conclusion, which are added up; nil of a
	// primitive that compares numbers with thresholds. It is asked as Evidence is.
	Reasons func(v *View) []Reason
	// As gives the primitive with the setting that the measures of an observation
	// state; nil of one that knows no setting.
	As func(measures []gait.Measure) *Primitive
}

// Reason is one term of a conclusion: a fact in words and numbers, without
// anything that was typed or printed.
type Reason struct {
	Name   string
	Text   string
	Toward string  // the value, or group of values, that it speaks for
	Nats   float64 // how strongly: a logarithm of a likelihood ratio, at least 0
}

// Domain is the part of the name before the first dot.
func (p *Primitive) Domain() string {
	domain, _, _ := strings.Cut(p.Name, ".")
	return domain
}

// RulesUnder is the number of the rule by which a reading answers: that of the
// reference, or our own.
func (p *Primitive) RulesUnder(compat bool) int {
	if compat && p.Reference > 0 {
		return p.Reference
	}
	return p.Rules
}

// ours is the domain of the primitives that the reference does not have.
const ours = "gait"

// Published lists those of a list that the reference has: all that are not of
// the domain "gait".
func Published(primitives []*Primitive) []*Primitive {
	list := make([]*Primitive, 0, len(primitives))
	for _, p := range primitives {
		if p.Domain() != ours {
			list = append(list, p)
		}
	}
	return list
}

// maxMeasures bounds the measures of one answer.
const maxMeasures = 13

// Answer is what a primitive says of a session.
type Answer struct {
	Value      string
	Confidence float64
	measures   [maxMeasures]float64
	count      int
}

// Silent is the answer of a primitive that has nothing to go by. A silent
// primitive is better than a guess.
var Silent = Answer{}

// Say gives a value with its confidence (0 to 1) and the numbers that led to
// it, in the order of the primitive's Measures. NaN stands for a number that
// is not defined.
func Say(value string, confidence float64, measures ...float64) Answer {
	a := Answer{Value: value, Confidence: confidence, count: len(measures)}
	copy(a.measures[:], measures)
	return a
}

// add gives one more number, 1 or 0.
func (a *Answer) add(yes bool) {
	if a.count < maxMeasures {
		a.measures[a.count] = 0
		if yes {
			a.measures[a.count] = 1
		}
		a.count++
	}
}

// Sure picks a confidence: low where the ground is thin, else high.
func Sure(thin bool, low, high float64) float64 {
	if thin {
		return low
	}
	return high
}

// Near says whether x lies within 10 % of a bound: |x - b| / b <= 0.10 in
// doubles, so that 0.55 is not near 0.50.
func Near(x, bound float64) bool {
	d := (x - bound) / bound
	return d >= -0.10 && d <= 0.10
}

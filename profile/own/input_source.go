package own

import (
	"gait"
	"gait/profile"
)

// InputSource tells how input came about.
var InputSource = &profile.Primitive{
	Name:   "gait.input_source",
	Title:  "how input came about",
	Kind:   profile.Label,
	Values: []string{"typed", "held", "pasted", "machine_fed", "mixed"},
	Doc: `How each input came about, by bytes over time and bracketed paste, not by the length of events alone.

pasted: a bracketed paste; an event of 4 chars or more that is no control sequence, or events less than 10 ms apart
that together have as many and did not come key by key, as one; 4 or more single keys less than 1 ms apart, as one; and
an event of 3 chars that ends a line. Two keys in one packet are two typed keys. Keys are not pasted where the path held
them up: after a gap of more than 0.2 s they come less than 2 ms apart, at most as many as there are tenths of a second
in the gap, and 20. Nor where they share a tick of a client that hides key times: one for each 40 ms of its period and
one more; nor, in the same way, a step of coarse times, or 120 ms where times are jittery. held: the same single key 4 times or more at gaps up to 125 ms that differ by 25 ms at most, after a first gap
that may be longer, up to 1 s; all of it is one input. machine_fed: single keys at a pace that no hands keep, each of
20 in a row whose gaps (none above 5 s) have a coefficient of variation below 0.10, or of 12 within 0.275 s; of 69,504
windows of 20 keys of persons none is below 0.10 (it does not count where times are coarser than 30 ms). completion: a TAB. typed: all else.

The value is mixed where two of typed (with completion), pasted and machine_fed are 5 % of the inputs or more each; else
the most of the three if it is as many, else held.

Of 57,373 inputs of 11 known persons, whole or cut into sessions of 100 keys, none is called machine_fed or pasted, as
typed, through ticks of 20, 40, 100, 200 and 500 ms, and with path jitter of mean 5, 20 and 50 ms:
"go test ./profile/own -run InputSourceOnPersons -v" counts them.

Confidence is 0.80, for mixed 0.70, with fewer than 20 inputs 0.60. Silent without input.`,
	Needs: profile.NeedKeys | profile.NeedTiming,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "inputs", Unit: "count", Doc: "inputs; keys in one packet count one each"},
		{Name: "typed", Unit: "count", Doc: "typed keys"},
		{Name: "held", Unit: "count", Doc: "held keys"},
		{Name: "pasted", Unit: "count", Doc: "pastes and lines that came whole"},
		{Name: "machine_fed", Unit: "count", Doc: "keys at a pace that no hands keep"},
		{Name: "completions", Unit: "count", Doc: "TABs"},
		{Name: "cuts", Unit: "count", Doc: "events that continue a paste"},
		{Name: "second_share", Unit: "share", Doc: "of inputs, the second most of typed, pasted and machine_fed"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "second_share", Bound: partOf, Says: "mixed from here on"},
		{Measure: "inputs", Bound: fewInputs, Says: "confidence 0.60 below"},
	},
	Observe:  observeInputSource,
	Evidence: func(v *profile.View, m *profile.Marks) { m.Inputs(v.Keys()) },
}

// partOf is the share of inputs from which a kind has a part in a session, and
// fewInputs the number of inputs below which a value is less sure.
const (
	partOf    = 0.05
	fewInputs = 20
)

func observeInputSource(v *profile.View) profile.Answer {
	n := v.Inputs()
	if n.Total == 0 {
		return profile.Silent
	}
	share := func(kinds ...profile.InputKind) (sum float64) {
		for _, k := range kinds {
			sum += float64(n.Count[k]) / float64(n.Total)
		}
		return sum
	}
	typed := share(profile.InputTyped, profile.InputCompletion)
	pasted, fed := share(profile.InputPasted), share(profile.InputFed)
	first := max(typed, pasted, fed)
	second := max(min(typed, pasted), min(typed, fed), min(pasted, fed))
	value := "held"
	switch {
	case second >= partOf:
		value = "mixed"
	case first < partOf:
	case first == typed:
		value = "typed"
	case first == pasted:
		value = "pasted"
	default:
		value = "machine_fed"
	}
	confidence := 0.80
	switch {
	case n.Total < fewInputs:
		confidence = 0.60
	case value == "mixed":
		confidence = 0.70
	}
	return profile.Say(value, confidence, float64(n.Total),
		float64(n.Count[profile.InputTyped]), float64(n.Count[profile.InputHeld]), float64(n.Count[profile.InputPasted]),
		float64(n.Count[profile.InputFed]), float64(n.Count[profile.InputCompletion]), float64(n.Cut), second)
}

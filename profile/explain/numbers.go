package explain

import (
	"encoding/json"
	"maps"
	"math"
	"slices"

	"gait"
	"gait/profile"
)

// numbers are what a value was made of.
type numbers struct {
	measures   []gait.Measure
	thresholds []gait.Threshold
}

// numbersOf takes the numbers out of an observation, whether the engine gave it
// or it was stored.
func numbersOf(p *profile.Primitive, o *gait.Observation) *numbers {
	if o.Stored == nil {
		return &numbers{o.Measures, o.Scale.Thresholds()}
	}
	n := &numbers{}
	var all map[string]json.RawMessage
	if json.Unmarshal(o.Stored, &all) != nil {
		return n
	}
	n.readThresholds(p, all["thresholds"])
	delete(all, "thresholds")
	delete(all, "nearest")
	for _, m := range p.Measures {
		if raw, ok := all[m.Name]; ok {
			n.measures = append(n.measures, gait.Measure{Name: m.Name, Value: number(raw)})
			delete(all, m.Name)
		}
	}
	// An earlier rule may have counted what the present one does not.
	for _, name := range slices.Sorted(maps.Keys(all)) {
		n.measures = append(n.measures, gait.Measure{Name: name, Value: number(all[name])})
	}
	return n
}

// number reads a number; what is none, such as null, is not defined.
func number(raw json.RawMessage) float64 {
	var x *float64
	if json.Unmarshal(raw, &x) != nil || x == nil {
		return math.NaN()
	}
	return *x
}

// readThresholds reads the pairs of measure and bound that are stored. What it
// means to lie beyond a bound stands in the registry, as far as the rule still
// has that bound.
func (n *numbers) readThresholds(p *profile.Primitive, raw json.RawMessage) {
	var pairs []json.RawMessage
	if json.Unmarshal(raw, &pairs) != nil {
		return
	}
	for i, text := range pairs {
		var t gait.Threshold
		var pair []json.RawMessage
		if json.Unmarshal(text, &pair) != nil || len(pair) != 2 || json.Unmarshal(pair[0], &t.Measure) != nil || json.Unmarshal(pair[1], &t.Bound) != nil {
			continue
		}
		t.Says = saysAt(p, i, t)
		n.thresholds = append(n.thresholds, t)
	}
}

// saysAt finds what a rule says of a bound: at the place where it was stored,
// or else anywhere, since two thresholds may share measure and bound.
func saysAt(p *profile.Primitive, i int, t gait.Threshold) string {
	same := func(x gait.Threshold) bool { return x.Measure == t.Measure && x.Bound == t.Bound }
	if i < len(p.Thresholds) && same(p.Thresholds[i]) {
		return p.Thresholds[i].Says
	}
	if j := slices.IndexFunc(p.Thresholds, same); j >= 0 {
		return p.Thresholds[j].Says
	}
	return ""
}

package motor

import (
	"time"

	"gait"
	"gait/profile"
)

// DigraphSimhash is a fingerprint of what was typed and how.
var DigraphSimhash = &profile.Primitive{
	Name:    "motor.digraph_simhash",
	Title:   "fingerprint of digraphs",
	Kind:    profile.Hash,
	Grammar: "16 lower-case hex digits",
	Doc: `A fingerprint of 64 bits of which keys follow each other and how quickly. A digraph is two input events in a
row that are one char each; anything longer between them breaks the chain. Its flight time is the gap, counted where
it is above 0 and at most 1.5 s, not before the repeats of a held key nor where the path held keys up. The median flight time of each distinct digraph falls in one of 7 buckets by the
edges 0.03, 0.06, 0.12, 0.25, 0.5 and 1.0 s, an edge belonging to the bucket above it. The digraph's token is its two
chars, a colon and the number of the bucket; its weight is its number of flight times. The fingerprint is Charikar's
SimHash over the tokens' MD5. Two fingerprints are compared by their Hamming distance; below 8 of 64 bits is strong.

It mixes what was typed with how: sessions of one typist with other commands lie far apart. Confidence is
0.40 + 0.05 for each distinct digraph, at most 0.95. Silent with fewer than 8 distinct digraphs or fewer than 20
flight times.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    30 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "digraphs", Unit: "count", Doc: "distinct digraphs with a flight time"},
		{Name: "samples", Unit: "count", Doc: "flight times"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "digraphs", Bound: 8, Says: "silent below"},
		{Measure: "digraphs", Bound: 11, Says: "confidence 0.95 from here on"},
		{Measure: "samples", Bound: 20, Says: "silent below"},
	},
	Observe:  observeDigraphSimhash,
	Evidence: evidenceDigraphSimhash,
}

func observeDigraphSimhash(v *profile.View) profile.Answer {
	list, samples := v.Keys().Digraphs()
	if len(list) < 8 || samples < 20 {
		return profile.Silent
	}
	n := float64(len(list))
	// The conversion keeps the product from being fused with the sum, which
	// would round differently on some processors.
	confidence := min(0.95, 0.40+float64(0.05*n))
	return profile.Say(hexDigits(fingerprint(list, samples)), confidence, n, float64(samples))
}

func evidenceDigraphSimhash(v *profile.View, m *profile.Marks) { m.Digraphs(v.Keys()) }

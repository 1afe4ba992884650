package own

import (
	"gait"
	"gait/profile"
)

// TimingQuality tells what the times of keys are worth.
var TimingQuality = &profile.Primitive{
	Name:   "gait.timing_quality",
	Title:  "what the times of keys are worth",
	Kind:   profile.Label,
	Values: []string{profile.TimingExact, profile.TimingQuantised, profile.TimingCoarse, profile.TimingJittery, profile.TimingShared},
	Doc: `How well the recording shows when keys were pressed. The first of these that holds counts. Gaps are those
between two different single keys that follow each other within 1 s.

shared: the times are another session's with the same input (Cowrie deletes what repeats itself). coarse: times are
written in steps of 5 ms or more, or all are multiples of such a step: at least 20 gaps that are not 0, of at least 5
different multiples. quantised: a client hides key times and sends at ticks. For OpenSSH's own, 18 to 22 ms apart and
drawn anew for each spell of typing, the gaps up to 0.4 s of each spell are weighed: a von Mises distribution of their
places between ticks, of concentration 2, over 16 periods, against an even one; spells add up, a gap between 1 and 16.5
ms takes 4 nats off, a third gap of the same length does not count, and the search ends at 14 nats either way. 6 nats
are enough, where gaps lie on 5 multiples or more and
not half of them on one; where the client is OpenSSH 9.5 or later with a terminal, or the recording says that key times
are hidden, all above -4 is (the client can be told not to). Where 3 or more keys came less than 1 ms after another and
no gap lies between 1 and 16.5 ms, ticks up to 1 s apart are looked for in the same way around the shortest gap; 8 nats
are enough. Ticks closer than 18 ms are not found. jittery: keys are held up unevenly on their way, so that some come
together, under 1 ms apart. Up to 3 in a row after a gap of 40 ms a key and at most 0.6 s count, weighed as a share of
0.5 % against 0.05 % of all gaps; 5 nats are enough. Anything else is exact.

Measured on the typing of 11 known persons on 3 sites, cut into sessions of 30, 50, 100, 200, 500 and 1,000 keys: of
3,908 sessions with 20 gaps or more, none as typed is called anything but exact. Through simulated ticks of 20 ms 99.6,
99.8, 99.8, 99.6, 100 and 100 % are found; with another 3 ms of jitter on their way 24 to 90 %; through ticks of 100 ms
25, 44, 67, 83, 97 and 95 %. With path jitter of mean 20 ms 0.1, 0.5, 2, 14, 22 and 47 % are called jittery, with 50 ms
11, 25, 54, 84, 93 and 100 %; 5 ms can hardly be told from none. With the bound for ticks set on 10 persons, one of
3,491 sessions of the eleventh is wrongly called quantised. "go test ./profile/own -run TimingQuality -v" prints it all.

Confidence is 0.95 where the recording says so itself (0.75 for ticks that only the client's version tells), 0.85 for
coarse and quantised, 0.80 for exact and 0.60 for jittery; with fewer than 100 gaps, 0.15 less unless the recording says
so itself. Silent with fewer than 20 gaps, unless the recording says so itself and holds two input events.`,
	Needs: profile.NeedKeys,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "gaps", Unit: "count", Doc: "gaps between different single keys within 1 s that were looked at"},
		{Name: "together", Unit: "count", Doc: "keys that came less than 1 ms after another, as if held up"},
		{Name: "between_ticks", Unit: "count", Doc: "gaps from 1 to 16.5 ms"},
		{Name: "tick_weight", Unit: "nats", Doc: "for ticks against gaps that lie anywhere"},
		{Name: "period", Unit: "s", Doc: "between ticks"},
		{Name: "step", Unit: "s", Doc: "that all times are multiples of, where it is 5 ms or more"},
		{Name: "jitter_weight", Unit: "nats", Doc: "for path jitter against a steady path"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "step", Bound: profile.CoarseStep, Says: "coarse from here on"},
		{Measure: "tick_weight", Bound: profile.TicksBlind, Says: "quantised from here on"},
		{Measure: "tick_weight", Bound: profile.TicksKnown, Says: "quantised from here on, where the client hides key times"},
		{Measure: "jitter_weight", Bound: profile.JitterBound, Says: "jittery from here on"},
		{Measure: "gaps", Bound: profile.FewGaps, Says: "silent below, unless the recording says so itself"},
		{Measure: "gaps", Bound: thinGaps, Says: "below here confidence is 0.15 less"},
	},
	Observe:  observeTimingQuality,
	Evidence: evidenceTimingQuality,
}

// thinGaps is the number of gaps below which a quality is less sure.
const thinGaps = 100

func observeTimingQuality(v *profile.View) profile.Answer {
	t := v.Timing()
	confidence := 0.80
	switch {
	case t.Quality == "" || len(v.Keys().Strokes) < 2:
		return profile.Silent
	case t.Known && t.Quality == profile.TimingQuantised && !(t.Ticks >= profile.TicksBlind):
		confidence = 0.75
	case t.Known:
		confidence = 0.95
	case t.Quality == profile.TimingCoarse || t.Quality == profile.TimingQuantised:
		confidence = 0.85
	case t.Quality == profile.TimingJittery:
		confidence = 0.60
	}
	if !t.Known && t.Quality != profile.TimingCoarse && t.Gaps < thinGaps {
		confidence -= 0.15
	}
	return profile.Say(t.Quality, confidence,
		float64(t.Gaps), float64(t.Together), float64(t.Dead), t.Ticks, t.Period, t.Step, t.Jitter)
}

func evidenceTimingQuality(v *profile.View, m *profile.Marks) { m.Timing(v) }

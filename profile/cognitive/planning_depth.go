package cognitive

import (
	"time"

	"gait"
	"gait/profile"
)

// Bounds of long and short gaps between commands, in seconds, and of their
// shares.
const (
	planningLong       = 1.5
	planningShort      = 0.30
	planningLongShare  = 0.40
	planningShortShare = 0.50
)

// PlanningDepth is whether the operator thinks before acting.
var PlanningDepth = &profile.Primitive{
	Name:  "cognitive.planning_depth",
	Title: "Depth of planning",
	Doc: "Where at least 0.40 of the gaps between commands are longer than 1.5 s the value is deep; " +
		"else, where at least 0.50 of them are at most 0.30 s, reactive; else shallow. " +
		"Confidence 0.65, with fewer than 5 commands 0.40. Silent without a gap, that is with fewer than two commands.",
	Kind:      profile.Label,
	Values:    []string{"deep", "shallow", "reactive"},
	Needs:     profile.NeedInput | profile.NeedTiming,
	Finest:    300 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "long_share", Unit: "share", Doc: "gaps between commands above 1.5 s"},
		{Name: "short_share", Unit: "share", Doc: "gaps between commands of at most 0.30 s"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "long_share", Bound: planningLongShare, Says: "at least: deep"},
		{Measure: "short_share", Bound: planningShortShare, Says: "at least: reactive, below: shallow"},
	},
	Observe:  observePlanningDepth,
	Evidence: evidencePlanningDepth,
}

func observePlanningDepth(v *profile.View) profile.Answer {
	c := v.Commands()
	gaps := c.Gaps()
	if len(gaps) == 0 {
		return profile.Silent
	}
	long, short := 0, 0
	for _, gap := range gaps {
		if gap > planningLong {
			long++
		} else if gap <= planningShort {
			short++
		}
	}
	n := float64(len(gaps))
	longShare, shortShare := float64(long)/n, float64(short)/n
	value := "shallow"
	switch {
	case longShare >= planningLongShare:
		value = "deep"
	case shortShare >= planningShortShare:
		value = "reactive"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.40, 0.65), longShare, shortShare, float64(c.Len()))
}

func evidencePlanningDepth(v *profile.View, m *profile.Marks) {
	m.Pauses(v.Commands(), func(gap float64) profile.MarkKind {
		switch {
		case gap > planningLong:
			return profile.MarkLongPause
		case gap <= planningShort:
			return profile.MarkShortPause
		}
		return profile.MarkPause
	})
}

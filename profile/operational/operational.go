// Package operational holds the primitives of what an operator works for and
// how carefully: the objective, the covering of tracks, and whether more than
// one person is at the keys.
package operational

import "gait/profile"

// All lists the primitives of this domain.
var All = []*profile.Primitive{
	Objective,
	OpsecDiscipline,
	CleanupBehavior,
	MultiActorIndicators,
}

// commandsMeasure is shared by the primitives whose confidence hangs on how
// many commands there were.
var commandsMeasure = profile.MeasureDoc{Name: "commands", Unit: "count", Doc: "commands of the session"}

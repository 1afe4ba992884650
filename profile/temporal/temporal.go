// Package temporal holds the primitives of when an operator works within one
// session: how long, in which waves, and what opens and closes the visit.
package temporal

import "gait/profile"

// All lists the primitives of this domain.
var All = []*profile.Primitive{
	SessionDuration,
	EscalationPattern,
	LifecycleMarkersLandingRitual,
	LifecycleMarkersExitBehavior,
}

// commandsMeasure is shared by the primitives whose confidence hangs on how
// many commands there were.
var commandsMeasure = profile.MeasureDoc{Name: "commands", Unit: "count", Doc: "commands of the session"}

// Package emotionalvalence holds the primitives that tell in what mood the
// operator works. They are soft: their confidence is never above 0.50.
package emotionalvalence

import "gait/profile"

// All lists the primitives of this package in the registry's order.
var All = []*profile.Primitive{
	Valence,
	Arousal,
	StressResponse,
	FrustrationVenting,
}

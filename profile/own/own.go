// Package own holds the primitives that the public registry does not have:
// what the recording's times are worth, and how input came about. Their names
// begin with "gait.".
package own

import "gait/profile"

// All lists the primitives of this package.
var All = []*profile.Primitive{
	TimingQuality,
	InputSource,
}

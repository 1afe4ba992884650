// Package motor holds the primitives that tell how the hands move: what is
// typed and what pasted, in which rhythm, how mistakes are taken back, and how
// well the shell's keys are known.
package motor

import "gait/profile"

// All lists the primitives of this package in the registry's order.
var All = []*profile.Primitive{
	InputModality,
	PasteBurstRate,
	KeystrokeCadence,
	MotorStability,
	ErrorCorrection,
	CommandChunking,
	DigraphSimhash,
	ShellMasteryTabCompletion,
	ShellMasteryShortcutUsage,
	ShellMasteryPipeChainingDepth,
}

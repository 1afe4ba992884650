// Package environmental holds the primitives that tell with what the operator
// works: shell, terminal, language and keyboard.
package environmental

import "gait/profile"

// All lists the primitives of this package in the registry's order.
var All = []*profile.Primitive{
	ShellType,
	TerminalMultiplexer,
	Locale,
	KeyboardLayout,
	NumpadUsage,
}

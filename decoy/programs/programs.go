// Package programs lists what can be run on a decoy's machine.
package programs

import (
	"slices"

	"gait/decoy/proc"
	"gait/decoy/programs/account"
	"gait/decoy/programs/archive"
	"gait/decoy/programs/busybox"
	"gait/decoy/programs/files"
	"gait/decoy/programs/network"
	"gait/decoy/programs/status"
	"gait/decoy/programs/system"
	"gait/decoy/programs/text"
)

// All gives all programs. Downloads says what those that fetch are told:
// "unreachable" or "placeholder".
func All(downloads string) []proc.Program {
	list := slices.Concat(text.Programs(), files.Programs(), archive.Programs(), status.Programs(), account.Programs(), system.Programs(), network.Programs(network.Policy(downloads)))
	return append(list, busybox.Program(list))
}

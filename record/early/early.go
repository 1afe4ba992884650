// Package early runs the recorder before the rest of the program is made.
//
// A recorder is started for each visitor, as his login shell, and stays as long
// as he does. The packages that the whole program is made of take 15 MB and ten
// milliseconds to get ready, before main begins, and a recorder needs none of
// them. Go readies packages in the order of their paths as far as they do not
// depend on each other, so that this one comes before all that are not the
// standard library's or gait's own: in a process that is to be a recorder it runs it
// to its end, and nothing else ever begins. Any other process goes on at once.
package early

import (
	"os"

	"gait/record"
)

// Passed is true in a process that was not to be a recorder.
var Passed = begin()

func begin() bool {
	if o, asked := record.Asked(os.Args); asked {
		os.Exit(record.Run(o))
	}
	return true
}

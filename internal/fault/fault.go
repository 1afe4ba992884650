// Package fault puts panics into words.
package fault

import (
	"fmt"
	"runtime"
)

// Text tells of a panic. What it carries may come from a recording, so only
// errors of the runtime are told in words.
func Text(fault any) string {
	if err, ok := fault.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("panic with a %T", fault)
}

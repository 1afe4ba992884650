//go:build !linux

package record

import (
	"fmt"
	"os"
)

// Run works on Linux alone.
func Run(Options) int {
	fmt.Fprintln(os.Stderr, "gait record works on Linux alone")
	return 1
}

func trim() {}

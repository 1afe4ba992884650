//go:build !linux

package disk

import "math"

// Measure cannot tell anything on this system: there is always room.
func Measure(string) (Space, error) {
	return Space{Free: math.MaxInt64, Total: math.MaxInt64}, nil
}

//go:build !linux || (!amd64 && !arm64)

package cage

import "fmt"

// Enter gives [ErrUnable]: only Linux on amd64 and arm64 has what it takes.
func Enter(Options) error { return fmt.Errorf("%w: it needs Linux on amd64 or arm64", ErrUnable) }

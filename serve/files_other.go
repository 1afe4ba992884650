//go:build !unix

package serve

// mostFiles is how many files the process may have open; 0 where that is not
// known.
func mostFiles() int { return 0 }

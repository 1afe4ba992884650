// Package disk tells how much room a disk has and what kind of file system it
// is, and shuts a gate while there is too little room.
package disk

import "fmt"

// Space is the room of the file system that a path is on.
type Space struct {
	Free  int64 // bytes that this process may still write
	Total int64
	// Remote is the name of a network file system, such as NFS; empty for a
	// local one.
	Remote string
}

// Share is the part that is free, from 0 to 1.
func (s Space) Share() float64 {
	if s.Total <= 0 {
		return 1
	}
	return float64(s.Free) / float64(s.Total)
}

// Local gives an error, with the reason, where a path is on a network file
// system: locks and syncs cannot be relied on there.
func Local(path string) error {
	s, err := Measure(path)
	if err != nil {
		return err
	}
	if s.Remote == "" {
		return nil
	}
	return fmt.Errorf("%s is on a network file system (%s), on which a database and streams get damaged: "+
		"put the data folder on a disk of this machine (recordings may stay where they are)", path, s.Remote)
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", n>>10)
}

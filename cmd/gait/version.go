package main

import (
	"fmt"

	"gait"
)

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c *console) error {
	_, err := fmt.Fprintf(c.out, "gait %s\n", gait.Version)
	return err
}

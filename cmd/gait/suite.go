package main

import (
	"slices"

	"gait/profile"
	"gait/profile/suite"
)

// primitives lists what is read from a session, in the order in which it is
// told.
func primitives() []*profile.Primitive { return suite.All }

// place gives the place of a primitive in that order.
func place(name string) int {
	return slices.IndexFunc(primitives(), func(p *profile.Primitive) bool { return p.Name == name })
}

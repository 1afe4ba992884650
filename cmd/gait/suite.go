package main

import (
	"slices"

	"gait/assess"
	"gait/profile"
)

// primitives lists what is read from a session, in the order in which it is
// told.
func primitives() []*profile.Primitive { return assess.All }

// place gives the place of a primitive in that order.
func place(name string) int {
	return slices.IndexFunc(primitives(), func(p *profile.Primitive) bool { return p.Name == name })
}

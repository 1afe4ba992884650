package main

import (
	"gait/profile"
	"gait/profile/cognitive"
	"gait/profile/operational"
	"gait/profile/temporal"
	"slices"
)

var all = slices.Concat(cognitive.All, temporal.All, operational.All)

// primitives lists what is read from a session, in the order in which it is
// told.
func primitives() []*profile.Primitive { return all }

// place gives the place of a primitive in that order.
func place(name string) int {
	return slices.IndexFunc(primitives(), func(p *profile.Primitive) bool { return p.Name == name })
}

// Package suite lists all primitives. What stands in the list of a family is
// measured, documented and tested.
package suite

import (
	"fmt"
	"slices"
	"strings"

	"gait/profile"
	"gait/profile/cognitive"
	emotionalvalence "gait/profile/emotional_valence"
	"gait/profile/environmental"
	"gait/profile/motor"
	"gait/profile/operational"
	"gait/profile/own"
	"gait/profile/temporal"
)

// All lists the primitives, family by family; observations come in this order.
var All = slices.Concat(
	motor.All,
	cognitive.All,
	temporal.All,
	operational.All,
	environmental.All,
	emotionalvalence.All,
	own.All,
)

// Find gives the primitive of a name, nil where there is none.
func Find(name string) *profile.Primitive {
	for _, p := range All {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// UnknownError says that there is no primitive of a name, and which names are
// like it.
type UnknownError struct {
	Name string
	Near []string // full names, the nearest first; may be empty
}

// Error names what was asked for, quoted, and what may have been meant.
func (e *UnknownError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("no primitive is named %q", e.Name)
	}
	return fmt.Sprintf("no primitive is named %q; did you mean %s?", e.Name, strings.Join(e.Near, " or "))
}

// Select gives the primitives of a list of names, in the order of [All] and
// each once, whatever the order of the names. A domain, such as "motor", or
// the part of a name before a dot selects all that begin with it. An unknown
// name is an [UnknownError]. No names select all.
func Select(names []string) ([]*profile.Primitive, error) { return SelectFrom(All, names) }

// SelectFrom is [Select] of another list.
func SelectFrom(all []*profile.Primitive, names []string) ([]*profile.Primitive, error) {
	if len(names) == 0 {
		return all, nil
	}
	chosen := make([]bool, len(all))
	for _, name := range names {
		known := false
		for i, p := range all {
			if p.Name == name || strings.HasPrefix(p.Name, name+".") {
				chosen[i], known = true, true
			}
		}
		if !known {
			return nil, &UnknownError{Name: name, Near: nearest(all, name)}
		}
	}
	var list []*profile.Primitive
	for i, p := range all {
		if chosen[i] {
			list = append(list, p)
		}
	}
	return list, nil
}

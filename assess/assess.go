// Package assess draws conclusions from what was observed. What it concludes of
// one session are primitives like all others; [All] lists them behind those of
// package suite. What it concludes across sessions is in the packages below.
package assess

import (
	"slices"

	"gait/assess/operator"
	"gait/profile"
	"gait/profile/suite"
)

// All lists everything that is said of a session: the primitives of package
// suite, then the conclusions.
var All = append(slices.Clone(suite.All), operator.Operator)

// With lists the same with another setting of gait.operator.
func With(s operator.Setting) []*profile.Primitive {
	list := slices.Clone(All)
	list[slices.Index(list, operator.Operator)] = operator.With(s)
	return list
}

// Select is [suite.Select] from all that is said of a session.
func Select(names []string) ([]*profile.Primitive, error) { return suite.SelectFrom(All, names) }

// Find gives the primitive of a name, nil where there is none.
func Find(name string) *profile.Primitive {
	for _, p := range All {
		if p.Name == name {
			return p
		}
	}
	return nil
}

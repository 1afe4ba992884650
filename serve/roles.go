package serve

import "gait/store"

// role is how much somebody may see. The greater includes the smaller.
type role int

const (
	nobody   role = iota // never allowed: what has no role
	anyone               // no token needed
	viewer               // values and timing
	operator             // raw recordings, retries
)

// roles says who may use each operation. An operation that is not in it is
// refused to all.
var roles = map[string]role{
	"attackers":            viewer,
	"attacker":             viewer,
	"attacker-latest":      viewer,
	"attacker-series":      viewer,
	"attacker-sessions":    viewer,
	"attacker-history":     viewer,
	"attacker-events":      viewer,
	"attacker-attribution": viewer,
	"attacker-rhythm":      viewer,
	"links":                viewer,
	"link":                 viewer,
	"link-accept":          operator,
	"link-reject":          operator,
	"link-undo":            operator,
	"sessions":             viewer,
	"session":              viewer,
	"session-observations": viewer,
	"session-timeline":     viewer,
	"session-explanation":  viewer,
	"session-marks":        viewer,
	"session-reasons":      viewer,
	"session-commands":     operator,
	"session-recording":    operator,
	"playback":             operator,
	"playback-segment":     operator,
	"session-retry":        operator,
	"observations":         viewer,
	"primitives":           viewer,
	"primitive":            viewer,
	"values":               viewer,
	"counts":               viewer,
	"stats":                viewer,
	"waiting":              viewer,
	"rejected":             viewer,
	"retry":                operator,
	"audit":                operator,
	"events":               viewer,
	"health":               viewer,
	"ready":                anyone,
	"live":                 anyone,
	"version":              anyone,
	"whoami":               viewer,
	"login":                anyone,
	"logout":               anyone,
	"openapi-json":         anyone,
	"openapi-yaml":         anyone,
}

// roleOf gives the role of a token; nobody for one that is none of ours.
func roleOf(name string) role {
	switch name {
	case store.Viewer:
		return viewer
	case store.Operator:
		return operator
	}
	return nobody
}

var roleNames = [...]string{nobody: "nobody", anyone: "anyone", viewer: store.Viewer, operator: store.Operator}

// String gives the name of the role.
func (r role) String() string { return roleNames[r] }

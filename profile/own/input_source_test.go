package own

import (
	"testing"

	"gait/profile"
)

// TestInputSourceOnPersons counts the keys of known persons that are called
// machine-fed or pasted, whole and cut into sessions of 100 keys, by what
// happened to them on their way. None must be either.
func TestInputSourceOnPersons(t *testing.T) {
	e := profile.NewEngine([]*profile.Primitive{InputSource})
	list := typists(t)
	for _, p := range paths {
		for _, n := range []int{0, 100} {
			sum, sessions := map[string]float64{}, map[string]int{}
			for i := range list {
				keys := n
				if n == 0 {
					keys = len(list[i].at)
				}
				for _, s := range list[i].cut(p, keys) {
					value, m := judged(t, e, s)
					sessions[value]++
					for _, name := range []string{"inputs", "typed", "held", "pasted", "machine_fed"} {
						sum[name] += m[name]
					}
				}
			}
			t.Logf("%-30s %3d keys a session: %v, %v", p.name, n, sessions, sum)
			if sum["machine_fed"] > 0 || sum["pasted"] > 0 {
				t.Errorf("%s: %v", p.name, sum)
			}
		}
	}
}

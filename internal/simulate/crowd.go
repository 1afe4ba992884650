package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gait"
)

// Crowd makes up visits of many visitors to several decoys. The same crowd
// gives the same visits, but for the time at which they begin.
type Crowd struct {
	Visitors  []*Visitor // each address keeps to one of them
	Decoys    int        // how many decoys there are, at least 1
	Addresses int        // how many addresses visitors come from, at least 1
	Seed      uint64
}

// Visit gives the visit of a number, from 0 on. Its start is that of the
// visitor's sessions; whoever plays it sets another.
func (c *Crowd) Visit(n uint64) *gait.Session {
	d := dice{rand.NewPCG(c.Seed, n)}
	from := min(d.below(int64(c.Addresses)), d.below(int64(c.Addresses))) // some come back often
	v := c.Visitors[int(from)%len(c.Visitors)]
	s := v.Session(d.src.Uint64())
	s.SourceIP = addressOf(from)
	s.Decoy = fmt.Sprintf("sim-%02d", 1+d.below(int64(c.Decoys)))
	if v == &loader {
		s.Service = "telnet"
		s.Client = ""
	}
	s.EvidenceRef = ""
	return s
}

// documentation holds the networks of IPv4 that are set aside for
// documentation.
var documentation = []string{"198.51.100.", "203.0.113.", "192.0.2."}

// addressOf gives the address of a number: of IPv4 as long as there are any.
func addressOf(n int64) string {
	const each = 249 // 2 to 250
	if n < int64(len(documentation))*each {
		return fmt.Sprintf("%s%d", documentation[n%int64(len(documentation))], 2+n/int64(len(documentation)))
	}
	return fmt.Sprintf("2001:db8:%x:%x::%x", n>>32&0xffff, n>>16&0xffff, n&0xffff+1)
}

// Choose gives the visitors of some names; all where there are none. The error
// names those that there are.
func Choose(names []string) ([]*Visitor, error) {
	if len(names) == 0 {
		return Visitors, nil
	}
	var list []*Visitor
	for _, name := range names {
		v := Find(name)
		if v == nil {
			return nil, fmt.Errorf("no visitor is called %q; there are %s", name, strings.Join(Names(), ", "))
		}
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list, nil
}

// Names lists the names of all visitors.
func Names() (all []string) {
	for _, v := range Visitors {
		all = append(all, v.Name)
	}
	return all
}

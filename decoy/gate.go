package decoy

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"strings"

	"gait/decoy/visit"
)

// gate decides who is let in.
type gate struct {
	accept Accept
	key    [32]byte
	user   func(name string) bool
}

// User says whether there is an account. Where anything is accepted every name
// is one.
func (g *gate) User(name string) bool { return g.user(name) }

// Admit says whether a login is accepted.
func (g *gate) Admit(v visit.Visitor, user, password string, try int) bool {
	switch g.accept.How {
	case "any":
		return true
	case "after":
		return try > g.accept.After
	case "list":
		return g.listed(user, password)
	case "chance":
		return g.chance(v.Remote.Addr().String(), user, password) < g.accept.Chance
	}
	return false
}

// listed looks for a login in the list, all of it whatever is found.
func (g *gate) listed(user, password string) bool {
	found := 0
	for _, l := range g.accept.List {
		u, p, _ := strings.Cut(l, ":")
		same := 1
		if u != "" {
			same &= subtle.ConstantTimeCompare([]byte(u), []byte(user))
		}
		if p != "" {
			same &= subtle.ConstantTimeCompare([]byte(p), []byte(password))
		}
		found |= same
	}
	return found == 1
}

// chance gives a number from 0 to 1 that is the same for one address, name and
// password.
func (g *gate) chance(address, user, password string) float64 {
	m := hmac.New(sha256.New, g.key[:])
	for _, s := range []string{address, user, password} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		m.Write(n[:])
		m.Write([]byte(s))
	}
	return float64(binary.BigEndian.Uint64(m.Sum(nil))>>11) / (1 << 53)
}

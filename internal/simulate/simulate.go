// Package simulate makes up visits to a shell: by a person who types, a person
// who pastes, a loader, an agent, a command given at login. Its sessions are
// samples to try the program on, and known ground to hold the engine to.
//
// A [Visitor] is one way of using a shell. The same visitor and seed give the
// same session, byte for byte, on every machine: all chance comes from one
// seeded generator and all times are whole numbers. The machine that is visited
// is invented; all addresses are those set aside for documentation, and no
// command would do harm.
package simulate

import (
	"encoding/hex"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"gait"
)

// Visitor is one way of using a shell.
type Visitor struct {
	Name string // lower case, unique
	Doc  string // what it does, in one sentence
	// Shows lists what its sessions are built to show.
	Shows []Shown
	play  func(*tape)
}

// Shown is a primitive with the values that are right for it. No value at all
// means that the primitive is silent.
type Shown struct {
	Primitive string
	Values    []string
}

// Visitors are all that there are. The last five are the classes by which the
// engine is calibrated.
var Visitors = []*Visitor{
	&typist, &paster, &loader, &agent, &login, &rawBytes,
	&human, &youSim, &lwSim, &claudeFF, &claudeCL,
}

// Find gives the visitor of a name, nil where there is none.
func Find(name string) *Visitor {
	for _, v := range Visitors {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// Session makes up a visit. Its events have whole microseconds, and no two
// events of a kind share a time.
func (v *Visitor) Session(seed uint64) *gait.Session {
	h := fnv.New64a()
	h.Write([]byte(v.Name))
	t := &tape{dice: dice{rand.NewPCG(seed, h.Sum64())}, session: &gait.Session{}}
	s := t.session
	s.Header = gait.Header{
		ID:    t.uuid(),
		Start: firstStart.Add(time.Duration(t.below(8*3600)) * time.Second),
		Width: 80, Height: 24,
		Env:    []gait.Var{{Name: "SHELL", Value: "/bin/bash"}, {Name: "TERM", Value: "xterm-256color"}},
		Format: "simulated", Decoy: "decky-01", Service: "ssh",
		SourceIP: t.address(), SourcePort: 32768 + int(t.below(28000)),
		Client: "SSH-2.0-OpenSSH_9.2p1 Debian-2",
		Fidelity: gait.Fidelity{
			Input: gait.GranularityPacket, Resolution: time.Microsecond, Clock: gait.ClockMonotonic,
			Lossless: true, Output: true, Closed: "end record",
		},
	}
	s.EvidenceRef = "shard:-/-/" + v.Name + "#" + s.ID
	v.play(t)
	t.end()
	return s
}

// firstStart is the earliest start of a visit.
var firstStart = time.Date(2026, 5, 8, 8, 0, 0, 0, time.UTC)

// uuid draws a random UUID (version 4).
func (d dice) uuid() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(d.below(256))
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	x := hex.EncodeToString(b[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

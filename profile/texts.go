package profile

import (
	"bytes"
	"cmp"
	"slices"
)

// given is a command while it is found, with its text. Its slices are valid
// only as long as that.
type given struct {
	raw, text []byte // as it was sent, and after editing
	from      uint32 // where raw begins in the block of input; of no use for exec
	start     float64
	exec      bool // given at login
}

// watched finds the commands anew and calls f with each of them: first those
// given at login, then those that were typed. Nothing that was derived before
// changes.
func (v *View) watched(f func(*given)) {
	c := Commands{watch: f, shown: v.Commands().shown}
	c.derive(v)
}

// Text is what was given to the shell as one command.
type Text struct {
	Bytes []byte // raw text, as it stood in the line editor when it was sent
	Cut   bool   // there is more of it
	Exec  bool   // it was given at login

	start float64
}

// Texts gives the texts of the first commands, in the order of [Commands]: at
// most so many, and at most size bytes of each. It finds them anew, and is for
// those who show a recording or look for words that they know: nothing else of it
// may reach an answer.
func (v *View) Texts(most, size int) []Text {
	var list []Text
	login, typed := 0, 0
	v.watched(func(g *given) {
		n := &typed
		if g.exec {
			n = &login
		}
		if *n++; *n > most {
			return
		}
		keep := g.text[:min(len(g.text), size)]
		list = append(list, Text{bytes.Clone(keep), len(keep) < len(g.text), g.exec, g.start})
	})
	slices.SortStableFunc(list, func(a, b Text) int { return cmp.Compare(a.start, b.start) })
	return list[:min(len(list), most)]
}

// Package term understands what passes between a terminal and a shell: the
// escape sequences of output ([Parser], [StripAppend], [Filter]) and the keys
// of input ([NextKey], [Line]).
//
// All of it works on bytes, takes them in any pieces, keeps bounded memory for
// any single sequence, and takes time linear in the input: what it reads comes
// from attackers. Nothing here touches a terminal; it is pure.
package term

// Bytes with names of their own.
const (
	bel = 0x07
	can = 0x18
	sub = 0x1a
	esc = 0x1b
	del = 0x7f
)

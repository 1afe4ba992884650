package profile

// InputKind says how one input came about.
type InputKind uint8

// The kinds of inputs: a key that was typed, a key that was held, what was
// pasted or sent whole, a key at a pace that no hands keep, and a key that asks
// the shell to complete a word.
const (
	InputTyped InputKind = iota
	InputHeld
	InputPasted
	InputFed
	InputCompletion
	InputKinds // how many there are
)

// cutGap is the gap in seconds below which input is one piece that was cut.
const cutGap = 0.010

// Inputs counts the inputs of a session by kind. Keys that came in one packet
// count one each, a held key and a paste count once, however many events they
// were.
type Inputs struct {
	Count [InputKinds]int
	Total int
	// Cut is the number of events more than there are inputs, of pastes alone.
	Cut int
}

// Inputs tells how each input came about: by bytes over time and bracketed
// paste, not by the length of events alone.
func (v *View) Inputs() Inputs {
	var n Inputs
	v.Keys().EachInput(func(kind InputKind, first, last int) {
		keys := 1
		switch kind {
		case InputPasted:
			n.Cut += last - first
		case InputTyped:
			keys = v.keys.Strokes[first].Chars()
		}
		n.Count[kind] += keys
		n.Total += keys
	})
	return n
}

// EachInput calls f with the kind of each input and its first and last stroke,
// in order; together they are all strokes.
func (k *Keys) EachInput(f func(kind InputKind, first, last int)) {
	s := k.Strokes
	for i := 0; i < len(s); {
		last := i
		kind := InputTyped
		switch {
		case !s[i].Control() && k.piece(i, &last):
			kind = InputPasted
		case i+1 < len(s) && s[i+1].Repeat():
			kind = InputHeld
			for last+1 < len(s) && s[last+1].Repeat() {
				last++
			}
		case s[i].chars&strokeFed != 0:
			kind = InputFed
		case s[i].Single() && k.block[s[i].end-1] == '\t':
			kind = InputCompletion
		}
		f(kind, i, last)
		i = last + 1
	}
}

// piece says whether stroke i begins a paste or a line that was sent whole, and
// sets its last stroke: a paste by itself; four chars or more less than cutGap
// apart that did not come key by key; four keys or more less than a
// millisecond apart; or three chars in one event that end a line.
func (k *Keys) piece(i int, last *int) bool {
	s := k.Strokes
	chars, whole := 0, false
	end := i
	for ; end < len(s); end++ {
		x := &s[end]
		if x.Control() || x.timeless() || end > i && (x.At-s[end-1].At >= cutGap || !whole && x.Chars() == 1 && x.At-s[end-1].At >= keyPasteGap) {
			break
		}
		chars += x.Chars()
		whole = whole || x.Paste() || x.Chars() > 1
	}
	switch line := s[i].Chars() > 2 && lineEnd(k.block[s[i].end-1]); {
	case end == i:
		return false
	case chars >= pasteChars || s[i].Paste():
		*last = end - 1
		return true
	default:
		return line
	}
}

func lineEnd(c byte) bool { return c == '\r' || c == '\n' }

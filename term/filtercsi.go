package term

import "strconv"

// csi passes the sequences that stay within the screen. Those with
// intermediates do not, or are answered, but for the soft reset.
func (f *Filter) csi(t *Token) {
	if len(t.Inter) > 0 {
		if t.Final == 'p' && len(t.Inter) == 1 && t.Inter[0] == '!' {
			f.drop(DropReset)
			f.softReset()
			return
		}
		f.drop(csiDrop(t))
		return
	}
	if t.Private != 0 {
		f.private(t)
		return
	}
	switch t.Final {
	case '@', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'I', 'L', 'M', 'P', 'S', 'T', 'X', 'Z', '`', 'a', 'b', 'd', 'e':
		f.move(t, 1)
	case 'H', 'f':
		f.move(t, 2)
	case 'J', 'K', 'g':
		f.erase(t)
	case 'm':
		f.out = append(f.out, esc, '[')
		f.out = append(f.out, t.Params...)
		f.out = append(f.out, 'm')
	case 'r':
		if t.Count() > 2 || t.colons() {
			f.drop(DropSequence)
			return
		}
		f.region(t.Param(0, 0), t.Param(1, 0))
	case 's', 'u':
		if len(t.Params) > 0 {
			f.drop(DropMode)
			return
		}
		f.saved = t.Final == 's'
		f.out = append(f.out, esc, '[', t.Final)
	case 'h', 'l':
		f.modes(t)
	default:
		f.drop(csiDrop(t))
	}
}

// private passes selective erasure and modes; the rest of what begins with
// '<', '=', '>' or '?' sets up the keyboard or asks something.
func (f *Filter) private(t *Token) {
	switch {
	case t.Private == '?' && (t.Final == 'J' || t.Final == 'K'):
		f.erase(t)
	case t.Private == '?' && (t.Final == 'h' || t.Final == 'l'):
		f.modes(t)
	case t.Final == 'S' || t.Final == 'm' && t.Private == '?' || t.Private == '?' && t.Final == 'u':
		f.drop(DropQuery)
	default:
		f.drop(csiDrop(t))
	}
}

// move passes a sequence of up to n numbers, of which rows are bounded.
func (f *Filter) move(t *Token, n int) {
	if t.Count() > n || t.colons() {
		f.drop(DropSequence)
		return
	}
	f.out = append(f.out, esc, '[')
	for i := range t.Count() {
		v := t.Param(i, 0)
		if i == 0 && f.Rows > 0 && (n == 2 || t.Final == 'd') {
			v = min(v, f.Rows)
		}
		if i > 0 {
			f.out = append(f.out, ';')
		}
		f.out = strconv.AppendInt(f.out, int64(v), 10)
	}
	f.out = append(f.out, t.Final)
}

// erase passes 0 to 2 for J and K, 0 and 3 for g.
func (f *Filter) erase(t *Token) {
	v := t.Param(0, 0)
	ok := v <= 2
	if t.Final == 'g' {
		ok = v == 0 || v == 3
	}
	switch {
	case ok && t.Count() <= 1 && !t.colons():
		f.out = append(f.out, esc, '[')
		if t.Private != 0 {
			f.out = append(f.out, t.Private)
		}
		if len(t.Params) > 0 {
			f.out = append(f.out, byte('0'+v))
		}
		f.out = append(f.out, t.Final)
	case t.Final == 'J':
		f.drop(DropScroll)
	default:
		f.drop(DropSequence)
	}
}

// region sets the scrolling region; 0 stands for the screen's border.
func (f *Filter) region(top, bottom int) {
	f.out = append(f.out, esc, '[')
	if f.Rows > 0 {
		bottom = min(bottom, f.Rows)
		if bottom == 0 {
			bottom = f.Rows
		}
		if top >= bottom {
			top = 1
		}
	}
	if top > 0 || bottom > 0 {
		f.out = strconv.AppendInt(f.out, int64(max(top, 1)), 10)
	}
	if bottom > 0 {
		f.out = append(f.out, ';')
		f.out = strconv.AppendInt(f.out, int64(bottom), 10)
	}
	f.out = append(f.out, 'r')
}

// modes passes the modes of a list that stay within the screen: insertion;
// reverse video, origin, wrapping, the cursor's blinking and visibility, and
// the alternate screen. Each that is passed is written as a sequence of its
// own.
func (f *Filter) modes(t *Token) {
	if t.colons() {
		f.drop(DropSequence)
		return
	}
	for i := range t.Count() {
		n, set := t.Param(i, 0), t.Final == 'h'
		if !allowedMode(n, t.Private == '?') {
			f.drop(DropMode)
			continue
		}
		f.out = append(f.out, esc, '[')
		if t.Private != 0 {
			f.out = append(f.out, t.Private)
			f.track(n, set)
		}
		f.out = strconv.AppendInt(f.out, int64(n), 10)
		f.out = append(f.out, t.Final)
	}
}

func allowedMode(n int, private bool) bool {
	if !private {
		return n == 4
	}
	switch n {
	case 5, 6, 7, 12, 25, 47, 1047, 1048, 1049:
		return true
	}
	return false
}

func (f *Filter) track(mode int, set bool) {
	switch mode {
	case 47, 1047:
		f.alt = set
	case 1048:
		f.saved = set
	case 1049:
		f.alt, f.saved = set, false
	}
}

package profile

import "math"

// Strokes marks all input events, the pastes first; of a held key the first.
func (m *Marks) Strokes(k *Keys) {
	for _, pastes := range []bool{true, false} {
		for i := range k.Strokes {
			s := &k.Strokes[i]
			if s.Paste() != pastes || s.Repeat() || m.Full() {
				continue
			}
			switch {
			case pastes:
				m.At(MarkPaste, s.At)
			case s.Control():
				m.At(MarkControl, s.At)
			default:
				m.At(MarkKey, s.At)
			}
		}
	}
}

// Bursts marks the typing bursts.
func (m *Marks) Bursts(k *Keys) {
	k.eachBurst(func(first, last int) { m.Add(MarkBurst, k.Strokes[first].At, k.Strokes[last].At) })
}

// BurstGaps marks the gaps inside typing bursts that pick says yes to.
func (m *Marks) BurstGaps(k *Keys, kind MarkKind, pick func(gap float64) bool) {
	k.eachBurst(func(first, last int) {
		for i := first + 1; i <= last && !m.Full(); i++ {
			if !k.Strokes[i].timeless() && pick(k.Gap(i)) {
				m.Add(kind, k.Strokes[i-1].At, k.Strokes[i].At)
			}
		}
	})
}

// eachBurst calls f with the first and the last stroke of each typing burst.
func (k *Keys) eachBurst(f func(first, last int)) {
	first, gaps := 0, 0
	for i := 1; i <= len(k.Strokes); i++ {
		if i < len(k.Strokes) && k.Gap(i) <= BurstGap {
			if !k.Strokes[i].timeless() {
				gaps++
			}
			continue
		}
		if gaps >= minBurst {
			f(first, i-1)
		}
		first, gaps = i, 0
	}
}

// Digraphs marks the digraphs whose flight time counts.
func (m *Marks) Digraphs(k *Keys) {
	for i := 1; i < len(k.Strokes) && !m.Full(); i++ {
		if !k.Strokes[i-1].Single() || !k.Strokes[i].Single() || k.Strokes[i].timeless() {
			continue
		}
		if gap := k.Gap(i); gap > 0 && gap <= maxFlight {
			m.Add(MarkDigraph, k.Strokes[i-1].At, k.Strokes[i].At)
		}
	}
}

// Corrections marks each backspace, from the last char that was none, and each
// line kill.
func (m *Marks) Corrections(k *Keys) {
	last := math.NaN()
	for i := range k.Strokes {
		at := k.Strokes[i].At
		if k.Strokes[i].Repeat() {
			continue
		}
		for _, c := range k.Data(i) {
			if c != 0x7f && c != 0x08 {
				last = at
				if c == 0x15 || c == 0x17 {
					m.At(MarkKill, at)
				}
				continue
			}
			if math.IsNaN(last) {
				m.At(MarkErase, at)
			} else {
				m.Add(MarkErase, last, at)
			}
		}
	}
}

// Timing marks the gaps that the quality of times was judged by, those of keys
// that came together first; the whole session where it was not judged by gaps.
func (m *Marks) Timing(v *View) {
	t := v.Timing()
	if t.Gaps == 0 {
		m.Add(MarkSession, v.Start(), v.Start()+v.Duration())
		return
	}
	var raw View // strokes as they were recorded
	raw.reset(v.session)
	k := &raw.keys
	for _, together := range []bool{true, false} {
		for i := 1; i < len(k.Strokes) && !m.Full(); i++ {
			gap, ok := k.timed(i)
			switch {
			case !ok || gap < tickGap != together:
			case together:
				m.Add(MarkQuickGap, k.Strokes[i-1].At, k.Strokes[i].At)
			default:
				m.Add(MarkGap, k.Strokes[i-1].At, k.Strokes[i].At)
			}
		}
	}
}

// Inputs marks each input by its kind: pastes, held keys and keys that were fed
// first, then what was typed.
func (m *Marks) Inputs(k *Keys) {
	kinds := [InputKinds]MarkKind{MarkKey, MarkHeld, MarkPaste, MarkFed, MarkCompletion}
	for _, typed := range []bool{false, true} {
		k.EachInput(func(kind InputKind, first, last int) {
			if kind == InputTyped != typed {
				return
			}
			keys := 1
			if typed {
				keys = k.Strokes[first].Chars()
			}
			for range keys {
				m.Add(kinds[kind], k.Strokes[first].At, k.Strokes[last].At)
			}
		})
	}
}

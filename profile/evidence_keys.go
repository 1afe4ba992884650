package profile

import "math"

// Strokes marks all input events, the pastes first.
func (m *Marks) Strokes(k *Keys) {
	for _, pastes := range []bool{true, false} {
		for i := range k.Strokes {
			s := &k.Strokes[i]
			if s.Paste() != pastes || m.Full() {
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
			if pick(k.Gap(i)) {
				m.Add(kind, k.Strokes[i-1].At, k.Strokes[i].At)
			}
		}
	})
}

// eachBurst calls f with the first and the last stroke of each typing burst.
func (k *Keys) eachBurst(f func(first, last int)) {
	first := 0
	for i := 1; i <= len(k.Strokes); i++ {
		if i < len(k.Strokes) && k.Gap(i) <= BurstGap {
			continue
		}
		if i-1-first >= minBurst {
			f(first, i-1)
		}
		first = i
	}
}

// Digraphs marks the digraphs whose flight time counts.
func (m *Marks) Digraphs(k *Keys) {
	for i := 1; i < len(k.Strokes) && !m.Full(); i++ {
		if !k.Strokes[i-1].Single() || !k.Strokes[i].Single() {
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

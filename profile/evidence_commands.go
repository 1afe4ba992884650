package profile

import "sort"

// Commands marks the commands from one on and before another, each as the kind
// that is given for it; none where that is empty.
func (m *Marks) Commands(c *Commands, from, to int, kind func(i int) MarkKind) {
	for i := from; i < to && !m.Full(); i++ {
		if k := kind(i); k != "" {
			m.Add(k, c.List[i].Start, c.List[i].End)
		}
	}
}

// AllCommands marks every command, each as the kind that is given for it.
func (m *Marks) AllCommands(c *Commands, kind func(i int) MarkKind) { m.Commands(c, 0, c.Len(), kind) }

// Pauses marks the time between commands, each as the kind that is given for it.
func (m *Marks) Pauses(c *Commands, kind func(gap float64) MarkKind) {
	for i, gap := range c.gaps {
		if m.Full() {
			return
		}
		m.Add(kind(gap), c.List[i].End, c.List[i].End+gap)
	}
}

// Pause is the kind of all pauses, where a rule tells none apart.
func Pause(float64) MarkKind { return MarkPause }

// Within marks the gaps within the commands that pick says yes to.
func (m *Marks) Within(c *Commands, pick func(i int) bool) {
	for i := range c.List {
		if !pick(i) {
			continue
		}
		s := c.keys.Strokes
		for j := c.List[i].lo + 1; j < c.List[i].hi && !m.Full(); j++ {
			if !s[j].timeless() {
				m.Add(MarkGap, s[j-1].At, s[j].At)
			}
		}
	}
}

// Shortcuts marks the keys for line editing inside commands.
func (m *Marks) Shortcuts(v *View) {
	s := v.Keys().Strokes
	v.watched(func(g *given) {
		for i, b := range g.raw {
			switch {
			case b >= 0x20 || shortcutKeys&(1<<b) == 0 || m.Full():
			case g.exec:
				m.At(MarkShortcut, g.start)
			default:
				place := g.from + uint32(i)
				m.At(MarkShortcut, s[sort.Search(len(s), func(j int) bool { return s[j].end > place })].At)
			}
		}
	})
}

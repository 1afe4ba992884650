package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gait"
	"gait/profile"
)

// timeline is when keys and commands came, as a picture, and nothing of what
// they were.
type timeline struct {
	width         int // columns of time
	start, length float64
	keys          int
	gaps          *dots
	commands      lane
	pastes        lane
}

// lane counts how often something happened in each column of time.
type lane struct {
	counts []int
	total  int
}

// newTimeline makes a picture for a terminal of so many columns.
func newTimeline(columns int) *timeline {
	t := &timeline{width: columns - pictureLeft - 1}
	t.gaps = newDots(t.width, rowsOfDecade*decades)
	t.commands.counts, t.pastes.counts = make([]int, t.width), make([]int, t.width)
	return t
}

// probe gives a primitive that says nothing and takes the times down.
func (t *timeline) probe() *profile.Primitive {
	return &profile.Primitive{Name: "timeline", Observe: func(v *profile.View) profile.Answer {
		t.start, t.length = v.Start(), v.Duration()
		k := v.Keys()
		t.keys = len(k.Strokes)
		for i := range k.Strokes {
			at := t.share(k.Strokes[i].At)
			if k.Strokes[i].Paste() {
				t.pastes.add(at)
			}
			if i > 0 {
				gap := math.Log10(max(k.Gap(i), 1e-9))
				t.gaps.set(at, (gap-firstDecade)/decades)
			}
		}
		for _, c := range v.Commands().List {
			t.commands.add(t.share(c.Start))
		}
		return profile.Silent
	}}
}

// add counts one thing at a share of the time.
func (l *lane) add(at float64) {
	l.counts[min(len(l.counts)-1, int(at*float64(len(l.counts))))]++
	l.total++
}

// The picture of gaps: each decade from 1 ms to 100 s is two rows of text.
const (
	rowsOfDecade = 2
	decades      = 5
	firstDecade  = -3 // 10^-3 s
	pictureLeft  = 8  // columns of the scale
)

var decadeNames = [decades + 1]string{"1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"}

// picture draws the gaps between keys over time and the commands below them.
func (t *timeline) picture(g gait.Granularity) []string {
	if t.keys+t.commands.total == 0 {
		return nil
	}
	lines := []string{""}
	if t.keys > 1 {
		lines = append(lines, "  gaps between "+pieces(g)+", each a dot")
		lines = append(lines, t.scatter()...)
	}
	lines = append(lines, t.commands.draw("commands")...)
	lines = append(lines, t.pastes.draw("pastes")...)
	return append(lines, t.axis())
}

// pieces names what the input comes in.
func pieces(g gait.Granularity) string {
	switch g {
	case gait.GranularityLine:
		return "lines"
	case gait.GranularityPacket:
		return "packets of keys"
	}
	return "keys"
}

// scatter draws the gaps with their scale.
func (t *timeline) scatter() []string {
	const rows = rowsOfDecade * decades
	lines := make([]string, 0, rows)
	for i, row := range t.gaps.rows() {
		scale := ""
		if up := rows - 1 - i; up%rowsOfDecade == rowsOfDecade-1 {
			scale = decadeNames[up/rowsOfDecade+1]
		} else if i == rows-1 {
			scale = decadeNames[0]
		}
		lines = append(lines, fmt.Sprintf("%*s ┤%s", pictureLeft-1, scale, row))
	}
	return lines
}

// share is where in the session a time lies, from 0 to 1.
func (t *timeline) share(at float64) float64 {
	if t.length <= 0 {
		return 0
	}
	return max(0, min(1, (at-t.start)/t.length))
}

// draw draws a lane below its name, nothing where nothing happened.
func (l *lane) draw(name string) []string {
	if l.total == 0 {
		return nil
	}
	most := slices.Max(l.counts)
	var b strings.Builder
	for _, n := range l.counts {
		if n == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune([]rune("▁▂▃▄▅▆▇█")[(n*8-1)/most])
	}
	head := fmt.Sprintf("  %s: %s, at most %s a column", name, grouped(int64(l.total)), grouped(int64(most)))
	return []string{head, fmt.Sprintf("%*s │%s", pictureLeft-1, "", strings.TrimRight(b.String(), " "))}
}

// axis draws the scale of time.
func (t *timeline) axis() string {
	width := t.width
	labels := []rune(strings.Repeat("─", width))
	total := time.Duration(t.length * float64(time.Second))
	put := func(at int, s string) {
		r := []rune(s)
		at = max(0, min(at, width-len(r)))
		copy(labels[at:], r)
	}
	put(0, "0 ")
	if width >= 50 {
		half := " " + howLong(total/2) + " "
		put(width/2-cells(half)/2, half)
	}
	put(width, " "+howLong(total))
	return fmt.Sprintf("%*s └%s", pictureLeft-1, "", string(labels))
}

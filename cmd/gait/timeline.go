package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"gait"
	"gait/profile"
)

// timeline is when keys and commands came, and nothing of what they were.
type timeline struct {
	keys     []key
	commands []float64 // starts, in seconds
	start    float64
	length   float64
}

// key is one stroke: when, how long after the one before (NaN for the first),
// and whether it was a paste.
type key struct {
	at, gap float64
	paste   bool
}

// probe gives a primitive that says nothing and takes the times down.
func (t *timeline) probe() *profile.Primitive {
	return &profile.Primitive{Name: "timeline", Observe: func(v *profile.View) profile.Answer {
		t.start, t.length = v.Start(), v.Duration()
		k := v.Keys()
		for i := range k.Strokes {
			x := key{at: k.Strokes[i].At, gap: math.NaN(), paste: k.Strokes[i].Paste()}
			if i > 0 {
				x.gap = k.Gap(i)
			}
			t.keys = append(t.keys, x)
		}
		for _, c := range v.Commands().List {
			t.commands = append(t.commands, c.Start)
		}
		return profile.Silent
	}}
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
func (t *timeline) picture(columns int, g gait.Granularity) []string {
	width := columns - pictureLeft - 1
	if len(t.keys)+len(t.commands) == 0 || width < 20 {
		return nil
	}
	lines := []string{""}
	if len(t.keys) > 1 {
		lines = append(lines, "  gaps between "+pieces(g)+", each a dot")
		lines = append(lines, t.gaps(width)...)
	}
	var commands, pastes []float64
	commands = t.commands
	for _, k := range t.keys {
		if k.paste {
			pastes = append(pastes, k.at)
		}
	}
	lines = append(lines, t.lane("commands", commands, width)...)
	lines = append(lines, t.lane("pastes", pastes, width)...)
	return append(lines, t.axis(width))
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

// gaps draws the scatter of gaps, with its scale.
func (t *timeline) gaps(width int) []string {
	const rows = rowsOfDecade * decades
	p := newDots(width, rows)
	for _, k := range t.keys {
		if math.IsNaN(k.gap) {
			continue
		}
		y := (math.Log10(max(k.gap, 1e-9)) - firstDecade) / decades
		p.set(t.share(k.at), y)
	}
	lines := make([]string, 0, rows)
	for i, row := range p.rows() {
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

// lane draws how many things happened in each column of time.
func (t *timeline) lane(name string, at []float64, width int) []string {
	if len(at) == 0 {
		return nil
	}
	counts := make([]int, width)
	most := 0
	for _, x := range at {
		i := min(width-1, int(t.share(x)*float64(width)))
		counts[i]++
		most = max(most, counts[i])
	}
	var b strings.Builder
	for _, n := range counts {
		switch {
		case n == 0:
			b.WriteByte(' ')
		default:
			b.WriteRune([]rune("▁▂▃▄▅▆▇█")[(n*8-1)/most])
		}
	}
	title := fmt.Sprintf("  %s: %s, at most %s a column", name, grouped(int64(len(at))), grouped(int64(most)))
	return []string{title, fmt.Sprintf("%*s │%s", pictureLeft-1, "", strings.TrimRight(b.String(), " "))}
}

// axis draws the scale of time.
func (t *timeline) axis(width int) string {
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

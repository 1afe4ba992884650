package profile

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"unicode/utf8"

	"gait/internal/stats"
	"gait/term"
)

// Command is one line that was given to the shell, without its text.
type Command struct {
	Start, End float64 // seconds since the session's start
	tool       uint32
	volume     uint32 // chars of output
	lo, hi     uint32 // strokes with Start <= time < End
	pipes      uint16
	flags      commandFlags
}

type commandFlags uint8

const (
	commandTab commandFlags = 1 << iota
	commandErrored
)

// Tab says whether the command holds a TAB.
func (c *Command) Tab() bool { return c.flags&commandTab != 0 }

// Pipes is the number of "|" in the command, at most 65,535.
func (c *Command) Pipes() int { return int(c.pipes) }

// Commands is what was given to the shell, in order.
type Commands struct {
	List      []Command
	Shortcuts int // control keys for line editing, over all commands

	tools  toolTable
	gaps   []float64
	rhythm Rhythm
	ready  bool // rhythm is derived
	keys   *Keys

	line    term.Line
	echo    echo
	shown   bool         // they were found in the echo
	pending []line       // lines of a session with here-documents
	watch   func(*given) // sees each command with its text; nil where nobody looks
	floats  []float64
	medians []float64
}

// line is one line of input while commands are made of it.
type line struct {
	from, to   uint32 // its chars in the block of input
	start, end float64
	cancel     bool // ^C ends it
	pasted     bool // its line end stands inside of a bracketed paste
}

// Len is the number of commands.
func (c *Commands) Len() int { return len(c.List) }

// Tool gives the tool of the i-th command.
func (c *Commands) Tool(i int) Tool { return c.tools.tools[c.List[i].tool] }

// ToolNumber gives a number that is the same for the same tool: from 0, in
// order of first use in the session.
func (c *Commands) ToolNumber(i int) int { return int(c.List[i].tool) }

// Distinct is the number of different tools.
func (c *Commands) Distinct() int { return len(c.tools.tools) }

// Few says whether there are too few commands for much confidence.
func (c *Commands) Few() bool { return len(c.List) < 5 }

// Gaps gives the time from the end of each command to the start of the next,
// in seconds, at least 0. It must not be reordered.
func (c *Commands) Gaps() []float64 { return c.gaps }

// MedianGap is the median of the gaps, NaN where there is none.
func (c *Commands) MedianGap() float64 {
	c.floats = append(c.floats[:0], c.gaps...)
	return stats.Median(c.floats)
}

// EchoMeasure is the last measure of each primitive that depends on commands;
// the engine gives its value.
var EchoMeasure = MeasureDoc{Name: "from_echo", Unit: "0 or 1", Doc: "whether commands were read from what the terminal showed, not from the keys"}

// FromEcho says whether the commands were found in what the terminal showed,
// not in the keys.
func (c *Commands) FromEcho() bool { return c.shown }

// Tail gives the number of the first of the last n commands.
func (c *Commands) Tail(n int) int { return max(0, len(c.List)-n) }

func (c *Commands) derive(v *View) {
	c.keys = v.Keys()
	if c.watch == nil {
		c.shown = !v.compat && v.session.Fidelity.Output && len(v.outs) > 0 && len(c.keys.Strokes) > 0
	}
	c.begin(v)
	if c.shown && !c.echoed(v) {
		c.shown = false
		c.begin(v)
	}
	if !c.shown {
		c.cut(v)
	}
	if n := len(v.exec); n > 0 && n < len(c.List) {
		slices.SortStableFunc(c.List, func(a, b Command) int { return cmp.Compare(a.Start, b.Start) })
	}
	c.within()
	for i := 1; i < len(c.List); i++ {
		c.gaps = append(c.gaps, max(0, c.List[i].Start-c.List[i-1].End))
	}
}

// begin empties the list and takes the commands that were given at login.
func (c *Commands) begin(v *View) {
	c.List, c.gaps, c.Shortcuts, c.ready = c.List[:0], c.gaps[:0], 0, false
	c.tools.reset()
	for i, from := 0, uint32(0); i < len(v.exec); i++ {
		at, to := v.exec[i].at, v.exec[i].end
		raw := v.session.Block(execKind)[from:to]
		if c.watch != nil {
			c.watch(&given{raw: raw, text: raw, start: at, exec: true})
		}
		c.put(raw, Command{Start: at, End: at}, survey(raw))
		from = to
	}
}

// cut finds the lines of the input. Each kind of line end, and ^C, is looked
// for with its own cursor, so that every byte is passed a fixed number of times.
func (c *Commands) cut(v *View) {
	block := c.keys.block
	var l line
	lines := lineCutter{block: block, strokes: c.keys.Strokes}
	if bytes.Contains(block, hereDoc) {
		c.cutHere(&lines)
		return
	}
	for lines.next(&l) {
		c.add(&l)
	}
}

var hereDoc = []byte("<<")

// add judges a line that was typed; one that is empty after editing is no
// command, unless it was recalled from the history.
func (c *Commands) add(l *line) {
	raw := c.keys.block[l.from:l.to]
	s := survey(raw)
	text, history := raw, false
	if s.edited {
		c.line.Reset()
		c.line.Feed(raw)
		text, history = c.line.Text(), c.line.History()
	}
	if !history && len(firstToken(text)) == 0 {
		return
	}
	if c.watch != nil {
		c.watch(&given{raw: raw, text: text, from: l.from, start: l.start})
	}
	c.put(text, Command{Start: l.start, End: l.end}, s)
}

// put appends a command with its text after editing.
func (c *Commands) put(text []byte, x Command, s traits) {
	if n := len(c.List); n == cap(c.List) && n > 1<<12 {
		c.List = append(make([]Command, 0, min(2*n, n+1+lineEndsIn(c.keys.block))), c.List...)
	}
	x.tool, x.pipes, x.flags = c.tools.add(firstToken(text)), s.pipes, s.flags
	c.List = append(c.List, x)
	c.Shortcuts += s.shortcuts
}

// lineEndsIn bounds the commands that input can hold, so that the list of a
// session of millions of commands does not outgrow them.
func lineEndsIn(block []byte) int {
	return bytes.Count(block, []byte{'\r'}) + bytes.Count(block, []byte{'\n'})
}

// traits is what a line holds besides its text.
type traits struct {
	pipes     uint16
	shortcuts int
	flags     commandFlags
	edited    bool // there are bytes that edit the line
}

// survey looks at each byte of a line once.
func survey(raw []byte) (t traits) {
	for _, b := range raw {
		switch {
		case b == '|':
			if t.pipes < math.MaxUint16 {
				t.pipes++
			}
		case b == '\t':
			t.flags |= commandTab
		case b < 0x20:
			t.edited = true
			if shortcutKeys&(1<<b) != 0 {
				t.shortcuts++
			}
		case b == 0x7f:
			t.edited = true
		}
	}
	return t
}

// shortcutKeys has a bit for each control byte that is a shortcut: ^A ^B ^E ^F
// ^R ^U ^W.
const shortcutKeys uint32 = 1<<0x01 | 1<<0x02 | 1<<0x05 | 1<<0x06 | 1<<0x12 | 1<<0x15 | 1<<0x17

// firstToken gives the first token between white space.
func firstToken(b []byte) []byte {
	for len(b) > 0 {
		n := spaceLen(b)
		if n == 0 {
			break
		}
		b = b[n:]
	}
	for i := 0; i < len(b); {
		if spaceLen(b[i:]) > 0 {
			return b[:i]
		}
		if b[i] < utf8.RuneSelf {
			i++
		} else {
			_, n := utf8.DecodeRune(b[i:])
			i += n
		}
	}
	return b
}

// within finds the strokes of each command: those at or after its start and
// before its end. Commands are in order of time, so two cursors do.
func (c *Commands) within() {
	s := c.keys.Strokes
	at := uint32(0)
	for i := range c.List {
		x := &c.List[i]
		for at < uint32(len(s)) && s[at].At < x.Start {
			at++
		}
		x.lo = at
		for at < uint32(len(s)) && s[at].At < x.End {
			at++
		}
		x.hi = at
	}
}

// Within appends the gaps between the strokes of the i-th command, its line
// end left out, in seconds. Repeats of a held key and keys that the path held up
// have no gap.
func (c *Commands) Within(dst []float64, i int) []float64 {
	for j := c.List[i].lo + 1; j < c.List[i].hi; j++ {
		if !c.keys.Strokes[j].timeless() {
			dst = append(dst, c.keys.Gap(int(j)))
		}
	}
	return dst
}

// HasGaps says whether there are gaps within the i-th command.
func (c *Commands) HasGaps(i int) bool {
	for j := c.List[i].lo + 1; j < c.List[i].hi; j++ {
		if !c.keys.Strokes[j].timeless() {
			return true
		}
	}
	return false
}

// Rhythm sums up the gaps within commands.
type Rhythm struct {
	PCVs []float64 // pCV of each command with at least 3 gaps and a mean above 0
	SCVs []float64 // sCV of each command where it is defined
	// MedianPCV and MedianSCV are their medians, NaN where there is none.
	MedianPCV, MedianSCV float64
}

// Rhythm gives the summary, derived when first asked for.
func (c *Commands) Rhythm() *Rhythm {
	r := &c.rhythm
	if c.ready {
		return r
	}
	r.PCVs, r.SCVs = r.PCVs[:0], r.SCVs[:0]
	for i := range c.List {
		if c.List[i].hi-c.List[i].lo < 3 {
			continue
		}
		c.floats = c.Within(c.floats[:0], i)
		scv := stats.SCV(c.floats)
		if math.IsNaN(scv) {
			continue
		}
		r.SCVs = append(r.SCVs, scv)
		if n := float64(len(c.floats)); n >= 3 {
			r.PCVs = append(r.PCVs, stats.PCV(c.floats))
		}
	}
	r.MedianPCV, r.MedianSCV = stats.Median(r.PCVs), stats.Median(r.SCVs)
	c.ready = true
	return r
}

// MedianWithin is the median of all gaps within the commands that pick says
// yes to, taken together; NaN where there is none.
func (c *Commands) MedianWithin(pick func(i int) bool) (median float64, gaps int) {
	all := c.floats[:0]
	for i := range c.List {
		if pick(i) {
			all = c.Within(all, i)
		}
	}
	c.floats = all
	return stats.Median(all), len(all)
}

// MedianOfMedians takes the median gap within each command that pick says yes
// to, and gives the median of these; NaN where there is none. Commands without
// gaps are left out.
func (c *Commands) MedianOfMedians(pick func(i int) bool) (median float64, commands int) {
	medians := c.medians[:0]
	for i := range c.List {
		if c.HasGaps(i) && pick(i) {
			c.floats = c.Within(c.floats[:0], i)
			medians = append(medians, stats.Median(c.floats))
		}
	}
	c.medians = medians
	return stats.Median(medians), len(medians)
}

// Hands counts the commands that pick says yes to and that have gaps within.
func (c *Commands) Hands(pick func(i int) bool) (n int) {
	for i := range c.List {
		if c.HasGaps(i) && pick(i) {
			n++
		}
	}
	return n
}

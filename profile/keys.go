package profile

import (
	"math"
	"unicode/utf8"

	"gait"
	"gait/internal/stats"
)

// pasteChars is the length in chars from which one input event is a paste.
const pasteChars = 4

// BurstGap is the longest gap, in seconds, within a typing burst.
const BurstGap = 1.5

// minBurst is the fewest gaps that make a typing burst.
const minBurst = 3

// Stroke is one input event as the rules count them: what arrived together,
// with a bracketed paste put into one piece. It takes 16 bytes, since a session
// can have millions.
type Stroke struct {
	At    float64 // seconds since the session's start
	end   uint32  // where its data ends in the block of input
	chars uint32  // and the two flags
}

const (
	strokePaste   = 1 << 31
	strokeControl = 1 << 30 // made of control sequences only
	strokeRepeat  = 1 << 29 // a held key, sent again
	strokeLate    = 1 << 28 // held up on its way, or at a tick that it shares
	strokeFed     = 1 << 27 // a key at a pace that no hands keep
	strokeRhythm  = strokeRepeat | strokeLate | strokeFed
	strokeFlags   = strokePaste | strokeControl | strokeRhythm
	maxChars      = strokeFed - 1 // more are counted as so many
)

// Paste says whether the stroke is a paste.
func (s *Stroke) Paste() bool { return s.chars&strokePaste != 0 }

// Control says whether the stroke is made of control sequences only.
func (s *Stroke) Control() bool { return s.chars&strokeControl != 0 }

// Chars is the stroke's length in chars.
func (s *Stroke) Chars() int { return int(s.chars &^ strokeFlags) }

// Single says whether the stroke is one char that is no control sequence.
func (s *Stroke) Single() bool { return s.chars&^strokeRhythm == 1 }

// Repeat says whether the stroke is a held key that was sent again.
func (s *Stroke) Repeat() bool { return s.chars&strokeRepeat != 0 }

// timeless says whether the gap before the stroke is not one of the hands.
func (s *Stroke) timeless() bool { return s.chars&(strokeRepeat|strokeLate) != 0 }

// Keys is how the hands moved.
type Keys struct {
	Strokes []Stroke
	Pastes  int // strokes that are pastes
	Repeats int // strokes that are held keys sent again

	block    []byte // all input
	bursts   Bursts
	ready    bool // bursts are derived
	digraphs digraphTable
}

// Bursts sums up the typing bursts: maximal runs of at least three gaps, each
// at most [BurstGap]. Gaps that are none of the hands, before the repeats of a
// held key and where keys were held up on their way, are left out.
type Bursts struct {
	Count          int       // bursts
	Gaps           []float64 // the gaps inside them, burst after burst, in seconds
	CVs            []float64 // pCV of each burst whose mean is above 0
	FastestMedian  float64   // the smallest burst median, NaN where there is no burst
	SlowestMedian  float64   // the largest burst median, NaN where there is no burst
	medianCV, mean float64
}

// MedianCV is the median of the bursts' pCV, NaN where none is defined.
func (b *Bursts) MedianCV() float64 { return b.medianCV }

// Mean is the mean of all gaps inside bursts in seconds, NaN where there is none.
func (b *Bursts) Mean() float64 { return b.mean }

func (k *Keys) derive(v *View) {
	k.Pastes, k.Repeats, k.ready = 0, 0, false
	k.digraphs.ready = false
	if v.timing = (Timing{}); !v.compat {
		v.timing.judge(v.session, k)
		k.markRhythm(&v.timing)
	}
	if v.session.Fidelity.Input == gait.GranularityKey {
		k.joinKeys()
	}
	for i := range k.Strokes {
		if s := &k.Strokes[i]; s.Paste() {
			k.Pastes++
		}
	}
}

// Data gives the bytes of the i-th stroke. They are raw text.
func (k *Keys) Data(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = k.Strokes[i-1].end
	}
	return k.block[from:k.Strokes[i].end]
}

// Gap is the time between stroke i - 1 and stroke i, for i from 1 on.
func (k *Keys) Gap(i int) float64 {
	return k.Strokes[i].At - k.Strokes[i-1].At
}

// Count is the number of strokes, a held key counted as one.
func (k *Keys) Count() int { return len(k.Strokes) - k.Repeats }

// PasteShare is the share of strokes that are pastes, NaN of no stroke.
func (k *Keys) PasteShare() float64 {
	if len(k.Strokes) == 0 {
		return math.NaN()
	}
	return float64(k.Pastes) / float64(k.Count())
}

// Bursts gives the typing bursts, derived when first asked for.
func (k *Keys) Bursts() *Bursts {
	if k.ready {
		return &k.bursts
	}
	b := &k.bursts
	*b = Bursts{Gaps: b.Gaps[:0], CVs: b.CVs[:0], FastestMedian: math.NaN(), SlowestMedian: math.NaN()}
	from := len(b.Gaps)
	for i := 1; i < len(k.Strokes); i++ {
		if gap := k.Gap(i); gap <= BurstGap {
			if !k.Strokes[i].timeless() {
				b.Gaps = append(b.Gaps, gap)
			}
			continue
		}
		from = b.close(from)
	}
	b.close(from)
	b.mean = stats.Mean(b.Gaps)
	b.medianCV = stats.Median(b.CVs)
	k.ready = true
	return b
}

// close ends the burst whose gaps begin at from and gives where the next one
// begins. Medians reorder the gaps within their burst, which no rule minds.
func (b *Bursts) close(from int) int {
	gaps := b.Gaps[from:]
	if len(gaps) < minBurst {
		b.Gaps = b.Gaps[:from]
		return from
	}
	b.Count++
	if cv := stats.PCV(gaps); !math.IsNaN(cv) {
		b.CVs = append(b.CVs, cv)
	}
	m := stats.Median(gaps)
	if !(m >= b.FastestMedian) {
		b.FastestMedian = m
	}
	if !(m <= b.SlowestMedian) {
		b.SlowestMedian = m
	}
	return len(b.Gaps)
}

// Corrections is how input was taken back.
type Corrections struct {
	Backspaces int
	Delays     []float64 // seconds since the last char that was no backspace
	Kills      int       // ^U and ^W
}

// Corrections counts backspaces and line kills, a held key once. Delays holds one time for each
// backspace that any other char came before; it is valid until the next call
// of a method of the view.
func (v *View) Corrections() Corrections {
	k := v.Keys()
	c := Corrections{Delays: v.floats[:0]}
	last := math.NaN()
	for i := range k.Strokes {
		at := k.Strokes[i].At
		if k.Strokes[i].Repeat() {
			continue
		}
		for _, ch := range k.Data(i) {
			if ch == 0x7f || ch == 0x08 {
				c.Backspaces++
				if !math.IsNaN(last) {
					c.Delays = append(c.Delays, at-last)
				}
				continue
			}
			last = at
			if ch == 0x15 || ch == 0x17 {
				c.Kills++
			}
		}
	}
	v.floats = c.Delays
	return c
}

// char gives the single char of a stroke: a code point, or 0x110000 plus the
// byte where it is not part of valid UTF-8.
func char(b []byte) rune {
	if b[0] < utf8.RuneSelf {
		return rune(b[0])
	}
	if r, n := utf8.DecodeRune(b); r != utf8.RuneError || n > 1 {
		return r
	}
	return invalidByte + rune(b[0])
}

// invalidByte is added to a byte that is no part of valid UTF-8.
const invalidByte = utf8.MaxRune + 1

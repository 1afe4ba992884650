package profile

import "bytes"

// A held key is the same single key at least heldKeys times, at gaps of
// heldGap seconds at most that differ by heldSpread at most; the first gap may
// be the longer one after which keyboards begin to repeat, heldDelay at most.
const (
	heldKeys   = 4
	heldGap    = 0.125
	heldSpread = 0.025
	heldDelay  = 1.0
)

// A path that stops for a while sends what was typed meanwhile at once: after a
// gap of more than stallGap seconds keys come less than trainGap apart, as many
// as hands type in that gap and at most mostStall seconds, one in stallPerKey.
// Keys that share a tick of a client that hides key times, or a step of coarse
// times, are as many as hands type between two, one in tickPerKey seconds and
// one more; on a jittery path as many as in jitterTogether seconds.
const (
	stallGap    = 0.200
	trainGap    = 0.002
	mostStall   = 2.0
	stallPerKey = 0.100
	tickPerKey  = 0.040

	jitterTogether = 0.120
)

// No hands keep these paces: fedQuick single keys in a row in fedQuickTime
// seconds, or fedEven with gaps whose coefficient of variation is below fedCV
// (of 69,504 windows of persons' typing none is below 0.1). A gap of more than
// fedGap seconds ends a row. Times in steps of more than fedFinest seconds make
// hands even.
const (
	fedQuick     = 12
	fedQuickTime = 0.275
	fedEven      = 20
	fedCV        = 0.10
	fedGap       = 5.0
	fedFinest    = 0.030
)

// markRhythm marks held keys, keys that were held up on their way, and keys at a
// pace that no hands keep. Strokes must be as they were recorded.
func (k *Keys) markRhythm(t *Timing) {
	s := k.Strokes
	for i := 1; i < len(s); {
		switch gap := s[i].At - s[i-1].At; {
		case gap < trainGap:
			i = k.markTrain(i, t)
		case gap <= heldGap && k.same(i):
			i = k.markHeld(i)
		default:
			i++
		}
	}
	k.markFed(t.Finest <= fedFinest)
}

// same says whether stroke i is the same single key as the one before it.
func (k *Keys) same(i int) bool {
	a, b := &k.Strokes[i-1], &k.Strokes[i]
	if k.block[a.end-1] != k.block[b.end-1] || a.Chars() != 1 || b.Chars() != 1 || (a.chars^b.chars)&(strokePaste|strokeControl) != 0 || b.Paste() {
		return false
	}
	return b.Single() && b.end-a.end == 1 || bytes.Equal(k.Data(i-1), k.Data(i))
}

// markHeld marks the repeats of the key that stroke i is the second or third of,
// and gives the stroke to go on with.
func (k *Keys) markHeld(i int) int {
	s := k.Strokes
	first, end := i-1, i+1
	least, most := s[i].At-s[i-1].At, s[i].At-s[i-1].At
	for ; end < len(s) && k.same(end); end++ {
		gap := s[end].At - s[end-1].At
		if gap > heldGap || max(most, gap)-min(least, gap) > heldSpread {
			break
		}
		least, most = min(least, gap), max(most, gap)
	}
	if first > 0 && s[first].At-s[first-1].At <= heldDelay && !s[first].Repeat() && k.same(first) {
		first-- // pressed, then repeated after the keyboard's delay
	}
	if end-first < heldKeys {
		return i + 1
	}
	for j := first + 1; j < end; j++ {
		s[j].chars |= strokeRepeat
		k.Repeats++
	}
	return end
}

// markTrain marks keys that came together with stroke i - 1, where the path or
// the client held them up, and gives the stroke to go on with.
func (k *Keys) markTrain(i int, t *Timing) int {
	s := k.Strokes
	end := i
	for end < len(s) && s[end].At-s[end-1].At < trainGap && s[end].Chars() == 1 && !s[end].Paste() {
		end++
	}
	keys := end - i
	first := &s[i-1]
	switch {
	case keys == 0 || first.Chars() != 1 || first.Paste():
		return max(end, i+1)
	case float64(keys-1)*tickPerKey <= t.together():
	case i < 2 || first.At-s[i-2].At <= stallGap || float64(keys)*stallPerKey > min(first.At-s[i-2].At, mostStall):
		return end
	default:
		first.chars |= strokeLate
	}
	for j := i; j < end; j++ {
		s[j].chars |= strokeLate
	}
	return end
}

// together is the time in seconds whose keys can come at one moment; negative
// where each has its own.
func (t *Timing) together() float64 {
	switch t.Quality {
	case TimingQuantised:
		return t.Period
	case TimingCoarse:
		return t.Step
	case TimingJittery:
		return jitterTogether
	}
	return -1
}

// markFed marks keys at a pace that no hands keep. An even pace counts only
// where times are fine enough to show one.
func (k *Keys) markFed(even bool) {
	s := k.Strokes
	var sum, squares float64 // of the last gaps of the row, at most fedEven - 1
	row := 0                 // strokes in the row, up to stroke i
	for i := range s {
		if !s[i].Single() {
			row = 0
			continue
		}
		if row == 0 || s[i].timeless() || s[i].At-s[i-1].At > fedGap {
			row, sum, squares = 1, 0, 0
			continue
		}
		gap := s[i].At - s[i-1].At
		row++
		sum += gap
		squares += gap * gap
		if row > fedEven {
			old := s[i-fedEven+1].At - s[i-fedEven].At
			sum -= old
			squares -= old * old
		}
		n := 0
		if row >= fedQuick && s[i].At-s[i-fedQuick+1].At < fedQuickTime {
			n = fedQuick
		}
		if even && row >= fedEven && (fedEven-1)*squares < (1+fedCV*fedCV)*sum*sum {
			n = fedEven
		}
		for j := i - n + 1; j <= i; j++ {
			s[j].chars |= strokeFed
		}
	}
}

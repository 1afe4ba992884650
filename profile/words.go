package profile

import "slices"

// Lexicon is a list of words that carry a mood.
type Lexicon uint8

// The lexicons. The longest entry has maxEntry letters.
const (
	Positive Lexicon = iota
	Negative
	Obscene
	lexicons
)

const maxEntry = 7

var lexiconWords = [lexicons][]string{
	Positive: {"thanks", "nice", "cool", "great", "okay", "perfect", "love", "awesome"},
	Negative: {"wtf", "damn", "crap", "ugh", "broken", "stupid", "hate", "stuck", "wrong"},
	Obscene:  {"fuck", "fucking", "fucked", "shit", "bitch", "ass", "cunt", "dick", "asshole"},
}

var lexiconOf = func() map[string]Lexicon {
	m := map[string]Lexicon{}
	for l, words := range lexiconWords {
		for _, w := range words {
			m[w] = Lexicon(l)
		}
	}
	return m
}()

// keptBigrams is how many of the most frequent letter bigrams are kept.
const keptBigrams = 64

// DigitGap is the longest gap, in seconds, between digits of a number pad.
const DigitGap = 0.050

// digitRun is how many quick digits in a row show a number pad.
const digitRun = 4

// Words is what kinds of characters and words were typed, outside pastes.
type Words struct {
	Chars    int           // chars in strokes that are no paste
	Letters  int           // ASCII letters
	Letter   [26]int       // how often each letter
	Hits     [lexicons]int // whole words that stand in a lexicon
	Capitals int           // the longest run of ASCII capitals
	Bangs    int           // the longest run of "!"
	Digits   int           // the longest run of single digits that came quickly
	NumPad   bool          // four single digits in a row came quickly

	bigrams [26 * 26]uint32
	order   []uint16 // bigrams in order of first appearance

	word           [maxEntry]byte
	length         int // letters of the word so far
	previous       int // the letter before, -1 where there is none
	capitals, bang int // runs so far
	digits         int // quick single digits in a row so far
	digitAt        float64
}

func (w *Words) derive(v *View) {
	for _, b := range w.order {
		w.bigrams[b] = 0
	}
	bigrams, order := w.bigrams, w.order[:0]
	*w = Words{bigrams: bigrams, order: order, previous: -1}
	k := v.Keys()
	for i := range k.Strokes {
		s := &k.Strokes[i]
		switch {
		case s.Paste():
			w.endRuns()
			continue
		case s.Control():
			w.Chars += s.Chars()
			w.endRuns()
			continue
		}
		w.Chars += s.Chars()
		data := k.Data(i)
		if len(data) == 1 && data[0] >= '0' && data[0] <= '9' && !s.Repeat() {
			w.digit(s.At)
		}
		for _, c := range data {
			w.char(c)
		}
	}
	w.endRuns()
}

// endRuns breaks all chains.
func (w *Words) endRuns() {
	w.endWord()
	w.previous, w.capitals, w.bang = -1, 0, 0
}

func (w *Words) char(c byte) {
	if !isLetter(c) {
		w.other(c)
		return
	}
	if c <= 'Z' {
		w.capitals++
		w.Capitals = max(w.Capitals, w.capitals)
	} else {
		w.capitals = 0
	}
	w.bang = 0
	letter := int(c|0x20) - 'a'
	w.Letters++
	w.Letter[letter]++
	if w.previous >= 0 {
		b := w.previous*26 + letter
		if w.bigrams[b] == 0 {
			w.order = append(w.order, uint16(b))
		}
		w.bigrams[b]++
	}
	w.previous = letter
	if w.length < maxEntry {
		w.word[w.length] = c | 0x20
	}
	w.length++
}

// other passes a char that is no letter.
func (w *Words) other(c byte) {
	w.endWord()
	w.previous, w.capitals = -1, 0
	if c != '!' {
		w.bang = 0
		return
	}
	w.bang++
	w.Bangs = max(w.Bangs, w.bang)
}

func (w *Words) endWord() {
	if n := w.length; n > 0 && n <= maxEntry {
		if l, ok := lexiconOf[string(w.word[:n])]; ok {
			w.Hits[l]++
		}
	}
	w.length = 0
}

func (w *Words) digit(at float64) {
	if w.digits > 0 && at-w.digitAt <= DigitGap {
		w.digits++
	} else {
		w.digits = 1
	}
	w.digitAt = at
	w.Digits = max(w.Digits, w.digits)
	w.NumPad = w.NumPad || w.digits >= digitRun
}

// Bigram is two typed letters in a row and how often they came.
type Bigram struct {
	Pair  [2]byte
	Count int
}

// Bigrams gives the 64 most frequent letter bigrams, of equals the one seen
// first.
func (w *Words) Bigrams() []Bigram {
	all := make([]Bigram, 0, len(w.order))
	for _, b := range w.order {
		all = append(all, Bigram{[2]byte{'a' + byte(b/26), 'a' + byte(b%26)}, int(w.bigrams[b])})
	}
	slices.SortStableFunc(all, func(a, b Bigram) int { return b.Count - a.Count })
	return all[:min(len(all), keptBigrams)]
}

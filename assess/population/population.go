// Package population tells how people type: for each of 644 pairs of
// successive keys, the mean of the time between them, how much it varies within
// a session, and how much it differs between persons.
//
// The figures are from 1,696 persons of the 136M Keystrokes study (Dhakal,
// Feit, Kristensson, Oulasvirta, CHI 2018), from two sets of 300 keys of each:
// natural logarithms of milliseconds from press to press, of gaps limited to
// between [Shortest] and [Longest]. They are figures of whole crowds; no
// person's data are here.
package population

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Shortest and Longest are the limits, in milliseconds, of the gaps that the
// figures were computed from: shorter ones count as Shortest, longer ones are
// dropped.
const (
	Shortest = 20
	Longest  = 1000
)

// Backspace is how a digraph names the key that takes a char back, whichever of
// its two codes a terminal sends.
const Backspace = 0x7f

// Figures describe a measure over many persons: its mean, its variance within a
// session, and its variance between persons, which is the covariance of two
// sessions of one person. That of a digraph is about log gaps, its variances
// are without the pace of the session as a whole; the variance within is of
// one gap.
type Figures struct {
	Mean, Within, Between float64
}

// Digraph is a pair of successive keys: lower-case letters, digits, signs,
// space and [Backspace].
type Digraph struct {
	First, Second rune
	Figures
}

// Offset is the pace of a session: the mean distance of its log gaps from the
// means of their digraphs. Its variance within is that of 300 keys.
var Offset = Figures{0, 0.00189, 0.10147}

// Scalars are four measures of a session as a whole, with variances within of
// 300 keys: the standard deviation of log gaps, the root of the share of
// backspaces, and the distances of the 90th and the 10th percentile of log gaps
// from the median.
var Scalars = [4]Figures{
	{0.54211, 0.00093, 0.00384},
	{0.22908, 0.00228, 0.00398},
	{0.82759, 0.00730, 0.02818},
	{0.53609, 0.00378, 0.00803},
}

//go:embed digraphs.txt
var text string

// names are the keys that the embedded text names by a word.
var names = map[string]rune{"SP": ' ', "BS": Backspace}

type table struct {
	list  []Digraph
	place map[[2]rune]int
}

var read = sync.OnceValue(func() table {
	t := table{place: map[[2]rune]int{}}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# ") {
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for _, f := range fields[1:] {
			t.list = append(t.list, parse(fields[0], strings.Fields(f)))
		}
	}
	slices.SortFunc(t.list, func(a, b Digraph) int {
		if a.First != b.First {
			return int(a.First - b.First)
		}
		return int(a.Second - b.Second)
	})
	for i, d := range t.list {
		t.place[[2]rune{d.First, d.Second}] = i
	}
	return t
})

// parse reads one digraph of the embedded text, which is ours and checked by a
// test: it panics on anything else.
func parse(first string, words []string) Digraph {
	number := func(i int, unit float64) float64 {
		n, err := strconv.Atoi(words[i])
		if err != nil {
			panic("population: " + err.Error())
		}
		return float64(n) / unit
	}
	d := Digraph{key(first), key(words[0]), Figures{number(1, 1e4), 0.15, 0.0416}}
	if len(words) > 2 {
		d.Within, d.Between = number(2, 1e4), number(3, 1e5)
	}
	return d
}

func key(name string) rune {
	if r, ok := names[name]; ok {
		return r
	}
	return []rune(name)[0]
}

// Digraphs gives the digraphs in order of their keys. The place of a digraph in
// it is its number. Callers do not change it.
func Digraphs() []Digraph { return read().list }

// Number gives the place of a digraph in [Digraphs]; false where it was not
// measured. Letters of both cases are one key, and so are both codes of the
// backspace.
func Number(first, second rune) (int, bool) {
	n, ok := read().place[[2]rune{Key(first), Key(second)}]
	return n, ok
}

// Key gives the key that types a char, as digraphs name it: small letters for
// capitals, and one code for the backspace.
func Key(char rune) rune {
	switch {
	case char >= 'A' && char <= 'Z':
		return char + 'a' - 'A'
	case char == '\b':
		return Backspace
	}
	return char
}

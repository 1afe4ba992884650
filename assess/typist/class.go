package typist

import (
	"strings"
	"sync"

	"gait/assess/population"
)

// kindOf sorts keys into those that hands treat alike.
type kindOf uint8

const (
	letter kindOf = iota
	digit
	sign
	space
	backspace
	otherKey
	kinds
)

var kindNames = [kinds]string{"letter", "digit", "sign", "space", "backspace", "other key"}

// fingers are the keys of a QWERTY keyboard by finger, the left hand's first,
// each hand's from the little finger to the index finger.
var fingers = [...]string{"qaz1", "wsx2", "edc3", "rfvtgb45", "p;/0'[]-=\\", "ol.9", "ik,8", "yhnujm67"}

// handFingers is how many of the fingers are one hand's.
const handFingers = 4

func keyKind(r rune) kindOf {
	switch {
	case r >= 'a' && r <= 'z':
		return letter
	case r >= '0' && r <= '9':
		return digit
	case r == ' ':
		return space
	case r == population.Backspace:
		return backspace
	case r > ' ' && r < population.Backspace:
		return sign
	}
	return otherKey
}

// finger gives the number of the finger that types a letter.
func finger(r rune) int {
	for i, keys := range fingers {
		if strings.ContainsRune(keys, r) {
			return i
		}
	}
	return 0
}

var handNames = [2]string{"left", "right"}

// className gives the class of a digraph in words. Two letters are told apart
// by fingers and hands, a letter beside a space by its hand, all else by the
// kinds of its keys.
func className(a, b rune) string {
	ka, kb := keyKind(a), keyKind(b)
	fa, fb := finger(a), finger(b)
	ha, hb := fa/handFingers, fb/handFingers
	switch {
	case ka == letter && kb == letter && a == b:
		return "same letter"
	case ka == letter && kb == letter && fa == fb:
		return "same finger, " + handNames[ha]
	case ka == letter && kb == letter && ha == hb && fb > fa:
		return "same hand, " + handNames[ha] + ", inward"
	case ka == letter && kb == letter && ha == hb:
		return "same hand, " + handNames[ha] + ", outward"
	case ka == letter && kb == letter:
		return "other hand, from " + handNames[ha]
	case ka == space && kb == letter:
		return "space to letter, " + handNames[hb]
	case ka == letter && kb == space:
		return "letter to space, " + handNames[ha]
	}
	return kindNames[ka] + " to " + kindNames[kb]
}

// classTable is how digraphs fall into classes: those that a measured digraph
// is in, in order of their names.
type classTable struct {
	names  []string
	number map[string]int
	of     []int // class of each measured digraph
}

var classes = sync.OnceValue(func() classTable {
	t := classTable{number: map[string]int{}}
	list := population.Digraphs()
	for _, d := range list {
		t.number[className(d.First, d.Second)] = 0
	}
	t.names = sortedKeys(t.number)
	for i, n := range t.names {
		t.number[n] = i
	}
	for _, d := range list {
		t.of = append(t.of, t.number[className(d.First, d.Second)])
	}
	return t
})

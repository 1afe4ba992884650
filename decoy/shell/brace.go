package shell

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// mostBraces bounds the words that one expansion of braces makes.
const mostBraces = 100_000

// braces expands the braces of a word. Where that would be too much the word
// stays as it is, as bash leaves it without memory.
func (in *interp) braces(word *syntax.Word) []*syntax.Word {
	if in.posix || !in.opt["braceexpand"] || !hasBrace(word) {
		return []*syntax.Word{word}
	}
	w := *word
	if !syntax.SplitBraces(&w) {
		return []*syntax.Word{word}
	}
	list, ok := in.spread(w.Parts)
	if !ok {
		return []*syntax.Word{word}
	}
	return list
}

// hasBrace says whether a word has braces; one with hundreds of them stays as it
// is.
func hasBrace(word *syntax.Word) bool {
	n := 0
	for _, p := range word.Parts {
		if l, ok := p.(*syntax.Lit); ok {
			n += strings.Count(l.Value, "{")
		}
	}
	return n > 0 && n < 300
}

// spread gives a word for each choice.
func (in *interp) spread(parts []syntax.WordPart) ([]*syntax.Word, bool) {
	if !in.enter() {
		return nil, false
	}
	defer in.leave()
	list := []*syntax.Word{{}}
	for _, p := range parts {
		b, ok := p.(*syntax.BraceExp)
		if !ok {
			for _, w := range list {
				w.Parts = append(w.Parts, p)
			}
			continue
		}
		choices, ok := in.choices(b)
		if !ok {
			return nil, false
		}
		if len(list)*len(choices) > mostBraces {
			in.complain("brace expansion: failed to allocate memory for %d elements", len(list)*len(choices))
			return nil, false
		}
		next := make([]*syntax.Word, 0, len(list)*len(choices))
		for _, w := range list {
			for _, c := range choices {
				all := make([]syntax.WordPart, 0, len(w.Parts)+len(c.Parts))
				next = append(next, &syntax.Word{Parts: append(append(all, w.Parts...), c.Parts...)})
			}
		}
		list = next
	}
	return list, true
}

// choices gives what one pair of braces stands for.
func (in *interp) choices(b *syntax.BraceExp) ([]*syntax.Word, bool) {
	var list []*syntax.Word
	if !b.Sequence {
		for _, e := range b.Elems {
			words, ok := in.spread(e.Parts)
			if !ok || len(list)+len(words) > mostBraces {
				return nil, false
			}
			list = append(list, words...)
		}
		return list, true
	}
	from, to := b.Elems[0].Lit(), b.Elems[1].Lit()
	a, err := strconv.ParseInt(from, 10, 64)
	z, _ := strconv.ParseInt(to, 10, 64)
	letters := err != nil
	if letters {
		a, z = int64(from[0]), int64(to[0])
	}
	by := int64(1)
	if len(b.Elems) > 2 {
		by, _ = strconv.ParseInt(b.Elems[2].Lit(), 10, 64)
	}
	by = max(by, -by, 1)
	count := uint64(max(a, z)-min(a, z))/uint64(by) + 1
	if count > mostBraces {
		in.complain("brace expansion: failed to allocate memory for %d elements", count)
		return nil, false
	}
	width := 0
	if padded(from) || padded(to) {
		width = max(len(from), len(to))
	}
	for i := range int64(count) {
		v := a + i*by
		if z < a {
			v = a - i*by
		}
		s := itoa(v)
		if letters {
			s = string(rune(v))
		} else if len(s) < width {
			s = pad(v, width)
		}
		list = append(list, &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: s}}})
	}
	return list, true
}

func padded(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return len(s) > 1 && s[0] == '0'
}

func pad(v int64, width int) string {
	s := itoa(max(v, -v))
	sign := ""
	if v < 0 {
		sign = "-"
	}
	return sign + strings.Repeat("0", max(0, width-len(s)-len(sign))) + s
}

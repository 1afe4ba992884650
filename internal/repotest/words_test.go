package repotest

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"
)

// unfinished are words of work that is not done. They are put together here
// so that this file does not hold them itself.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX|HA` + `CK)\b|\b(?i:st` + `ubs?|not (yet )?imple` + `mented)\b|(?i:for` + ` now)([.,;:!?)]|\s*$)`)

func TestNothingIsLeftUnfinished(t *testing.T) {
	report(t, unfinishedWords(load(t).texts))
}

// unfinishedWords names the lines that speak of work to come.
func unfinishedWords(texts map[string][]byte) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		n := 0
		for line := range bytes.Lines(texts[name]) {
			n++
			if w := unfinished.Find(line); w != nil {
				problems = append(problems, fmt.Sprintf("%s:%d: %q", name, n, w))
			}
		}
	}
	return problems
}

func TestUnfinishedWordsFindsExamples(t *testing.T) {
	wantProblems(t, unfinishedWords(map[string][]byte{
		"a.go": []byte("x\n// TO" + "DO: more\n// good for" + " now\n"),
		"b.md": []byte("A st" + "ub. FIX" + "ME"),
		"c.md": []byte("stubborn mktemp /tmp/aXX" + "XX, before now, looked for" + " now and then"),
	}), "a.go:2", "a.go:3", "b.md:1")
}

package population_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"gait/assess/population"
	"gait/internal/shared"
)

// TestFiguresAreThoseOfTheStudy compares the embedded figures with the table
// that they were taken from.
func TestFiguresAreThoseOfTheStudy(t *testing.T) {
	f, err := os.Open(shared.Path(t, "corpus", "population.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	keys := map[string]rune{"space": ' ', "backspace": population.Backspace}
	key := func(name string) rune {
		if r, ok := keys[name]; ok {
			return r
		}
		return []rune(name)[0]
	}
	seen := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		w := strings.Split(s.Text(), "\t")
		if w[0] != "digraph" || w[1] == "left" || w[1] == "right" {
			continue // arrows are sequences, which no key of a terminal is
		}
		n, ok := population.Number(key(w[1]), key(w[2]))
		if !ok {
			t.Fatalf("%s %s is missing", w[1], w[2])
		}
		d := population.Digraphs()[n].Figures
		for i, got := range []float64{d.Mean, d.Within, d.Between} {
			if want, _ := strconv.ParseFloat(w[3+i], 64); got-want > 1e-9 || want-got > 1e-9 {
				t.Errorf("%s %s: figure %d is %v, want %v", w[1], w[2], i, got, want)
			}
		}
		seen++
	}
	if seen < 600 || seen > len(population.Digraphs()) {
		t.Errorf("%d digraphs of %d were compared", seen, len(population.Digraphs()))
	}
}

func TestDigraphsAreInOrderAndFound(t *testing.T) {
	list := population.Digraphs()
	if len(list) != 644 {
		t.Errorf("%d digraphs", len(list))
	}
	for i, d := range list {
		if n, ok := population.Number(d.First, d.Second); !ok || n != i {
			t.Errorf("%q %q is number %d, want %d", d.First, d.Second, n, i)
		}
		if d.Mean < 3 || d.Mean > 6.91 || d.Within <= 0 || d.Between <= 0 {
			t.Errorf("%q %q has figures %+v", d.First, d.Second, d.Figures)
		}
	}
	upper, _ := population.Number('T', 'h')
	lower, _ := population.Number('t', 'h')
	if upper != lower {
		t.Error("a capital is another key than its letter")
	}
	a, _ := population.Number('\b', '\b')
	b, _ := population.Number(0x7f, 0x7f)
	if a != b {
		t.Error("the two codes of the backspace are two keys")
	}
	if _, ok := population.Number('é', 'q'); ok {
		t.Error("a digraph that nobody measured was found")
	}
}

package typist_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gait/assess/population"
	"gait/assess/typist"
)

// streams make up persons who type at two places; all are slower than the
// population by a factor.
func streams(persons, keys int, slower float64) (list []typist.Stream) {
	r := rand.New(rand.NewPCG(10, 10))
	for i := range persons {
		p := newPerson(r)
		for _, place := range []string{"a", "b"} {
			s := typist.Stream{Person: fmt.Sprint(i), Place: place}
			for range keys / typist.BlockKeys {
				var block []typist.Gap
				for range typist.BlockKeys {
					d := r.IntN(120) * 5
					x := population.Digraphs()[d]
					g := typist.Gap{First: x.First, Second: x.Second}
					g.MS[typist.Exact] = slower * p.gap(r, d)
					block = append(block, g)
				}
				s.Blocks = append(s.Blocks, block)
			}
			list = append(list, s)
		}
	}
	return list
}

// TestFitRefusesFewPersons counts persons with two sessions, and no others.
func TestFitRefusesFewPersons(t *testing.T) {
	list := streams(30, 100, 1)
	_, err := typist.Shipped().Fit(list[:len(list)-1]) // the last person has one
	var few typist.FewPersons
	if !errors.As(err, &few) || few.Found != 29 || !strings.Contains(err.Error(), "at least 30 persons") {
		t.Errorf("29 persons and a half: %v", err)
	}
	if _, err := typist.Shipped().Fit(list); err != nil {
		t.Errorf("30 persons: %v", err)
	}
}

// TestFitShrinksToTheShippedTable fits on 32 people who need half as long again
// for every key: with the weight of 200 persons beside them a seventh of that
// must show.
func TestFitShrinksToTheShippedTable(t *testing.T) {
	m, err := typist.Shipped().Fit(streams(32, 300, 1.5))
	if err != nil {
		t.Fatal(err)
	}
	if m.Version == typist.Shipped().Version || m.Persons != 11 {
		t.Errorf("version %d of %d persons", m.Version, m.Persons)
	}
	text, err := m.Table()
	if err != nil {
		t.Fatal(err)
	}
	mean := meanPace(t, text)
	if mean < 0.03 || mean > 0.09 { // ln(1.5) * 32 / 232 = 0.056
		t.Errorf("the mean pace of the table is %v", mean)
	}
	back, err := typist.ReadTable(text)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(11, 11))
	p := newPerson(r)
	var one, two typist.Builder
	p.play(r, &one, 300)
	p.play(r, &two, 300)
	a, errA := m.Score(one.Vector(m.Version), two.Vector(m.Version))
	b, errB := back.Score(one.Vector(m.Version), two.Vector(m.Version))
	if errA != nil || errB != nil || a != b {
		t.Errorf("a table that was read scores %+v, %v; before it was written %+v, %v", b, errB, a, errA)
	}
	if _, err := typist.Shipped().Score(one.Vector(m.Version), two.Vector(m.Version)); !errors.Is(err, typist.ErrTable) {
		t.Errorf("vectors of a fitted table under the shipped one: %v", err)
	}
}

// meanPace is by how much the digraphs of a table that were typed are slower
// than those of the population, in the mean.
func meanPace(t *testing.T, text []byte) float64 {
	t.Helper()
	var table struct{ Digraphs [][3]float64 }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for i := range 120 {
		total += table.Digraphs[i*5][0] - population.Digraphs()[i*5].Mean
	}
	return total / 120
}

// TestTablesOfOthersAreRefused changes a table in ways that a hand might.
func TestTablesOfOthersAreRefused(t *testing.T) {
	text, err := typist.Shipped().Table()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := typist.ReadTable(text); err != nil {
		t.Fatalf("the table as written: %v", err)
	}
	for name, changed := range map[string]string{
		"nothing": "", "another format": strings.Replace(string(text), "table 1", "table 2", 1),
		"another number": strings.Replace(string(text), "0.10147", "0.10148", 1), "cut": string(text[:len(text)/2]),
		"a digraph less": strings.Replace(string(text), ",\n[5.8", "", 1), "huge": strings.Repeat(" ", typist.MaxTable) + string(text),
	} {
		if _, err := typist.ReadTable([]byte(changed)); !errors.Is(err, typist.ErrTableFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	text, _ := typist.Shipped().Table()
	f.Add(text)
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := typist.ReadTable(text)
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(12, 12))
		var b typist.Builder
		newPerson(r).play(r, &b, 200)
		if s, err := m.Score(b.Vector(m.Version), b.Vector(m.Version)); err != nil || s.LogOdds != s.LogOdds {
			t.Fatalf("a table that was taken scores %v, %v", s.LogOdds, err)
		}
	})
}

func FuzzReadSamples(f *testing.F) {
	head := "person\tsite\tblock\tfirst\tsecond\tgap_ms\tgap_tick_ms\tgap_jit5_ms\tgap_jit20_ms\tgap_jit50_ms\n"
	f.Add(head + "p\ts\t0\ta\tspace\t1\t2\t3\t4\t5\n")
	f.Add(head + "p\ts\t-1\ta\tb\t1\t2\t3\t4\t5\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := typist.ReadSamples(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, typed := range typist.Shipped().Cut(list, 100, typist.Exact) {
			if len(typed.Gaps) < 90 {
				t.Fatalf("a session of %d gaps", len(typed.Gaps))
			}
		}
	})
}

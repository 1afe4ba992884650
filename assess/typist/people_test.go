package typist_test

import (
	"math"
	"math/rand/v2"
	"strings"

	"gait/assess/population"
	"gait/assess/typist"
)

// words are what made-up people type.
var words = strings.Fields(`the of and to in is that for it was on are as with his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these would other into
has more her two like him see time could no make than first been its who now people my made over did down only way find use may water
long little very after word call just where most know cd ls cat grep sudo systemctl status apt install tar ssh mkdir chmod echo export
wget curl python vim nano less tail head find kill ps top uname whoami ifconfig history exit docker git commit push passwd useradd`)

// person is a made-up typist: a pace and, for each digraph, a deviation from
// the mean of all people.
type person struct {
	pace     float64
	digraphs []float64
}

func newPerson(r *rand.Rand) *person {
	p := &person{pace: r.NormFloat64() * math.Sqrt(population.Offset.Between)}
	for _, d := range population.Digraphs() {
		p.digraphs = append(p.digraphs, r.NormFloat64()*math.Sqrt(d.Between))
	}
	return p
}

// gap draws the time of a digraph in milliseconds.
func (p *person) gap(r *rand.Rand, digraph int) float64 {
	f := population.Digraphs()[digraph]
	return math.Exp(f.Mean + p.pace + p.digraphs[digraph] + r.NormFloat64()*math.Sqrt(f.Within))
}

// play adds so many gaps of a person to a builder.
func (p *person) play(r *rand.Rand, b *typist.Builder, keys int) {
	before := ' '
	for keys > 0 {
		text := words[r.IntN(len(words))] + " "
		if r.IntN(12) == 0 {
			text += "\x7f\x7f"
		}
		for _, c := range text {
			ms := 150.0
			if n, ok := population.Number(before, c); ok {
				ms = p.gap(r, n)
			}
			b.Add(before, c, ms)
			before = c
			keys--
		}
	}
}

func (p *person) vector(r *rand.Rand, keys int) *typist.Vector {
	var b typist.Builder
	p.play(r, &b, keys)
	return b.Vector(typist.Shipped().Version)
}

package typist

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gait/assess/population"
)

// Column says which times of a sample are taken: as they were, or as they would
// have arrived.
type Column int

// The columns of a file of digraph samples.
const (
	Exact    Column = iota // as they were typed
	Ticks                  // through OpenSSH's ticks of 20 ms
	Jitter5                // over a path with a mean jitter of 5 ms
	Jitter20               // of 20 ms
	Jitter50               // of 50 ms
	Columns
)

// Gap is one sample: two successive keys, and the times between them in
// milliseconds by column.
type Gap struct {
	First, Second rune
	MS            [Columns]float64
}

// BlockKeys is how many keys a block of samples has. The order within a block
// means nothing.
const BlockKeys = 50

// Stream is what one person typed at one place, in blocks.
type Stream struct {
	Person, Place string
	Blocks        [][]Gap
}

// sampleFields are the columns of a file of digraph samples.
const sampleFields = "person\tsite\tblock\tfirst\tsecond\tgap_ms\tgap_tick_ms\tgap_jit5_ms\tgap_jit20_ms\tgap_jit50_ms"

// mostBlocks is how many blocks a person may have at a place.
const mostBlocks = 100000

// IsSamples says whether a first line is that of a file of digraph samples.
func IsSamples(line string) bool { return strings.TrimRight(line, "\r\n") == sampleFields }

// ReadSamples reads a file of digraph samples: tab separated, with the columns
// person, site, block, first, second, gap_ms, gap_tick_ms, gap_jit5_ms,
// gap_jit20_ms and gap_jit50_ms in its first line. Keys are chars, or the words
// space, backspace, tab, enter; other words are keys that were not measured. An
// error names the line and never what it says.
func ReadSamples(r io.Reader) ([]Stream, error) {
	s := bufio.NewScanner(r)
	if !s.Scan() || !IsSamples(s.Text()) {
		if err := s.Err(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("line 1: not the columns of digraph samples, which are %s", strings.ReplaceAll(sampleFields, "\t", ", "))
	}
	place := map[[2]string]int{}
	var streams []Stream
	for line := 2; s.Scan(); line++ {
		f := strings.Split(s.Text(), "\t")
		if len(f) != strings.Count(sampleFields, "\t")+1 {
			return nil, fmt.Errorf("line %d: %d columns instead of 10", line, len(f))
		}
		block, err := strconv.Atoi(f[2])
		if err != nil || block < 0 || block >= mostBlocks {
			return nil, fmt.Errorf("line %d: the block is no number from 0 to %d", line, mostBlocks-1)
		}
		g := Gap{First: sampleKey(f[3]), Second: sampleKey(f[4])}
		for i := range g.MS {
			if g.MS[i], err = strconv.ParseFloat(f[5+i], 64); err != nil || !(g.MS[i] >= 0) {
				return nil, fmt.Errorf("line %d: column %d is no time in milliseconds", line, 6+i)
			}
		}
		at, ok := place[[2]string{f[0], f[1]}]
		if !ok {
			at = len(streams)
			place[[2]string{f[0], f[1]}] = at
			streams = append(streams, Stream{Person: f[0], Place: f[1]})
		}
		b := &streams[at].Blocks
		for len(*b) <= block {
			*b = append(*b, nil)
		}
		(*b)[block] = append((*b)[block], g)
	}
	return streams, s.Err()
}

var sampleNames = map[string]rune{"space": ' ', "backspace": population.Backspace, "tab": '\t', "enter": '\r'}

func sampleKey(name string) rune {
	if r, ok := sampleNames[name]; ok {
		return r
	}
	if r, n := utf8.DecodeRuneInString(name); n == len(name) && n > 0 {
		return r
	}
	return utf8.RuneError
}

// Typed is a session that was cut out of a stream.
type Typed struct {
	Person int // number of the person, in order of appearance
	Place  string
	Vector *Vector
	Gaps   []Gap
}

// Cut makes sessions of so many keys out of streams: blocks in a row, without
// overlap. What is left over at the end of a stream is left out.
func (m *Model) Cut(streams []Stream, keys int, from Column) (list []Typed) {
	persons := map[string]int{}
	for _, s := range streams {
		if _, ok := persons[s.Person]; !ok {
			persons[s.Person] = len(persons)
		}
		blocks := max(keys/BlockKeys, 1)
		for i := 0; i+blocks <= len(s.Blocks); i += blocks {
			t := Typed{Person: persons[s.Person], Place: s.Place}
			var b Builder
			for _, gaps := range s.Blocks[i : i+blocks] {
				for _, g := range gaps {
					b.Add(g.First, g.Second, g.MS[from])
				}
				t.Gaps = append(t.Gaps, gaps...)
			}
			if t.Vector = b.Vector(m.Version); len(t.Gaps) >= keys*9/10 {
				list = append(list, t)
			}
		}
	}
	return list
}

// Compare compares all pairs of sessions of different places, and tells each
// its two sessions by their places in the list.
func (m *Model) Compare(list []Typed, keys int, each func(i, j int, c Compared)) {
	ready := make([]*sketch, len(list))
	for i := range list {
		ready[i] = m.sketch(list[i].Vector)
	}
	for i := range list {
		for j := range i {
			if list[i].Place == list[j].Place {
				continue
			}
			each(i, j, Compared{list[i].Person, list[j].Person, keys, m.compare(ready[i], ready[j]).Parts})
		}
	}
}

// LogOdds gives the calibrated log odds of a comparison of sessions of so many
// keys.
func (m *Model) LogOdds(c Compared) Score {
	return m.score(sizeLevel(int(usableShare*float64(c.Keys))), c.Parts)
}

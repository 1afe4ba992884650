package typist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"gait/assess/population"
)

// MinKeys is how many keys a session needs at least; below, the answer is
// "unknown".
const MinKeys = 100

// MaxGaps is how many gaps of a session are kept at most, the first ones.
const MaxGaps = 2000

// gapSteps is the resolution of a stored gap: steps to a unit of its natural
// logarithm, 1.6 % each. Gaps of 20 to 1,000 ms take the steps 0 to gapTop.
const (
	gapSteps = 64
	gapTop   = 250
)

var shortestLog = math.Log(population.Shortest)

// Vector is how a session was typed, in numbers: for each measured digraph, and
// each class of the other ones, the times between its two keys, sorted. It
// holds no text and no order of keys, but which digraphs were typed and how
// often.
type Vector struct {
	table      uint32
	keys       int // that followed another key
	backspaces int
	cells      []cell // by number
	gaps       []byte // of the first cell, then of the second, ...
}

// cell holds the gaps of one digraph, or those of a class that are of no
// measured digraph: its number is then that of the class, after all digraphs.
type cell struct {
	number int
	end    int // of its gaps
}

// Table is the version of the table that the vector was made for. Vectors of
// two versions cannot be compared.
func (v *Vector) Table() uint32 { return v.table }

// Keys counts the keys that followed another key without a break.
func (v *Vector) Keys() int { return v.keys }

// Known says whether there are keys enough to say anything.
func (v *Vector) Known() bool { return v.keys >= MinKeys && len(v.gaps) >= MinKeys/2 }

// Builder makes a vector of single gaps.
type Builder struct {
	keys, backspaces, gaps int
	cells                  map[int][]byte
}

// Add takes one gap: two successive keys, and the time between them in
// milliseconds. Gaps above 1,000 ms count as keys and for nothing else.
func (b *Builder) Add(first, second rune, ms float64) {
	if population.Key(second) == population.Backspace {
		b.backspaces++
	}
	b.keys++
	if !(ms <= population.Longest) || b.gaps == MaxGaps {
		return
	}
	n, ok := population.Number(first, second)
	if !ok {
		class, known := classes().number[className(population.Key(first), population.Key(second))]
		if !known {
			return
		}
		n = len(population.Digraphs()) + class
	}
	step := math.Round((math.Log(max(ms, population.Shortest)) - shortestLog) * gapSteps)
	if b.cells == nil {
		b.cells = map[int][]byte{}
	}
	b.cells[n] = append(b.cells[n], byte(min(step, gapTop)))
	b.gaps++
}

// Vector gives what was added, for the table of a version. The builder can go
// on.
func (b *Builder) Vector(table uint32) *Vector {
	v := &Vector{table: table, keys: b.keys, backspaces: b.backspaces}
	for _, n := range slices.Sorted(maps.Keys(b.cells)) {
		v.gaps = append(v.gaps, b.cells[n]...)
		slices.Sort(v.gaps[len(v.gaps)-len(b.cells[n]):])
		v.cells = append(v.cells, cell{n, len(v.gaps)})
	}
	return v
}

// Pool puts several sessions of one identity into one vector: the gaps of the
// first, then of the next, until there are [MaxGaps]. Those of another table
// than the first one's are left out; the result is empty where there are none.
func Pool(list ...*Vector) *Vector {
	var b Builder
	b.cells = map[int][]byte{}
	table := uint32(0)
	for i, v := range list {
		if i == 0 {
			table = v.table
		}
		if v.table != table || b.gaps+len(v.gaps) > MaxGaps && b.gaps > 0 {
			continue
		}
		b.keys, b.backspaces, b.gaps = b.keys+v.keys, b.backspaces+v.backspaces, b.gaps+len(v.gaps)
		v.each(func(n int, gaps []byte) { b.cells[n] = append(b.cells[n], gaps...) })
	}
	return b.Vector(table)
}

// each calls f with every cell and its gaps.
func (v *Vector) each(f func(number int, gaps []byte)) {
	from := 0
	for _, c := range v.cells {
		f(c.number, v.gaps[from:c.end])
		from = c.end
	}
}

// MarshalBinary gives the form to store, about one byte a key. It never fails.
func (v *Vector) MarshalBinary() ([]byte, error) {
	b := binary.LittleEndian.AppendUint32(nil, v.table)
	for _, n := range []int{v.keys, v.backspaces, len(v.cells)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	last := -1
	v.each(func(n int, gaps []byte) {
		b = binary.AppendUvarint(b, uint64(n-last-1))
		b = binary.AppendUvarint(b, uint64(len(gaps)))
		b = append(b, gaps...)
		last = n
	})
	return b, nil
}

// errStored is said of bytes that no vector gives.
var errStored = errors.New("typist: no stored vector")

// UnmarshalBinary reads what MarshalBinary gave. It takes nothing else: bytes
// that no vector gives are an error, and the vector is then as it was.
func (v *Vector) UnmarshalBinary(data []byte) error {
	if len(data) < 4 {
		return fmt.Errorf("%w: %d bytes", errStored, len(data))
	}
	r := vectorReader{data: data[4:]}
	n := Vector{table: binary.LittleEndian.Uint32(data), keys: r.number(math.MaxInt32), backspaces: r.number(math.MaxInt32)}
	count := r.number(len(population.Digraphs()) + len(classes().names))
	for number := -1; len(n.cells) < count && !r.bad; {
		number += 1 + r.number(len(population.Digraphs())+len(classes().names))
		gaps := r.take(r.number(MaxGaps))
		n.gaps = append(n.gaps, gaps...)
		n.cells = append(n.cells, cell{number, len(n.gaps)})
		if len(gaps) == 0 || !slices.IsSorted(gaps) || gaps[len(gaps)-1] > gapTop || number >= len(population.Digraphs())+len(classes().names) {
			r.bad = true
		}
	}
	if r.bad || len(r.data) > 0 || len(n.gaps) > MaxGaps || n.backspaces > n.keys || len(n.gaps) > n.keys {
		return errStored
	}
	*v = n
	return nil
}

// vectorReader takes stored bytes apart.
type vectorReader struct {
	data []byte
	bad  bool
}

// number reads a whole number up to a limit, in its shortest form.
func (r *vectorReader) number(limit int) int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > uint64(limit) || size > 1 && r.data[size-1] == 0 {
		r.bad = true
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

func (r *vectorReader) take(n int) []byte {
	if r.bad || n > len(r.data) {
		r.bad = true
		return nil
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

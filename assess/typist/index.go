package typist

import "slices"

// Index holds many typists, to compare one session with all of them. It does
// so exactly: every typist is compared, and gets the score that [Model.Score]
// gives. It keeps the typists by digraph, so that one session is compared by
// walking through the lists of its own digraphs.
//
// An index is not safe for concurrent use.
type Index struct {
	m        *Model
	digraphs []postings // by number of the digraph
	classes  []column   // by class
	steps    [][ksPoints]uint8
	sizes    []uint8
	scalars  [][5]float32 // the pace, then the shape
	gone     []bool
	free     []int // slots without postings
	dead     int   // slots that are gone and still have postings

	first, second []sum // scratch: sums of digraphs and of classes, by typist
}

// A block is so many typists whose numbers follow each other that the number
// within the block and the code of a digraph fit into one posting of 32 bits.
const (
	codeBits  = 20
	blockBits = 32 - codeBits
	blockSize = 1 << blockBits
)

// postings are the typists' marks of one digraph.
type postings struct {
	blocks [][]uint32 // by block: numbers within it, above the codes
	counts uint16     // a bit for each count that occurs
}

// column holds all typists' codes of one class, 0 where there is none.
type column struct {
	codes           []uint32
	counts, spreads uint16 // a bit for each count and each spread that occurs
}

// Match is a typist of an index with its score.
type Match struct {
	Typist int // as given by [Index.Add]
	Score  Score
}

// NewIndex makes an empty index.
func (m *Model) NewIndex() *Index {
	return &Index{m: m, digraphs: make([]postings, len(m.digraphs)), classes: make([]column, len(m.classes))}
}

// Len counts the typists.
func (x *Index) Len() int { return len(x.gone) - len(x.free) - x.dead }

// Add takes a typist in and gives its number. Numbers of typists that were
// removed are used again. A vector that is too short or of another table is an
// error.
func (x *Index) Add(v *Vector) (typist int, err error) {
	if err := x.m.usable(v); err != nil {
		return 0, err
	}
	s := x.m.sketch(v)
	if n := len(x.free); n > 0 {
		typist, x.free = x.free[n-1], x.free[:n-1]
	} else {
		typist = len(x.gone)
		x.steps, x.sizes, x.gone = append(x.steps, s.steps), append(x.sizes, 0), append(x.gone, false)
		x.scalars = append(x.scalars, [5]float32{})
		for c := range x.classes {
			x.classes[c].codes = append(x.classes[c].codes, 0)
		}
	}
	x.gone[typist], x.steps[typist], x.sizes[typist] = false, s.steps, s.size
	x.scalars[typist] = [5]float32{s.offset, s.scalars[0], s.scalars[1], s.scalars[2], s.scalars[3]}
	for _, d := range s.digraphs {
		x.digraphs[d.number].add(typist, d.code)
	}
	for _, c := range s.classes {
		x.classes[c.number].set(typist, c.code)
	}
	return typist, nil
}

func (p *postings) add(typist int, code uint32) {
	block := typist >> blockBits
	for len(p.blocks) <= block {
		p.blocks = append(p.blocks, nil)
	}
	p.blocks[block] = append(p.blocks[block], uint32(typist)<<codeBits|code)
	p.counts |= 1 << (code >> countShift & 15)
}

func (p *postings) len() (n int) {
	for _, list := range p.blocks {
		n += len(list)
	}
	return n
}

func (c *column) set(typist int, code uint32) {
	c.codes[typist] = code
	c.counts |= 1 << (code >> countShift & 15)
	c.spreads |= 1 << (code >> spreadShift)
}

// Remove takes a typist out.
func (x *Index) Remove(typist int) {
	if typist < 0 || typist >= len(x.gone) || x.gone[typist] {
		return
	}
	x.gone[typist] = true
	for c := range x.classes {
		x.classes[c].codes[typist] = 0
	}
	if x.dead++; x.dead > 16 && x.dead*4 > len(x.gone) {
		x.sweep()
	}
}

// sweep drops the postings of typists that are gone.
func (x *Index) sweep() {
	for d := range x.digraphs {
		for block, list := range x.digraphs[d].blocks {
			gone := x.gone[block<<blockBits:]
			x.digraphs[d].blocks[block] = slices.DeleteFunc(list, func(p uint32) bool { return gone[p>>codeBits] })
		}
	}
	x.free, x.dead = x.free[:0], 0
	for i, gone := range x.gone {
		if gone {
			x.free = append(x.free, i)
		}
	}
}

// Bytes is about how much memory the index takes.
func (x *Index) Bytes() (n int) {
	const sizeOfSlice = 24
	for _, d := range x.digraphs {
		n += sizeOfSlice * cap(d.blocks)
		for _, list := range d.blocks {
			n += 4 * cap(list)
		}
	}
	for _, c := range x.classes {
		n += 4 * cap(c.codes)
	}
	return n + ksPoints*cap(x.steps) + cap(x.sizes) + 20*cap(x.scalars) + cap(x.gone) + 8*(cap(x.first)+cap(x.second))
}

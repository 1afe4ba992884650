package typist

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"gait/assess/population"
)

// tableFormat names the form of a table file.
const tableFormat = "gait typist table 1"

// fittedTable is set in the version of every table that is not shipped.
const fittedTable = 1 << 31

// MaxTable is how many bytes a table file has at most.
const MaxTable = 1 << 20

// tableFile is a model as it is written: numbers and nothing of any session.
type tableFile struct {
	Format   string       `json:"format"`
	Version  uint32       `json:"version"`
	Persons  int          `json:"persons"`
	Offset   [3]float64   `json:"offset"` // mean, variance within, variance between
	Scalars  [][3]float64 `json:"scalars"`
	Digraphs [][3]float64 `json:"digraphs"` // in the order of package population
	Fusion   []Fusion     `json:"fusion"`
}

func row(f population.Figures) [3]float64 { return [3]float64{f.Mean, f.Within, f.Between} }

func figures(r [3]float64) population.Figures {
	return population.Figures{Mean: r[0], Within: r[1], Between: r[2]}
}

// file gives the model as it is written, without a version.
func (m *Model) file() tableFile {
	f := tableFile{Format: tableFormat, Persons: m.Persons, Offset: row(m.offset), Fusion: m.fusion}
	for _, s := range m.scalars {
		f.Scalars = append(f.Scalars, row(s))
	}
	for _, d := range m.digraphs {
		f.Digraphs = append(f.Digraphs, row(d))
	}
	return f
}

// version is the version that a table's content gives it.
func (f tableFile) version() uint32 {
	f.Version = 0
	text, _ := json.Marshal(f) // of finite numbers, which never fail
	sum := sha256.Sum256(text)
	return binary.LittleEndian.Uint32(sum[:]) | fittedTable
}

// Table writes a model as a table file. Its version follows from what is in it.
func (m *Model) Table() ([]byte, error) {
	f := m.file()
	f.Version = f.version()
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return append(bytes.ReplaceAll(text, []byte("],["), []byte("],\n[")), '\n'), nil
}

// ErrTableFile is what an error of ReadTable wraps.
var ErrTableFile = errors.New("no table of typing that gait fit wrote")

// ReadTable reads a table file. It takes nothing that Table does not write: a
// table that was changed by hand is an error.
func ReadTable(text []byte) (*Model, error) {
	var f tableFile
	if len(text) > MaxTable {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", ErrTableFile, MaxTable)
	}
	if err := json.Unmarshal(text, &f); err != nil || f.Format != tableFormat {
		return nil, fmt.Errorf("%w: its format is not %q", ErrTableFile, tableFormat)
	}
	m := &Model{Version: f.Version, Persons: f.Persons, offset: figures(f.Offset), fusion: f.Fusion}
	if len(f.Scalars) != len(m.scalars) || len(f.Digraphs) != len(population.Digraphs()) || f.Version != f.version() {
		return nil, fmt.Errorf("%w: its version does not follow from its numbers", ErrTableFile)
	}
	for i, s := range f.Scalars {
		m.scalars[i] = figures(s)
	}
	for _, d := range f.Digraphs {
		m.digraphs = append(m.digraphs, figures(d))
	}
	if !m.sane() {
		return nil, fmt.Errorf("%w: its numbers cannot be those of typing", ErrTableFile)
	}
	m.derive()
	return m, nil
}

// sane says whether the numbers of a model can be computed with.
func (m *Model) sane() bool {
	all := append([]population.Figures{m.offset}, m.scalars[:]...)
	for _, f := range append(all, m.digraphs...) {
		if !(math.Abs(f.Mean) < 10 && f.Within >= 1e-6 && f.Within < 10 && f.Between >= 1e-6 && f.Between < 10) {
			return false
		}
	}
	if len(m.fusion) != len(Lengths) || m.Persons < 0 {
		return false
	}
	for i, f := range m.fusion {
		if f.Keys != Lengths[i] || !(math.Abs(f.Bias) < 1e3) || len(f.Bounds) != boundCount {
			return false
		}
		for _, w := range f.Weights {
			if !(math.Abs(w) < 1e3) {
				return false
			}
		}
		for _, b := range f.Bounds {
			if !(b >= 0 && b <= 1) {
				return false
			}
		}
	}
	return true
}

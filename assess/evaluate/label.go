package evaluate

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gait/internal/lines"
)

// Label is a row of a table of labels: what a recording is known to be.
type Label struct {
	File string // path from the folder of the table, with slashes
	Kind Kind
	Origin
	Line int // in its table, from 1
}

// Kind is what a label says was at the keys.
type Kind uint8

// The kinds that labels can name. Person, Script and Agent are the classes that
// are scored. MachineKeys are keys that a program sends one at a time, of
// which detection is reported. Exec is a command given without a terminal. Of
// Unlabelled nothing is known: how often an answer is held back is all that
// can be counted.
const (
	Person Kind = iota
	Script
	Agent
	MachineKeys
	Exec
	Unlabelled
)

// classes are the scored ones: the kinds before MachineKeys.
const classes = int(MachineKeys)

// kindNames are the names of classes in results; labelNames those in tables.
var (
	kindNames  = [...]string{"person", "script", "llm_agent", "machine_keys", "exec", "unknown"}
	labelNames = [...]string{"human", "bot", "llm", "machine_keys", "exec", "unknown"}
)

// String gives the name that stands in results.
func (k Kind) String() string { return kindNames[k] }

// labelColumns must all stand in the head of a table, in any order and among
// others.
var labelColumns = [...]string{"file", "class", "subject", "group"}

// RowError is a row of a table that cannot be used.
type RowError struct {
	Line  int // from 1
	Cause string
}

// Error says where and why.
func (e RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Cause) }

// maxRow bounds a line of a table, maxRows its lines.
const (
	maxRow  = 16 << 10
	maxRows = 1_000_000
)

// ReadLabels reads a table of labels: text in columns divided by tabs, with a
// head that names them. Rows that cannot be used come back as [RowError]; the
// others are read. The error is that of the reader, or says why the whole is
// no table of labels.
func ReadLabels(r io.Reader) (list []Label, bad []RowError, err error) {
	in := lines.NewReader(r, maxRow)
	var at [len(labelColumns)]int
	for n := 1; ; n++ {
		line, _, _, err := in.Next()
		if err == io.EOF {
			if n == 1 {
				return nil, nil, errors.New("is empty: the first line must name the columns file, class, subject and group")
			}
			return list, bad, nil
		}
		if err != nil {
			return list, bad, fmt.Errorf("line %d: %w", n, err)
		}
		if n > maxRows {
			return list, bad, fmt.Errorf("has over %d lines", maxRows)
		}
		text := strings.TrimRight(string(line), "\r")
		if n == 1 {
			if at, err = columns(text); err != nil {
				return nil, nil, err
			}
			continue
		}
		if strings.TrimSpace(text) == "" || text[0] == '#' {
			continue
		}
		l, err := readLabel(strings.Split(text, "\t"), at)
		if err != nil {
			bad = append(bad, RowError{n, err.Error()})
			continue
		}
		l.Line = n
		list = append(list, l)
	}
}

// columns finds the columns in the head of a table.
func columns(head string) (at [len(labelColumns)]int, err error) {
	names := strings.Split(strings.TrimPrefix(head, "\ufeff"), "\t")
	for i, want := range labelColumns {
		if at[i] = slices.Index(names, want); at[i] < 0 {
			return at, fmt.Errorf("line 1 names no column %q: it must name file, class, subject and group, divided by tabs", want)
		}
	}
	return at, nil
}

// readLabel reads a row.
func readLabel(cells []string, at [len(labelColumns)]int) (l Label, err error) {
	var v [len(labelColumns)]string
	for i, c := range at {
		if c >= len(cells) {
			return l, fmt.Errorf("has %d columns, and %s is column %d", len(cells), labelColumns[i], c+1)
		}
		if v[i] = strings.TrimSpace(cells[c]); v[i] == "" {
			return l, fmt.Errorf("%s is empty", labelColumns[i])
		}
	}
	k := slices.Index(labelNames[:], v[1])
	if k < 0 {
		return l, fmt.Errorf("class is none of %s", strings.Join(labelNames[:], ", "))
	}
	return Label{File: v[0], Kind: Kind(k), Origin: Origin{Subject: v[2], Group: v[3]}}, nil
}

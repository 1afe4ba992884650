package operator

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// training holds what the shipped model is fitted on: one row of numbers for
// each session, as [Example.Row] writes it, and nothing of its text.
//
//go:embed training.tsv
var training string

// columns are the columns of a row.
const columns = 24

// Row writes an example as one line of tab-separated columns without a line
// end: file, class, subject, group, then the features.
func (e *Example) Row() string {
	f := &e.Features
	row := []string{e.File, e.Class.String(), e.Subject, e.Group}
	for _, n := range []int32{f.Acts, f.Whole, f.Typed, f.Logins, f.Gaps, f.Pairs, f.Waits} {
		row = append(row, strconv.Itoa(int(n)))
	}
	for _, x := range []float64{f.CV, f.MedianGap, f.Slope, f.SlopeError, f.SlopeSpread, f.Repeat, f.RepeatUnit, f.WaitP10, f.WaitP50, f.WaitP90} {
		row = append(row, strconv.FormatFloat(x, 'g', 6, 64))
	}
	row = append(row, fmt.Sprintf("%.0f/%.0f", f.LongestIn, f.MostLines), strconv.FormatUint(f.Shapes, 16), fmt.Sprintf("%x/%d", f.Loader, f.Client))
	return strings.Join(row, "\t")
}

// ParseRow reads what [Example.Row] wrote. The error names the column.
func ParseRow(line string) (e Example, err error) {
	c := strings.Split(line, "\t")
	if len(c) != columns {
		return e, fmt.Errorf("a row has %d columns, this one %d", columns, len(c))
	}
	e.File, e.Subject, e.Group, e.Class = c[0], c[2], c[3], classNamed(c[1])
	if e.Class == Unknown {
		return e, fmt.Errorf("column 2: %q is no class", c[1])
	}
	f := &e.Features
	for i, p := range []*int32{&f.Acts, &f.Whole, &f.Typed, &f.Logins, &f.Gaps, &f.Pairs, &f.Waits} {
		n, err := strconv.ParseInt(c[4+i], 10, 32)
		if err != nil {
			return e, fmt.Errorf("column %d: %w", 5+i, err)
		}
		*p = int32(n)
	}
	for i, p := range []*float64{&f.CV, &f.MedianGap, &f.Slope, &f.SlopeError, &f.SlopeSpread, &f.Repeat, &f.RepeatUnit, &f.WaitP10, &f.WaitP50, &f.WaitP90} {
		if *p, err = strconv.ParseFloat(c[11+i], 64); err != nil {
			return e, fmt.Errorf("column %d: %w", 12+i, err)
		}
	}
	if _, err = fmt.Sscanf(c[21]+" "+c[22]+" "+c[23], "%g/%g %x %x/%d", &f.LongestIn, &f.MostLines, &f.Shapes, &f.Loader, &f.Client); err != nil {
		return e, fmt.Errorf("columns 22 to 24: %w", err)
	}
	return e, nil
}

func classNamed(name string) Class {
	for i, n := range classNames {
		if n == name {
			return Class(i)
		}
	}
	return Unknown
}

var trained = sync.OnceValue(func() []Example {
	var list []Example
	for line := range strings.Lines(training) {
		e, err := ParseRow(strings.TrimSuffix(line, "\n"))
		if err != nil {
			panic("operator: training.tsv: " + err.Error()) // it is ours, and a test reads it
		}
		list = append(list, e)
	}
	return list
})

// Training gives the rows that the shipped model is fitted on. Callers do not
// change them.
func Training() []Example { return trained() }

var shipped = sync.OnceValue(func() *Model { return Fit(Training(), All) })

var uncatalogued = sync.OnceValue(func() *Model { return Fit(Training(), All&^Fingerprints) })

// Shipped is the model that gait judges with: all terms, fitted on all rows of
// [Training].
func Shipped() *Model { return shipped() }

package suite

import (
	"cmp"
	"slices"
	"strings"

	"gait/profile"
)

// maxNear is how many names are suggested at most, and maxAsked the longest
// name that any is suggested for, in bytes.
const (
	maxNear  = 3
	maxAsked = 100
)

// nearest gives the names that are most like a name nobody knows: those that
// hold it, or that are a few letters away, with or without their domain.
func nearest(all []*profile.Primitive, name string) (near []string) {
	if name == "" || len(name) > maxAsked {
		return nil
	}
	asked := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(name))
	type candidate struct {
		name string
		far  int
	}
	var found []candidate
	for _, p := range all {
		if far := distance(asked, p.Name); far <= 2+len(asked)/5 {
			found = append(found, candidate{p.Name, far})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	for _, c := range found[:min(len(found), maxNear)] {
		near = append(near, c.name)
	}
	return near
}

// distance is the least number of changes that make the name of a primitive,
// or what follows one of its dots, out of what was asked for; 1 where the name
// holds what was asked for.
func distance(asked, name string) int {
	if len(asked) > 2 && strings.Contains(name, asked) {
		return 1
	}
	least := edits(asked, name)
	for rest, ok := name, true; ok; {
		if _, rest, ok = strings.Cut(rest, "."); ok {
			least = min(least, edits(asked, rest))
		}
	}
	return least
}

// edits is the Levenshtein distance in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

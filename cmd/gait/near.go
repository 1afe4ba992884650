package main

import (
	"slices"
	"strings"
)

// unknownPrimitive is the error about a name that no primitive has; it says
// which come near.
func unknownPrimitive(name string) error {
	var names []string
	for _, p := range primitives() {
		names = append(names, p.Name)
	}
	text := "unknown primitive " + clip(name, 80)
	if near := nearest(name, names); len(near) > 0 {
		return usageError{text + "; did you mean " + strings.Join(near, " or ") + "?"}
	}
	return usageError{text + `; "gait primitives" lists all`}
}

// nearest gives up to three names that come near to one: those that hold it,
// then those that few changes make of it, with or without their domain.
func nearest(name string, names []string) []string {
	type candidate struct {
		name string
		far  int
	}
	var list []candidate
	name = strings.ToLower(name)
	if name == "" || len(name) > 80 {
		return nil
	}
	for _, n := range names {
		far := min(changes(name, n), changes(name, lastPart(n)), changes(lastPart(name), lastPart(n)))
		if strings.Contains(n, name) {
			far = 0
		}
		if far <= len(name)/3 {
			list = append(list, candidate{n, far})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.far - b.far })
	var near []string
	for _, c := range list[:min(3, len(list))] {
		near = append(near, c.name)
	}
	return near
}

// lastPart is what follows the last dot.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// changes counts the bytes that must be put in, taken out or replaced to make
// b of a.
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

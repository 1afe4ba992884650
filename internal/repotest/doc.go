// Package repotest holds the tests of the tree itself: that everything
// exported is documented, that the pure library touches nothing outside, that
// layers never point up, that a primitive has one name everywhere, that
// generated pages and sample recordings are fresh, that the papers name what
// exists, and that files and functions stay small.
//
// Each check is a function from parsed sources, or text, to a list of
// problems; it is tested on small bad examples before it is run on the tree.
// The package has no code of its own outside its tests.
package repotest

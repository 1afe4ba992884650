package regex

//lint:file-ignore ST1005 these texts are shown to visitors, as GNU words them

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"time"
)

// What package regexp does cannot be ended, takes time that is the product of
// the sizes of pattern and text, and looking for all matches takes the square
// of the text. These bound it.
const (
	largest   = 20_000                 // instructions of a pattern
	heavy     = 100_000                // instructions times bytes from which on time is counted
	heaviest  = 100_000_000            // instructions times bytes of one match; there is none where it is more
	quadratic = 30_000_000             // instructions times bytes squared from which on all matches are looked for with a clock
	quick     = 200 * time.Millisecond // that a pattern may take before it has to rest
	rests     = time.Second            // longest rest after a match
)

var errLarge = errors.New("Regular expression too big")

// compile compiles an expression of package regexp. What has more than the
// largest number of instructions is not made at all.
func compile(text string) (*Regexp, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	size := instructions(tree)
	if size > largest {
		return nil, errLarge
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	re.Longest()
	return &Regexp{std: re, groups: re.NumSubexp(), size: size}, nil
}

// Plain compiles an expression of package regexp, for the longest match.
func Plain(text string) (*Regexp, error) {
	if len(text) > longest {
		return nil, errLarge
	}
	return compile(text)
}

// instructions says how many a program for an expression has, at least about.
func instructions(t *syntax.Regexp) int {
	n := 1 + len(t.Rune)/8
	if t.Op == syntax.OpLiteral {
		n = len(t.Rune)
	}
	for _, sub := range t.Sub {
		n += instructions(sub)
		if n > largest {
			return largest + 1
		}
	}
	if t.Op == syntax.OpRepeat {
		n *= max(t.Min, t.Max, 1)
	}
	return min(n, largest+1)
}

// Work estimates what one match against so many bytes costs.
func (r *Regexp) Work(bytes int) int {
	if r.std == nil {
		return 0
	}
	return bytes * r.size * (1 + r.groups/8)
}

// may says whether a match against so many bytes is tried at all.
func (r *Regexp) may(bytes int) bool {
	work := r.Work(bytes)
	return work <= heavy || work <= heaviest && r.spent.Load() <= int64(total)
}

// count counts the time of a match that is not a small one. Who took long rests
// for longer, so that nobody has a processor for himself.
func (r *Regexp) count(began time.Time, bytes int) {
	if r.Work(bytes) <= heavy {
		return
	}
	took := time.Since(began)
	if r.spent.Add(int64(took)) > int64(quick) {
		time.Sleep(min(4*took, rests))
	}
}

// inTime says how many of the first n matches are found in the time that is left.
func (r *Regexp) inTime(b []byte, n int) (found int) {
	left := total - time.Duration(r.spent.Load())
	began := time.Now()
	defer func() {
		if v := recover(); v != nil && v != errLarge {
			panic(v)
		}
	}()
	r.std.ReplaceAllFunc(b, func([]byte) []byte {
		if found == n || time.Since(began) > left {
			panic(errLarge)
		}
		found++
		return nil
	})
	return found
}

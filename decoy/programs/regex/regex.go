// Package regex has the regular expressions of POSIX as GNU writes them. They
// are turned into those of package regexp, which take linear time; those with
// back references and those of Perl run with a limit of time and memory.
package regex

//lint:file-ignore ST1005 these texts are shown to visitors, as GNU words them

import (
	"errors"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// Options say how a pattern is to be read.
type Options struct {
	Extended bool // ERE, else BRE
	Fixed    bool // plain text
	Perl     bool
	Fold     bool // without regard to case
	Word     bool // matches whole words
	Line     bool // matches whole lines
	Escapes  bool // \n, \t, \xHH and so on are what they are in sed
	Multi    bool // ^ and $ match at lines inside the text
}

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	std    *regexp.Regexp
	back   *regexp2.Regexp
	spent  atomic.Int64 // nanoseconds that matches took
	groups int
	size   int // instructions of std
}

// One match with back references may take so long, and all of a pattern
// together; after that it matches nothing.
const (
	limit = 200 * time.Millisecond
	total = 2 * time.Second
)

// longest is how long a pattern may be.
const longest = 32 << 10

// Compile reads a pattern. The error is worded as the C library words it.
func Compile(pattern string, o Options) (*Regexp, error) {
	if len(pattern) > longest {
		return nil, errLarge
	}
	t := &translator{in: pattern, o: o}
	text, err := t.all()
	if err != nil {
		return nil, err
	}
	flags := "(?s"
	if o.Fold {
		flags += "i"
	}
	if o.Multi {
		flags += "m"
	}
	switch {
	case o.Line:
		text = `^(?:` + text + `)$`
	case o.Word:
		text = `\b(?:` + text + `)\b`
	}
	text = flags + ")" + text
	if t.back || o.Perl || !utf8.ValidString(text) {
		return backtracking(text, o)
	}
	re, err := compile(text)
	switch {
	case err == nil:
		return re, nil
	case err == errLarge, strings.Contains(err.Error(), "repeat"), strings.Contains(err.Error(), "large"):
		return nil, errLarge
	}
	return nil, errors.New("Invalid regular expression")
}

// backtracking compiles what needs more than linear time. It sees each byte as a
// character, so that places in it are places in the text.
func backtracking(text string, o Options) (*Regexp, error) {
	mode := regexp2.RE2
	if o.Perl {
		mode = regexp2.None
	}
	re, err := regexp2.Compile(latin(text), mode, regexp2.OptionMaxBacktrackingStackSize(1<<20))
	if err != nil {
		if o.Perl {
			return nil, errors.New(perlWords(err.Error()))
		}
		return nil, errors.New("Invalid regular expression")
	}
	re.MatchTimeout = limit
	return &Regexp{back: re, groups: len(re.GetGroupNumbers()) - 1}, nil
}

// perlWords words an error as PCRE does.
func perlWords(text string) string {
	switch {
	case strings.Contains(text, "closing )"), strings.Contains(text, "parenthes"):
		return "missing closing parenthesis"
	case strings.Contains(text, "unterminated ["):
		return "missing terminating ] for character class"
	case strings.Contains(text, "nothing"), strings.Contains(text, "quantifier"):
		return "quantifier does not follow a repeatable item"
	}
	return "unrecognized character follows \\"
}

// latin makes a character of each byte.
func latin(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

// Groups gives how many groups the pattern has.
func (r *Regexp) Groups() int { return r.groups }

// Match says whether there is a match.
func (r *Regexp) Match(b []byte) bool {
	if r.std != nil {
		if !r.may(len(b)) {
			return false
		}
		defer r.count(time.Now(), len(b))
		return r.std.Match(b)
	}
	if r.spent.Load() > int64(total) {
		return false
	}
	defer r.clock(time.Now())
	ok, err := r.back.MatchString(latin(string(b)))
	return ok && err == nil
}

// clock counts the time since a match began.
func (r *Regexp) clock(began time.Time) { r.spent.Add(int64(time.Since(began))) }

// Find gives the first match as pairs of places, of the whole and of each group;
// -1 for a group that has none. It is nil where there is no match.
func (r *Regexp) Find(b []byte) []int {
	if r.std != nil {
		if !r.may(len(b)) {
			return nil
		}
		defer r.count(time.Now(), len(b))
		return r.std.FindSubmatchIndex(b)
	}
	if list := r.All(b, 1); len(list) > 0 {
		return list[0]
	}
	return nil
}

// All gives the first n matches that do not overlap, all where n is negative. An
// empty match right after another is none.
func (r *Regexp) All(b []byte, n int) (list [][]int) {
	if r.std != nil {
		if !r.may(len(b)) {
			return nil
		}
		defer r.count(time.Now(), len(b))
		if n != 1 && r.Work(len(b))*len(b) > quadratic {
			n = r.inTime(b, n)
		}
		return r.std.FindAllSubmatchIndex(b, n)
	}
	left := total - time.Duration(r.spent.Load())
	if left <= 0 {
		return nil
	}
	began := time.Now()
	defer r.clock(began)
	m, err := r.back.FindStringMatch(latin(string(b)))
	end := -1
	for m != nil && err == nil && (n < 0 || len(list) < n) && time.Since(began) < left {
		if m.RuneLength > 0 || m.RuneIndex != end {
			var pairs []int
			for _, g := range m.Groups() {
				if len(g.Captures) == 0 {
					pairs = append(pairs, -1, -1)
					continue
				}
				pairs = append(pairs, g.RuneIndex, g.RuneIndex+g.RuneLength)
			}
			list = append(list, pairs)
		}
		end = m.RuneIndex + m.RuneLength
		m, err = r.back.FindNextMatch(m)
	}
	return list
}

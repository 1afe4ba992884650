package shell

import (
	"fmt"
	"slices"
	"strings"
)

func fcBuiltin(in *interp, args []string) int {
	args = slices.Clone(args)
	for i, a := range args { // numbers of lines may be negative: they are no options
		if i > 0 && len(a) > 1 && a[0] == '-' && isDigit(a[1]) {
			args = slices.Insert(args, i, "--")
			break
		}
	}
	o, rest, ok := in.letters(args, "e:lnrs")
	if !ok {
		return 2
	}
	has := func(c byte) bool { _, ok := o[c]; return ok }
	list := in.s.history()
	list = list[:max(len(list)-1, 0)] // without fc itself
	switch {
	case len(list) == 0 && !has('l'):
		in.complain("fc: no command found")
		return 1
	case has('s') || o['e'] == "-":
		return in.again(list, rest)
	case !has('l'):
		return 0
	case len(list) == 0:
		return 0
	}
	from, to := max(0, len(list)-16), len(list)-1
	if len(rest) > 0 {
		from = historyLine(list, rest[0])
	}
	if len(rest) > 1 {
		to = historyLine(list, rest[1])
	}
	if from < 0 || to < 0 {
		in.complain("fc: history specification out of range")
		return 1
	}
	in.listLines(list, [2]int{from, to}, [2]bool{has('n'), has('r')})
	return 0
}

// listLines lists lines of the history, without numbers or from the end where
// that is wished.
func (in *interp) listLines(list []string, span [2]int, bare [2]bool) {
	from, to := span[0], span[1]
	reverse := bare[1] != (from > to)
	from, to = min(from, to), max(from, to)
	for i := range to - from + 1 {
		at := from + i
		if reverse {
			at = to - i
		}
		if bare[0] {
			in.out("\t " + list[at] + "\n")
		} else {
			in.out(fmt.Sprintf("%d\t %s\n", at+1, list[at]))
		}
	}
}

// historyLine finds a line by its number, counted from the end where that is
// negative, or by what it begins with; -1 for none.
func historyLine(list []string, text string) int {
	if n, ok := parseInt(text); ok {
		if n <= 0 {
			n += int64(len(list)) + 1
		}
		return int(min(max(n, 1), int64(len(list)))) - 1
	}
	for i := len(list) - 1; i >= 0; i-- {
		if strings.HasPrefix(list[i], text) {
			return i
		}
	}
	return -1
}

// again runs a line once more, after it was changed.
func (in *interp) again(list, args []string) int {
	old, with, change := "", "", false
	if len(args) > 0 {
		if old, with, change = strings.Cut(args[0], "="); change {
			args = args[1:]
		}
	}
	at := len(list) - 1
	if len(args) > 0 {
		at = historyLine(list, args[0])
	}
	if at < 0 {
		in.complain("fc: no command found")
		return 1
	}
	line := list[at]
	if n := strings.Count(line, old); change && old != "" && n*len(with) < mostExpanded {
		line = strings.ReplaceAll(line, old, with)
	}
	in.s.setHistory(append(list[:len(list):len(list)], line))
	in.plainError(line)
	if !in.enter() {
		return in.status
	}
	defer in.leave()
	in.evals++
	defer func() { in.evals-- }()
	in.runSource(textSource(line + "\n"))
	return in.status
}

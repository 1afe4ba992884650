package text

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// sorter is a sort that runs.
type sorter struct {
	p       *proc.Process
	o       *proc.Options
	keys    []sortKey
	global  sortKey
	sep     string
	end     byte
	collate func(a, b string) int
	held    *gnu.Held
	lines   []string
	starts  []int // where the lines of each file begin
}

func sortFlags() proc.Flags {
	return proc.Flags{Short: "bcCdfghik:mMno:rRsS:t:T:uVy:z", Long: map[string]proc.Long{"ignore-leading-blanks": {As: "b"}, "check": {As: "c", Value: 2}, "dictionary-order": {As: "d"}, "ignore-case": {As: "f"}, "general-numeric-sort": {As: "g"}, "human-numeric-sort": {As: "h"}, "ignore-nonprinting": {As: "i"}, "key": {As: "k", Value: 1}, "merge": {As: "m"},
		"month-sort": {As: "M"}, "numeric-sort": {As: "n"}, "output": {As: "o", Value: 1}, "reverse": {As: "r"}, "random-sort": {As: "R"}, "sort": {Value: 1}, "stable": {As: "s"}, "buffer-size": {As: "S", Value: 1}, "field-separator": {As: "t", Value: 1}, "temporary-directory": {As: "T", Value: 1}, "unique": {As: "u"}, "version-sort": {As: "V"},
		"zero-terminated": {As: "z"}, "parallel": {Value: 1}, "debug": {}, "batch-size": {Value: 1}, "files0-from": {Value: 1}, "compress-program": {Value: 1}, "random-source": {Value: 1}}}
}

func runSort(p *proc.Process) int {
	o, code := gnu.Parse(p, sortFlags(), gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Write sorted concatenation of all FILE(s) to standard output.", By: "Mike Haertel and Paul Eggert"})
	if o == nil {
		return 2 * code
	}
	s := &sorter{p: p, o: o, end: '\n', collate: gnu.Collate(p), held: gnu.Hold(p)}
	defer s.held.Free()
	if code := s.options(); code != 0 {
		return code
	}
	if o.Has("c", "C") {
		return s.check()
	}
	if code := s.read(); code != 0 {
		return code
	}
	s.sort()
	if s.p.Ctx.Err() != nil {
		return 2
	}
	return s.write()
}

// options reads keys and the like.
func (s *sorter) options() int {
	p := s.p
	letters := ""
	for _, g := range s.o.Given {
		switch g.Name {
		case "b", "d", "f", "g", "h", "i", "M", "n", "r", "R", "V":
			letters += g.Name
		case "sort":
			letters += map[string]string{"general-numeric": "g", "human-numeric": "h", "month": "M", "numeric": "n", "random": "R", "version": "V"}[g.Value]
		case "t":
			switch {
			case g.Value == "":
				return 2 * p.Complain("empty tab")
			case g.Value == `\0`:
				s.sep = "\x00"
			case len(g.Value) > 1:
				return 2 * p.Complain("multi-character tab %s", gnu.Quote(p, g.Value))
			default:
				s.sep = g.Value
			}
		case "z":
			s.end = 0
		}
	}
	s.global = sortKey{from: 1, fromChar: 1, how: letters}
	if kinds := strings.Trim(order(letters), "r"); len(kinds) > 1 {
		return 2 * p.Complain("options '-%s' are incompatible", kinds)
	}
	for _, g := range s.o.Given {
		if g.Name != "k" {
			continue
		}
		k, wrong := parseKey(p, g.Value)
		if wrong != "" {
			return 2 * p.Complain("%s", wrong)
		}
		if k.how == "" && !k.own {
			k.how = letters
			k.skip = strings.Contains(letters, "b")
			k.skipEnd = k.skip
		}
		s.keys = append(s.keys, k)
	}
	return 0
}

// order gives the letters that say how to compare, each once.
func order(letters string) (out string) {
	for _, c := range "ghMnRV" {
		if strings.ContainsRune(letters, c) {
			out += string(c)
		}
	}
	return out
}

// read reads all lines.
func (s *sorter) read() int {
	bad := 0
	gnu.Each(s.p, s.o.Operands, func(name string, err error) {
		s.p.Complain("cannot read: %s: %s", gnu.Name(s.p, name), gnu.Why(err))
		bad = 2
	}, func(name string, r io.Reader) bool {
		lines := gnu.NewLines(s.p, r, s.end)
		defer lines.Close()
		s.starts = append(s.starts, len(s.lines))
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			if !s.held.Add(len(line) + 32) {
				lines.Err = gnu.ErrMemory
				break
			}
			s.lines = append(s.lines, string(line))
		}
		switch {
		case lines.Err == gnu.ErrMemory:
			s.p.Complain("memory exhausted")
			bad = 2
		case lines.Err != nil && !gnu.Stop(s.p):
			s.p.Complain("read failed: %s: %s", gnu.Name(s.p, name), gnu.Why(lines.Err))
			bad = 2
		case lines.Err != nil:
			bad = 2
		}
		return bad == 0
	})
	return bad
}

func (s *sorter) sort() {
	if s.o.Has("m") {
		s.merge()
		return
	}
	n := 0
	compare := func(a, b string) int {
		if n++; n%1024 == 0 && s.p.Ctx.Err() != nil {
			return 0
		}
		return s.compare(a, b)
	}
	slices.SortStableFunc(s.lines, compare)
}

// merge joins the files as they are, always with the least of their first lines.
func (s *sorter) merge() {
	var files [][]string
	for i, from := range s.starts {
		to := len(s.lines)
		if i+1 < len(s.starts) {
			to = s.starts[i+1]
		}
		files = append(files, s.lines[from:to])
	}
	out := make([]string, 0, len(s.lines))
	for len(out) < len(s.lines) && s.p.Ctx.Err() == nil {
		best := -1
		for i, f := range files {
			if len(f) > 0 && (best < 0 || s.compare(f[0], files[best][0]) < 0) {
				best = i
			}
		}
		out = append(out, files[best][0])
		files[best] = files[best][1:]
	}
	s.lines = out
}

// compare compares by the keys, and by the whole line where they are alike.
func (s *sorter) compare(a, b string) int {
	c := s.byKeys(a, b)
	if c != 0 || s.o.Has("u", "s") {
		return c
	}
	c = s.collate(a, b)
	if s.o.Has("r") {
		return -c
	}
	return c
}

func (s *sorter) byKeys(a, b string) int {
	if len(s.keys) == 0 {
		return s.global.compare(s, a, b)
	}
	for i := range s.keys {
		if c := s.keys[i].compare(s, s.keys[i].cut(a, s.sep), s.keys[i].cut(b, s.sep)); c != 0 {
			return c
		}
	}
	return 0
}

// write writes what was sorted.
func (s *sorter) write() int {
	p := *s.p
	if name, ok := s.o.Last("o"); ok {
		f, err := create(s.p, name, vfs.WriteOnly|vfs.Create|vfs.Truncate)
		if err != nil {
			return 2 * s.p.Complain("open failed: %s: %s", gnu.Name(s.p, name), gnu.Why(err))
		}
		defer f.Close()
		p.Out = f
	}
	out := gnu.Output(&p)
	defer out.Flush()
	for i, line := range s.lines {
		if i > 0 && s.o.Has("u") && s.byKeys(s.lines[i-1], line) == 0 {
			continue
		}
		out.WriteString(line)
		if out.WriteByte(s.end) != nil {
			return 2
		}
	}
	return 0
}

// check says whether a file is sorted.
func (s *sorter) check() int {
	if len(s.o.Operands) > 1 {
		return 2 * s.p.Complain("extra operand %s not allowed with -c", gnu.Always(s.p, s.o.Operands[1]))
	}
	if code := s.read(); code != 0 {
		return code
	}
	name := "-"
	if len(s.o.Operands) > 0 {
		name = s.o.Operands[0]
	}
	for i := 1; i < len(s.lines); i++ {
		c := s.compare(s.lines[i-1], s.lines[i])
		if c > 0 || c == 0 && s.o.Has("u") {
			if !s.o.Has("C") {
				s.p.Complain("%s:%s: disorder: %s", gnu.Name(s.p, name), strconv.Itoa(i+1), s.lines[i])
			}
			return 1
		}
	}
	return 0
}

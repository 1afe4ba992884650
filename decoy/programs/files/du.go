package files

import (
	"path"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// usage is a du that runs.
type usage struct {
	p       *proc.Process
	o       *proc.Options
	depth   int
	unit    int64
	human   float64
	seen    map[uint64]bool
	held    *gnu.Held
	excepts []string
	code    int
}

func runDu(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "0abcd:hklmsSxB:DHLPt:X:", Long: map[string]proc.Long{"null": {As: "0"}, "all": {As: "a"}, "apparent-size": {}, "bytes": {As: "b"}, "total": {As: "c"}, "max-depth": {As: "d", Value: 1}, "human-readable": {As: "h"}, "si": {}, "summarize": {As: "s"}, "separate-dirs": {As: "S"},
		"one-file-system": {As: "x"}, "block-size": {As: "B", Value: 1}, "dereference": {As: "L"}, "exclude": {Value: 1}, "time": {Value: 2}, "inodes": {}, "count-links": {As: "l"}, "threshold": {As: "t", Value: 1}, "exclude-from": {As: "X", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Summarize device usage of the set of FILEs, recursively for directories.", By: "Torbjorn Granlund, David MacKenzie, Paul Eggert,\nand Jim Meyering"})
	if o == nil {
		return code
	}
	u := &usage{p: p, o: o, depth: 1 << 30, unit: 1024, seen: map[uint64]bool{}, held: gnu.Hold(p)}
	defer u.held.Free()
	if code := u.options(); code != 0 {
		return code
	}
	names := o.Operands
	if len(names) == 0 {
		names = []string{"."}
	}
	var total int64
	for _, name := range names {
		total += u.walk(name, 0)
	}
	if o.Has("c") {
		u.line(total, "total")
	}
	return u.code
}

func (u *usage) options() int {
	p := u.p
	for _, g := range u.o.Given {
		switch g.Name {
		case "d":
			n, err := strconv.Atoi(g.Value)
			if err != nil || n < 0 {
				return gnu.Try(p, "invalid maximum depth %s", gnu.Quote(p, g.Value))
			}
			u.depth = n
		case "h", "si":
			u.human = map[string]float64{"h": 1024, "si": 1000}[g.Name]
		case "k", "m", "b":
			u.unit, u.human = map[string]int64{"k": 1024, "m": 1 << 20, "b": 1}[g.Name], 0
		case "B":
			n, ok := gnu.Size(g.Value, "kKMGTPEZY")
			if !ok || n == 0 {
				return p.Complain("invalid -B argument %s", gnu.Quote(p, g.Value))
			}
			u.unit = n
		case "exclude":
			u.excepts = append(u.excepts, g.Value)
		}
	}
	if u.o.Has("s") {
		if _, given := u.o.Last("d"); given && u.depth != 0 {
			p.Complain("warning: summarizing conflicts with --max-depth=%d", u.depth)
			return gnu.Try(p, "")
		}
		u.depth = 0
		if u.o.Has("a") {
			return gnu.Try(p, "cannot both summarize and show all entries")
		}
	}
	return 0
}

// walk gives the bytes that a file and all in it take, and shows them.
func (u *usage) walk(name string, depth int) int64 {
	if gnu.Step(u.p) != nil || depth > 1000 {
		return 0
	}
	i, err := u.p.FS.Lstat(name)
	if err == nil && (u.o.Has("L") || depth == 0 && u.o.Has("D", "H")) {
		i, err = u.p.FS.Stat(name)
	}
	if err != nil {
		u.code = u.p.Complain("cannot access %s: %s", gnu.Always(u.p, name), gnu.Why(err))
		return 0
	}
	for _, x := range u.excepts {
		if ok, _ := path.Match(x, i.Name); ok {
			return 0
		}
	}
	if (len(u.o.Operands) > 1 || !i.IsDir() && i.LinkCount() > 1) && !u.o.Has("l") && i.Inode > 0 {
		if u.seen[i.Inode] || !u.held.Add(32) {
			return 0
		}
		u.seen[i.Inode] = true
	}
	size := u.size(i)
	if i.IsDir() {
		list, err := u.p.FS.ReadDir(name)
		if err != nil {
			u.code = u.p.Complain("cannot read directory %s: %s", gnu.Always(u.p, name), gnu.Why(err))
		}
		for _, e := range list {
			if u.o.Has("x") && deviceOf(e) != deviceOf(i) {
				continue
			}
			sub := u.walk(strings.TrimSuffix(name, "/")+"/"+e.Name, depth+1)
			if !u.o.Has("S") || !e.IsDir() {
				size += sub
			}
		}
	}
	if depth <= u.depth && (i.IsDir() || u.o.Has("a") || depth == 0) {
		u.line(size, name)
	}
	return size
}

func (u *usage) size(i vfs.Info) int64 {
	if u.o.Has("b", "apparent-size") {
		return i.Size()
	}
	return gnu.Blocks(i) * 512
}

func (u *usage) line(n int64, name string) {
	text := strconv.FormatInt((n+u.unit-1)/u.unit, 10)
	if u.human > 0 {
		text = gnu.Human(n, u.human)
	}
	end := "\n"
	if u.o.Has("0") {
		end = "\x00"
	}
	u.p.Printf("%s\t%s%s", text, name, end)
}

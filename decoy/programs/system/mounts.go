package system

import (
	"slices"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runMountpoint(p *proc.Process) int {
	o := proc.Flags{Short: "qdxhV", Long: map[string]proc.Long{"quiet": {As: "q"}, "fs-devno": {As: "d"}, "devno": {As: "x"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) != 1:
		return try(p, 1, "bad usage")
	}
	name := o.Operands[0]
	real, err := p.FS.Real(name)
	if err == nil {
		_, err = p.FS.Stat(name)
	}
	switch {
	case err != nil:
		if !o.Has("q") {
			p.Complain("%s: %s", name, proc.Text(err))
		}
		return 1
	case slices.ContainsFunc(p.World.Mounts, func(m machine.Mount) bool { return m.Target == real }):
		if !o.Has("q") {
			p.Printf("%s is a mountpoint\n", name)
		}
		return 0
	}
	if !o.Has("q") {
		p.Printf("%s is not a mountpoint\n", name)
	}
	return 32
}

func runFindmnt(p *proc.Process) int {
	o := proc.Flags{Short: "almsAbcDfinrt:o:O:ST:uvhV", Long: map[string]proc.Long{"all": {As: "A"}, "list": {As: "l"}, "noheadings": {As: "n"}, "output": {As: "o", Value: 1}, "types": {As: "t", Value: 1}, "raw": {As: "r"}, "target": {As: "T", Value: 1}, "real": {}, "mtab": {As: "m"}}}.Parse(p)
	if o == nil {
		return 1
	}
	columns := []string{"TARGET", "SOURCE", "FSTYPE", "OPTIONS"}
	if list, ok := o.Last("o"); ok {
		columns = strings.Split(strings.ToUpper(list), ",")
	}
	var rows [][]string
	for _, n := range chosen(p, o) {
		var row []string
		for _, c := range columns {
			word, ok := map[string]string{"TARGET": n.lead + n.Target, "SOURCE": n.Source, "FSTYPE": n.Type, "OPTIONS": n.Options, "SIZE": gnu.Brief(n.Size << 10), "USED": gnu.Brief(n.Used << 10)}[c]
			if !ok {
				return p.Complain("unknown column: %s", strings.ToLower(c))
			}
			row = append(row, word)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return 1
	}
	if !o.Has("n") {
		rows = append([][]string{columns}, rows...)
	}
	columned(p, rows)
	return 0
}

// drawn is a mount with the part of the tree that is drawn before its name.
type drawn struct {
	machine.Mount
	lead string
}

// chosen gives the mounts that findmnt was asked for: all of them as a tree,
// or those that fit as a list.
func chosen(p *proc.Process, o *proc.Options) (list []drawn) {
	kind, typed := o.Last("t")
	under, given := o.Last("T")
	if !typed && !given && len(o.Operands) == 0 {
		list = tree(p.World.Mounts, "/", "")
		for i := range list {
			if o.Has("l", "r") {
				list[i].lead = ""
			}
		}
		return list
	}
	for _, m := range p.World.Mounts {
		fits := true
		switch {
		case given:
			fits = holds(p, under) == m.Target
		case typed:
			fits = slices.Contains(strings.Split(kind, ","), m.Type)
		}
		if len(o.Operands) > 0 {
			fits = fits && (slices.Contains(o.Operands, m.Target) || slices.Contains(o.Operands, m.Source))
		}
		if fits {
			list = append(list, drawn{m, ""})
		}
	}
	return list
}

// tree gives a mount and what is mounted below it.
func tree(all []machine.Mount, target, indent string) (list []drawn) {
	var below []machine.Mount
	for _, m := range all {
		if m.Target == target && target == "/" {
			list = append(list, drawn{m, ""})
		}
		if m.Target != target && above(all, m.Target) == target {
			below = append(below, m)
		}
	}
	for i, m := range below {
		mark, next := "├─", "│ "
		if i == len(below)-1 {
			mark, next = "└─", "  "
		}
		list = append(append(list, drawn{m, indent + mark}), tree(all, m.Target, indent+next)...)
	}
	return list
}

// above gives the mount point under which a directory stands.
func above(all []machine.Mount, name string) (target string) {
	for _, m := range all {
		if name != m.Target && strings.HasPrefix(name, strings.TrimSuffix(m.Target, "/")+"/") && len(m.Target) > len(target) {
			target = m.Target
		}
	}
	return target
}

// holds gives the mount point of the file system that a path is on.
func holds(p *proc.Process, name string) string {
	real, err := p.FS.Real(name)
	switch {
	case err != nil:
		return ""
	case slices.ContainsFunc(p.World.Mounts, func(m machine.Mount) bool { return m.Target == real }):
		return real
	}
	return above(p.World.Mounts, real)
}

// columned writes rows with aligned columns, as util-linux does.
func columned(p *proc.Process, rows [][]string) {
	var width []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	for _, r := range rows {
		line := ""
		for i, c := range r {
			if i < len(r)-1 {
				c += strings.Repeat(" ", width[i]-len([]rune(c))+1)
			}
			line += c
		}
		p.Println(line)
	}
}

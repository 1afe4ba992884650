package system

import (
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// forest is what pstree draws.
type forest struct {
	p      *proc.Process
	byUp   map[int][]*machine.Proc
	lines  int // axes in ASCII or not
	pids   bool
	args   bool
	single bool // identical branches are not joined
}

func runPstree(p *proc.Process) int {
	o := proc.Flags{Short: "AaclhnNpgsStTuUVZC:H:", Long: map[string]proc.Long{"arguments": {As: "a"}, "show-pids": {As: "p"}, "ascii": {As: "A"}, "unicode": {As: "U"}, "compact-not": {As: "c"}, "long": {As: "l"}, "version": {As: "V"}, "numeric-sort": {As: "n"}}}.Parse(p)
	if o == nil {
		return 1
	}
	if o.Has("V") {
		p.Printf("pstree (PSmisc) 23.6\nCopyright (C) 1993-2021 Werner Almesberger and Craig Small\n\nPSmisc comes with ABSOLUTELY NO WARRANTY.\nThis is free software, and you are welcome to redistribute it under\nthe terms of the GNU General Public License.\nFor more information about these matters, see the files named COPYING.\n")
		return 0
	}
	f := forest{p: p, byUp: map[int][]*machine.Proc{}, pids: o.Has("p"), args: o.Has("a"), single: o.Has("c", "p", "a")}
	if o.Has("U") || wide(p) && !o.Has("A") {
		f.lines = 1
	}
	from, user := 1, -1
	if len(o.Operands) > 0 {
		if n, err := strconv.Atoi(o.Operands[0]); err == nil {
			from = n
		} else if a, ok := p.World.Account(o.Operands[0]); ok {
			user = a.UID
		} else {
			p.Println("No such user name: " + o.Operands[0])
			return 1
		}
	}
	var tops []*machine.Proc
	owner := map[int]int{}
	list := p.World.Processes()
	for _, q := range list {
		owner[q.PID] = q.UID
		if !q.Kernel && q.PID != q.PPID {
			f.byUp[q.PPID] = append(f.byUp[q.PPID], q)
		}
	}
	for _, q := range list {
		if user < 0 && q.PID == from || user >= 0 && q.UID == user && owner[q.PPID] != user {
			tops = append(tops, q)
		}
	}
	for _, q := range tops {
		for _, line := range f.draw(q, 0) {
			if _, err := p.Out.Write([]byte(line + "\n")); err != nil {
				return 0
			}
		}
	}
	return 0
}

// deepest is how far down a tree is drawn.
const deepest = 40

// marks are the axes: alone, first, middle, last, beside.
var marks = [2][5]string{{"---", "-+-", " |-", " `-", " | "}, {"───", "─┬─", " ├─", " └─", " │ "}}

func (f *forest) label(q *machine.Proc) string {
	name := q.Comm()
	if f.pids && f.args {
		name += "," + strconv.Itoa(q.PID)
	} else if f.pids {
		name += "(" + strconv.Itoa(q.PID) + ")"
	}
	if f.args && len(q.Args) > 1 {
		name += " " + strings.Join(q.Args[1:], " ")
	}
	return name
}

// draw gives the lines of a process and of those below it.
func (f *forest) draw(q *machine.Proc, depth int) []string {
	name := f.label(q)
	var parts [][]string
	if depth < deepest {
		for _, c := range f.byUp[q.PID] {
			parts = append(parts, f.draw(c, depth+1))
		}
	}
	if !f.args {
		slices.SortStableFunc(parts, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	}
	parts = f.joined(parts)
	if f.args {
		return f.indented(name, parts)
	}
	if len(parts) == 0 {
		return []string{name}
	}
	m := marks[f.lines]
	pad := strings.Repeat(" ", len(name))
	var out []string
	for i, part := range parts {
		for j, line := range part {
			lead, last := pad+m[4], i == len(parts)-1
			switch {
			case j == 0 && i == 0 && last:
				lead = name + m[0]
			case j == 0 && i == 0:
				lead = name + m[1]
			case j == 0 && last:
				lead = pad + m[3]
			case j == 0:
				lead = pad + m[2]
			case last:
				lead = pad + "   "
			}
			out = append(out, lead+line)
		}
	}
	return out
}

// indented draws one process a line, with its arguments.
func (f *forest) indented(name string, parts [][]string) []string {
	out := []string{name}
	m := marks[f.lines]
	for i, part := range parts {
		for j, line := range part {
			lead, last := m[4], i == len(parts)-1
			switch {
			case j == 0 && last:
				lead = m[3]
			case j == 0:
				lead = m[2]
			case last:
				lead = "   "
			}
			out = append(out, "  "+strings.TrimPrefix(lead, " ")+line)
		}
	}
	return out
}

// joined makes one of branches that are alike: "2*[agetty]".
func (f *forest) joined(parts [][]string) (out [][]string) {
	if f.single {
		return parts
	}
	for i := 0; i < len(parts); {
		n := 1
		for i+n < len(parts) && slices.Equal(parts[i], parts[i+n]) {
			n++
		}
		part := parts[i]
		if n > 1 {
			part = slices.Clone(part)
			head := strconv.Itoa(n) + "*["
			for j := range part {
				if j == 0 {
					part[j] = head + part[j]
				} else {
					part[j] = strings.Repeat(" ", len(head)) + part[j]
				}
			}
			part[0] += "]"
		}
		out = append(out, part)
		i += n
	}
	return out
}

package busybox

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// field is a column of ps.
type field struct {
	name, head string
	width      int
	right      bool
	of         func(*proc.Process, *machine.Proc) string
}

// fields are those that there are, in the order in which ps lists them.
var fields = []field{
	{"user", "USER", 8, false, func(_ *proc.Process, x *machine.Proc) string { return x.User }},
	{"group", "GROUP", 8, false, groupOf},
	{"comm", "COMMAND", 16, false, func(_ *proc.Process, x *machine.Proc) string { return x.Comm() }},
	{"args", "COMMAND", 1 << 10, false, func(_ *proc.Process, x *machine.Proc) string { return strings.Join(x.Args, " ") }},
	{"pid", "PID", 5, true, func(_ *proc.Process, x *machine.Proc) string { return strconv.Itoa(x.PID) }},
	{"ppid", "PPID", 5, true, func(_ *proc.Process, x *machine.Proc) string { return strconv.Itoa(x.PPID) }},
	{"pgid", "PGID", 5, true, func(_ *proc.Process, x *machine.Proc) string { return strconv.Itoa(x.Session) }},
	{"nice", "NI", 5, true, func(_ *proc.Process, x *machine.Proc) string { return strconv.Itoa(x.Nice) }},
	{"rgroup", "RGROUP", 8, false, groupOf},
	{"ruser", "RUSER", 8, false, func(_ *proc.Process, x *machine.Proc) string { return x.User }},
	{"tty", "TT", 6, false, ttyOf},
	{"vsz", "VSZ", 4, true, func(_ *proc.Process, x *machine.Proc) string { return short(x.VSize) }},
	{"sid", "SID", 5, true, func(_ *proc.Process, x *machine.Proc) string { return strconv.Itoa(x.Session) }},
	{"stat", "STAT", 4, false, stateOf},
	{"rss", "RSS", 4, true, func(_ *proc.Process, x *machine.Proc) string { return short(x.RSS) }},
}

func groupOf(p *proc.Process, x *machine.Proc) string {
	if a, ok := p.World.Account(x.User); ok {
		return p.World.GroupName(a.GID)
	}
	return x.User
}

// ttyOf writes a terminal by its numbers.
func ttyOf(_ *proc.Process, x *machine.Proc) string {
	if n, ok := strings.CutPrefix(x.TTY, "pts/"); ok {
		return "136," + n
	}
	if n, ok := strings.CutPrefix(x.TTY, "tty"); ok {
		return "4," + n
	}
	return "?"
}

// stateOf writes a state: W is for what has no memory of its own.
func stateOf(_ *proc.Process, x *machine.Proc) string {
	state := x.State[:min(1, len(x.State))]
	if x.RSS == 0 {
		state += "W"
	}
	switch {
	case x.Nice < 0:
		state += "<"
	case x.Nice > 0:
		state += "N"
	}
	return state
}

// short writes bytes in at most four characters.
func short(bytes int64) string {
	kib := bytes / 1024
	switch {
	case kib < 10_000:
		return strconv.FormatInt(kib, 10)
	case kib < 10_000<<10:
		return fmt.Sprintf("%dm", kib>>10)
	}
	return fmt.Sprintf("%dg", kib>>20)
}

// ps is ps as busybox has it: all processes, whoever asks.
func ps(p *proc.Process) int {
	asked, ok := psColumns(p)
	if !ok {
		return 1
	}
	write := func(cell func(field) string) {
		var line strings.Builder
		for i, f := range asked {
			text := cell(f)
			text = text[:min(len(text), f.width)]
			switch {
			case i == len(asked)-1 && !f.right:
				line.WriteString(text)
			case f.right:
				fmt.Fprintf(&line, "%*s ", f.width, text)
			default:
				fmt.Fprintf(&line, "%-*s ", f.width, text)
			}
		}
		text := line.String()
		if t := p.Terminal; t != nil && p.OutTTY && t.Size().Cols > 1 {
			text = text[:min(len(text), t.Size().Cols-1)]
		}
		p.Println(strings.TrimSuffix(text, " "))
	}
	head := ""
	for i, f := range asked {
		if head += f.head; i < len(asked)-1 {
			head += strings.Repeat(" ", max(1, min(f.width, 64)-len(f.head)+1))
		}
	}
	p.Println(head)
	for _, x := range p.World.Processes() {
		write(func(f field) string { return f.of(p, x) })
	}
	return 0
}

// psColumns reads which columns ps is to show.
func psColumns(p *proc.Process) (list []field, ok bool) {
	var names []string
	for i := 1; i < len(p.Args); i++ {
		rest, is := strings.CutPrefix(p.Args[i], "-o")
		if is && rest == "" && i+1 < len(p.Args) {
			i++
			rest = p.Args[i]
		}
		if is {
			names = append(names, strings.Split(rest, ",")...)
		}
	}
	if len(names) == 0 {
		names = []string{"pid", "user", "args"}
	}
	var known []string
	for _, f := range fields {
		known = append(known, f.name)
	}
	for _, word := range names[:min(len(names), 100)] {
		name, head, named := strings.Cut(word, "=")
		found := false
		for _, f := range fields {
			if f.name == name {
				if found = true; named {
					f.head, f.width = head, len(head)
				}
				list = append(list, f)
			}
		}
		if !found {
			p.Complain("bad -o argument '%s', supported arguments: %s", name, strings.Join(known, ","))
			return nil, false
		}
	}
	return list, true
}

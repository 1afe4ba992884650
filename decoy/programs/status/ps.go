package status

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// psOptions are what ps was asked for.
type psOptions struct {
	all     bool // every process, not only those of the terminal
	noTTY   bool // with those that have no terminal
	user    bool // u: the user-oriented form
	full    bool // -f
	job     bool // j
	wide    bool
	noHead  bool
	forest  bool
	columns []column
	pids    []int
	names   []string
	users   []string
}

// column is one of -o.
type column struct{ name, head string }

// parsePS reads both ways of writing options.
func parsePS(args []string) (o psOptions, err string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		value := func(rest string) string {
			if rest != "" {
				return rest
			}
			if i++; i < len(args) {
				return args[i]
			}
			return ""
		}
		switch {
		case strings.HasPrefix(a, "--"):
			o.long(a)
		case strings.HasPrefix(a, "-"):
			for j := 1; j < len(a); j++ {
				rest := a[j+1:]
				switch a[j] {
				case 'e', 'A':
					o.all, o.noTTY = true, true
				case 'f':
					o.full = true
				case 'F', 'l', 'y', 'L', 'w', 'H', 'a', 'd', 'c', 'N':
					o.all = o.all || a[j] == 'a'
				case 'j':
					o.job = true
				case 'x':
					o.noTTY = true
				case 'o':
					o.addColumns(value(rest))
					j = len(a)
				case 'p', 'q':
					for _, s := range strings.FieldsFunc(value(rest), func(r rune) bool { return r == ',' || r == ' ' }) {
						n, e := strconv.Atoi(s)
						if e != nil {
							return o, "error: process ID list syntax error"
						}
						o.pids = append(o.pids, n)
					}
					j = len(a)
				case 'C':
					o.names = append(o.names, strings.Split(value(rest), ",")...)
					j = len(a)
				case 'u', 'U':
					if a[1] == 'a' { // "-aux"
						o.user = true
						continue
					}
					o.users = append(o.users, strings.Split(value(rest), ",")...)
					j = len(a)
				default:
					return o, "error: unsupported SysV option"
				}
			}
		default:
			if msg := o.bsd(a); msg != "" {
				return o, msg
			}
		}
	}
	return o, ""
}

// bsd reads options without a dash.
func (o *psOptions) bsd(a string) string {
	if n, err := strconv.Atoi(a); err == nil {
		o.pids = append(o.pids, n)
		return ""
	}
	for _, c := range a {
		switch c {
		case 'a':
			o.all = true
		case 'x':
			o.noTTY = true
		case 'u':
			o.user = true
		case 'j':
			o.job = true
		case 'w':
			o.wide = true
		case 'f':
			o.forest = true
		case 'h':
			o.noHead = true
		case 'e', 'l', 'c', 'S', 'T', 'r', 'g':
		default:
			return "error: unsupported option (BSD syntax)"
		}
	}
	return ""
}

func (o *psOptions) long(a string) {
	name, value, _ := strings.Cut(a[2:], "=")
	switch name {
	case "no-headers", "no-heading":
		o.noHead = true
	case "forest":
		o.forest = true
	case "format":
		o.addColumns(value)
	case "pid":
		if n, err := strconv.Atoi(value); err == nil {
			o.pids = append(o.pids, n)
		}
	case "user":
		o.users = append(o.users, value)
	}
}

// heads are what stands above a column.
var heads = map[string]string{
	"pid": "PID", "ppid": "PPID", "user": "USER", "uid": "UID", "comm": "COMMAND", "cmd": "CMD", "args": "COMMAND", "command": "COMMAND", "tty": "TT", "tt": "TT", "stat": "STAT", "state": "S",
	"time": "TIME", "etime": "ELAPSED", "%cpu": "%CPU", "pcpu": "%CPU", "%mem": "%MEM", "pmem": "%MEM", "rss": "RSS", "vsz": "VSZ", "start": "STARTED", "lstart": "STARTED", "ni": "NI", "pgid": "PGID", "sid": "SID", "euser": "EUSER", "ruser": "RUSER", "ucmd": "CMD", "s": "S",
}

func (o *psOptions) addColumns(text string) {
	for _, c := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, head, own := strings.Cut(c, "=")
		if !own {
			head = heads[name]
		}
		o.columns = append(o.columns, column{name, head})
	}
}

// chosen gives the processes that are to be shown.
func (o *psOptions) chosen(p *proc.Process) (list []*machine.Proc) {
	tty := ""
	for _, x := range p.World.Processes() {
		if x.PID == p.PID || x.PID == p.PPID {
			tty = x.TTY
		}
	}
	named := len(o.pids)+len(o.names)+len(o.users) > 0
	for _, x := range p.World.Processes() {
		has := x.TTY != "?" && x.TTY != ""
		ok := false
		switch {
		case named:
			ok = slices.Contains(o.pids, x.PID) || slices.Contains(o.names, x.Comm()) || slices.Contains(o.users, x.User)
		case o.all && o.noTTY:
			ok = true
		case o.all:
			ok = has
		case o.noTTY:
			ok = x.UID == p.FS.UID
		default:
			ok = has && x.TTY == tty || x.PID == p.PID || x.PID == p.PPID
		}
		if ok {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *machine.Proc) int { return a.PID - b.PID })
	return list
}

func runPS(p *proc.Process) int {
	o, err := parsePS(p.Args[1:])
	if err != "" {
		fmt.Fprintf(p.Err, "%s\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n", err)
		return 1
	}
	list := o.chosen(p)
	switch {
	case len(o.columns) > 0:
		o.custom(p, list)
	case o.user:
		if !o.noHead {
			p.Println("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND")
		}
		for _, x := range list {
			p.Println(o.cut(p, fmt.Sprintf("%-8s %7d %4.1f %4.1f %6d %5d %-8s %-4s %s %6s %s", userName(x.User), x.PID, cpu(p, x), memory(p, x), x.VSize/1024, x.RSS/1024, orTTY(x.TTY), x.State, started(p, x, "Jan02"), minutes(x.CPU), command(x))))
		}
	case o.full:
		if !o.noHead {
			p.Println("UID          PID    PPID  C STIME TTY          TIME CMD")
		}
		for _, x := range list {
			p.Println(o.cut(p, fmt.Sprintf("%-8s %7d %7d %2d %s %-8s %s %s", userName(x.User), x.PID, x.PPID, int(cpu(p, x)), started(p, x, "Jan02"), orTTY(x.TTY), clock(x.CPU), command(x))))
		}
	default:
		if !o.noHead {
			p.Println("    PID TTY          TIME CMD")
		}
		for _, x := range list {
			p.Printf("%7d %-8s %s %s\n", x.PID, orTTY(x.TTY), clock(x.CPU), x.Comm())
		}
	}
	if len(list) == 0 {
		return 1
	}
	return 0
}

// cut cuts a line at the width of the terminal.
func (o *psOptions) cut(p *proc.Process, line string) string {
	if !p.OutTTY || o.wide || p.Terminal == nil {
		return line
	}
	if w := p.Terminal.Size().Cols; w > 0 && len(line) > w {
		return line[:w]
	}
	return line
}

func (o *psOptions) custom(p *proc.Process, list []*machine.Proc) {
	rows := make([][]string, 0, len(list)+1)
	head := make([]string, len(o.columns))
	shown := false
	for i, c := range o.columns {
		head[i] = c.head
		shown = shown || c.head != ""
	}
	if shown && !o.noHead {
		rows = append(rows, head)
	}
	for _, x := range list {
		row := make([]string, len(o.columns))
		for i, c := range o.columns {
			row[i] = cell(p, x, c.name)
		}
		rows = append(rows, row)
	}
	width := make([]int, len(o.columns))
	for i, c := range o.columns {
		width[i] = map[string]int{"pid": 7, "ppid": 7, "user": 8, "tty": 8, "comm": 15, "stat": 4, "rss": 5, "vsz": 6}[c.name]
		for _, r := range rows {
			width[i] = max(width[i], len(r[i]))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		for i, s := range r {
			if i > 0 {
				b.WriteByte(' ')
			}
			last := i == len(r)-1
			switch o.columns[i].name {
			case "pid", "ppid", "uid", "rss", "vsz", "pcpu", "%cpu", "pmem", "%mem", "etime", "time", "ni":
				fmt.Fprintf(&b, "%*s", width[i], s)
			default:
				if last {
					b.WriteString(s)
				} else {
					fmt.Fprintf(&b, "%-*s", width[i], s)
				}
			}
		}
		p.Println(b.String())
	}
}

// cell gives one field of a process.
func cell(p *proc.Process, x *machine.Proc, name string) string {
	switch name {
	case "pid":
		return strconv.Itoa(x.PID)
	case "ppid":
		return strconv.Itoa(x.PPID)
	case "pgid", "sid":
		return strconv.Itoa(x.Session)
	case "uid":
		return strconv.Itoa(x.UID)
	case "user", "euser", "ruser":
		return userName(x.User)
	case "comm", "ucmd":
		return x.Comm()
	case "cmd", "args", "command":
		return command(x)
	case "tty", "tt":
		return orTTY(x.TTY)
	case "stat":
		return x.State
	case "state", "s":
		return x.State[:min(1, len(x.State))]
	case "time":
		return clock(x.CPU)
	case "etime":
		return elapsed(p.Now().Sub(x.Started))
	case "%cpu", "pcpu":
		return fmt.Sprintf("%.1f", cpu(p, x))
	case "%mem", "pmem":
		return fmt.Sprintf("%.1f", memory(p, x))
	case "rss":
		return strconv.FormatInt(x.RSS/1024, 10)
	case "vsz":
		return strconv.FormatInt(x.VSize/1024, 10)
	case "start":
		return started(p, x, "  Jan 02")
	case "lstart":
		return x.Started.Format("Mon Jan _2 15:04:05 2006")
	case "ni":
		return strconv.Itoa(x.Nice)
	}
	return "-"
}

func command(x *machine.Proc) string { return strings.Join(x.Args, " ") }

func userName(s string) string {
	if len(s) > 8 {
		return s[:7] + "+"
	}
	return s
}

func orTTY(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// cpu is the part of one processor that a process used since it began.
func cpu(p *proc.Process, x *machine.Proc) float64 {
	return min(x.CPU.Seconds()*100/max(p.Now().Sub(x.Started).Seconds(), 1), 99.9)
}

func memory(p *proc.Process, x *machine.Proc) float64 {
	return float64(x.RSS/1024) * 100 / float64(max(p.World.Memory().Total, 1))
}

// started gives the time of day, or the date where it was another day.
func started(p *proc.Process, x *machine.Proc, day string) string {
	if p.Now().Sub(x.Started) < 24*time.Hour {
		return x.Started.Format("15:04")
	}
	return x.Started.Format(day)
}

func minutes(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}

func elapsed(d time.Duration) string {
	days, hours := int(d.Hours())/24, int(d.Hours())%24
	rest := fmt.Sprintf("%02d:%02d", int(d.Minutes())%60, int(d.Seconds())%60)
	switch {
	case days > 0:
		return fmt.Sprintf("%d-%02d:%s", days, hours, rest)
	case hours > 0:
		return fmt.Sprintf("%02d:%s", hours, rest)
	}
	return rest
}

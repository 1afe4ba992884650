package account

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

func runLast(p *proc.Process) int {
	var args []string
	limit := 0
	for _, a := range p.Args[1:] { // -5 is -n 5
		if n, err := strconv.Atoi(strings.TrimPrefix(a, "-")); err == nil && len(a) > 1 && a[0] == '-' {
			limit = n
			continue
		}
		args = append(args, a)
	}
	p.Args = append(p.Args[:1:1], args...)
	o := proc.Flags{Short: "adFf:hin:p:Rs:t:VwxT", Long: map[string]proc.Long{"hostlast": {As: "a"}, "dns": {As: "d"}, "file": {As: "f", Value: 1}, "fulltimes": {As: "F"}, "ip": {As: "i"}, "limit": {As: "n", Value: 1}, "nohostname": {As: "R"}, "fullnames": {As: "w"}, "system": {As: "x"}}}.Parse(p)
	if o == nil {
		return 1
	}
	if text, ok := o.Last("n"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return p.Complain("failed to parse number: '%s'", text)
		}
		limit = n
	}
	if f, ok := o.Last("f"); ok {
		if _, err := p.FS.Stat(f); err != nil {
			return p.Complain("cannot open %s: %s", f, proc.Text(err))
		}
	}
	list, began, err := logins(p)
	if err != nil {
		return p.Complain("cannot open %s: %s", wtmp, proc.Text(err))
	}
	shown := 0
	for _, l := range list {
		if limit > 0 && shown == limit {
			break
		}
		if len(o.Operands) > 0 && !slices.Contains(o.Operands, l.User) && !slices.Contains(o.Operands, l.TTY) {
			continue
		}
		showLast(p, o, l)
		shown++
	}
	if !began.IsZero() {
		p.Printf("\nwtmp begins %s\n", began.UTC().Format("Mon Jan _2 15:04:05 2006"))
	}
	return 0
}

const wtmp = "/var/log/wtmp"

// logins gives what the log of logins holds, and when it began: of one that a
// visitor emptied what came after that.
func logins(p *proc.Process) (list []machine.Login, began time.Time, err error) {
	i, err := p.FS.Stat(wtmp)
	if err != nil {
		return nil, began, err
	}
	list = p.World.Logins()
	if i.Size() == 0 {
		began = i.Modified
		list = slices.DeleteFunc(slices.Clone(list), func(l machine.Login) bool { return !l.Time.After(i.Modified) })
	}
	if len(list) > 0 {
		began = list[len(list)-1].Time
	}
	return list, began, nil
}

// showLast prints a line of last.
func showLast(p *proc.Process, o *proc.Options, l machine.Login) {
	stamp, clock := "Mon Jan _2 15:04", "15:04"
	if o.Has("F") {
		stamp, clock = "Mon Jan _2 15:04:05 2006", "Mon Jan _2 15:04:05 2006"
	}
	name := fmt.Sprintf("%-8.8s", l.User)
	if o.Has("w") {
		name = fmt.Sprintf("%-8s", l.User)
	}
	line := name + fmt.Sprintf(" %-12.12s ", l.TTY)
	if !o.Has("R", "a") {
		line += fmt.Sprintf("%-16.16s ", l.From)
	}
	line += l.Time.UTC().Format(stamp)
	switch {
	case l.End.IsZero() && l.User == "reboot":
		line += "   still running"
	case l.End.IsZero():
		line += "   still logged in"
	case l.Crash:
		line += fmt.Sprintf(" - %-*s %s", len(clock), "crash", lasted(l.End.Sub(l.Time)))
	default:
		line += " - " + l.End.UTC().Format(clock) + " " + lasted(l.End.Sub(l.Time))
	}
	if o.Has("a") {
		line += "     " + l.From
	}
	p.Println(line)
}

// lasted writes how long somebody was there.
func lasted(d time.Duration) string {
	m := int(d / time.Minute)
	if m >= 24*60 {
		return fmt.Sprintf("(%d+%02d:%02d)", m/1440, m/60%24, m%60)
	}
	return fmt.Sprintf(" (%02d:%02d)", m/60, m%60)
}

func runLastlog(p *proc.Process) int {
	o := proc.Flags{Short: "b:Cht:u:S", Long: map[string]proc.Long{"before": {As: "b", Value: 1}, "user": {As: "u", Value: 1}, "time": {As: "t", Value: 1}}}.Parse(p)
	if o == nil {
		return 1
	}
	user, one := o.Last("u")
	if _, ok := named(p, user); one && !ok {
		return p.Complain("Unknown user or range: %s", user)
	}
	times := p.World.LastLogins()
	p.Printf("Username         Port     From%39sLatest\n", "")
	for _, a := range p.World.Accounts() {
		if one && a.Name != user && strconv.Itoa(a.UID) != user {
			continue
		}
		l, ok := times[a.Name]
		when := "**Never logged in**"
		if ok {
			when = l.Time.UTC().Format("Mon Jan _2 15:04:05 -0700 2006")
		} else if o.Has("t") {
			continue
		}
		p.Printf("%-16s %-8.8s %-42s%s\n", a.Name, l.TTY, l.From, when)
	}
	return 0
}

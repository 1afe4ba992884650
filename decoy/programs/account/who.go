package account

import (
	"fmt"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// present gives who is logged in now, the first first.
func present(p *proc.Process) []machine.Login {
	var list []machine.Login
	for _, l := range p.World.Logins() {
		if l.End.IsZero() && l.User != "reboot" && !l.Crash {
			list = append([]machine.Login{l}, list...)
		}
	}
	return list
}

// terminal gives the name of the terminal of a process: "pts/0".
func terminal(p *proc.Process) string {
	for _, q := range p.World.Processes() {
		if (q.PID == p.PID || q.PID == p.PPID) && q.TTY != "?" {
			return q.TTY
		}
	}
	return ""
}

func runWho(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "abdHlmpqrstTuw", Long: map[string]proc.Long{"all": {As: "a"}, "boot": {As: "b"}, "dead": {As: "d"}, "heading": {As: "H"}, "ips": {}, "login": {As: "l"}, "lookup": {}, "process": {As: "p"}, "count": {As: "q"}, "runlevel": {As: "r"}, "short": {As: "s"}, "time": {As: "t"}, "mesg": {As: "T"}, "message": {As: "T"}, "writable": {As: "T"}, "users": {As: "u"}}},
		gnu.About{Usage: "[OPTION]... [ FILE | ARG1 ARG2 ]", Does: "Print information about users who are currently logged in.", By: "Joseph Arceneaux, David MacKenzie, and Michael Stone"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 2 {
		return gnu.Extra(p, o.Operands[2])
	}
	if o.Has("q") {
		count(p)
		return 0
	}
	stamp, width := "Jan _2 15:04", 12
	if gnu.UTF8(p) {
		stamp, width = "2006-01-02 15:04", 16
	}
	if o.Has("H") {
		p.Printf("%-8s %-12s %-*s %s\n", "NAME", "LINE", width, "TIME", "COMMENT")
	}
	boot := p.World.Boot.UTC()
	if o.Has("b", "a") {
		p.Printf("%-8s %-12s %s\n", "", "system boot", boot.Format(stamp))
	}
	if o.Has("r", "a") {
		p.Printf("%-8s %-12s %s\n", "", "run-level 5", boot.Add(9*time.Second).Format(stamp))
	}
	if o.Has("b", "r", "d", "l", "p", "t") && !o.Has("a", "u") {
		return 0
	}
	mine, own := o.Has("m") || len(o.Operands) == 2, terminal(p)
	for _, l := range present(p) {
		if mine && l.TTY != own {
			continue
		}
		line := fmt.Sprintf("%-8s %-12s %s", l.User, l.TTY, l.Time.UTC().Format(stamp))
		if o.Has("u", "a") {
			line += fmt.Sprintf("   .   %10d", l.PID)
		}
		if l.From != "" {
			line += " (" + l.From + ")"
		}
		p.Println(line)
	}
	return 0
}

// count is who -q.
func count(p *proc.Process) {
	list := present(p)
	for i, l := range list {
		if i > 0 {
			p.Printf(" ")
		}
		p.Printf("%s", l.User)
	}
	p.Printf("\n# users=%d\n", len(list))
}

func runW(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "hsfoiuV", Long: map[string]proc.Long{"no-header": {As: "h"}, "short": {As: "s"}, "from": {As: "f"}, "old-style": {As: "o"}, "ip-addr": {As: "i"}, "no-current": {As: "u"}}},
		gnu.About{Pack: "procps-ng", Version: "4.0.2", Usage: "[options]", Does: "Show who is logged on and what they are doing.", By: "Craig Small"})
	if o == nil {
		return code
	}
	list := present(p)
	if !o.Has("h") {
		p.Println(uptime(p, len(list)))
		from, rest := fmt.Sprintf("%-16s ", "FROM"), "LOGIN@   IDLE   JCPU   PCPU WHAT"
		if o.Has("f") {
			from = ""
		}
		if o.Has("s") {
			rest = "  IDLE WHAT"
		}
		p.Printf("USER     TTY      %s%s\n", from, rest)
	}
	own := terminal(p)
	for _, l := range list {
		if len(o.Operands) > 0 && l.User != o.Operands[0] {
			continue
		}
		showW(p, o, l, l.TTY == own)
	}
	return 0
}

// showW prints a line of w. Only the visitor's own terminal is in use now.
func showW(p *proc.Process, o *proc.Options, l machine.Login, own bool) {
	idle, what := time.Duration(0), "w"
	if !own {
		idle, what = p.Now().Sub(l.Time)/3, "-bash"
	}
	from := l.From
	if from == "" {
		from = "-"
	}
	p.Printf("%-8.8s %-8.8s ", l.User, l.TTY)
	if !o.Has("f") {
		p.Printf("%-16.16s ", from)
	}
	if !o.Has("s") {
		p.Printf("%s", loginTime(l.Time.UTC(), p.Now().UTC()))
	}
	p.Printf("%s", interval(idle))
	if !o.Has("s") {
		p.Printf("  0.02s  0.00s")
	}
	p.Printf(" %s\n", what)
}

// loginTime is the column LOGIN@, seven wide.
func loginTime(t, now time.Time) string {
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04  ")
	case now.Sub(t) < 7*24*time.Hour:
		return t.Format("Mon15  ")
	}
	return t.Format("02Jan06")
}

// interval is the column IDLE, seven wide.
func interval(d time.Duration) string {
	s := int64(d / time.Second)
	switch {
	case s >= 48*3600:
		return fmt.Sprintf(" %2ddays", s/86400)
	case s >= 3600:
		return fmt.Sprintf(" %2d:%02dm", s/3600, s/60%60)
	case s > 60:
		return fmt.Sprintf(" %2d:%02d ", s/60, s%60)
	}
	return fmt.Sprintf(" %2d.%02ds", s, d/(10*time.Millisecond)%100)
}

// uptime is the first line of w.
func uptime(p *proc.Process, users int) string {
	up := p.World.Uptime()
	text := p.Now().UTC().Format(" 15:04:05 up ")
	if days := int(up / (24 * time.Hour)); days == 1 {
		text += "1 day, "
	} else if days > 1 {
		text += fmt.Sprintf("%d days, ", days)
	}
	h, m := int(up/time.Hour)%24, int(up/time.Minute)%60
	if h > 0 {
		text += fmt.Sprintf("%2d:%02d, ", h, m)
	} else {
		text += fmt.Sprintf("%d min, ", m)
	}
	word := "user"
	if users > 1 {
		word = "users"
	}
	one, five, fifteen := p.World.Load()
	return text + fmt.Sprintf("%2d %s,  load average: %.2f, %.2f, %.2f", users, word, one, five, fifteen)
}

package status

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runUname(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "asnrvmpio", Long: map[string]proc.Long{
		"all": {As: "a"}, "kernel-name": {As: "s"}, "nodename": {As: "n"}, "kernel-release": {As: "r"}, "kernel-version": {As: "v"},
		"machine": {As: "m"}, "processor": {As: "p"}, "hardware-platform": {As: "i"}, "operating-system": {As: "o"},
	}}, gnu.About{Usage: "[OPTION]...", Does: "Print certain system information.  With no OPTION, same as -s.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 0 {
		return gnu.Extra(p, o.Operands[0])
	}
	s := p.World.System
	all := o.Has("a")
	var words []string
	for _, x := range []struct{ flag, word string }{
		{"s", "Linux"}, {"n", p.World.Hostname()}, {"r", s.Kernel}, {"v", s.Build}, {"m", s.Arch}, {"p", "unknown"}, {"i", "unknown"}, {"o", "GNU/Linux"},
	} {
		if o.Has(x.flag) || all && x.word != "unknown" || len(o.Given) == 0 && x.flag == "s" {
			words = append(words, x.word)
		}
	}
	p.Println(strings.Join(words, " "))
	return 0
}

func runArch(p *proc.Process) int { p.Println(p.World.System.Arch); return 0 }

func runHostname(p *proc.Process) int {
	o := proc.Flags{Short: "adfiIsyFb", Long: map[string]proc.Long{"short": {As: "s"}, "fqdn": {As: "f"}, "long": {As: "f"}, "ip-address": {As: "i"}, "all-ip-addresses": {As: "I"}, "domain": {As: "d"}, "help": {As: "h"}}}.Parse(p)
	if o == nil {
		return 4
	}
	name := p.World.Hostname()
	switch {
	case o.Has("I", "i"):
		var list []string
		for _, i := range p.World.Interfaces() {
			if ip, _, ok := strings.Cut(i.Address, "/"); ok && !i.Loopback {
				list = append(list, ip)
			}
		}
		p.Println(strings.Join(list, " ") + " ")
	case o.Has("d"):
		p.Println(p.World.Domain)
	case o.Has("f") && p.World.Domain != "":
		p.Println(name + "." + p.World.Domain)
	case len(o.Operands) > 0:
		if p.FS.UID != 0 {
			return p.Complain("you must be root to change the host name")
		}
		p.World.SetHostname(o.Operands[0])
	default:
		p.Println(name)
	}
	return 0
}

// uptimeText is the line that uptime, w and top begin with.
func uptimeText(p *proc.Process) string {
	up := p.World.Uptime()
	days, hours, minutes := int(up.Hours())/24, int(up.Hours())%24, int(up.Minutes())%60
	text := ""
	if days == 1 {
		text = "1 day, "
	} else if days > 1 {
		text = strconv.Itoa(days) + " days, "
	}
	if hours > 0 {
		text += fmt.Sprintf("%2d:%02d", hours, minutes)
	} else {
		text += strconv.Itoa(minutes) + " min"
	}
	users := 0
	for _, l := range p.World.Logins() {
		if l.End.IsZero() && l.User != "reboot" && l.User != "" {
			users++
		}
	}
	word := "user"
	if users > 1 {
		word = "users"
	}
	one, five, fifteen := p.World.Load()
	return fmt.Sprintf(" %s up %s, %2d %s,  load average: %.2f, %.2f, %.2f", p.Now().Format(time.TimeOnly), text, users, word, one, five, fifteen)
}

func runUptime(p *proc.Process) int {
	o := proc.Flags{Short: "psV", Long: map[string]proc.Long{"pretty": {As: "p"}, "since": {As: "s"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("s"):
		p.Println(p.Now().Add(-p.World.Uptime()).Format(time.DateTime))
	case o.Has("p"):
		up := p.World.Uptime()
		var parts []string
		for _, x := range []struct {
			n    int
			name string
		}{{int(up.Hours()) / 168, "week"}, {int(up.Hours()) / 24 % 7, "day"}, {int(up.Hours()) % 24, "hour"}, {int(up.Minutes()) % 60, "minute"}} {
			if x.n == 1 {
				parts = append(parts, "1 "+x.name)
			} else if x.n > 1 {
				parts = append(parts, fmt.Sprintf("%d %ss", x.n, x.name))
			}
		}
		p.Println("up " + strings.Join(parts, ", "))
	default:
		p.Println(uptimeText(p))
	}
	return 0
}

func runNproc(p *proc.Process) int { p.Println(strconv.Itoa(p.World.Hardware.CPUs)); return 0 }

func runClear(p *proc.Process) int { p.Printf("\x1b[H\x1b[2J\x1b[3J"); return 0 }

func runDmesg(p *proc.Process) int {
	if p.FS.UID != 0 {
		return p.Complain("read kernel buffer failed: Operation not permitted")
	}
	for _, l := range p.World.Dmesg() {
		if gnu.Stop(p) {
			return 1
		}
		p.Println(l)
	}
	return 0
}

// sysctls are what sysctl -a shows, below /proc/sys.
var sysctls = []string{"kernel.hostname", "kernel.osrelease", "kernel.ostype", "kernel.version", "net.ipv4.ip_forward", "vm.swappiness", "fs.file-max", "kernel.pid_max"}

func runSysctl(p *proc.Process) int {
	o := proc.Flags{Short: "anwpqeN", Long: map[string]proc.Long{"all": {As: "a"}}}.Parse(p)
	if o == nil {
		return 1
	}
	names := o.Operands
	if o.Has("a") {
		names = sysctls
	}
	code := 0
	for _, n := range names {
		name, value, set := strings.Cut(n, "=")
		name = strings.TrimSpace(name)
		path := "/proc/sys/" + strings.ReplaceAll(name, ".", "/")
		text, err := p.FS.ReadFile(path, 4096)
		switch {
		case err != nil && o.Has("a"):
		case err != nil:
			code = p.Complain("cannot stat %s: No such file or directory", path)
		case set:
			p.Println(name + " = " + strings.TrimSpace(value))
		case o.Has("n"):
			p.Println(strings.TrimSpace(string(text)))
		default:
			p.Println(name + " = " + strings.TrimSpace(string(text)))
		}
	}
	return code
}

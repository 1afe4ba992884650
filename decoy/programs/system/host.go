package system

import (
	"fmt"
	"hash/fnv"
	"strings"

	"gait/decoy/proc"
)

// virtual names the hypervisor as systemd does.
func virtual(p *proc.Process) string {
	switch v := strings.ToLower(p.World.Hardware.Virtual); v {
	case "":
		return "none"
	case "xen", "vmware", "microsoft":
		return v
	case "oracle", "innotek gmbh":
		return "oracle"
	}
	return "kvm"
}

func runDetectVirt(p *proc.Process) int {
	o := proc.Flags{Short: "hcvrq", Long: map[string]proc.Long{"container": {As: "c"}, "vm": {As: "v"}, "quiet": {As: "q"}, "chroot": {As: "r"}}}.Parse(p)
	if o == nil {
		return 1
	}
	kind := virtual(p)
	if o.Has("c") {
		kind = "none"
	}
	if !o.Has("q", "r") {
		p.Println(kind)
	}
	if kind == "none" || o.Has("r") {
		return 1
	}
	return 0
}

// wide says whether the locale has more than ASCII.
func wide(p *proc.Process) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := p.Env.Get(name); v != "" {
			return strings.Contains(strings.ToLower(strings.ReplaceAll(v, "-", "")), "utf8")
		}
	}
	return false
}

// denied is what the system bus says to who is not root.
func denied(p *proc.Process, what string) int {
	fmt.Fprintf(p.Err, "%s: Interactive authentication required.\n", what)
	return 1
}

// table writes names aligned at their colons.
func table(p *proc.Process, width int, rows [][2]string) {
	for _, r := range rows {
		p.Printf("%*s: %s\n", width, r[0], r[1])
	}
}

func runHostnamectl(p *proc.Process) int {
	o := proc.Flags{Short: "hH:M:", Long: map[string]proc.Long{"no-ask-password": {}, "static": {}, "transient": {}, "pretty": {}, "json": {Value: 1}}}.Parse(p)
	if o == nil {
		return 1
	}
	verb, args := "status", o.Operands
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	switch verb {
	case "status":
		hostStatus(p)
	case "hostname", "set-hostname":
		if len(args) == 0 {
			if verb == "set-hostname" {
				fmt.Fprintln(p.Err, "Too few arguments.")
				return 1
			}
			p.Println(p.World.Hostname())
			return 0
		}
		return setHostname(p, args[0])
	case "icon-name":
		p.Println("")
	default:
		fmt.Fprintf(p.Err, "Unknown command verb %s.\n", verb)
		return 1
	}
	return 0
}

func hostStatus(p *proc.Process) {
	s, dmi := p.World.System, "/sys/devices/virtual/dmi/id/"
	chassis, kind := "vm", virtual(p)
	if kind == "none" {
		chassis = "server"
	}
	rows := [][2]string{{"Static hostname", p.World.Hostname()}, {"Icon name", "computer-" + chassis}, {"Chassis", chassis}, {"Machine ID", s.MachineID}, {"Boot ID", strings.ReplaceAll(s.BootID, "-", "")}}
	if wide(p) && chassis == "vm" {
		rows[2][1] += " 🖴"
	}
	if kind != "none" {
		rows = append(rows, [2]string{"Virtualization", kind})
	}
	rows = append(rows, [2]string{"Operating System", value(p, "/etc/os-release", "PRETTY_NAME") + " "}, [2]string{"Kernel", "Linux " + s.Kernel}, [2]string{"Architecture", "x86-64"})
	for _, v := range [][2]string{{"Hardware Vendor", "sys_vendor"}, {"Hardware Model", "product_name"}} {
		if word := text(p, dmi+v[1]); word != "" {
			rows = append(rows, [2]string{v[0], word})
		}
	}
	table(p, 16, rows)
}

func setHostname(p *proc.Process, name string) int {
	switch {
	case p.FS.UID != 0:
		return denied(p, "Could not set static hostname")
	case len(name) > 64 || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "":
		fmt.Fprintf(p.Err, "Could not set static hostname: Invalid static hostname '%s'\n", name)
		return 1
	}
	p.World.SetHostname(name)
	p.FS.WriteFile("/etc/hostname", []byte(name+"\n"), 0o644)
	return 0
}

func runTimedatectl(p *proc.Process) int {
	verb, args := "status", []string(nil)
	if len(p.Args) > 1 {
		verb, args = p.Args[1], p.Args[2:]
	}
	now := p.Now()
	switch verb {
	case "status":
		table(p, 25, [][2]string{{"Local time", now.Format("Mon 2006-01-02 15:04:05 MST")}, {"Universal time", now.Format("Mon 2006-01-02 15:04:05 MST")}, {"RTC time", now.Format("Mon 2006-01-02 15:04:05")},
			{"Time zone", p.World.System.Zone + " (UTC, +0000)"}, {"System clock synchronized", "yes"}, {"NTP service", "active"}, {"RTC in local TZ", "no"}})
	case "show":
		p.Printf("Timezone=%s\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\nTimeUSec=%s\nRTCTimeUSec=%s\n", p.World.System.Zone, now.Format("Mon 2006-01-02 15:04:05 MST"), now.Format("Mon 2006-01-02 15:04:05 MST"))
	case "list-timezones":
		p.Println("Etc/UTC")
	case "set-timezone", "set-time", "set-ntp", "set-local-rtc":
		switch {
		case len(args) == 0:
			fmt.Fprintln(p.Err, "Too few arguments.")
			return 1
		case p.FS.UID != 0:
			return denied(p, "Failed to set "+strings.TrimPrefix(verb, "set-"))
		case verb == "set-time":
			fmt.Fprintln(p.Err, "Failed to set time: Automatic time synchronization is enabled")
			return 1
		}
	default:
		fmt.Fprintf(p.Err, "Unknown command verb %s.\n", verb)
		return 1
	}
	return 0
}

func runLocalectl(p *proc.Process) int {
	if len(p.Args) > 1 && p.Args[1] != "status" {
		if p.Args[1] == "list-locales" {
			p.Println("C.UTF-8\nen_US.UTF-8")
			return 0
		}
		fmt.Fprintf(p.Err, "Unknown command verb %s.\n", p.Args[1])
		return 1
	}
	or := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	lang := value(p, "/etc/default/locale", "LANG")
	if lang != "" {
		lang = "LANG=" + lang
	}
	table(p, 13, [][2]string{{"System Locale", or(lang, "n/a")}, {"VC Keymap", "(unset)"},
		{"X11 Layout", or(value(p, "/etc/default/keyboard", "XKBLAYOUT"), "us")}, {"X11 Model", or(value(p, "/etc/default/keyboard", "XKBMODEL"), "pc105")}})
	return 0
}

func runLoginctl(p *proc.Process) int {
	verb := "list-sessions"
	for _, a := range p.Args[1:] {
		if !strings.HasPrefix(a, "-") {
			verb = a
			break
		}
	}
	type one struct {
		uid       int
		user, tty string
	}
	var list []one
	for _, l := range p.World.Logins() {
		if a, ok := p.World.Account(l.User); ok && l.End.IsZero() {
			list = append(list, one{a.UID, l.User, l.TTY})
		}
	}
	switch verb {
	case "list-sessions":
		p.Println("SESSION  UID USER" + strings.Repeat(" ", 4) + "SEAT TTY")
		for i, s := range list {
			p.Printf("%7d %4d %-8s%-5s%s\n", 2*len(list)-i, s.uid, s.user, "", s.tty)
		}
		p.Printf("\n%d sessions listed.\n", len(list))
	case "list-users":
		seen := map[int]bool{}
		p.Println(" UID USER    LINGER")
		for _, s := range list {
			if !seen[s.uid] {
				p.Printf("%4d %-8sno\n", s.uid, s.user)
			}
			seen[s.uid] = true
		}
		p.Printf("\n%d users listed.\n", len(seen))
	case "list-seats":
		p.Println("SEAT\nseat0\n\n1 seats listed.")
	case "enable-linger", "disable-linger", "terminate-user", "kill-user":
	default:
		fmt.Fprintf(p.Err, "Unknown command verb %s.\n", verb)
		return 1
	}
	return 0
}

func runLsbRelease(p *proc.Process) int {
	o := proc.Flags{Short: "idrcasvh", Long: map[string]proc.Long{"id": {As: "i"}, "description": {As: "d"}, "release": {As: "r"}, "codename": {As: "c"}, "all": {As: "a"}, "short": {As: "s"}, "version": {As: "v"}}}.Parse(p)
	if o == nil {
		return 2
	}
	if o.Has("v") {
		fmt.Fprintln(p.Err, "No LSB modules are available.")
	}
	var brief []string
	for _, r := range [][3]string{{"i", "Distributor ID", "Debian"}, {"d", "Description", value(p, "/etc/os-release", "PRETTY_NAME")}, {"r", "Release", value(p, "/etc/os-release", "VERSION_ID")}, {"c", "Codename", value(p, "/etc/os-release", "VERSION_CODENAME")}} {
		switch {
		case !o.Has(r[0], "a"):
		case o.Has("s"):
			brief = append(brief, r[2])
		default:
			p.Printf("%s:\t%s\n", r[1], r[2])
		}
	}
	if len(brief) > 0 {
		p.Println(strings.Join(brief, "\n"))
	}
	return 0
}

func runHostid(p *proc.Process) int {
	sum := fnv.New32a()
	sum.Write([]byte(p.World.System.MachineID))
	p.Printf("%08x\n", sum.Sum32())
	return 0
}

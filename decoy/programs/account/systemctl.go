package account

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
)

// unit is a service as systemd sees it.
type unit struct {
	name, file, title string
	enabled           bool
	main              *machine.Proc // nil where it does not run
}

// daemons are the processes of services that have another name.
var daemons = map[string]string{"ssh": "sshd", "rsyslog": "rsyslogd", "dbus": "dbus-daemon"}

// titles are what services call themselves.
var titles = map[string]string{"ssh": "OpenBSD Secure Shell server", "cron": "Regular background program processing daemon", "rsyslog": "System Logging Service", "dbus": "D-Bus System Message Bus", "systemd-journald": "Journal Service", "systemd-logind": "User Login Management", "systemd-timesyncd": "Network Time Synchronization", "systemd-udevd": "Rule-based Manager for Device Events and Files", "networking": "Raise network interfaces"}

// findUnit finds a service by its name.
func findUnit(p *proc.Process, name string) (*unit, bool) {
	name = strings.TrimSuffix(name, ".service")
	if name == "sshd" || name == "syslog" {
		name = map[string]string{"sshd": "ssh", "syslog": "rsyslog"}[name]
	}
	if name == "" || strings.ContainsAny(name, "/\n") {
		return nil, false
	}
	u := &unit{name: name, title: cmp.Or(titles[name], name)}
	for _, dir := range []string{"/etc/systemd/system/", "/lib/systemd/system/"} {
		if _, err := p.FS.Stat(dir + name + ".service"); err == nil {
			u.file = dir + name + ".service"
			break
		}
	}
	for _, q := range p.World.Processes() {
		if len(q.Args) > 0 && q.PPID == 1 && path.Base(strings.TrimSuffix(strings.Fields(q.Args[0] + " ")[0], ":")) == cmp.Or(daemons[name], name) {
			u.main = q
			break
		}
	}
	_, err := p.FS.Lstat(wants + name + ".service")
	u.enabled = err == nil
	for _, line := range lines(p, u.file) {
		if text, ok := strings.CutPrefix(line, "Description="); ok && titles[name] == "" {
			u.title = text
		}
	}
	return u, u.file != "" || u.main != nil
}

const wants = "/etc/systemd/system/multi-user.target.wants/"

// full gives the name with its kind.
func full(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return name + ".service"
}

// runSystemctl is systemctl; the links to it that end the machine lead here.
func runSystemctl(p *proc.Process) int {
	switch p.Name() {
	case "shutdown":
		return runShutdown(p)
	case "reboot", "poweroff", "halt":
		return runPower(p)
	}
	var words []string
	for _, a := range p.Args[1:] {
		if !strings.HasPrefix(a, "-") {
			words = append(words, a)
		} else if a == "--version" {
			p.Printf("systemd 252 (252.22-1~deb12u1)\n")
			return 0
		}
	}
	if len(words) == 0 {
		words = []string{"list-units"}
	}
	verb, names := words[0], words[1:]
	switch verb {
	case "list-units":
		listUnits(p)
		return 0
	case "list-unit-files":
		listUnitFiles(p)
		return 0
	case "daemon-reload", "daemon-reexec", "reset-failed":
		if p.FS.UID != 0 {
			return denied(p, "Failed to reload daemon: ")
		}
		return 0
	case "is-system-running":
		p.Println("running")
		return 0
	}
	do := map[string]func(*proc.Process, string, string) int{"status": unitStatus, "is-active": unitAsked, "is-enabled": unitAsked, "is-failed": unitAsked, "start": unitTurn, "stop": unitTurn, "restart": unitTurn, "reload": unitTurn, "kill": unitTurn, "try-restart": unitTurn, "enable": unitEnable, "disable": unitEnable, "mask": unitEnable, "unmask": unitEnable}[verb]
	if do == nil {
		fmt.Fprintf(p.Err, "Unknown command verb %s.\n", verb)
		return 1
	}
	if len(names) == 0 {
		fmt.Fprint(p.Err, "Too few arguments.\n")
		return 1
	}
	code := 0
	for _, n := range names {
		code = max(code, do(p, verb, n))
	}
	return code
}

func denied(p *proc.Process, before string) int {
	fmt.Fprintf(p.Err, "%sInteractive authentication required.\n", before)
	return 1
}

// unitStatus is systemctl status.
func unitStatus(p *proc.Process, _, name string) int {
	u, ok := findUnit(p, name)
	if !ok {
		fmt.Fprintf(p.Err, "Unit %s could not be found.\n", full(name))
		return 4
	}
	state := "disabled"
	if u.enabled {
		state = "enabled"
	}
	mark := "○"
	if u.main != nil {
		mark = "●"
	}
	p.Printf("%s %s.service - %s\n     Loaded: loaded (%s; %s; preset: enabled)\n", mark, u.name, u.title, u.file, state)
	if u.main == nil {
		p.Printf("     Active: inactive (dead)\n")
		return 3
	}
	q, now := u.main, p.Now()
	p.Printf("     Active: active (running) since %s; %s ago\n   Main PID: %d (%s)\n      Tasks: 1\n     Memory: %.1fM\n        CPU: %dms\n     CGroup: /system.slice/%s.service\n             └─%d \"%s\"\n", q.Started.UTC().Format("Mon 2006-01-02 15:04:05 MST"), ago(now.Sub(q.Started)), q.PID, q.Comm(), float64(q.RSS)/(1<<20), q.CPU.Milliseconds(), u.name, q.PID, strings.Join(q.Args, " "))
	return 0
}

// ago writes a time as systemd does, in two steps.
func ago(d time.Duration) string {
	m := int(d / time.Minute)
	switch {
	case m >= 1440*2:
		return fmt.Sprintf("%d days", m/1440)
	case m >= 1440:
		return fmt.Sprintf("1 day %dh", m/60-24)
	case m >= 60:
		return fmt.Sprintf("%dh %dmin", m/60, m%60)
	case m > 0:
		return fmt.Sprintf("%dmin %ds", m, int(d/time.Second)%60)
	}
	return fmt.Sprintf("%ds", int(d/time.Second))
}

// unitAsked is is-active and its like.
func unitAsked(p *proc.Process, verb, name string) int {
	u, ok := findUnit(p, name)
	switch {
	case verb == "is-enabled" && !ok:
		fmt.Fprintf(p.Err, "Failed to get unit file state for %s: No such file or directory\n", full(name))
		return 1
	case verb == "is-enabled" && u.enabled:
		p.Println("enabled")
		return 0
	case verb == "is-enabled":
		p.Println("disabled")
		return 1
	case ok && u.main != nil:
		p.Println("active")
		if verb == "is-failed" {
			return 1
		}
		return 0
	}
	p.Println("inactive")
	if verb == "is-failed" {
		return 1
	}
	return 3
}

// unitTurn starts and stops.
func unitTurn(p *proc.Process, verb, name string) int {
	u, ok := findUnit(p, name)
	if !ok {
		if verb == "kill" {
			fmt.Fprintf(p.Err, "Failed to kill unit %[1]s: Unit %[1]s not loaded.\n", full(name))
			return 1
		}
		fmt.Fprintf(p.Err, "Failed to %[1]s %[2]s: Unit %[2]s not %[3]s.\n", verb, full(name), map[bool]string{true: "loaded", false: "found"}[verb == "stop"])
		return 5
	}
	if p.FS.UID != 0 {
		fmt.Fprintf(p.Err, "Failed to %s %s.service: ", verb, u.name)
		denied(p, "")
		fmt.Fprintf(p.Err, "See system logs and 'systemctl status %s.service' for details.\n", u.name)
		return 4
	}
	p.Sleep(200 * time.Millisecond)
	old := u.main
	if verb != "start" && verb != "reload" && old != nil {
		p.World.Kill(old.PID, visit.Signal(15))
	}
	if verb == "restart" || verb == "try-restart" && old != nil || verb == "start" && old == nil {
		fresh := startOf(p, u)
		if old != nil {
			fresh = *old
		}
		fresh.PID, fresh.Session, fresh.Started, fresh.CPU = 0, 0, p.Now(), 20*time.Millisecond
		p.World.Spawn(fresh)
	}
	return 0
}

// startOf makes the process of a service from its file.
func startOf(p *proc.Process, u *unit) machine.Proc {
	args := []string{"/usr/sbin/" + cmp.Or(daemons[u.name], u.name)}
	for _, line := range lines(p, u.file) {
		if text, ok := strings.CutPrefix(line, "ExecStart="); ok && strings.TrimSpace(text) != "" {
			args = slices.DeleteFunc(strings.Fields(text), func(s string) bool { return strings.HasPrefix(s, "$") })
		}
	}
	return machine.Proc{PPID: 1, User: "root", TTY: "?", State: "Ss", VSize: 12 << 20, RSS: 5 << 20, Args: args}
}

// unitEnable makes and removes the links that start a service.
func unitEnable(p *proc.Process, verb, name string) int {
	u, ok := findUnit(p, name)
	if !ok || u.file == "" {
		fmt.Fprintf(p.Err, "Failed to %s unit: Unit file %s does not exist.\n", verb, full(name))
		return 1
	}
	if p.FS.UID != 0 {
		return denied(p, "Failed to "+verb+" unit: ")
	}
	link := wants + u.name + ".service"
	switch {
	case verb == "enable" && !u.enabled:
		if p.FS.Symlink(u.file, link) == nil {
			fmt.Fprintf(p.Err, "Created symlink %s → %s.\n", link, u.file)
		}
	case verb == "disable" && u.enabled:
		if p.FS.Remove(link) == nil {
			fmt.Fprintf(p.Err, "Removed \"%s\".\n", link)
		}
	}
	return 0
}

// units gives the names of the services that run.
func units(p *proc.Process) (list []*unit) {
	for _, name := range []string{"cron", "dbus", "rsyslog", "ssh", "systemd-journald", "systemd-logind", "systemd-timesyncd", "systemd-udevd"} {
		if u, ok := findUnit(p, name); ok && u.main != nil {
			list = append(list, u)
		}
	}
	return list
}

func listUnits(p *proc.Process) {
	list := units(p)
	p.Printf("  %-27s LOAD   ACTIVE SUB     DESCRIPTION\n", "UNIT")
	for _, u := range list {
		p.Printf("  %-27s loaded active running %s\n", u.name+".service", u.title)
	}
	p.Printf("\nLOAD   = Reflects whether the unit definition was properly loaded.\nACTIVE = The high-level unit activation state, i.e. generalization of SUB.\nSUB    = The low-level unit activation state, values depend on unit type.\n%d loaded units listed. Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n", len(list))
}

func listUnitFiles(p *proc.Process) {
	list, _ := p.FS.ReadDir("/lib/systemd/system")
	n := 0
	p.Printf("%-40s STATE    PRESET\n", "UNIT FILE")
	for _, i := range list {
		name, ok := strings.CutSuffix(i.Name, ".service")
		if !ok {
			continue
		}
		state := "static"
		if _, err := p.FS.Lstat(wants + i.Name); err == nil {
			state = "enabled"
		}
		n++
		p.Printf("%-40s %-8s enabled\n", name+".service", state)
	}
	p.Printf("\n%d unit files listed.\n", n)
}

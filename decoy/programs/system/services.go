package system

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// runInit is systemd as a visitor may call it: init and telinit change the
// runlevel through systemctl.
func runInit(p *proc.Process) int {
	if len(p.Args) > 1 && p.Args[1] == "--version" {
		p.Println("systemd 252 (252.38-1~deb12u1)\n+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBFDISK +PCRE2 -PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD -BPF_FRAMEWORK -XKBCOMMON +UTMP +SYSVINIT default-hierarchy=unified")
		return 0
	}
	if p.FS.UID != 0 {
		fmt.Fprintln(p.Err, "init: must be superuser.")
		return 1
	}
	if len(p.Args) < 2 {
		fmt.Fprintln(p.Err, "init: required argument missing.")
		return 1
	}
	switch level := p.Args[1]; level {
	case "0":
		return run(p, []string{"systemctl", "poweroff"})
	case "6":
		return run(p, []string{"systemctl", "reboot"})
	case "1", "2", "3", "4", "5", "s", "S", "q", "Q", "u", "U":
		return 0
	default:
		fmt.Fprintf(p.Err, "init: invalid runlevel '%s'.\n", level)
		return 1
	}
}

func runStartStop(p *proc.Process) int {
	o := proc.Flags{Short: "KSTHVmbCvqotp:n:u:x:a:s:R:g:c:r:k:N:P:I:d:i:", Long: map[string]proc.Long{"start": {As: "S"}, "stop": {As: "K"}, "status": {As: "T"}, "pid": {Value: 1}, "ppid": {Value: 1}, "pidfile": {As: "p", Value: 1}, "exec": {As: "x", Value: 1}, "name": {As: "n", Value: 1}, "user": {As: "u", Value: 1}, "startas": {As: "a", Value: 1}, "signal": {As: "s", Value: 1}, "retry": {As: "R", Value: 1}, "chuid": {As: "c", Value: 1}, "chdir": {As: "d", Value: 1}, "make-pidfile": {As: "m"}, "background": {As: "b"}, "quiet": {As: "q"}, "oknodo": {As: "o"}, "test": {As: "t"}, "verbose": {As: "v"}, "no-close": {As: "C"}}, First: true}.Parse(p)
	if o == nil {
		return 3
	}
	name, byName := o.Last("n")
	exec, byExec := o.Last("x")
	switch {
	case !o.Has("S", "K", "T"):
		return try(p, 3, "need one of --start or --stop or --status")
	case !byName && !byExec && !o.Has("p", "u", "pid", "a"):
		return try(p, 3, "need at least one of --exec, --pid, --ppid, --pidfile, --user or --name")
	}
	if !byName {
		name = exec
	}
	if file, ok := o.Last("p"); ok && name == "" {
		name = file
	}
	var found []int
	for _, q := range p.World.Processes() {
		pidfile, given := o.Last("p")
		if byName && q.Comm() == name || byExec && program(p, q) == exec || given && text(p, pidfile) == strconv.Itoa(q.PID) {
			found = append(found, q.PID)
		}
	}
	say := func(format string, args ...any) {
		if !o.Has("q") {
			p.Printf(format, args...)
		}
	}
	switch {
	case o.Has("T"):
		return map[bool]int{true: 0, false: 3}[len(found) > 0]
	case o.Has("K") && len(found) == 0:
		say("No %s found running; none killed.\n", name)
		return map[bool]int{true: 0, false: 1}[o.Has("o")]
	case o.Has("K"):
		for _, pid := range found {
			if p.FS.UID == 0 {
				p.World.Kill(pid, visit.SIGTERM)
			}
		}
		return 0
	case len(found) > 0:
		say("%s already running.\n", name)
		return map[bool]int{true: 0, false: 1}[o.Has("o")]
	}
	if as, ok := o.Last("a"); ok {
		exec = as
	}
	if exec == "" {
		return try(p, 3, "--start needs --exec or --startas")
	}
	if _, err := p.FS.Stat(exec); err != nil {
		p.Complain("unable to start %s (%s)", exec, proc.Text(err))
		return 2
	}
	return run(p, append([]string{exec}, o.Operands...))
}

func runInvoke(p *proc.Process) int {
	var args []string
	for _, a := range p.Args[1:] {
		if !strings.HasPrefix(a, "-") {
			args = append(args, a)
		}
	}
	if len(args) < 2 {
		fmt.Fprint(p.Err, "invoke-rc.d: syntax error: missing required parameter, --help assumed\n\ninvoke-rc.d, Debian/SysVinit (/etc/rc?.d) initscript subsystem.\nCopyright (c) 2000,2001 Henrique de Moraes Holschuh <hmh@debian.org>\n\nUsage:\n  invoke-rc.d [options] <basename> <action> [extra parameters]\n")
		return 103
	}
	if _, err := p.FS.Stat("/etc/init.d/" + args[0]); err != nil {
		if _, err := p.FS.Stat("/usr/lib/systemd/system/" + args[0] + ".service"); err != nil {
			fmt.Fprintf(p.Err, "invoke-rc.d: unknown initscript, /etc/init.d/%s not found.\n", args[0])
			return 100
		}
	}
	return run(p, []string{"systemctl", args[1], args[0]})
}

func runSystemdRun(p *proc.Process) int {
	o := proc.Flags{Short: "hqPtSGru:p:E:M:H:d", Long: map[string]proc.Long{"scope": {}, "unit": {As: "u", Value: 1}, "property": {As: "p", Value: 1}, "user": {}, "system": {}, "quiet": {As: "q"}, "pipe": {As: "P"}, "pty": {As: "t"}, "wait": {}, "collect": {As: "G"}, "shell": {As: "S"}, "on-calendar": {Value: 1}, "on-boot": {Value: 1}, "description": {Value: 1}, "setenv": {As: "E", Value: 1}, "uid": {Value: 1}, "gid": {Value: 1}, "nice": {Value: 1}, "slice": {Value: 1}}, First: true}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0 && !o.Has("S"):
		fmt.Fprintln(p.Err, "Command line to execute required.")
		return 1
	case p.FS.UID != 0:
		fmt.Fprintln(p.Err, "Failed to start transient service unit: Interactive authentication required.")
		return 1
	case o.Has("scope", "P", "t", "S", "wait"):
		return runOrShell(p, o.Operands)
	}
	if _, ok := p.Shell.Lookup(p, o.Operands[0]); !ok {
		fmt.Fprintf(p.Err, "Failed to find executable %s: No such file or directory\n", o.Operands[0])
		return 1
	}
	unit, ok := o.Last("u")
	if !ok {
		unit = fmt.Sprintf("run-r%032x", uint64(p.Now().UnixNano())*uint64(p.PID|1))
	}
	fmt.Fprintf(p.Err, "Running as unit: %s.service\n", strings.TrimSuffix(unit, ".service"))
	return 0
}

// runAnalyze is systemd-analyze: how long the machine took to boot.
func runAnalyze(p *proc.Process) int {
	verb := "time"
	if len(p.Args) > 1 {
		verb = p.Args[1]
	}
	n := time.Duration(p.World.Boot.Unix()%1900) * time.Millisecond
	kernel, user := 1200*time.Millisecond+n/3, 3100*time.Millisecond+n
	write := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) + "s" }
	switch verb {
	case "time":
		p.Printf("Startup finished in %s (kernel) + %s (userspace) = %s \ngraphical.target reached after %s in userspace.\n", write(kernel), write(user), write(kernel+user), write(user-20*time.Millisecond))
	case "blame":
		for i, s := range []string{"ifupdown-pre.service", "networking.service", "systemd-udev-trigger.service", "systemd-journald.service", "ssh.service", "systemd-logind.service", "systemd-timesyncd.service", "e2scrub_reap.service", "rsyslog.service", "systemd-tmpfiles-setup.service"} {
			p.Printf("%5dms %s\n", int(user.Milliseconds())/(3+2*i), s)
		}
	default:
		fmt.Fprintf(p.Err, "Unknown command verb %s.\n", verb)
		return 1
	}
	return 0
}

const alternativesNeed = "need --display, --query, --list, --get-selections, --config, --set, --set-selections, --install, --remove, --all, --remove-all or --auto"

func runAlternatives(p *proc.Process) int {
	args := slices.DeleteFunc(slices.Clone(p.Args[1:]), func(a string) bool { return a == "--quiet" || a == "--force" || a == "--verbose" })
	usage := func(text string) int {
		p.Complain("%s", text)
		fmt.Fprint(p.Err, "\nUse 'update-alternatives --help' for program usage information.\n")
		return 2
	}
	if len(args) == 0 {
		return usage(alternativesNeed)
	}
	verb, args := args[0], args[1:]
	at := "/etc/alternatives/"
	switch verb {
	case "--get-selections":
		list, _ := p.FS.ReadDir(at)
		for _, e := range list {
			if to, err := p.FS.Readlink(at + e.Name); err == nil {
				p.Printf("%-30s auto     %s\n", e.Name, to)
			}
		}
		return 0
	case "--install":
		if len(args) < 4 {
			return usage("--install needs <link> <name> <path> <priority>")
		}
		return installAlternative(p, args)
	case "--display", "--query", "--list", "--config", "--auto", "--set", "--remove", "--remove-all":
	default:
		return usage("unknown option '" + verb + "'")
	}
	if len(args) == 0 {
		return usage(verb + " needs a <name> argument")
	}
	name := args[0]
	to, err := p.FS.Readlink(at + name)
	if err != nil {
		fmt.Fprintf(p.Err, "update-alternatives: error: no alternatives for %s\n", name)
		return 2
	}
	link := "/usr/bin/" + name
	switch verb {
	case "--list":
		p.Println(to)
	case "--display":
		p.Printf("%s - auto mode\n  link best version is %s\n  link currently points to %s\n  link %s is %s\n%s - priority 40\n", name, to, to, name, link, to)
	case "--query":
		p.Printf("Name: %s\nLink: %s\nStatus: auto\nBest: %s\nValue: %s\n\nAlternative: %s\nPriority: 40\n", name, link, to, to, to)
	case "--config":
		p.Printf("There is only one alternative in link group %s (providing %s): %s\nNothing to configure.\n", name, link, to)
	}
	return 0
}

// installAlternative is update-alternatives --install.
func installAlternative(p *proc.Process, args []string) int {
	if _, err := p.FS.Stat(args[2]); err != nil {
		fmt.Fprintf(p.Err, "update-alternatives: error: alternative path %s doesn't exist\n", args[2])
		return 2
	}
	at := "/etc/alternatives/" + args[1]
	p.FS.Remove(at)
	if err := p.FS.Symlink(args[2], at); err != nil {
		fmt.Fprintf(p.Err, "update-alternatives: error: unable to create file '/var/lib/dpkg/alternatives/%s.dpkg-tmp': %s\n", args[1], proc.Text(err))
		return 2
	}
	if _, err := p.FS.Lstat(args[0]); err != nil {
		p.FS.Symlink(at, args[0])
	}
	p.Printf("update-alternatives: using %s to provide %s (%s) in auto mode\n", args[2], args[0], args[1])
	return 0
}

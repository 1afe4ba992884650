package system

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/vfs"
)

// runScript is script: a shell whose output is kept in a file.
func runScript(p *proc.Process) int {
	o := proc.Flags{Short: "aB:c:eE:fhI:m:o:O:qt::T:V", Long: map[string]proc.Long{"append": {As: "a"}, "command": {As: "c", Value: 1}, "quiet": {As: "q"}, "return": {As: "e"}, "flush": {As: "f"}, "log-out": {As: "O", Value: 1}}}.Parse(p)
	if o == nil {
		return 1
	}
	name := "typescript"
	if len(o.Operands) > 0 {
		name = o.Operands[0]
	}
	if out, ok := o.Last("O"); ok {
		name = out
	}
	flag := vfs.WriteOnly | vfs.Create | vfs.Truncate
	if o.Has("a") {
		flag = vfs.WriteOnly | vfs.Create | vfs.Append
	}
	f, err := p.FS.Open(name, flag, 0o666)
	if err != nil {
		return p.Complain("cannot open %s: %s", name, proc.Text(err))
	}
	defer f.Close()
	command, given := o.Last("c")
	stamp := func() string { return p.Now().Format("2006-01-02 15:04:05-07:00") }
	about := ""
	if given {
		about = fmt.Sprintf(" [COMMAND=%q]", command)
	}
	if !o.Has("q") {
		p.Printf("Script started, output log file is '%s'.\n", name)
	}
	fmt.Fprintf(f, "Script started on %s%s\n", stamp(), about)
	q := *p
	q.Out = io.MultiWriter(p.Out, f)
	q.Err = io.MultiWriter(p.Err, f)
	code := 0
	if given {
		code = p.Shell.Source(&q, proc.Script{Posix: true, Text: command, Name: "sh"})
	} else {
		q.Out, q.Err = p.Out, p.Err // an interactive shell keeps its terminal
		code = p.Shell.Interactive(&q, false)
	}
	fmt.Fprintf(f, "\nScript done on %s [COMMAND_EXIT_CODE=\"%d\"]\n", stamp(), code)
	if !o.Has("q") {
		p.Println("Script done.")
	}
	if o.Has("e") {
		return code
	}
	return 0
}

func runFallocate(p *proc.Process) int {
	o := proc.Flags{Short: "cdil:no:pvxzhV", Long: map[string]proc.Long{"length": {As: "l", Value: 1}, "offset": {As: "o", Value: 1}, "keep-size": {As: "n"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		return p.Complain("no filename specified")
	case !o.Has("l"):
		return p.Complain("no length argument specified")
	}
	words, _ := o.Last("l")
	n, ok := size(words)
	if !ok {
		return p.Complain("failed to parse length: '%s'", words)
	}
	name := o.Operands[0]
	f, err := p.FS.Open(name, vfs.WriteOnly|vfs.Create, 0o666)
	if err != nil {
		return p.Complain("cannot open %s: %s", name, proc.Text(err))
	}
	f.Close()
	if i, err := p.FS.Stat(name); err == nil && i.Size() < n {
		if err := p.FS.Truncate(name, n); err != nil {
			return p.Complain("fallocate failed: %s", proc.Text(err))
		}
	}
	return 0
}

// size reads a number with a unit: "10M", "1GiB", "5KB".
func size(words string) (int64, bool) {
	digits := len(words) - len(strings.TrimLeft(words, "0123456789"))
	n, err := strconv.ParseInt(words[:digits], 10, 64)
	if err != nil || n <= 0 {
		return 0, false
	}
	unit := strings.ToUpper(words[digits:])
	base := int64(1024)
	if len(unit) == 2 && unit[1] == 'B' {
		base = 1000
	}
	for range strings.Index("BKMGT", (unit + "B")[:1]) {
		if n > 1<<50 {
			return 0, false
		}
		n *= base
	}
	return n, strings.Contains(" B K M G T KB MB GB TB KIB MIB GIB TIB ", " "+unit+" ") || unit == ""
}

// mostDaemons bounds how many servers of one kind a visitor can start.
const mostDaemons = 16

// runDaemon is a daemon that somebody starts by hand: where it runs already it
// cannot have its port or its lock.
func runDaemon(p *proc.Process) int {
	name := path.Base(p.Args[0])
	count := 0
	for _, q := range p.World.Processes() {
		if q.Comm() == name && q.PID != p.PID {
			count++
		}
	}
	runs := count > 0
	for i, a := range p.Args[1:] {
		if a == "-t" {
			return 0
		}
		if a == "-p" && i+2 < len(p.Args) && name == "sshd" {
			runs = count > mostDaemons
		}
	}
	switch {
	case name == "sshd" && !strings.HasPrefix(p.Args[0], "/"):
		fmt.Fprintln(p.Err, "sshd re-exec requires execution with an absolute path")
		return 255
	case name == "sshd" && p.FS.UID != 0:
		fmt.Fprintln(p.Err, "sshd: no hostkeys available -- exiting.")
		return 1
	case name == "sshd" && runs:
		return 255
	case name == "cron" && p.FS.UID != 0:
		fmt.Fprintln(p.Err, "cron: can't open or create /var/run/crond.pid: Permission denied")
		return 1
	case name == "cron" && runs:
		fmt.Fprintf(p.Err, "cron: can't lock /var/run/crond.pid, otherpid may be %s: Resource temporarily unavailable\n", text(p, "/run/crond.pid"))
		return 1
	case !runs && p.FS.UID == 0:
		p.World.Spawn(machine.Proc{PPID: 1, User: "root", TTY: "?", State: "Ss", VSize: 6_800 << 10, RSS: 2_700 << 10, Args: append([]string{"/usr/sbin/" + name}, p.Args[1:]...)})
	}
	return 0
}

func runVisudo(p *proc.Process) int {
	o := proc.Flags{Short: "cf:hqsVOPI", Long: map[string]proc.Long{"check": {As: "c"}, "file": {As: "f", Value: 1}, "quiet": {As: "q"}}}.Parse(p)
	if o == nil {
		return 1
	}
	name, ok := o.Last("f")
	if !ok {
		name = "/etc/sudoers"
	}
	if _, err := p.FS.ReadFile(name, mostRead); err != nil {
		return p.Complain("%s: %s", name, proc.Text(err))
	}
	if o.Has("c") {
		p.Printf("%s: parsed OK\n", name)
		return 0
	}
	q := *p
	q.Args = []string{"nano", name}
	return runNano(&q)
}

// runLosetup lists no loop devices.
func runLosetup(p *proc.Process) int {
	o := proc.Flags{Short: "adDfj:lo:Prvc:J O:n", Long: map[string]proc.Long{"all": {As: "a"}, "find": {As: "f"}, "show": {}, "list": {As: "l"}, "detach": {As: "d"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("f") && len(o.Operands) == 0:
		p.Println("/dev/loop0")
	case len(o.Operands) > 0:
		return p.Complain("%s: failed to set up loop device: No such file or directory", o.Operands[len(o.Operands)-1])
	}
	return 0
}

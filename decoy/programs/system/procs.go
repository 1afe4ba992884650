package system

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// process finds a process by its number; nil for none.
func process(p *proc.Process, pid int) *machine.Proc {
	for _, q := range p.World.Processes() {
		if q.PID == pid {
			return q
		}
	}
	return nil
}

func runPwdx(p *proc.Process) int {
	if len(p.Args) < 2 {
		fmt.Fprint(p.Err, "\nUsage:\n pwdx [options] pid...\n\nOptions:\n -h, --help     display this help and exit\n -V, --version  output version information and exit\n\nFor more details see pwdx(1).\n")
		return 1
	}
	code := 0
	for _, a := range p.Args[1:] {
		pid, err := strconv.Atoi(strings.TrimPrefix(a, "/proc/"))
		if err != nil {
			return p.Complain("invalid process id: %s", a)
		}
		q := process(p, pid)
		switch {
		case q == nil:
			fmt.Fprintf(p.Err, "%d: No such process\n", pid)
			code = 1
		case p.FS.UID != 0 && q.UID != p.FS.UID:
			fmt.Fprintf(p.Err, "%d: Permission denied\n", pid)
			code = 1
		case q.Dir == "":
			p.Printf("%d: /\n", pid)
		default:
			p.Printf("%d: %s\n", pid, q.Dir)
		}
	}
	return code
}

func runRenice(p *proc.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && (args[0] == "-n" || args[0] == "--priority" || args[0] == "--relative") {
		args = args[1:]
	}
	if len(args) < 2 {
		return try(p, 1, "not enough arguments")
	}
	to, err := strconv.Atoi(args[0])
	if err != nil {
		return try(p, 1, "invalid priority '%s'", args[0])
	}
	to = min(max(to, -20), 19)
	code := 0
	for _, a := range args[1:] {
		if a == "-p" || a == "--pid" {
			continue
		}
		pid, err := strconv.Atoi(a)
		q := process(p, pid)
		switch {
		case err != nil:
			code = p.Complain("bad process ID value: %s", a)
		case q == nil:
			code = p.Complain("failed to get priority for %d (process ID): No such process", pid)
		case p.FS.UID != 0 && (q.UID != p.FS.UID || to < q.Nice):
			code = p.Complain("failed to set priority for %d (process ID): %s", pid, map[bool]string{true: "Permission denied", false: "Operation not permitted"}[q.UID == p.FS.UID])
		default:
			p.Printf("%d (process ID) old priority %d, new priority %d\n", pid, q.Nice, to)
		}
	}
	return code
}

func runTaskset(p *proc.Process) int {
	o := proc.Flags{Short: "apcVh", Long: map[string]proc.Long{"pid": {As: "p"}, "cpu-list": {As: "c"}, "all-tasks": {As: "a"}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	n := p.World.Hardware.CPUs
	list, mask := "0", fmt.Sprintf("%x", 1<<n-1)
	if n > 1 {
		list = "0-" + strconv.Itoa(n-1)
	}
	switch {
	case o.Has("p") && len(o.Operands) >= 1:
		pid, err := strconv.Atoi(o.Operands[len(o.Operands)-1])
		if err != nil {
			return p.Complain("invalid PID argument: '%s'", o.Operands[len(o.Operands)-1])
		}
		if process(p, pid) == nil {
			return p.Complain("failed to get pid %d's affinity: No such process", pid)
		}
		if o.Has("c") {
			p.Printf("pid %d's current affinity list: %s\n", pid, list)
		} else {
			p.Printf("pid %d's current affinity mask: %s\n", pid, mask)
		}
		return 0
	case len(o.Operands) < 2:
		return try(p, 1, "bad usage")
	}
	return run(p, o.Operands[1:])
}

// limits are what prlimit shows: name, description, soft, hard, unit.
const limits = `AS|address space limit|unlimited|unlimited|bytes
CORE|max core file size|0|unlimited|bytes
CPU|CPU time|unlimited|unlimited|seconds
DATA|max data size|unlimited|unlimited|bytes
FSIZE|max file size|unlimited|unlimited|bytes
LOCKS|max number of file locks held|unlimited|unlimited|locks
MEMLOCK|max locked-in-memory address space|%[1]d|%[1]d|bytes
MSGQUEUE|max bytes in POSIX mqueues|819200|819200|bytes
NICE|max nice prio allowed to raise|0|0|
NOFILE|max number of open files|1024|1048576|files
NPROC|max number of processes|%[2]d|%[2]d|processes
RSS|max resident set size|unlimited|unlimited|bytes
RTPRIO|max real-time priority|0|0|
RTTIME|timeout for real-time tasks|unlimited|unlimited|microsecs
SIGPENDING|max number of pending signals|%[2]d|%[2]d|signals
STACK|max stack size|8388608|unlimited|bytes`

func runPrlimit(p *proc.Process) int {
	o := proc.Flags{Short: "p:o:hVc::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y::", Long: map[string]proc.Long{"pid": {As: "p", Value: 1}, "noheadings": {}, "raw": {}, "nofile": {As: "n", Value: 2}, "nproc": {As: "u", Value: 2}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if text, ok := o.Last("p"); ok {
		pid, err := strconv.Atoi(text)
		if err != nil {
			return p.Complain("invalid PID argument: '%s'", text)
		}
		if process(p, pid) == nil {
			return p.Complain("failed to get the AS resource limit: No such process")
		}
	}
	if len(o.Operands) > 0 {
		return run(p, o.Operands)
	}
	if slices.ContainsFunc(o.Given, func(g proc.Option) bool { return g.Value != "" && g.Name != "p" && g.Name != "o" }) {
		return 0
	}
	total := p.World.Hardware.MemTotal
	rows := [][]string{}
	for line := range strings.Lines(fmt.Sprintf(limits, total*1024/8/4096*4096, total/257)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "|"))
	}
	w := make([]int, 5)
	rows = append([][]string{{"RESOURCE", "DESCRIPTION", "SOFT", "HARD", "UNITS"}}, rows...)
	for _, r := range rows {
		for i, c := range r {
			w[i] = max(w[i], len(c))
		}
	}
	for _, r := range rows {
		p.Printf("%-*s %-*s %*s %*s %s\n", w[0], r[0], w[1], r[1], w[2], r[2], w[3], r[3], r[4])
	}
	return 0
}

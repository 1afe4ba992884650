package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/visit"
)

// signalNames lists the signals of Linux by number.
var signalNames = strings.Fields("EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")

// signalNumber gives the number of a signal, -1 for none.
func signalNumber(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 0 || n > 64 {
			return -1
		}
		return n
	}
	return slices.Index(signalNames, strings.TrimPrefix(strings.ToUpper(s), "SIG"))
}

func signalName(n int) string {
	switch {
	case n < len(signalNames):
		return signalNames[n]
	case n >= 34 && n <= 49:
		return strings.TrimSuffix("RTMIN+"+strconv.Itoa(n-34), "+0")
	}
	return strings.TrimSuffix("RTMAX-"+strconv.Itoa(64-n), "-0")
}

func killBuiltin(in *interp, args []string) int {
	sig := 15
	rest := args[1:]
	if len(rest) == 0 {
		if in.posix {
			in.complain("kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]")
			return 2
		}
		in.usage("kill")
		return 2
	}
	if a := rest[0]; len(a) > 1 && a[0] == '-' {
		switch {
		case a == "-l" || a == "-L":
			return in.listSignals(rest[1:])
		case a == "--":
			rest = rest[1:]
		case a == "-s" || a == "-n":
			if len(rest) < 2 {
				in.complain("kill: %s: option requires an argument", a)
				return 1
			}
			sig, rest = signalNumber(rest[1]), rest[2:]
			if sig < 0 {
				in.complain("kill: %s: invalid signal specification", args[2])
				return 1
			}
		default:
			if sig = signalNumber(a[1:]); sig < 0 {
				if in.posix {
					in.complain("kill: invalid signal number or name: %s", a[1:])
					return 2
				}
				in.complain("kill: %s: invalid signal specification", a[1:])
				return 1
			}
			rest = rest[1:]
		}
	}
	if len(rest) == 0 {
		in.usage("kill")
		return 2
	}
	status := 1
	for _, who := range rest {
		if in.killOne(who, visit.Signal(sig)) {
			status = 0
		}
	}
	return status
}

// killOne sends a signal to a job or a process.
func (in *interp) killOne(who string, sig visit.Signal) bool {
	if strings.HasPrefix(who, "%") {
		j := in.findJob(who)
		if j == nil || j.ended() {
			in.complain("kill: %s: no such job", who)
			return false
		}
		in.signalJob(j, sig)
		if j.stopped && (sig == visit.SIGTERM || sig == visit.SIGHUP) {
			j.group.signal(sigCont)
		}
		return true
	}
	pid, err := strconv.Atoi(who)
	if err != nil {
		if in.posix {
			in.complain("kill: Illegal number: %s", who)
		} else {
			in.complain("kill: %s: arguments must be process or job IDs", who)
		}
		return false
	}
	if pid == 0 {
		in.group.signal(sig)
		return true
	}
	for _, p := range in.s.world.Processes() {
		if p.PID != max(pid, -pid) {
			continue
		}
		if in.fs.UID != 0 && p.UID != in.fs.UID {
			in.complain("kill: (%d) - Operation not permitted", pid)
			return false
		}
		if sig != 0 {
			in.s.world.Kill(p.PID, sig)
		}
		if p.PID == in.own {
			in.halted()
		}
		return true
	}
	if in.posix {
		in.complain("kill: No such process")
		in.plainError("")
		return false
	}
	in.complain("kill: (%d) - No such process", pid)
	return false
}

func (in *interp) listSignals(args []string) int {
	status := 0
	for _, a := range args {
		n, err := strconv.Atoi(a)
		if err == nil && n > 128 {
			n -= 128
		}
		switch s := signalNumber(a); {
		case err == nil && n <= 64:
			in.out(signalName(n) + "\n")
		case s >= 0:
			in.out(strconv.Itoa(s) + "\n")
		default:
			in.complain("kill: %s: invalid signal specification", a)
			status = 1
		}
	}
	if len(args) > 0 {
		return status
	}
	var b strings.Builder
	col := 0
	for n := 1; n <= 64; n++ {
		if n == 32 || n == 33 {
			continue
		}
		if in.posix {
			b.WriteString(signalName(n) + "\n")
			continue
		}
		fmt.Fprintf(&b, "%2d) SIG%s", n, signalName(n))
		if col++; col%5 == 0 || n == 64 {
			b.WriteByte('\n')
		} else {
			b.WriteByte('\t')
		}
	}
	in.out(b.String())
	return 0
}

func jobsBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "lnprs")
	if !ok {
		return 2
	}
	list := in.jobs
	if len(rest) > 0 {
		list = nil
		for _, spec := range rest {
			j := in.findJob(spec)
			if j == nil {
				in.complain("jobs: %s: no such job", spec)
				return 1
			}
			list = append(list, j)
		}
	}
	_, long := opts['l']
	_, pids := opts['p']
	_, running := opts['r']
	_, stopped := opts['s']
	for _, j := range slices.Clone(list) {
		if j.disown || running && (j.stopped || j.ended()) || stopped && !j.stopped {
			continue
		}
		switch {
		case pids:
			in.out(strconv.Itoa(j.kids[0].pid) + "\n")
		case long:
			line := in.jobLine(j, j.state())
			at := strings.IndexByte(line, ']') + 2
			in.out(fmt.Sprintf("%s %5d%s\n", line[:at], j.last().pid, line[at+1:]))
		default:
			in.out(in.jobLine(j, j.state()) + "\n")
		}
		if j.ended() {
			in.unlist(j)
		}
	}
	return 0
}

// oneJob gives the job that fg and bg are about.
func (in *interp) oneJob(name string, args []string) *job {
	spec := ""
	if len(args) > 1 {
		spec = args[1]
	}
	j := in.findJob(spec)
	if j == nil {
		in.complain("%s: %s: no such job", name, or(spec, "current"))
	}
	return j
}

func fgBuiltin(in *interp, args []string) int {
	if !in.jobctl {
		in.complain("fg: no job control")
		return 1
	}
	j := in.oneJob("fg", args)
	if j == nil {
		return 1
	}
	if j.ended() {
		in.complain("fg: job has terminated")
		return 1
	}
	in.out(in.jobText(j) + "\n")
	in.resume(j, false)
	in.status = 0
	in.foreground(j)
	if j.ended() {
		in.unlist(j)
	}
	return in.status
}

func bgBuiltin(in *interp, args []string) int {
	if !in.jobctl {
		in.complain("bg: no job control")
		return 1
	}
	j := in.oneJob("bg", args)
	if j == nil {
		return 1
	}
	if !j.stopped {
		in.complain("bg: job %d already in background", j.id)
		return 0
	}
	in.resume(j, true)
	in.out(fmt.Sprintf("[%d]%s %s &\n", j.id, in.mark(j), in.jobText(j)))
	return 0
}

func disownBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "ahr")
	if !ok {
		return 2
	}
	_, all := opts['a']
	_, keep := opts['h']
	list := in.jobs
	if !all {
		if len(rest) == 0 {
			rest = []string{"%%"}
		}
		list = nil
		for _, spec := range rest {
			j := in.findJob(spec)
			if pid, err := strconv.Atoi(spec); err == nil {
				j = in.jobOf(pid)
			}
			if j == nil {
				if spec == "%%" {
					spec = "current"
				}
				in.complain("disown: %s: no such job", spec)
				return 1
			}
			list = append(list, j)
		}
	}
	for _, j := range slices.Clone(list) {
		if !keep {
			in.unlist(j)
		}
	}
	return 0
}

func (in *interp) jobOf(pid int) *job {
	for _, j := range in.jobs {
		for _, k := range j.kids {
			if k.pid == pid {
				return j
			}
		}
	}
	return nil
}

func waitBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "fnp:")
	if !ok {
		return 2
	}
	if len(rest) == 0 {
		if _, n := opts['n']; n && len(in.jobs) > 0 {
			j := in.jobs[0]
			in.waitJob(j)
			in.unlist(j)
			return j.last().status
		}
		for _, j := range slices.Clone(in.jobs) {
			if j.stopped {
				continue
			}
			if !in.waitJob(j) {
				return in.status
			}
			if !in.inter {
				in.unlist(j)
			}
		}
		return 0
	}
	status := 0
	for _, who := range rest {
		var j *job
		if pid, err := strconv.Atoi(who); err == nil {
			if j = in.jobOf(pid); j == nil {
				in.complain("wait: pid %d is not a child of this shell", pid)
				status = 127
				continue
			}
		} else if strings.HasPrefix(who, "%") {
			if j = in.findJob(who); j == nil {
				in.complain("wait: %s: no such job", who)
				status = 127
				continue
			}
		} else {
			in.complain("wait: `%s': not a pid or valid job spec", who)
			status = 1
			continue
		}
		if !in.waitJob(j) {
			return in.status
		}
		status = j.last().status
		if k := j.last(); k.killed != 0 && k.killed != 2 && k.killed != 13 && k.killed != 15 && !in.inter && !in.substed {
			in.reportKill(k.killed, k.pid, in.jobText(j))
		}
		in.unlist(j)
	}
	return status
}

// waitJob waits for a job; false where a signal came first.
func (in *interp) waitJob(j *job) bool {
	for _, k := range j.kids {
		for !k.ended() {
			select {
			case <-k.done:
			case s := <-in.pending:
				in.pending <- s
				in.status = 128 + int(s)
				in.runTraps()
				return false
			case <-in.task.ctx.Done():
				in.killed()
				return false
			}
		}
	}
	return true
}

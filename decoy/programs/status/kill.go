package status

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/regex"
	"gait/decoy/visit"
)

// signals are the names of the first signals, from 1.
var signals = strings.Fields("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS")

// signalOf reads a signal's name or number.
func signalOf(s string) (visit.Signal, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return visit.Signal(n), n >= 0 && n <= 64
	}
	s = strings.TrimPrefix(strings.ToUpper(s), "SIG")
	for i, name := range signals {
		if name == s {
			return visit.Signal(i + 1), true
		}
	}
	return 0, false
}

func runKill(p *proc.Process) int {
	sig, args := visit.SIGTERM, p.Args[1:]
	if len(args) > 0 && (args[0] == "-l" || args[0] == "-L") {
		return listSignals(p, args[1:])
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "--" {
		name := args[0][1:]
		if name == "s" && len(args) > 1 {
			name, args = args[1], args[1:]
		}
		s, ok := signalOf(name)
		if !ok {
			return p.Complain("unknown signal %s", name)
		}
		sig, args = s, args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintf(p.Err, "%s: not enough arguments\n", p.Name())
		return 1
	}
	code := 0
	for _, a := range args {
		n, err := strconv.Atoi(a)
		if err != nil {
			code = p.Complain("cannot find process \"%s\"", a)
			continue
		}
		if msg := send(p, n, sig); msg != "" {
			code = p.Complain("sending signal to %s failed: %s", a, msg)
		}
	}
	return code
}

func listSignals(p *proc.Process, args []string) int {
	if len(args) > 0 {
		n, err := strconv.Atoi(args[0])
		if err == nil && n%128 > 0 && n%128 <= len(signals) {
			p.Println(signals[n%128-1])
			return 0
		}
		if s, ok := signalOf(args[0]); err != nil && ok {
			p.Println(strconv.Itoa(int(s)))
			return 0
		}
		return p.Complain("unknown signal %s", args[0])
	}
	p.Println(strings.Join(signals, " "))
	return 0
}

// send sends a signal; the text says why it cannot.
func send(p *proc.Process, pid int, s visit.Signal) string {
	x := find(p, pid)
	switch {
	case x == nil:
		return "No such process"
	case p.FS.UID != 0 && x.UID != p.FS.UID:
		return "Operation not permitted"
	case s != 0:
		p.World.Kill(pid, s)
	}
	return ""
}

func find(p *proc.Process, pid int) *machine.Proc {
	for _, x := range p.World.Processes() {
		if x.PID == pid {
			return x
		}
	}
	return nil
}

func runPgrep(p *proc.Process) int {
	kill := strings.HasSuffix(p.Name(), "pkill")
	sig := visit.SIGTERM
	args := []string{p.Args[0]}
	for _, a := range p.Args[1:] {
		if s, ok := signalOf(strings.TrimPrefix(a, "-")); kill && ok && strings.HasPrefix(a, "-") {
			sig = s
			continue
		}
		args = append(args, a)
	}
	q := *p
	q.Args = args
	o := proc.Flags{Short: "acflnoivxu:U:t:P:d:g:s:", Long: map[string]proc.Long{"full": {As: "f"}, "exact": {As: "x"}, "count": {As: "c"}, "list-name": {As: "l"}, "list-full": {As: "a"}, "signal": {As: "signal", Value: 1}, "newest": {As: "n"}, "oldest": {As: "o"}}}.Parse(&q)
	if o == nil {
		return 2
	}
	if v, ok := o.Last("signal"); ok {
		sig, _ = signalOf(v)
	}
	if len(o.Operands) == 0 && !o.Has("u", "U", "t", "P") {
		fmt.Fprintf(p.Err, "%s: no matching criteria specified\nTry `%s --help' for more information.\n", p.Name(), p.Name())
		return 2
	}
	list, err := matching(p, o)
	if err != nil {
		fmt.Fprintf(p.Err, "%s: bad regex\n", p.Name())
		return 2
	}
	if o.Has("c") {
		p.Println(strconv.Itoa(len(list)))
	}
	for _, x := range list {
		switch {
		case kill:
			send(p, x.PID, sig)
		case o.Has("c"):
		case o.Has("a"):
			p.Printf("%d %s\n", x.PID, command(x))
		case o.Has("l"):
			p.Printf("%d %s\n", x.PID, x.Comm())
		default:
			p.Println(strconv.Itoa(x.PID))
		}
	}
	if len(list) == 0 {
		return 1
	}
	return 0
}

// matching gives the processes that pgrep is asked for.
func matching(p *proc.Process, o *proc.Options) (list []*machine.Proc, err error) {
	pattern := strings.Join(o.Operands, " ")
	if o.Has("x") {
		pattern = "^(" + pattern + ")$"
	}
	re, err := regex.Compile(pattern, regex.Options{Extended: true})
	if err != nil {
		return nil, err
	}
	user, byUser := o.Last("u")
	for _, x := range p.World.Processes() {
		text := x.Comm()
		if o.Has("f") {
			text = command(x)
		}
		if x.PID != p.PID && re.Match([]byte(text)) != o.Has("v") && (!byUser || x.User == user) {
			list = append(list, x)
		}
	}
	if len(list) > 1 && o.Has("n") {
		list = list[len(list)-1:]
	}
	if len(list) > 1 && o.Has("o") {
		list = list[:1]
	}
	return list, nil
}

func runKillall(p *proc.Process) int {
	sig, names, quiet := visit.SIGTERM, []string(nil), false
	for _, a := range p.Args[1:] {
		switch s, ok := signalOf(strings.TrimPrefix(a, "-")); {
		case a == "-q":
			quiet = true
		case strings.HasPrefix(a, "-") && ok:
			sig = s
		case strings.HasPrefix(a, "-"):
		default:
			names = append(names, a)
		}
	}
	if len(names) == 0 {
		fmt.Fprintf(p.Err, "Usage: killall [OPTION]... [--] NAME...\n       killall -l, --list\n       killall -V, --version\n")
		return 1
	}
	code := 0
	for _, n := range names {
		found := false
		for _, x := range p.World.Processes() {
			if x.Comm() == n && x.PID != p.PID {
				found = true
				send(p, x.PID, sig)
			}
		}
		if !found {
			code = 1
			if !quiet {
				fmt.Fprintf(p.Err, "%s: no process found\n", n)
			}
		}
	}
	return code
}

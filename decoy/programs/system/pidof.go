package system

import (
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// runKillall5 is killall5, and pidof, which is a link to it.
func runKillall5(p *proc.Process) int {
	if p.Name() == "pidof" {
		return runPidof(p)
	}
	if p.FS.UID != 0 {
		return 1
	}
	sig := visit.SIGTERM
	if len(p.Args) > 1 {
		n, err := strconv.Atoi(strings.TrimPrefix(p.Args[1], "-"))
		if err != nil || n < 1 || n > 31 {
			return p.Complain("only one argument, a signal number, allowed")
		}
		sig = visit.Signal(n)
	}
	own := process(p, p.PID)
	for _, q := range p.World.Processes() {
		if !q.Kernel && q.PID != 1 && (own == nil || q.Session != own.Session) {
			p.World.Kill(q.PID, sig)
		}
	}
	return 0
}

func runPidof(p *proc.Process) int {
	o := proc.Flags{Short: "chno:sqwxzS:V?"}.Parse(p)
	if o == nil {
		return 1
	}
	var omit, found []string
	for _, g := range o.Given {
		if g.Name == "o" {
			omit = append(omit, strings.Split(strings.ReplaceAll(g.Value, "%PPID", strconv.Itoa(p.PPID)), ",")...)
		}
	}
	list := p.World.Processes()
	slices.Reverse(list)
	for _, name := range o.Operands {
		for _, q := range list {
			if q.Kernel || q.PID == p.PID || len(q.Args) == 0 {
				continue
			}
			first, _, _ := strings.Cut(strings.TrimPrefix(q.Args[0], "-"), " ")
			if id := strconv.Itoa(q.PID); (q.Comm() == name || first == name || strings.HasSuffix(first, "/"+name)) && !slices.Contains(omit, id) {
				found = append(found, id)
			}
		}
	}
	if len(found) == 0 {
		return 1
	}
	if o.Has("s") {
		found = found[:1]
	}
	between := " "
	if v, ok := o.Last("S"); ok {
		between = v
	}
	if !o.Has("q") {
		p.Println(strings.Join(found, between))
	}
	return 0
}

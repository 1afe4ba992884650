package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/visit"
)

// job is a pipeline that was started.
type job struct {
	id      int // 0 for one in the foreground that never stopped
	group   *group
	kids    []*kid
	text    string
	stmt    *syntax.Stmt // for the text, when it is needed
	stopped bool
	told    bool // its end or stop was shown
	behind  bool
	disown  bool
}

func (j *job) add(k *kid) {
	if k != nil {
		j.kids = append(j.kids, k)
	}
}

func (j *job) ended() bool {
	for _, k := range j.kids {
		if !k.ended() {
			return false
		}
	}
	return true
}

// last gives the process whose status counts.
func (j *job) last() *kid { return j.kids[len(j.kids)-1] }

// newJob makes a job; with job control it gets a process group of its own.
func (in *interp) newJob(text string) *job {
	j := &job{group: in.group, text: text}
	if in.jobctl {
		j.group = newGroup()
	}
	return j
}

// foreground waits for a job.
func (in *interp) foreground(j *job) {
	if len(j.kids) == 0 {
		return
	}
	var stop chan struct{}
	if in.jobctl {
		f := &front{line: in.task, g: j.group, stop: make(chan struct{}, 1)}
		stop = f.stop
		defer in.s.setFront(in.s.setFront(f))
	}
	for _, k := range j.kids {
		select {
		case <-k.done:
			continue
		case <-stop:
			in.suspend(j)
			return
		case <-k.task.ctx.Done():
		case <-in.task.ctx.Done():
			in.signalJob(j, visit.Signal(killer(in.task.ctx)))
		}
		k.await()
	}
	in.collect(j)
	if _, killed := j.last().result(); in.jobctl && (killed == 2 || killed == 3) {
		in.task.cancel(sigCause(killed))
		in.halted()
	}
}

// suspend puts a job that ^Z stopped into the background.
func (in *interp) suspend(j *job) {
	j.stopped = true
	in.enlist(j)
	io := in.writer(2)
	fmt.Fprintf(io, "\n%s\n", in.jobLine(j, "Stopped"))
	j.told = true
	in.status, in.flow = 148, flowAbort
}

// jobText gives the text of a job, from its statement where that is all there
// is.
func (in *interp) jobText(j *job) string {
	if j.stmt != nil {
		j.text, j.stmt = in.textOf(j.stmt), nil
	}
	return j.text
}

// signal sends one to all of a job: to its group where it has one of its own.
func (in *interp) signalJob(j *job, s visit.Signal) {
	if j.group != in.group {
		j.group.signal(s)
		return
	}
	for _, k := range j.kids {
		k.task.signal(s)
	}
}

// collect sets the status that a job leaves.
func (in *interp) collect(j *job) {
	in.pipes = in.pipes[:0:0]
	status := 0
	for _, k := range j.kids {
		code, _ := k.result()
		in.pipes = append(in.pipes, code)
		if code != 0 {
			status = code
		}
	}
	k := j.last()
	code, killed := k.result()
	in.status = code
	if in.opt["pipefail"] {
		in.status = status
	}
	if in.halted() && in.flow == flowExit {
		return
	}
	if killed != 0 && killed != 2 && killed != 13 && !in.substed {
		in.reportKill(killed, k.pid, in.jobText(j))
	}
}

// sigNames gives the names of signals, and what is said when one ends a job.
var sigWords = map[int]string{1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 5: "Trace/breakpoint trap", 6: "Aborted", 7: "Bus error", 8: "Floating point exception", 9: "Killed",
	10: "User defined signal 1", 11: "Segmentation fault", 12: "User defined signal 2", 13: "Broken pipe", 14: "Alarm clock", 15: "Terminated"}

func sigWord(n int) string {
	if w, ok := sigWords[n]; ok {
		return w
	}
	return "Unknown signal " + strconv.Itoa(n)
}

// reportKill says that a signal ended a job.
func (in *interp) reportKill(sig, pid int, text string) {
	word := sigWord(sig)
	w := in.writer(2)
	switch {
	case in.posix:
		fmt.Fprintln(w, word)
	case in.chatty || sig == 15:
		fmt.Fprintln(w, word)
	default:
		fmt.Fprintf(w, "%s%5d %-23s %s\n", in.prefix(), pid, word, text)
	}
}

// enlist puts a job into the list.
func (in *interp) enlist(j *job) {
	if j.id == 0 {
		for _, o := range in.jobs {
			j.id = max(j.id, o.id)
		}
		j.id++
		in.jobs = append(in.jobs, j)
	}
	in.recent(j)
}

// recent makes a job the present one.
func (in *interp) recent(j *job) {
	in.jobSeq = append(slices.DeleteFunc(in.jobSeq, func(id int) bool { return id == j.id }), j.id)
}

// unlist takes a job out of the list.
func (in *interp) unlist(j *job) {
	in.jobs = slices.DeleteFunc(in.jobs, func(o *job) bool { return o == j })
	in.jobSeq = slices.DeleteFunc(in.jobSeq, func(id int) bool { return id == j.id })
}

// mark gives "+" for the present job, "-" for the one before it.
func (in *interp) mark(j *job) string {
	n := len(in.jobSeq)
	switch {
	case n > 0 && in.jobSeq[n-1] == j.id:
		return "+"
	case n > 1 && in.jobSeq[n-2] == j.id:
		return "-"
	}
	return " "
}

// jobState words the state of a job.
func (j *job) state() string {
	switch {
	case j.stopped && !j.ended():
		return "Stopped"
	case !j.ended():
		return "Running"
	}
	k := j.last()
	switch {
	case k.killed != 0 && k.killed != 13:
		return sigWord(k.killed)
	case k.status != 0:
		return fmt.Sprintf("Exit %d", k.status)
	}
	return "Done"
}

func (in *interp) jobLine(j *job, state string) string {
	text := in.jobText(j)
	if state == "Running" {
		text += " &"
	}
	return fmt.Sprintf("[%d]%s  %-23s %s", j.id, in.mark(j), state, text)
}

// notify shows the jobs that ended since.
func (in *interp) notify(show bool) {
	for _, j := range slices.Clone(in.jobs) {
		if !j.ended() || j.disown {
			continue
		}
		if show && in.inter && !j.told {
			fmt.Fprintln(in.writer(2), in.jobLine(j, j.state()))
		}
		if in.inter || len(in.jobs) > 50 {
			in.unlist(j)
		}
	}
}

// findJob finds what %1, %+ or %name means.
func (in *interp) findJob(spec string) *job {
	s := strings.TrimPrefix(spec, "%")
	byID := func(id int) *job {
		for _, j := range in.jobs {
			if j.id == id {
				return j
			}
		}
		return nil
	}
	n := len(in.jobSeq)
	switch {
	case s == "" || s == "+" || s == "%":
		if n > 0 {
			return byID(in.jobSeq[n-1])
		}
		return nil
	case s == "-":
		if n > 1 {
			return byID(in.jobSeq[n-2])
		} else if n > 0 {
			return byID(in.jobSeq[0])
		}
		return nil
	}
	if id, err := strconv.Atoi(s); err == nil {
		return byID(id)
	}
	for _, j := range in.jobs {
		if strings.HasPrefix(j.text, s) || strings.HasPrefix(s, "?") && strings.Contains(j.text, s[1:]) {
			return j
		}
	}
	return nil
}

// resume lets a job go on, in the foreground or not.
func (in *interp) resume(j *job, behind bool) {
	j.stopped, j.behind, j.told = false, behind, false
	j.group.place(behind)
	j.group.signal(sigCont)
	in.recent(j)
}

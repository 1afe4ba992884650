package machine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// World makes what a new address sees.
func (m *Machine) World() *World {
	w := &World{Machine: m}
	w.Root = vfs.New(w.graft(m.root), m.opt.Files, m.now)
	return w
}

// graft gives a root of the world's own, with its /proc in it; everything below
// stays shared.
func (w *World) graft(root *vfs.Node) *vfs.Node {
	own := *root
	own.Names = maps.Clone(root.Names)
	own.Names["proc"] = w.procDir()
	return &own
}

// size is about what the world holds of what visitors brought, in bytes.
func (w *World) size() int64 {
	bytes, nodes := w.Root.Used()
	return bytes + int64(nodes)*512 + 8<<10
}

// Hostname gives the name that hostname(1) shows.
func (w *World) Hostname() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.host != "" {
		return w.host
	}
	return w.Name
}

// SetHostname changes it.
func (w *World) SetHostname(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.host = name
}

// Processes gives what ps shows, by number. What they point to must not be
// changed.
func (w *World) Processes() []*Proc {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]*Proc, 0, len(w.Machine.procs)+len(w.procs)+4)
	for _, p := range w.Machine.procs {
		if !w.gone[p.PID] {
			list = append(list, p.grown(now))
		}
	}
	list = append(list, w.workers(now)...)
	list = append(list, w.procs...)
	slices.SortFunc(list, func(a, b *Proc) int { return a.PID - b.PID })
	return list
}

// grown gives a process with the time that it has used by now.
func (p *Proc) grown(now time.Time) *Proc {
	if p.CPU == 0 {
		return p
	}
	c := *p
	c.CPU += time.Duration(float64(now.Sub(p.Started)) * float64(p.CPU) / float64(3000*time.Second) / 300)
	return &c
}

// number gives a number for a process that is started at a time: they grow
// with the processes that a server starts by itself.
func (m *Machine) number(at time.Time) int {
	rate := 0.004 + 0.02*m.seed.sub("process numbers").at(0)
	from := m.Boot
	if at.Before(from) { // of an earlier life of the machine
		from = from.Add(-days(400))
	}
	return 900 + int(rate*at.Sub(from).Seconds())%4_000_000
}

// workers gives the kernel's workers that come and go.
func (w *World) workers(now time.Time) (list []*Proc) {
	names := []string{"kworker/0:0-events", "kworker/u%d:1-events_unbound", "kworker/0:2-mm_percpu_wq", "kworker/u%d:0-ext4-rsv-conversion"}
	for i, name := range names {
		every := time.Duration(7+5*i) * time.Minute
		began := now.Truncate(every)
		if began.Before(w.Boot) {
			began = w.Boot
		}
		if strings.Contains(name, "%d") {
			name = fmt.Sprintf(name, 2*w.Hardware.CPUs)
		}
		list = append(list, &Proc{PID: w.number(began) - 4 + i, PPID: 2, User: "root", TTY: "?", State: "I", Started: began, Args: []string{"[" + name + "]"}, Kernel: true})
	}
	return list
}

// Service gives the number of the process of a service since boot; 1 for one
// that was ended, or that there never was.
func (w *World) Service(name string) int {
	pid, ok := w.services[name]
	w.mu.Lock()
	defer w.mu.Unlock()
	if !ok || w.gone[pid] {
		return 1
	}
	return pid
}

// Spawn adds a process and gives it a number; Reap takes it away.
func (w *World) Spawn(p Proc) *Proc {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = max(w.next+1, w.number(now))
	p.PID = w.next
	if p.Started.IsZero() {
		p.Started = now
	}
	w.procs = append(w.procs, &p)
	return &p
}

// Reap takes a process away.
func (w *World) Reap(pid int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reap(pid)
}

func (w *World) reap(pid int) {
	w.procs = slices.DeleteFunc(w.procs, func(p *Proc) bool { return p.PID == pid })
	if slices.ContainsFunc(w.Machine.procs, func(p *Proc) bool { return p.PID == pid }) {
		if w.gone == nil {
			w.gone = map[int]bool{}
		}
		w.gone[pid] = true
	}
}

// Kill sends a signal to a process; false where there is none. One that only
// seems to run is taken away by SIGKILL, SIGTERM, SIGINT and SIGHUP, unless it
// is the kernel's or the first.
func (w *World) Kill(pid int, s visit.Signal) bool {
	list := w.Processes()
	at := slices.IndexFunc(list, func(p *Proc) bool { return p.PID == pid })
	if at < 0 {
		return false
	}
	p := list[at]
	if p.Signal != nil {
		p.Signal(s)
		return true
	}
	if !p.Kernel && pid != 1 && (s == visit.SIGKILL || s == visit.SIGTERM || s == visit.SIGINT || s == visit.SIGHUP) {
		w.Reap(pid)
	}
	return true
}

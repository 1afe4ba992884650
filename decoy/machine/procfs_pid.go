package machine

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"gait/decoy/vfs"
)

// pidDir makes the directory of a process.
func (w *World) pidDir(p *Proc) *vfs.Node {
	n := &vfs.Node{Mode: vfs.Directory | 0o555, UID: p.UID, GID: p.UID, Modified: p.Started, Inode: uint64(10_000 + p.PID)}
	n.List = func() map[string]*vfs.Node { return w.pidList(p) }
	return n
}

// pidList makes what the directory of a process holds.
func (w *World) pidList(p *Proc) map[string]*vfs.Node {
	text := func(perm uint32, content func() string) *vfs.Node {
		n := w.made(perm, content)
		n.UID, n.GID = p.UID, p.UID
		return n
	}
	empty := func() string { return "" }
	list := map[string]*vfs.Node{
		"cmdline":       text(0o444, p.cmdline),
		"comm":          text(0o644, func() string { return p.Comm() + "\n" }),
		"stat":          text(0o444, func() string { return w.pidStat(p) }),
		"statm":         text(0o444, func() string { return fmt.Sprintf("%d %d %d 0 0 0 0\n", p.VSize/4096, p.RSS/4096, p.RSS/8192) }),
		"status":        text(0o444, func() string { return w.pidStatus(p) }),
		"environ":       text(0o400, empty),
		"maps":          text(0o444, func() string { return w.pidMaps(p) }),
		"mounts":        text(0o444, w.mountsText),
		"mountinfo":     text(0o444, w.mountInfo),
		"limits":        text(0o444, func() string { return limits }),
		"cgroup":        text(0o444, func() string { return "0::" + p.cgroup() + "\n" }),
		"oom_score":     text(0o444, func() string { return "666\n" }),
		"oom_score_adj": text(0o644, func() string { return "0\n" }),
		"io": text(0o400, func() string {
			return "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n"
		}),
		"loginuid": text(0o644, func() string { return "4294967295" }),
		"wchan":    text(0o444, func() string { return "0" }),
		"cwd":      vfs.NewLink(p.cwd(), p.Started),
		"root":     vfs.NewLink("/", p.Started),
		"fd":       w.folder(w.descriptors(p)),
		"net":      w.folder(w.netFiles()),
	}
	task := w.folder(nil)
	task.List = func() map[string]*vfs.Node {
		thread := w.pidDir(p)
		thread.List = func() map[string]*vfs.Node { // a thread has no threads
			list := w.pidList(p)
			delete(list, "task")
			return list
		}
		return map[string]*vfs.Node{strconv.Itoa(p.PID): thread}
	}
	list["task"] = task
	if exe := p.exe(); exe != "" {
		list["exe"] = vfs.NewLink(exe, p.Started)
	}
	return list
}

// Comm gives the name of a process as the kernel has it.
func (p *Proc) Comm() string {
	if len(p.Args) == 0 {
		return ""
	}
	name := p.Args[0]
	if p.Kernel {
		name = strings.Trim(name, "[]")
	} else if before, _, ok := strings.Cut(name, ":"); ok {
		name = before
	} else {
		name, _, _ = strings.Cut(path.Base(strings.TrimPrefix(name, "-")), " ")
	}
	if p.PID == 1 {
		name = "systemd"
	}
	return name[:min(len(name), 15)]
}

func (p *Proc) cmdline() string {
	if p.Kernel || len(p.Args) == 0 {
		return ""
	}
	return strings.Join(p.Args, "\x00") + "\x00"
}

// exe gives the path of the program; empty for one of the kernel's.
func (p *Proc) exe() string {
	if p.Kernel || len(p.Args) == 0 {
		return ""
	}
	name := strings.TrimPrefix(p.Args[0], "-")
	switch {
	case p.PID == 1:
		return "/usr/lib/systemd/systemd"
	case strings.HasPrefix(name, "sshd:"):
		return "/usr/sbin/sshd"
	case name == "dhclient":
		return "/usr/sbin/dhclient"
	case name == "sh", name == "/bin/sh":
		return "/usr/bin/dash"
	case strings.HasPrefix(name, "/bin/"), strings.HasPrefix(name, "/sbin/"), strings.HasPrefix(name, "/lib/"):
		return "/usr" + name
	case strings.HasPrefix(name, "/"):
		return name
	}
	return "/usr/bin/" + path.Base(name)
}

func (p *Proc) cwd() string {
	if p.Dir != "" {
		return p.Dir
	}
	return "/"
}

// cgroup gives the control group.
func (p *Proc) cgroup() string {
	switch {
	case p.Kernel:
		return "/"
	case p.PID == 1:
		return "/init.scope"
	case p.visitors():
		return fmt.Sprintf("/user.slice/user-%d.slice/session-%d.scope", p.UID, SessionNumber(p.Session))
	}
	name := p.Comm()
	if service := map[string]string{"sshd": "ssh", "rsyslogd": "rsyslog", "dbus-daemon": "dbus", "dhclient": "networking", "systemd-journal": "systemd-journald", "systemd-timesyn": "systemd-timesyncd"}[name]; service != "" {
		name = service
	}
	return "/system.slice/" + name + ".service"
}

// visitors says whether it is of somebody who logged in.
func (p *Proc) visitors() bool {
	return strings.HasPrefix(p.TTY, "pts/") || !p.Kernel && p.Session > 1 && p.Session != p.PID
}

// descriptors makes what is open.
func (w *World) descriptors(p *Proc) map[string]*vfs.Node {
	target := "/dev/null"
	if p.visitors() { // of a command without a terminal
		target = "pipe:[%d]"
	}
	switch {
	case p.Kernel:
		return nil
	case p.TTY != "" && p.TTY != "?":
		target = "/dev/" + p.TTY
	}
	list := map[string]*vfs.Node{}
	for i := range 3 {
		to := target
		if strings.HasPrefix(to, "pipe:") {
			to = fmt.Sprintf(to, 30_000+3*p.Session+i)
		}
		n := vfs.NewLink(to, p.Started)
		n.Mode = vfs.Link | 0o700
		list[strconv.Itoa(i)] = n
	}
	for _, s := range w.Machine.Sockets {
		if s.PID == p.PID {
			list[strconv.Itoa(len(list))] = vfs.NewLink(fmt.Sprintf("socket:[%d]", s.Inode), p.Started)
		}
	}
	return list
}

// letter gives the state of a process as one letter, and in words.
func (p *Proc) letter() (letter, words string) {
	letter = "S"
	if p.State != "" {
		letter = p.State[:1]
	}
	return letter, map[string]string{"S": "sleeping", "R": "running", "I": "idle", "T": "stopped", "Z": "zombie", "D": "disk sleep"}[letter]
}

// pidStat makes /proc/PID/stat.
func (w *World) pidStat(p *Proc) string {
	letter, _ := p.letter()
	tty := 0
	var n int
	if _, err := fmt.Sscanf(p.TTY, "pts/%d", &n); err == nil {
		tty = 136<<8 + n
	} else if _, err := fmt.Sscanf(p.TTY, "tty%d", &n); err == nil {
		tty = 4<<8 + n
	}
	hz := p.CPU.Milliseconds() / 10
	start := max(p.Started.Sub(w.Boot).Milliseconds()/10, 1)
	flags, tpgid := 4194560, -1
	if p.Kernel {
		flags = 2129984
	}
	if tty > 0 {
		tpgid = p.Session
	}
	return fmt.Sprintf("%d (%s) %s %d %d %d %d %d %d 500 0 0 0 %d %d 0 0 %d %d 1 0 %d %d %d 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		p.PID, p.Comm(), letter, p.PPID, p.Session, p.Session, tty, tpgid, flags, hz*2/3, hz-hz*2/3, 20+p.Nice, p.Nice, start, p.VSize, p.RSS/4096)
}

// pidStatus makes /proc/PID/status.
func (w *World) pidStatus(p *Proc) string {
	letter, words := p.letter()
	var b strings.Builder
	fmt.Fprintf(&b, "Name:\t%s\nUmask:\t0022\nState:\t%s (%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\nUid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\nFDSize:\t64\nGroups:\t \nNStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n",
		p.Comm(), letter, words, p.PID, p.PID, p.PPID, p.UID, p.UID, p.UID, p.UID, p.UID, p.UID, p.UID, p.UID, p.PID, p.PID, p.Session, p.Session)
	if !p.Kernel {
		fmt.Fprintf(&b, "VmPeak:\t%8d kB\nVmSize:\t%8d kB\nVmLck:\t       0 kB\nVmPin:\t       0 kB\nVmHWM:\t%8d kB\nVmRSS:\t%8d kB\nVmSwap:\t       0 kB\n", p.VSize>>10, p.VSize>>10, p.RSS>>10, p.RSS>>10)
	}
	last := w.Hardware.CPUs - 1
	effective := "000001ffffffffff"
	if p.UID != 0 {
		effective = "0000000000000000"
	}
	fmt.Fprintf(&b, "Threads:\t1\nSigQ:\t0/%d\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\nSigBlk:\t0000000000000000\nCapInh:\t0000000000000000\nCapPrm:\t%s\nCapEff:\t%s\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\nCpus_allowed:\t%x\nCpus_allowed_list:\t%s\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n",
		w.Hardware.MemTotal/260, effective, effective, 1<<w.Hardware.CPUs-1, strings.TrimSuffix(fmt.Sprintf("0-%d", last), "-0"), 120+p.PID%90, p.PID%17)
	return b.String()
}

// pidMaps makes a short /proc/PID/maps.
func (w *World) pidMaps(p *Proc) string {
	exe := p.exe()
	if exe == "" {
		return ""
	}
	s := w.seed.sub("maps " + strconv.Itoa(p.PID))
	text, lib, stack := 0x550000000000+s.number()%0x10000000<<12, 0x7f0000000000+s.sub("lib").number()%0x8000000<<12, 0x7ffc00000000+s.sub("stack").number()%0x300000<<12
	var b strings.Builder
	add := func(from, pages uint64, perm, name string) {
		mark := fmt.Sprintf("%x-%x %s 00000000 00:00 0", from, from+pages<<12, perm)
		fmt.Fprintf(&b, "%-72s %s\n", mark, name)
	}
	add(text, 4, "r--p", exe)
	add(text+4<<12, 20, "r-xp", exe)
	add(text+25<<12, 2, "rw-p", exe)
	add(text+900<<12, 33, "rw-p", "[heap]")
	add(lib, 38, "r--p", "/usr/lib/x86_64-linux-gnu/libc.so.6")
	add(lib+38<<12, 341, "r-xp", "/usr/lib/x86_64-linux-gnu/libc.so.6")
	add(lib+500<<12, 1, "r--p", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
	add(stack, 33, "rw-p", "[stack]")
	add(stack+0x80<<12, 2, "r-xp", "[vdso]")
	return b.String()
}

// mountInfo makes /proc/PID/mountinfo.
func (w *World) mountInfo() string {
	var b strings.Builder
	for i, m := range w.Mounts {
		parent, device := 28, fmt.Sprintf("0:%d", 20+i)
		switch {
		case m.Target == "/":
			parent, device = 1, fmt.Sprintf("%d:%s", w.major(), m.Source[len("/dev/")+3:])
		case strings.HasPrefix(m.Source, "/dev/"):
			device = fmt.Sprintf("%d:%s", w.major(), m.Source[len("/dev/")+3:])
		}
		own, super, _ := strings.Cut(m.Options, ",relatime")
		fmt.Fprintf(&b, "%d %d %s / %s %s,relatime shared:%d - %s %s rw%s\n", 23+i, parent, device, m.Target, own, i+1, m.Type, m.Source, super)
	}
	return b.String()
}

const limits = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max resident set          unlimited            unlimited            bytes     
Max processes             7714                 7714                 processes 
Max open files            1024                 1048576              files     
Max locked memory         65536                65536                bytes     
Max address space         unlimited            unlimited            bytes     
Max file locks            unlimited            unlimited            locks     
Max pending signals       7714                 7714                 signals   
Max msgqueue size         819200               819200               bytes     
Max nice priority         0                    0                    
Max realtime priority     0                    0                    
Max realtime timeout      unlimited            unlimited            us        
`

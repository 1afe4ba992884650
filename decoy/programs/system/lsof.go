package system

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
)

// opened is a file that a process has open.
type opened struct {
	proc       *machine.Proc
	fd, kind   string
	device     string
	size, node string
	name       string
}

func runLsof(p *proc.Process) int {
	for i := 1; i+1 < len(p.Args); i++ { // what follows -i belongs to it
		if p.Args[i] == "-i" && !strings.HasPrefix(p.Args[i+1], "-") {
			p.Args = slices.Delete(slices.Clone(p.Args), i, i+1)
			p.Args[i] = "-i" + p.Args[i]
		}
	}
	o := proc.Flags{Short: "?abc:d:g::hi::lnNo::Op:PRr::tu:U+vVXZ"}.Parse(p)
	if o == nil {
		return 1
	}
	if o.Has("v") {
		p.Printf("lsof version information:\n    revision: 4.95.0\n    latest revision: https://github.com/lsof-org/lsof\n")
		return 0
	}
	var list []opened
	for _, q := range p.World.Processes() {
		if lsofWanted(p, o, q) {
			list = append(list, filesOf(p, q, o.Has("i"))...)
		}
	}
	code := 0
	if len(o.Operands) > 0 {
		for _, name := range o.Operands {
			if _, err := p.FS.Stat(name); err != nil {
				p.Complain("status error on %s: %s", name, proc.Text(err))
				code = 1
			}
		}
		list = slices.DeleteFunc(list, func(f opened) bool { return !slices.Contains(o.Operands, f.name) })
	}
	if spec, ok := o.Last("i"); ok {
		list = slices.DeleteFunc(list, func(f opened) bool { return !matches(f, spec) })
	}
	if len(list) == 0 {
		return 1
	}
	if o.Has("t") {
		last := 0
		for _, f := range list {
			if f.proc.PID != last {
				p.Println(strconv.Itoa(f.proc.PID))
			}
			last = f.proc.PID
		}
		return code
	}
	printOpened(p, list)
	return code
}

// lsofWanted says whether a process was asked for.
func lsofWanted(p *proc.Process, o *proc.Options, q *machine.Proc) bool {
	if text, ok := o.Last("p"); ok && !slices.Contains(strings.Split(text, ","), strconv.Itoa(q.PID)) {
		return false
	}
	if text, ok := o.Last("u"); ok && !slices.Contains(strings.Split(text, ","), q.User) {
		return false
	}
	if text, ok := o.Last("c"); ok && !strings.HasPrefix(q.Comm(), text) {
		return false
	}
	return !q.Kernel || !o.Has("i")
}

// matches says whether a socket is what -i was given: "tcp", ":22", "tcp:22".
func matches(f opened, spec string) bool {
	kind, port, _ := strings.Cut(strings.ToLower(spec), ":")
	kind = strings.TrimLeft(kind, "46")
	if kind != "" && !strings.EqualFold(kind, f.node) {
		return false
	}
	if port != "" {
		if port == "22" {
			port = "ssh"
		}
		return strings.Contains(f.name, ":"+port+" ") || strings.HasSuffix(f.name, ":"+port) || strings.Contains(f.name, ":"+port+"->")
	}
	return true
}

// filesOf gives what a process has open.
func filesOf(p *proc.Process, q *machine.Proc, inet bool) (list []opened) {
	if !inet {
		file := func(fd, name string) {
			i, err := p.World.Root.Stat(name)
			if err != nil {
				return
			}
			f := opened{q, fd, "REG", device(p), strconv.FormatInt(i.Size(), 10), strconv.FormatUint(i.Inode, 10), name}
			if i.IsDir() {
				f.kind, f.size = "DIR", "4096"
			} else if strings.HasPrefix(name, "/dev/") {
				f.kind, f.device, f.size = "CHR", "1,3", "0t0"
			}
			list = append(list, f)
		}
		dir := q.Dir
		if dir == "" {
			dir = "/"
		}
		file("cwd", dir)
		file("rtd", "/")
		if q.Kernel || p.FS.UID != 0 && q.UID != p.FS.UID {
			return list
		}
		file("txt", program(p, q))
		if q.TTY == "?" || q.TTY == "" {
			file("0r", "/dev/null")
		} else {
			for _, fd := range []string{"0u", "1u", "2u"} {
				list = append(list, opened{q, fd, "CHR", "136," + strings.TrimPrefix(q.TTY, "pts/"), "0t0", "3", "/dev/" + q.TTY})
			}
		}
	}
	fd := 3
	for _, s := range p.World.Sockets() {
		if s.PID != q.PID || p.FS.UID != 0 && q.UID != p.FS.UID {
			continue
		}
		f := opened{q, strconv.Itoa(fd) + "u", "IPv4", strconv.Itoa(s.Inode), "0t0", strings.ToUpper(s.Proto[:3]), socketName(s)}
		if strings.HasSuffix(s.Proto, "6") {
			f.kind = "IPv6"
		}
		list = append(list, f)
		fd++
	}
	return list
}

// program gives the path of what a process runs.
func program(p *proc.Process, q *machine.Proc) string {
	if len(q.Args) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(q.Args[0], "-"), " ")
	name = strings.TrimSuffix(name, ":")
	for _, dir := range []string{"", "/usr/bin/", "/usr/sbin/", "/usr/lib/systemd/"} {
		if real, err := p.World.Root.Real(dir + path.Base(name)); dir != "" && err == nil {
			if _, err := p.World.Root.Stat(real); err == nil {
				return real
			}
		}
		if dir == "" && strings.HasPrefix(name, "/") {
			if real, err := p.World.Root.Real(name); err == nil {
				return real
			}
		}
	}
	return ""
}

// device gives the number of the device that / is on.
func device(p *proc.Process) string {
	major := "8"
	if strings.HasPrefix(p.World.Hardware.Disk, "vd") {
		major = "254"
	}
	for _, m := range p.World.Mounts {
		if m.Target == "/" {
			return major + "," + strings.TrimLeft(m.Source, "/abcdefghijklmnopqrstuvwxyz")
		}
	}
	return major + ",1"
}

// socketName words a socket as lsof does.
func socketName(s machine.Socket) string {
	port := func(a string) string {
		a = strings.NewReplacer("0.0.0.0:", "*:", "[::]:", "*:").Replace(a)
		if host, ok := strings.CutSuffix(a, ":22"); ok {
			return host + ":ssh"
		}
		if host, ok := strings.CutSuffix(a, ":68"); ok {
			return host + ":bootpc"
		}
		return a
	}
	switch s.State {
	case "LISTEN":
		return port(s.Local) + " (LISTEN)"
	case "ESTAB":
		return port(s.Local) + "->" + port(s.Remote) + " (ESTABLISHED)"
	}
	return port(s.Local) + " "
}

func printOpened(p *proc.Process, list []opened) {
	rows := [][]string{{"COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME"}}
	for _, f := range list {
		name := f.proc.Comm()
		rows = append(rows, []string{name[:min(9, len(name))], strconv.Itoa(f.proc.PID), f.proc.User, f.fd, f.kind, f.device, f.size, f.node, strings.TrimRight(f.name, " ")})
	}
	width := make([]int, 9)
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	for i, r := range rows {
		fd := r[3]
		if i > 0 && fd[len(fd)-1] != 'd' && fd != "txt" {
			fd = fmt.Sprintf("%*s", width[3]+1, fd)
		} else {
			fd = fmt.Sprintf("%*s ", width[3], fd)
		}
		_, err := fmt.Fprintf(p.Out, "%-*s %*s %*s %s %*s %*s %*s %*s %s\n", width[0], r[0], width[1], r[1], width[2], r[2], fd, width[4], r[4], width[5], r[5], width[6], r[6], width[7], r[7], r[8])
		if err != nil {
			return
		}
	}
}

func runFuser(p *proc.Process) int {
	o := proc.Flags{Short: "aIiklmMn:suvVcf46123456789", Long: map[string]proc.Long{"kill": {As: "k"}, "verbose": {As: "v"}, "all": {As: "a"}, "silent": {As: "s"}, "mount": {As: "m"}, "namespace": {As: "n", Value: 1}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		fmt.Fprint(p.Err, "No process specification given\nUsage: fuser [-fIMuvw] [-a|-s] [-4|-6] [-c|-m|-n SPACE]\n             [-k [-i] [-SIGNAL]] NAME...\n       fuser -l\n       fuser -V\nShow which processes use the named files, sockets, or filesystems.\n")
		return 1
	}
	space, _ := o.Last("n")
	code := 1
	for _, name := range o.Operands {
		pids, ok := users(p, space, name)
		if !ok {
			fmt.Fprintf(p.Err, "Specified filename %s does not exist.\n", name)
			continue
		}
		if len(pids) == 0 || o.Has("s") {
			continue
		}
		code = 0
		fmt.Fprintf(p.Err, "%-21s", name+":")
		for _, pid := range pids {
			p.Printf("%6d", pid)
			if o.Has("k") && (p.FS.UID == 0) {
				p.World.Kill(pid, visit.SIGKILL)
			}
		}
		fmt.Fprintln(p.Err)
	}
	return code
}

// users gives the processes that use a file, or a port as "22/tcp".
func users(p *proc.Process, space, name string) (pids []int, ok bool) {
	port, proto, isPort := strings.Cut(name, "/")
	if space == "tcp" || space == "udp" {
		port, proto, isPort = name, space, true
	}
	if isPort && (proto == "tcp" || proto == "udp") {
		for _, s := range p.World.Sockets() {
			if strings.HasPrefix(s.Proto, proto) && strings.HasSuffix(s.Local, ":"+port) && !slices.Contains(pids, s.PID) && s.PID != 0 {
				pids = append(pids, s.PID)
			}
		}
		return pids, true
	}
	real, err := p.FS.Real(name)
	if err == nil {
		_, err = p.FS.Stat(name)
	}
	if err != nil {
		return nil, false
	}
	for _, q := range p.World.Processes() {
		if slices.ContainsFunc(filesOf(p, q, false), func(f opened) bool { return f.name == real }) {
			pids = append(pids, q.PID)
		}
	}
	return pids, true
}

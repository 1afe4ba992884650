package network

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// asked says which letters are among the short options.
func asked(p *proc.Process) (letters string) {
	for _, a := range p.Args[1:] {
		if strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") {
			letters += a[1:]
		}
	}
	return letters
}

// chosen gives the sockets that netstat or ss is asked for.
func chosen(p *proc.Process, letters string) (list []machine.Socket) {
	has := func(c string) bool { return strings.Contains(letters, c) }
	for _, s := range p.World.Sockets() {
		tcp := strings.HasPrefix(s.Proto, "tcp")
		listens := s.State == "LISTEN" || s.State == "UNCONN"
		switch {
		case strings.ContainsAny(letters, "tuwx") && (tcp && !has("t") || !tcp && !has("u")):
		case strings.ContainsAny(letters, "46") && !has("4") && !strings.HasSuffix(s.Proto, "6"):
		case strings.ContainsAny(letters, "46") && !has("6") && strings.HasSuffix(s.Proto, "6"):
		case has("a"), has("l") && listens, !has("l") && !listens:
			list = append(list, s)
		}
	}
	return list
}

// end gives host and port of an end of a socket: "[::]" and "22".
func end(text string) (host, port string) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}

// service names a port as /etc/services does.
func service(p *proc.Process, port, proto string) string {
	data, err := p.FS.ReadFile("/etc/services", 1<<20)
	if err != nil {
		return port
	}
	proto = strings.TrimSuffix(proto, "6")
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[1] == port+"/"+proto {
			return f[0]
		}
	}
	return port
}

// netstat shows the sockets; brief is busybox's, which pads states wider and
// names no version.
type netstat struct {
	letters string
	busy    bool
}

func runNetstat(p *proc.Process) int {
	o := parse(p, proc.Flags{Short: "rginMstuxwlaepocCFNnvWV46h", Long: map[string]proc.Long{"route": {As: "r"}, "interfaces": {As: "i"}, "statistics": {As: "s"}, "tcp": {As: "t"}, "udp": {As: "u"}, "listening": {As: "l"}, "all": {As: "a"}, "programs": {As: "p"}, "numeric": {As: "n"}, "version": {As: "V"}, "extend": {As: "e"}, "help": {As: "h"}}}, helps()["netstat"]+helps()["netstat-families"])
	if o == nil {
		return 3
	}
	letters := ""
	for _, g := range o.Given {
		letters += g.Name
	}
	switch {
	case o.Has("h"):
		p.Printf("%s", helps()["netstat"])
		fmt.Fprint(p.Err, helps()["netstat-families"])
		return 0
	case o.Has("V"):
		p.Printf("net-tools 2.10\nFred Baumgarten, Alan Cox, Bernd Eckenfels, Phil Blundell, Tuan Hoang, Brian Micek and others\n+NEW_ADDRT +RTF_IRTT +RTF_REJECT +FW_MASQUERADE +I18N +SELINUX\nAF: (inet) +UNIX +INET +INET6 +IPX +AX25 +NETROM +X25 +ATALK +ECONET +ROSE -BLUETOOTH\nHW:  +ETHER +ARC +SLIP +PPP +TUNNEL -TR +AX25 +NETROM +X25 +FR +ROSE +ASH +SIT +FDDI +HIPPI +HDLC/LAPB +EUI64 \n")
		return 0
	case o.Has("r"):
		routeTable(p, routeForm{numeric: o.Has("n"), extended: true})
		return 0
	case o.Has("i"):
		p.Println("Kernel Interface table")
		if o.Has("e") {
			return ifconfigAll(p)
		}
		interfaceTable(p, byName(p), "Iface             MTU")
		return 0
	}
	netstat{letters: letters}.show(p)
	return 0
}

// busyNetstat is busybox's.
func busyNetstat(p *proc.Process) int {
	o, code := applet(p, "laentuwxrW", usageBusyNetstat, 0)
	if o == nil {
		return code
	}
	if o.Has("r") {
		routeTable(p, routeForm{numeric: o.Has("n"), extended: true, star: true})
		return 0
	}
	netstat{letters: asked(p), busy: true}.show(p)
	return 0
}

func (n netstat) has(c string) bool { return strings.Contains(n.letters, c) }

func (n netstat) show(p *proc.Process) {
	which := "w/o servers"
	if n.has("a") {
		which = "servers and established"
	} else if n.has("l") {
		which = "only servers"
	}
	inet := strings.ContainsAny(n.letters, "tuw")
	if inet || !n.has("x") {
		p.Printf("Active Internet connections (%s)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ", which)
		if n.busy {
			p.Printf(" ")
		}
		if n.has("p") {
			p.Printf(" PID/Program name    ")
		}
		p.Printf("\n")
		for _, s := range chosen(p, n.letters) {
			n.line(p, s)
		}
	}
	if !inet || n.has("x") {
		n.local(p, which)
	}
}

// line writes a socket.
func (n netstat) line(p *proc.Process, s machine.Socket) {
	state := map[string]string{"ESTAB": "ESTABLISHED", "LISTEN": "LISTEN", "TIME-WAIT": "TIME_WAIT"}[s.State]
	proto := s.Proto
	if n.busy {
		proto = strings.TrimSuffix(proto, "6")
	}
	p.Printf("%-5s %6d %6d %-23s %-23s %-11s", proto, 0, 0, n.address(p, s.Local, s.Proto), n.address(p, s.Remote, s.Proto), state)
	if n.busy {
		p.Printf(" ")
	}
	if n.has("p") {
		p.Printf(" %-19s ", owner(p, s))
	}
	p.Printf("\n")
}

// address writes an end of a socket: ":::22", or "[::]:ssh" where names stand
// for numbers.
func (n netstat) address(p *proc.Process, text, proto string) string {
	host, port := end(text)
	if n.has("n") {
		return strings.Trim(host, "[]") + ":" + port
	}
	if port = service(p, port, proto); host == "127.0.0.1" {
		host = "localhost"
	}
	return host + ":" + port
}

// local shows the sockets of the machine itself, as /proc/net/unix has them.
func (n netstat) local(p *proc.Process, which string) {
	inode, program := "%-8s", ""
	if n.busy {
		inode = "%6s"
	}
	if n.has("p") {
		program = fmt.Sprintf("%-20s ", "PID/Program name")
	}
	p.Printf("Active UNIX domain sockets (%s)\nProto RefCnt Flags       Type       State         "+inode+" %sPath\n", which, "I-Node", program)
	if n.has("p") {
		program = fmt.Sprintf("%-20s ", "-")
		if p.FS.UID == 0 {
			program = fmt.Sprintf("%-20s ", "1/init")
		}
	}
	if !strings.ContainsAny(n.letters, "al") {
		return
	}
	for _, f := range localSockets(p) {
		p.Printf("unix  2      [ ACC ]     STREAM     LISTENING     "+inode+" %s%s\n", f[6], program, f[7])
	}
}

// localSockets gives the sockets of the machine itself, each as the fields that
// /proc/net/unix has: the inode is the seventh, the path the last.
func localSockets(p *proc.Process) (list [][]string) {
	data, err := p.FS.ReadFile("/proc/net/unix", 1<<16)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 8 && f[0] != "Num" {
			list = append(list, f)
		}
	}
	return list
}

// owner is the process of a socket as netstat shows it: what it calls itself,
// without the folder of a program and cut where the column ends.
func owner(p *proc.Process, s machine.Socket) string {
	if s.PID == 0 || p.FS.UID != 0 && p.FS.UID != s.UID {
		return "-"
	}
	name := s.Program
	for _, r := range p.World.Processes() {
		if r.PID == s.PID && len(r.Args) > 0 {
			first, rest, _ := strings.Cut(r.Args[0], " ")
			name = strings.TrimSpace(path.Base(first) + " " + rest)
		}
	}
	text := strconv.Itoa(s.PID) + "/" + name
	return text[:min(len(text), 19)]
}

func runIptables(p *proc.Process) int {
	if p.FS.UID != 0 {
		fmt.Fprintf(p.Err, "iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n")
		return 4
	}
	letters := asked(p)
	switch {
	case strings.Contains(letters, "L"):
		p.Printf("Chain INPUT (policy ACCEPT)\ntarget     prot opt source               destination         \n\nChain FORWARD (policy ACCEPT)\ntarget     prot opt source               destination         \n\nChain OUTPUT (policy ACCEPT)\ntarget     prot opt source               destination         \n")
	case strings.Contains(letters, "S"):
		p.Printf("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n")
	case letters == "":
		fmt.Fprintf(p.Err, "iptables v1.8.9 (nf_tables): no command specified\nTry `iptables -h' or 'iptables --help' for more information.\n")
		return 2
	}
	return 0
}

package network

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// usageSS is the beginning of what ss says of itself.
const usageSS = "Usage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]\n   -h, --help          this message\n   -V, --version       output version information\n   -n, --numeric       don't resolve service names\n   -r, --resolve       resolve host names\n   -a, --all           display all sockets\n   -l, --listening     display listening sockets\n   -o, --options       show timer information\n   -e, --extended      show detailed socket information\n   -m, --memory        show socket memory usage\n   -p, --processes     show process using socket\n   -T, --threads       show thread using socket\n   -i, --info          show internal TCP information\n       --tipcinfo      show internal tipc socket information\n   -s, --summary       show socket usage summary\n       --tos           show tos and priority information\n       --cgroup        show cgroup information\n   -b, --bpf           show bpf filter socket information\n   -E, --events        continually display sockets as they are destroyed\n   -Z, --context       display task SELinux security contexts\n   -z, --contexts      display task and socket SELinux security contexts\n   -N, --net           switch to the specified network namespace name\n\n   -4, --ipv4          display only IP version 4 sockets\n   -6, --ipv6          display only IP version 6 sockets\n   -0, --packet        display PACKET sockets\n   -t, --tcp           display only TCP sockets\n   -M, --mptcp         display only MPTCP sockets\n   -S, --sctp          display only SCTP sockets\n   -u, --udp           display only UDP sockets\n   -d, --dccp          display only DCCP sockets\n   -w, --raw           display only RAW sockets\n   -x, --unix          display only Unix domain sockets\n       --tipc          display only TIPC sockets\n       --vsock         display only vsock sockets\n       --xdp           display only XDP sockets\n   -f, --family=FAMILY display sockets of type FAMILY\n       FAMILY := {inet|inet6|link|unix|netlink|vsock|tipc|xdp|help}\n\n   -K, --kill          forcibly close sockets, display what was closed\n   -H, --no-header     Suppress header line\n   -O, --oneline       socket's data printed on a single line\n       --inet-sockopt  show various inet socket options\n\n   -A, --query=QUERY, --socket=QUERY\n       QUERY := {all|inet|tcp|mptcp|udp|raw|unix|unix_dgram|unix_stream|unix_seqpacket|packet|packet_raw|packet_dgram|netlink|dccp|sctp|vsock_stream|vsock_dgram|tipc|xdp}[,QUERY]\n\n   -D, --diag=FILE     Dump raw information about TCP sockets to FILE\n   -F, --filter=FILE   read filter information from FILE\n       FILTER := [ state STATE-FILTER ] [ EXPRESSION ]\n       STATE-FILTER := {all|connected|synchronized|bucket|big|TCP-STATES}\n         TCP-STATES := {established|syn-sent|syn-recv|fin-wait-{1,2}|time-wait|closed|close-wait|last-ack|listening|closing}\n          connected := {established|syn-sent|syn-recv|fin-wait-{1,2}|time-wait|close-wait|last-ack|closing}\n       synchronized := {established|syn-recv|fin-wait-{1,2}|time-wait|close-wait|last-ack|closing}\n             bucket := {syn-recv|time-wait}\n                big := {established|syn-sent|fin-wait-{1,2}|closed|close-wait|last-ack|listening|closing}\n"

var ssFlags = proc.Flags{Short: "hVnralonemptTisbEZzN:460MSudwxf:KHOA:D:F:", Long: map[string]proc.Long{
	"all": {As: "a"}, "help": {As: "h"}, "version": {As: "V"}, "numeric": {As: "n"}, "resolve": {As: "r"}, "listening": {As: "l"}, "options": {As: "o"}, "extended": {As: "e"}, "memory": {As: "m"}, "processes": {As: "p"},
	"info": {As: "i"}, "summary": {As: "s"}, "ipv4": {As: "4"}, "ipv6": {As: "6"}, "tcp": {As: "t"}, "udp": {As: "u"}, "raw": {As: "w"}, "unix": {As: "x"}, "no-header": {As: "H"}, "oneline": {As: "O"},
}}

func runSS(p *proc.Process) int {
	o := parse(p, ssFlags, usageSS)
	switch {
	case o == nil:
		return 255
	case o.Has("h"):
		p.Printf("%s", usageSS)
		return 0
	case o.Has("V"):
		p.Println("ss utility, iproute2-6.1.0")
		return 0
	case o.Has("s"):
		return ssSummary(p)
	}
	letters := ""
	for _, g := range o.Given {
		letters += g.Name
	}
	stated := false
	if len(o.Operands) > 1 && o.Operands[0] == "state" {
		letters, stated = strings.NewReplacer("l", "", "a", "").Replace(letters), true
		switch o.Operands[1] {
		case "listening":
			letters += "l"
		case "all":
			letters += "a"
		}
	}
	t := grid{p: p, bare: o.Has("H")}
	kinds := 0
	for _, l := range "tuwx" {
		kinds += strings.Count(letters, string(l))
	}
	if kinds != 1 {
		t.columns = append(t.columns, column{head: "Netid"})
	}
	if !stated || o.Operands[1] == "all" {
		t.columns = append(t.columns, column{head: "State", gap: " "})
	}
	t.columns = append(t.columns, column{head: "Recv-Q", gap: " "}, column{head: "Send-Q", gap: " "}, column{head: "Local Address", gap: " ", right: true}, column{head: "Port", gap: ":"},
		column{head: "Peer Address", gap: " ", right: true}, column{head: "Port", gap: ":"}, column{head: "Process"})
	if strings.ContainsAny(letters, "al") && (kinds == 0 || o.Has("x")) {
		for _, f := range localSockets(p) {
			t.add([]string{"u_str", "LISTEN", "0     ", "4096  ", f[7], " " + f[6], "*", " 0", ""})
		}
	}
	list := chosen(p, letters)
	slices.SortStableFunc(list, func(a, b machine.Socket) int { return cmp.Compare(b.Proto[:1], a.Proto[:1]) }) // UDP is asked for first
	for _, s := range list {
		t.add(ssRow(p, s, letters))
	}
	t.show()
	return 0
}

// ssRow is a socket as ss shows it, with all columns.
func ssRow(p *proc.Process, s machine.Socket, letters string) []string {
	queue := "0     "
	if s.State == "LISTEN" {
		queue = "128   "
	}
	local, port := end(s.Local)
	peer, to := end(s.Remote)
	if !strings.Contains(letters, "n") {
		port, to = service(p, port, s.Proto), service(p, to, s.Proto)
	}
	name := ""
	if strings.Contains(letters, "p") && s.PID != 0 && (p.FS.UID == 0 || p.FS.UID == s.UID) {
		fd := 3
		switch {
		case strings.HasPrefix(s.Proto, "udp"):
			fd = 7
		case s.Proto == "tcp6" || s.State == "ESTAB":
			fd = 4
		}
		name = fmt.Sprintf(" users:((%q,pid=%d,fd=%d))", s.Program, s.PID, fd)
	}
	return []string{strings.TrimSuffix(s.Proto, "6"), s.State, "0     ", queue, local, port, peer, to, name}
}

// column is one of ss: each is as wide as what stands in it.
type column struct {
	head, gap string // what stands above it and before it
	right     bool
	width     int
}

// grid is a table of ss.
type grid struct {
	p       *proc.Process
	columns []column
	rows    [][]string
	bare    bool // without a head
}

// add adds a row; the first cells of those that the grid has no columns for are
// left out.
func (g *grid) add(row []string) {
	switch len(row) - len(g.columns) {
	case 1:
		if g.columns[0].head == "State" {
			row = row[1:]
		} else {
			row = append([]string{row[0]}, row[2:]...)
		}
	case 2:
		row = row[2:]
	}
	g.rows = append(g.rows, row)
}

func (g *grid) show() {
	g.columns[0].gap = ""
	if !g.bare {
		var head []string
		for _, c := range g.columns {
			head = append(head, c.head)
		}
		g.rows = append([][]string{head}, g.rows...)
	}
	total, used := 0, 0
	for i := range g.columns {
		c := &g.columns[i]
		for _, r := range g.rows {
			cell := r[i]
			if c.gap == ":" {
				cell = strings.TrimPrefix(cell, " ")
			}
			c.width = max(c.width, len(cell))
		}
		if c.width > 0 {
			c.width += len(c.gap)
			used++
		}
		total += c.width
	}
	if t := g.p.Terminal; t != nil && g.p.OutTTY && used > 0 {
		g.spread(t.Size().Cols-total, used)
	}
	for _, r := range g.rows {
		var b strings.Builder
		for i, c := range g.columns {
			if c.width == 0 {
				continue
			}
			form := "%s%-*s"
			if c.right {
				form = "%s%*s"
			}
			gap, cell := c.gap, r[i]
			if rest, ok := strings.CutPrefix(cell, " "); ok && gap == ":" {
				gap, cell = " ", rest // a path and its inode
			}
			fmt.Fprintf(&b, form, gap, c.width-len(gap), cell)
		}
		g.p.Println(b.String())
	}
}

// spread shares what is free of a line of the terminal among the columns that
// are used, the rest to the last ones.
func (g *grid) spread(free, used int) {
	if free <= 0 || free > 1000 {
		return
	}
	each, rest := free/used, free%used
	for i := range g.columns {
		if g.columns[i].width == 0 {
			continue
		}
		g.columns[i].width += each
		if used <= rest {
			g.columns[i].width++
		}
		used--
	}
}

func ssSummary(p *proc.Process) int {
	count := map[string]int{}
	for _, s := range p.World.Sockets() {
		count[s.Proto]++
		if s.State == "ESTAB" {
			count["estab"]++
		}
	}
	tcp, udp := count["tcp"]+count["tcp6"], count["udp"]+count["udp6"]
	p.Printf("Total: %d\nTCP:   %d (estab %d, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\n", 90+tcp+udp, tcp, count["estab"])
	row := func(name string, four, six int) { p.Printf("%s\t  %-9d %-9d %-9d\n", name, four+six, four, six) }
	row("RAW", 0, 0)
	row("UDP", count["udp"], count["udp6"])
	row("TCP", count["tcp"], count["tcp6"])
	row("INET", count["tcp"]+count["udp"], count["tcp6"]+count["udp6"])
	row("FRAG", 0, 0)
	p.Printf("\n")
	return 0
}

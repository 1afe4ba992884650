package system

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
)

// Where a host leads.
const (
	noName  = iota // it cannot be resolved
	refused        // this machine, where nothing listens
	silent         // no answer comes
)

// patience is how long a connection is waited for that nobody answers.
const patience = 8 * time.Second

// leads says where a host leads, after the time that finding out takes.
func leads(p *proc.Process, host string) int {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case host == "localhost" || host == p.World.Hostname() || err == nil && (ip.IsLoopback() || ip.IsUnspecified()):
		return refused
	case err == nil:
		return silent
	}
	p.Sleep(2 * time.Second) // the name server does not answer
	return noName
}

// told tells of a place that was to be reached.
func told(p *proc.Process, url string) {
	p.Caught(visit.Download, url, map[string]string{"via": p.Name(), "outcome": "failed"})
}

// runNC is nc.traditional.
func runNC(p *proc.Process) int {
	o := proc.Flags{Short: "hc:e:bg:G:i:klno:p:q:rs:T:C:tuvw:z"}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("l"):
		p.Sleep(time.Hour) // nobody comes
		return 0
	case len(o.Operands) == 0:
		p.Printf("Cmd line: ")
		b := make([]byte, 1024)
		p.In.Read(b)
		fmt.Fprintln(p.Err, "wrong")
		return 1
	case len(o.Operands) == 1:
		fmt.Fprintln(p.Err, "no port[s] to connect to")
		return 1
	}
	host, port := o.Operands[0], o.Operands[1]
	low, _, _ := strings.Cut(port, "-")
	if n, err := strconv.Atoi(low); err != nil || n < 1 || n > 65535 {
		fmt.Fprintf(p.Err, "invalid port %s\n", port)
		return 1
	}
	told(p, "tcp://"+host+":"+port)
	return connect(p, o, host, low)
}

// connect tries to reach a port; one of this machine may be open.
func connect(p *proc.Process, o *proc.Options, host, port string) int {
	way, shown := leads(p, host), "(UNKNOWN) ["+host+"]"
	if way == refused {
		shown = "localhost [127.0.0.1]"
	}
	service, ok := map[string]string{"22": "ssh", "80": "http", "443": "https", "23": "telnet", "25": "smtp"}[port]
	if !ok {
		service = "?"
	}
	say := func(what string) {
		if o.Has("v") {
			fmt.Fprintf(p.Err, "%s %s (%s) %s\n", shown, port, service, what)
		}
	}
	switch {
	case way == noName:
		fmt.Fprintf(p.Err, "%s: forward host lookup failed: Host name lookup failure : Resource temporarily unavailable\n", host)
	case way == refused && listens(p, port):
		say("open")
		if !o.Has("z") && port == "22" {
			p.Println(greeting(p) + "\r")
			p.In.Read(make([]byte, 1024))
			p.Println("Invalid SSH identification string.\r")
		}
		return 0
	case way == refused:
		say(": Connection refused")
	default:
		if o.Has("v") && !o.Has("n") {
			fmt.Fprintf(p.Err, "%s: inverse host lookup failed: Host name lookup failure\n", host)
		}
		wait := patience
		if text, ok := o.Last("w"); ok {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				wait = min(time.Duration(n)*time.Second, time.Minute)
			}
		}
		p.Sleep(wait)
		say(": Connection timed out")
	}
	return 1
}

// listens says whether a program of this machine listens on a port.
func listens(p *proc.Process, port string) bool {
	return slices.ContainsFunc(p.World.Sockets(), func(s machine.Socket) bool {
		return s.State == "LISTEN" && strings.HasSuffix(s.Local, ":"+port)
	})
}

// greeting is what the machine's SSH server begins with.
func greeting(p *proc.Process) string {
	for _, k := range p.World.Packages {
		if k.Name == "openssh-server" {
			version, build, _ := strings.Cut(strings.TrimPrefix(k.Version, "1:"), "-")
			return "SSH-2.0-OpenSSH_" + version + " Debian-" + build
		}
	}
	return "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"
}

// runTelnet is telnet of inetutils.
func runTelnet(p *proc.Process) int {
	o := proc.Flags{Short: "468acde:EfFkKl:Ln:rS:X:xb:"}.Parse(p)
	if o == nil {
		return 1
	}
	if len(o.Operands) == 0 {
		p.Printf("telnet> ")
		b := make([]byte, 1024)
		for p.Ctx.Err() == nil {
			n, err := p.In.Read(b)
			if word := strings.TrimSpace(string(b[:n])); err != nil || word == "quit" || word == "q" {
				break
			} else if word != "" {
				p.Println("?Invalid command")
			}
			p.Printf("telnet> ")
		}
		return 0
	}
	host, port := o.Operands[0], "23"
	if len(o.Operands) > 1 {
		port = o.Operands[1]
	}
	told(p, "telnet://"+host+":"+port)
	way := leads(p, host)
	if way == noName {
		return p.Complain("could not resolve %s/%s: Temporary failure in name resolution", host, port)
	}
	p.Printf("Trying %s...\n", strings.Replace(host, "localhost", "127.0.0.1", 1))
	if way == refused && listens(p, port) && port == "22" {
		p.Printf("Connected to %s.\nEscape character is '^]'.\n%s\r\n", host, greeting(p))
		p.In.Read(make([]byte, 1024))
		p.Println("Invalid SSH identification string.\r\nConnection closed by foreign host.")
		return 1
	}
	if way == silent {
		p.Sleep(patience)
		return p.Complain("Unable to connect to remote host: Connection timed out")
	}
	return p.Complain("Unable to connect to remote host: Connection refused")
}

// runTraceroute finds the gateway, and nothing behind it.
func runTraceroute(p *proc.Process) int {
	o := proc.Flags{Short: "46dFITUDreAVnm:N:w:q:p:t:l:s:i:f:g:M:z:"}.Parse(p)
	switch {
	case o == nil:
		return 2
	case len(o.Operands) == 0:
		p.Printf("Usage:\n  traceroute [ -46dFITnreAUDV ] [ -f first_ttl ] [ -g gate,... ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -l flow_label ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ -z sendwait ] [ --fwmark=num ] host [ packetlen ]\n")
		return 0
	}
	host := o.Operands[0]
	switch leads(p, host) {
	case noName:
		fmt.Fprintf(p.Err, "%s: Temporary failure in name resolution\nCannot handle \"host\" cmdline arg `%s' on position 1 (argc 1)\n", host, host)
		return 2
	case refused:
		p.Printf("traceroute to %s (127.0.0.1), 30 hops max, 60 byte packets\n 1  localhost (127.0.0.1)  0.021 ms  0.005 ms  0.004 ms\n", host)
		return 0
	}
	p.Printf("traceroute to %[1]s (%[1]s), 30 hops max, 60 byte packets\n", host)
	gate := p.World.System.Gateway
	ms := func() float64 { return 0.2 + 0.3*rand.Float64() }
	p.Printf(" 1  %[1]s (%[1]s)  %.3[2]f ms  %.3[3]f ms  %.3[4]f ms\n", gate, ms(), ms(), ms())
	most := 30
	if text, ok := o.Last("m"); ok {
		if n, err := strconv.Atoi(text); err == nil {
			most = min(max(n, 1), 255)
		}
	}
	for hop := 2; hop <= most; hop++ {
		if hop%4 == 1 && !p.Sleep(5*time.Second) {
			return 1
		}
		p.Printf("%2d  * * *\n", hop)
	}
	return 0
}

// runKeyscan asks hosts for their keys; none answers.
func runKeyscan(p *proc.Process) int {
	o := proc.Flags{Short: "46cDHvf:p:T:t:"}.Parse(p)
	if o == nil || len(o.Operands) == 0 && !o.Has("f") {
		fmt.Fprint(p.Err, "usage: ssh-keyscan [-46cDHv] [-f file] [-p port] [-T timeout] [-t type]\n\t\t   [host | addrlist namelist]\n")
		return 1
	}
	for _, host := range o.Operands {
		told(p, "ssh://"+host)
		switch leads(p, host) {
		case noName:
			fmt.Fprintf(p.Err, "getaddrinfo %s: Temporary failure in name resolution\n", host)
		case silent:
			p.Sleep(5 * time.Second)
		}
	}
	return 1
}

// runSSHAdd finds no agent.
func runSSHAdd(p *proc.Process) int {
	fmt.Fprint(p.Err, "Could not open a connection to your authentication agent.\n")
	return 2
}

// runAgent starts an agent that only seems to run.
func runAgent(p *proc.Process) int {
	o := proc.Flags{Short: "cDdkst:E:O:P:a:", First: true}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("k"):
		if p.Env.Get("SSH_AGENT_PID") == "" {
			fmt.Fprintln(p.Err, "SSH_AGENT_PID not set, cannot kill agent")
			return 1
		}
		p.Printf("unset SSH_AUTH_SOCK;\nunset SSH_AGENT_PID;\necho Agent pid %s killed;\n", p.Env.Get("SSH_AGENT_PID"))
		return 0
	case len(o.Operands) > 0:
		return run(p, o.Operands)
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	name := make([]byte, 12)
	for i := range name {
		name[i] = letters[rand.IntN(len(letters))]
	}
	p.Printf("SSH_AUTH_SOCK=/tmp/ssh-%[1]s/agent.%[2]d; export SSH_AUTH_SOCK;\nSSH_AGENT_PID=%[3]d; export SSH_AGENT_PID;\necho Agent pid %[3]d;\n", name, p.PID, p.PID+1)
	return 0
}

func runNetworkctl(p *proc.Process) int {
	p.Println("WARNING: systemd-networkd is not running, output will be incomplete.\n")
	p.Println("IDX LINK  TYPE     OPERATIONAL SETUP    ")
	for i, n := range p.World.Interfaces() {
		kind := "ether"
		if n.Loopback {
			kind = "loopback"
		}
		p.Printf("%3d %-5s %-8s n/a         unmanaged\n", i+1, n.Name, kind)
	}
	p.Printf("\n%d links listed.\n", len(p.World.Interfaces()))
	return 0
}

// runIfup is ifup and ifdown. What would cut the visitor off is refused.
func runIfup(p *proc.Process) int {
	o := proc.Flags{Short: "aefhi:no:vVlXx:", Long: map[string]proc.Long{"all": {As: "a"}, "force": {}, "list": {As: "l"}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0 && !o.Has("a"):
		p.Complain("Use --help for help")
		return 1
	case p.FS.UID != 0:
		return p.Complain("failed to open lockfile /run/network/.lock: Permission denied")
	}
	for _, name := range o.Operands {
		known := false
		for _, n := range p.World.Interfaces() {
			known = known || n.Name == name
		}
		switch {
		case !known && p.Name() == "ifup":
			return p.Complain("unknown interface %s", name)
		case p.Name() == "ifup":
			p.Complain("interface %s already configured", name)
		case !known:
			p.Complain("interface %s not configured", name)
		}
	}
	return 0
}

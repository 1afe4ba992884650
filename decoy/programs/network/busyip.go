package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"gait/decoy/proc"
)

// busyIP is ip as busybox has it.
func busyIP(p *proc.Process) int {
	var o ipOptions
	args := p.Args[1:]
	for ; len(args) > 0 && strings.HasPrefix(args[0], "-"); args = args[1:] {
		switch args[0] {
		case "-o", "-oneline":
			o.one = true
		case "-4":
			o.four = true
		case "-6":
			o.six = true
		default:
			return busyIPUsage(p)
		}
	}
	if len(args) == 0 {
		return busyIPUsage(p)
	}
	object, command, rest := "", "show", args[1:]
	for _, name := range []string{"address", "route", "link", "tunnel", "tunl", "neigh", "rule"} {
		if object == "" && strings.HasPrefix(name, args[0]) {
			object = name
		}
	}
	if len(rest) > 0 {
		command, rest = rest[0], rest[1:]
	}
	is := func(list ...string) bool {
		return slices.ContainsFunc(list, func(name string) bool { return strings.HasPrefix(name, command) })
	}
	switch {
	case object == "":
		return busyIPUsage(p)
	case object == "route" && command == "get":
		return busyRouteTo(p, rest)
	case is("add", "delete", "set", "change", "replace", "flush", "append"):
		return busySet(p, object, rest)
	case !is("show", "list", "lst"):
		return busyInvalid(p, object, command)
	}
	return o.busyShow(p, object, rest)
}

func busyIPUsage(p *proc.Process) int {
	fmt.Fprint(p.Err, banner(p)+usageBusyIP)
	return 1
}

func busyInvalid(p *proc.Process, object, word string) int {
	p.Complain("invalid argument '%s' to 'ip'", word)
	return busyCode(object)
}

// busyCode is what a failure with an object gives.
func busyCode(object string) int {
	if object == "link" {
		return 2
	}
	return 1
}

func busySet(p *proc.Process, object string, args []string) int {
	name, ok := device(p, args)
	if object == "link" && name == "" && len(args) > 0 {
		name, ok = device(p, []string{"dev", args[0]})
	}
	switch {
	case name != "" && !ok && object == "link":
		p.Complain("SIOCGIFFLAGS: No such device")
		return 2
	case name != "" && !ok:
		return p.Complain("can't find device '%s'", name)
	case p.FS.UID != 0:
		p.Complain("RTNETLINK answers: Operation not permitted")
		return 2
	}
	return 0
}

func (o ipOptions) busyShow(p *proc.Process, object string, args []string) int {
	switch object {
	case "address", "link":
		if len(args) > 0 && args[0] == "dev" {
			args = args[1:]
		}
		return o.busyInterfaces(p, object, args)
	case "route":
		if o.six {
			for _, r := range sixRoutes(p)[1:] {
				p.Printf("%s dev %[2]s  metric 256 \nmulticast ff00::/8 dev %[2]s  metric 256 \n", r.to, r.dev)
			}
			return 0
		}
		for _, r := range mainRoutes(p) {
			rest := strings.NewReplacer("proto kernel ", "", "src", " src", "onlink ", "").Replace(r.rest)
			p.Printf("%s %sdev %s %s\n", r.to, r.via, r.dev, rest)
		}
	case "neigh":
		for _, n := range p.World.Neighbors() {
			p.Printf("%s dev %s lladdr %s ref 1 used 0/0/0 probes 1 REACHABLE\n", n.Address, n.Interface, n.MAC)
		}
	case "rule":
		p.Println("0:\tfrom all lookup local \n32766:\tfrom all lookup main ")
		if !o.six {
			p.Println("32767:\tfrom all lookup default ")
		}
	}
	return 0
}

func (o ipOptions) busyInterfaces(p *proc.Process, object string, args []string) int {
	name, found := "", false
	if len(args) > 0 && args[0] != "up" {
		name = args[0]
	}
	if _, ok := device(p, []string{"dev", name}); name != "" && !ok {
		p.Complain("can't find device '%s'", name)
		return busyCode(object)
	}
	end := "\n    "
	if o.one {
		end = "\\    "
	}
	for i, x := range p.World.Interfaces() {
		if name != "" && name != x.Name {
			continue
		}
		found = true
		if object == "link" || !o.one {
			qdisc := "qdisc " + queue(x) + " "
			if o.six {
				qdisc = ""
			}
			p.Printf("%d: %s: %s mtu %d %sqlen 1000", i+1, x.Name, flags(x), x.MTU, qdisc)
			if object == "link" || !o.four && !o.six {
				p.Printf("%s%s", end, hardware(x))
			}
			p.Printf("\n")
		}
		if object == "link" {
			continue
		}
		begin, next := "    ", "\n       "
		if o.one {
			begin, next = fmt.Sprintf("%d: %s    ", i+1, x.Name), "\\       "
		}
		if !o.six {
			p.Printf("%sinet %s scope %s %s%svalid_lft forever preferred_lft forever\n", begin, inet(x), scope(x), x.Name, next)
		}
		if !o.four && x.Six != "" {
			p.Printf("%sinet6 %s scope %s %svalid_lft forever preferred_lft forever\n", begin, x.Six, sixScope(x), next)
		}
	}
	if !found {
		return busyCode(object)
	}
	return 0
}

func busyRouteTo(p *proc.Process, args []string) int {
	if len(args) > 0 && args[0] == "to" {
		args = args[1:]
	}
	if len(args) == 0 {
		return p.Complain("need at least destination address")
	}
	to, err := netip.ParseAddr(args[0])
	if err != nil {
		return p.Complain("need at least destination address")
	}
	via, dev, src, local := hop(p, to)
	switch {
	case to.Is6() && !local:
		p.Complain("RTNETLINK answers: Network is unreachable")
		return 2
	case local:
		p.Printf("local %s dev lo  src %s \n", to, src)
	case via == "":
		p.Printf("%s dev %s  src %s \n", to, dev, src)
	default:
		p.Printf("%s via %s dev %s  src %s \n", to, via, dev, src)
	}
	return 0
}

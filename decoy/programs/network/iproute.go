package network

import (
	"fmt"
	"net/netip"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// wire gives the interface that leads out.
func wire(p *proc.Process) (x machine.Interface, ok bool) {
	for _, x := range p.World.Interfaces() {
		if !x.Loopback {
			return x, true
		}
	}
	return x, false
}

// kernelRoute is a route; what its line has beside the device.
type kernelRoute struct{ to, via, dev, rest string }

// mainRoutes and localRoutes are the tables of version 4.
func mainRoutes(p *proc.Process) []kernelRoute {
	x, ok := wire(p)
	if !ok {
		return nil
	}
	ip, _, network := parts(x.Address)
	return []kernelRoute{
		{"default", "via " + p.World.System.Gateway + " ", x.Name, "onlink "},
		{network.String(), "", x.Name, "proto kernel scope link src " + ip.String() + " "},
	}
}

func localRoutes(p *proc.Process) []kernelRoute {
	const host, link = "proto kernel scope host src ", "proto kernel scope link src "
	list := []kernelRoute{{"local 127.0.0.0/8", "", "lo", host + "127.0.0.1 "}, {"local 127.0.0.1", "", "lo", host + "127.0.0.1 "}, {"broadcast 127.255.255.255", "", "lo", link + "127.0.0.1 "}}
	if x, ok := wire(p); ok {
		ip, _, _ := parts(x.Address)
		list = append(list, kernelRoute{"local " + ip.String(), "", x.Name, host + ip.String() + " "}, kernelRoute{"broadcast " + broadcast(x.Address), "", x.Name, link + ip.String() + " "})
	}
	return list
}

// sixRoutes are those of version 6.
func sixRoutes(p *proc.Process) []kernelRoute {
	const rest = "proto kernel metric 256 pref medium"
	list := []kernelRoute{{"::1", "", "lo", rest}}
	if x, ok := wire(p); ok && x.Six != "" {
		list = append(list, kernelRoute{"fe80::/64", "", x.Name, rest})
	}
	return list
}

// routes shows routes.
func (o ipOptions) routes(p *proc.Process, args []string) int {
	dev, only, table := "", "", "main"
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch a {
		case "dev", "oif", "table", "proto", "scope", "via", "root", "match", "exact", "to":
			if i++; i == len(args) {
				fmt.Fprintf(p.Err, "Command line is not complete. Try option \"help\"\n")
				return 255
			}
			switch a {
			case "dev", "oif":
				dev = args[i]
			case "table":
				table = args[i]
			case "to", "root", "match", "exact":
				only = args[i]
			}
		case "default":
			only = a
		default:
			if !prefix(a) {
				fmt.Fprintf(p.Err, "Error: any valid prefix is expected rather than \"%s\".\n", a)
				return 1
			}
			only = a
		}
	}
	if _, ok := device(p, []string{"dev", dev}); dev != "" && !ok {
		fmt.Fprintf(p.Err, "Cannot find device \"%s\"\n", dev)
		return 1
	}
	list, code := o.table(p, table)
	if o.json && code == 0 {
		return o.jsonRoutes(p, list)
	}
	for _, r := range list {
		switch {
		case only != "" && only != r.to, dev != "" && dev != r.dev:
		case dev != "":
			p.Printf("%s %s%s\n", r.to, r.via, r.rest)
		default:
			p.Printf("%s %sdev %s %s\n", r.to, r.via, r.dev, r.rest)
		}
	}
	return code
}

// table gives the routes of a table.
func (o ipOptions) table(p *proc.Process, name string) (list []kernelRoute, code int) {
	switch name {
	case "main", "254":
		if o.six {
			return sixRoutes(p), 0
		}
		return mainRoutes(p), 0
	case "local", "255", "all", "0":
		list = localRoutes(p)
		if name == "all" || name == "0" {
			for i := range list {
				list[i].rest = "table local " + list[i].rest
			}
			list = append(append(mainRoutes(p), list...), sixRoutes(p)...)
		}
		return list, 0
	case "default", "253":
		return nil, 0
	}
	fmt.Fprintf(p.Err, "Error: ipv4: FIB table does not exist.\nDump terminated\n")
	return nil, 2
}

// prefix says whether a text is an address or a prefix.
func prefix(text string) bool {
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	_, err := netip.ParseAddr(text)
	return err == nil
}

// hop says how the machine reaches an address: by which gateway and device, and
// with which of its own addresses.
func hop(p *proc.Process, to netip.Addr) (via, dev, src string, local bool) {
	x, _ := wire(p)
	ip, _, network := parts(x.Address)
	switch {
	case to.IsLoopback() || own(p, to):
		return "", "lo", to.String(), true
	case network.IsValid() && network.Contains(to):
		return "", x.Name, ip.String(), false
	}
	return p.World.System.Gateway, x.Name, ip.String(), false
}

// routeTo is "ip route get".
func (o ipOptions) routeTo(p *proc.Process, args []string) int {
	if len(args) > 0 && args[0] == "to" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintf(p.Err, "need at least a destination address\n")
		return 1
	}
	text, _, _ := strings.Cut(args[0], "/")
	to, err := netip.ParseAddr(text)
	if err != nil {
		fmt.Fprintf(p.Err, "Error: any valid prefix is expected rather than \"%s\".\n", args[0])
		return 1
	}
	via, dev, src, local := hop(p, to)
	end := "\n"
	if o.one {
		end = "\\"
	}
	switch {
	case to.Is6() && to.IsLoopback():
		p.Printf("local %s from :: dev lo table local proto kernel src %s metric 0 pref medium\n", to, to)
	case to.Is6():
		fmt.Fprintf(p.Err, "RTNETLINK answers: Network is unreachable\n")
		return 2
	case local:
		p.Printf("local %s dev lo src %s uid %d %s    cache <local> \n", to, src, p.FS.UID, end)
	case via == "":
		p.Printf("%s dev %s src %s uid %d %s    cache \n", to, dev, src, p.FS.UID, end)
	default:
		p.Printf("%s via %s dev %s src %s uid %d %s    cache \n", to, via, dev, src, p.FS.UID, end)
	}
	return 0
}

// rules shows the rules of routing.
func (o ipOptions) rules(p *proc.Process) int {
	p.Println("0:\tfrom all lookup local\n32766:\tfrom all lookup main")
	if !o.six {
		p.Println("32767:\tfrom all lookup default")
	}
	return 0
}

// neighbors shows who is in the network.
func (o ipOptions) neighbors(p *proc.Process, args []string) int {
	dev, known := device(p, args)
	if dev != "" && !known {
		fmt.Fprintf(p.Err, "Cannot find device \"%s\"\n", dev)
		return 1
	}
	if o.json {
		return o.jsonNeighbors(p)
	}
	only := ""
	if len(args) > 0 && prefix(args[0]) {
		only = args[0]
	}
	for _, n := range p.World.Neighbors() {
		switch {
		case o.six, only != "" && only != n.Address, dev != "" && dev != n.Interface:
		case dev != "":
			p.Printf("%s lladdr %s REACHABLE \n", n.Address, n.MAC)
		default:
			p.Printf("%s dev %s lladdr %s REACHABLE \n", n.Address, n.Interface, n.MAC)
		}
	}
	return 0
}

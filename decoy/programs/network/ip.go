package network

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// ipOptions are the options before the object.
type ipOptions struct {
	one, brief, four, six, stats, json, pretty bool

	named bool // an interface is asked for by its name
}

// ipObjects are the objects in the order in which ip looks for one that an
// abbreviation can mean, and the names that its complaints have for them.
var ipObjects = []struct{ name, short string }{
	{"address", "address"}, {"addrlabel", "addrlabel"}, {"maddress", "maddr"}, {"route", "route"}, {"rule", "rule"}, {"neighbor", "neigh"}, {"neighbour", "neigh"}, {"ntable", "ntable"}, {"link", "link"}, {"l2tp", "l2tp"},
	{"tunnel", "tunnel"}, {"tuntap", "tuntap"}, {"tap", "tuntap"}, {"token", "token"}, {"tcpmetrics", "tcpmetrics"}, {"monitor", "monitor"}, {"xfrm", "xfrm"}, {"mroute", "mroute"}, {"mrule", "rule"}, {"netns", "netns"}, {"netconf", "netconf"}, {"vrf", "vrf"}, {"nexthop", "nexthop"}, {"help", "help"},
}

func runIP(p *proc.Process) int {
	var o ipOptions
	args := p.Args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch name := strings.TrimPrefix(args[0], "-"); name {
		case "-o", "o", "oneline":
			o.one = true
		case "br", "brief", "-brief":
			o.brief = true
		case "j", "json", "-json":
			o.json = true
		case "p", "pretty", "-pretty":
			o.pretty = true
		case "4":
			o.four = true
		case "6":
			o.six = true
		case "s", "stats", "statistics":
			o.stats = true
		case "V", "Version":
			p.Println("ip utility, iproute2-6.1.0, libbpf 1.1.2")
			return 0
		case "help", "-help":
			fmt.Fprint(p.Err, usageIP)
			return 255
		case "h", "human", "human-readable", "iec", "c", "color", "-color", "color=never", "color=auto", "color=always", "d", "details", "a", "all", "N", "r", "t", "ts", "f", "family", "l", "loops", "rc", "rcvbuf":
			if name[0] == 'f' && len(args) > 1 {
				o.four, o.six = args[1] == "inet", args[1] == "inet6"
			}
			if len(args) > 1 && slices.Contains([]string{"f", "family", "l", "loops", "rc", "rcvbuf"}, name) {
				args = args[1:]
			}
		default:
			fmt.Fprintf(p.Err, "Option \"%s\" is unknown, try \"ip -help\".\n", "-"+strings.TrimLeft(args[0], "-"))
			return 255
		}
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprint(p.Err, usageIP)
		return 255
	}
	for _, object := range ipObjects {
		if strings.HasPrefix(object.name, args[0]) {
			return o.object(p, object.short, args[1:])
		}
	}
	fmt.Fprintf(p.Err, "Object \"%s\" is unknown, try \"ip help\".\n", args[0])
	return 1
}

// ipShow and ipChange are the commands that show things, and those that change
// them; what stands for nothing is to show.
var (
	ipShow   = []string{"show", "list", "lst", "ls"}
	ipChange = []string{"add", "change", "chg", "replace", "delete", "flush", "set", "append", "prepend"}
)

// object does what is asked for with an object.
func (o ipOptions) object(p *proc.Process, object string, args []string) int {
	command, rest := "show", args
	if len(args) > 0 {
		command, rest = args[0], args[1:]
	}
	is := func(list []string) bool {
		return slices.ContainsFunc(list, func(name string) bool { return strings.HasPrefix(name, command) })
	}
	switch {
	case object == "help":
		fmt.Fprint(p.Err, usageIP)
		return 255
	case object == "route" && command == "get":
		return o.routeTo(p, rest)
	case strings.HasPrefix("help", command) && len(args) > 0 && helps()["ip-"+object] != "":
		fmt.Fprint(p.Err, helps()["ip-"+object])
		return 255
	case is(ipChange) && !(is(ipShow) && command == "s"):
		return ipSet(p, object, rest)
	case !is(ipShow):
		fmt.Fprintf(p.Err, "Command \"%s\" is unknown, try \"ip %s help\".\n", command, object)
		return 255
	}
	switch object {
	case "address", "link":
		return o.interfaces(p, rest, object == "address")
	case "route":
		return o.routes(p, rest)
	case "rule":
		return o.rules(p)
	case "neigh":
		return o.neighbors(p, rest)
	}
	return 0 // there is none of the others
}

// device gives the device that a command line names, and whether there is one
// of that name.
func device(p *proc.Process, args []string) (name string, ok bool) {
	for i, a := range args {
		if a == "dev" && i+1 < len(args) {
			name = args[i+1]
		}
	}
	return name, slices.ContainsFunc(p.World.Interfaces(), func(x machine.Interface) bool { return x.Name == name })
}

// ipSet changes nothing that the visitor could see: it says who may not, and
// what is not there.
func ipSet(p *proc.Process, object string, args []string) int {
	name, ok := device(p, args)
	if object == "link" && name == "" && len(args) > 0 && args[0] != "type" {
		name, ok = device(p, []string{"dev", args[0]})
	}
	added := object == "link" && slices.Contains(args, "type")
	switch {
	case object == "link" && name == "":
		fmt.Fprintf(p.Err, "Not enough information: \"dev\" argument is required.\n")
		return 255
	case object == "address" && name == "":
		fmt.Fprintf(p.Err, "Not enough information: \"dev\" argument is required.\n")
		return 1
	case name != "" && !ok && !added:
		fmt.Fprintf(p.Err, "Cannot find device \"%s\"\n", name)
		return 1
	case p.FS.UID != 0:
		fmt.Fprintf(p.Err, "RTNETLINK answers: Operation not permitted\n")
		return 2
	}
	return 0
}

// filtered reads which interfaces are to be shown; none is whether no interface
// can be among them.
func filtered(p *proc.Process, args []string) (name string, none bool, code int) {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; a {
		case "up", "permanent", "primary", "nomaster":
		case "dynamic", "tentative", "deprecated", "secondary", "temporary":
			none = true
		case "dev", "type", "master", "vrf", "group", "scope", "label", "to":
			if i++; i == len(args) {
				fmt.Fprintf(p.Err, "Command line is not complete. Try option \"help\"\n")
				return "", false, 255
			}
			if a == "dev" {
				name = args[i]
			}
			none = none || a == "type" || a == "master" || a == "vrf"
		default:
			if name != "" {
				fmt.Fprintf(p.Err, "Error: either \"dev\" is duplicate, or \"%s\" is a garbage.\n", a)
				return "", false, 255
			}
			name = a
		}
	}
	return name, none, 0
}

// interfaces shows interfaces, with their addresses or without.
func (o ipOptions) interfaces(p *proc.Process, args []string, addresses bool) int {
	name, none, code := filtered(p, args)
	if code != 0 {
		return code
	}
	if _, ok := device(p, []string{"dev", name}); o.json && !none && (ok || name == "") {
		return o.jsonInterfaces(p, name, addresses)
	}
	found := name == ""
	o.named = !found
	for i, x := range p.World.Interfaces() {
		if name != "" && name != x.Name {
			continue
		}
		if found = true; none {
			continue
		}
		switch {
		case o.brief:
			o.line(p, x, addresses)
		case o.one && addresses:
			if !o.six {
				p.Printf("%d: %s    inet %s scope %s %s\\       valid_lft forever preferred_lft forever\n", i+1, x.Name, inet(x), scope(x), x.Name)
			}
			if !o.four && x.Six != "" {
				p.Printf("%d: %s    inet6 %s scope %s \\       valid_lft forever preferred_lft forever\n", i+1, x.Name, x.Six, sixScope(x))
			}
		default:
			o.block(p, i, x, addresses)
		}
	}
	if !found {
		fmt.Fprintf(p.Err, "Device \"%s\" does not exist.\n", name)
		return 1
	}
	return 0
}

func (o ipOptions) line(p *proc.Process, x machine.Interface, addresses bool) {
	state := "UP"
	if x.Loopback {
		state = "UNKNOWN"
	}
	p.Printf("%-16s %-14s ", x.Name, state)
	if !addresses {
		p.Printf("%s %s \n", x.MAC, flags(x))
		return
	}
	if !o.six {
		p.Printf("%s ", x.Address)
	}
	if !o.four && x.Six != "" {
		p.Printf("%s ", x.Six)
	}
	p.Printf("\n")
}

func (o ipOptions) block(p *proc.Process, i int, x machine.Interface, addresses bool) {
	state, mode := "UP", ""
	if x.Loopback {
		state = "UNKNOWN"
	}
	if !addresses {
		mode = "mode DEFAULT "
	}
	end := "\n    "
	if o.one {
		end = "\\    "
	}
	qdisc, group := "qdisc "+queue(x)+" ", "group default "
	if o.six && addresses && !o.named { // a list for version 6 alone has less in it
		qdisc, group = "", ""
	}
	p.Printf("%d: %s: %s mtu %d %sstate %s %s%sqlen 1000", i+1, x.Name, flags(x), x.MTU, qdisc, state, mode, group)
	if !addresses || !o.four && !o.six {
		p.Printf("%s%s", end, hardware(x))
	}
	if addresses {
		if !o.six {
			p.Printf("%sinet %s scope %s %s\n       valid_lft forever preferred_lft forever", end, inet(x), scope(x), x.Name)
		}
		if !o.four && x.Six != "" {
			p.Printf("%sinet6 %s scope %s \n       valid_lft forever preferred_lft forever", end, x.Six, sixScope(x))
		}
	}
	if o.stats {
		counters(p, x, end)
	}
	p.Printf("\n")
}

// counters writes what an interface counts, each column as wide as the widest
// number in it.
func counters(p *proc.Process, x machine.Interface, end string) {
	wide := max(10, len(fmt.Sprint(x.RX)), len(fmt.Sprint(x.TX)))
	packets := max(7, len(fmt.Sprint(received(x))), len(fmt.Sprint(sent(x))))
	row := func(name, last string, bytes, count int64) {
		p.Printf("%s%s%*s %*s errors dropped %s           %s%*d %*d      0       0       0       0 ", end, name, wide-len(name), "bytes", packets, "packets", last, end, wide, bytes, packets, count)
	}
	row("RX:", " missed   mcast", x.RX, received(x))
	row("TX:", "carrier collsns", x.TX, sent(x))
}

func queue(x machine.Interface) string {
	if x.Loopback {
		return "noqueue"
	}
	return "fq_codel"
}

// hardware writes the address that an interface has on its wire.
func hardware(x machine.Interface) string {
	if x.Loopback {
		return "link/loopback " + x.MAC + " brd 00:00:00:00:00:00"
	}
	return "link/ether " + x.MAC + " brd ff:ff:ff:ff:ff:ff"
}

func flags(x machine.Interface) string {
	if x.Loopback {
		return "<LOOPBACK,UP,LOWER_UP>"
	}
	return "<BROADCAST,MULTICAST,UP,LOWER_UP>"
}

func scope(x machine.Interface) string {
	if x.Loopback {
		return "host"
	}
	return "global"
}

func sixScope(x machine.Interface) string {
	if x.Loopback {
		return "host"
	}
	return "link"
}

func inet(x machine.Interface) string {
	if x.Loopback {
		return x.Address
	}
	return x.Address + " brd " + broadcast(x.Address)
}

// parts gives address, mask and network of "address/bits".
func parts(text string) (ip net.IP, mask net.IPMask, network netip.Prefix) {
	ip, n, err := net.ParseCIDR(text)
	if err != nil {
		return nil, nil, netip.Prefix{}
	}
	network, _ = netip.ParsePrefix(n.String())
	return ip.To4(), n.Mask, network
}

func broadcast(text string) string {
	ip, mask, _ := parts(text)
	if len(ip) != 4 || len(mask) != 4 {
		return "0.0.0.0"
	}
	out := make(net.IP, 4)
	for i := range out {
		out[i] = ip[i] | ^mask[i]
	}
	return out.String()
}

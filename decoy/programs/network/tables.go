package network

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// received and sent are how many packets the bytes of an interface came in and
// went out in, as /proc/net/dev counts them.
func received(x machine.Interface) int64 { return x.RX / 210 }

func sent(x machine.Interface) int64 {
	if x.Loopback {
		return received(x)
	}
	return x.TX / 260
}

// byName gives the interfaces in the order of their names, as net-tools do.
func byName(p *proc.Process) []machine.Interface {
	list := p.World.Interfaces()
	slices.SortFunc(list, func(a, b machine.Interface) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// interfaceTable is what ifconfig -s and netstat -i show.
func interfaceTable(p *proc.Process, list []machine.Interface, head string) {
	p.Println(head + "    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg")
	for _, x := range list {
		flag := "BMRU"
		if x.Loopback {
			flag = "LRU"
		}
		p.Printf("%-15s %5d %8d      0      0 0      %8d      0      0      0 %s\n", x.Name, x.MTU, received(x), sent(x), flag)
	}
}

// ifconfigAsked reads the command line of ifconfig: the interface, and whether
// more is asked for than to show it.
func ifconfigAsked(p *proc.Process) (names []string, short, changes, ok bool) {
	for _, a := range p.Args[1:] {
		switch {
		case len(names) == 0 && a == "-s":
			short = true
		case len(names) == 0 && (a == "-a" || a == "-v"):
		case len(names) == 0 && strings.HasPrefix(a, "-"):
			fmt.Fprintf(p.Err, "ifconfig: option `%s' not recognised.\nifconfig: `--help' gives usage information.\n", a)
			return nil, false, false, false
		default:
			names = append(names, a)
		}
	}
	return names, short, len(names) > 1, true
}

func runIfconfig(p *proc.Process) int {
	if len(p.Args) > 1 && (p.Args[1] == "--version" || p.Args[1] == "-V") {
		p.Printf("%s", helps()["ifconfig-version"])
		return 0
	}
	if len(p.Args) > 1 && (p.Args[1] == "--help" || p.Args[1] == "-h") {
		p.Printf("%s", helps()["ifconfig"])
		fmt.Fprint(p.Err, helps()["ifconfig-families"])
		return 0
	}
	names, short, changes, ok := ifconfigAsked(p)
	switch {
	case !ok:
		return 1
	case len(names) == 0 && short:
		interfaceTable(p, byName(p), "Iface      MTU")
		return 0
	case len(names) == 0:
		return ifconfigAll(p)
	}
	for _, x := range p.World.Interfaces() {
		switch {
		case x.Name != names[0]:
		case changes && p.FS.UID != 0:
			fmt.Fprintf(p.Err, "SIOCSIFFLAGS: Operation not permitted\n")
			return 255
		case changes:
			return 0
		case short:
			interfaceTable(p, []machine.Interface{x}, "Iface      MTU")
			return 0
		default:
			ifconfigBlock(p, x)
			return 0
		}
	}
	if changes {
		word := "SIOCSIFADDR"
		if names[1] == "up" || names[1] == "down" {
			fmt.Fprintf(p.Err, "%s: ERROR while getting interface flags: No such device\n", names[0])
			return 255
		}
		fmt.Fprintf(p.Err, "%s: No such device\n%s: ERROR while getting interface flags: No such device\n", word, names[0])
		return 255
	}
	fmt.Fprintf(p.Err, "%s: error fetching interface information: Device not found\n", names[0])
	return 1
}

// ifconfigAll shows all interfaces.
func ifconfigAll(p *proc.Process) int {
	for _, x := range byName(p) {
		ifconfigBlock(p, x)
	}
	return 0
}

func ifconfigBlock(p *proc.Process, x machine.Interface) {
	ip, mask, _ := parts(x.Address)
	six, bits, _ := strings.Cut(x.Six, "/")
	if x.Loopback {
		p.Printf("%s: flags=73<UP,LOOPBACK,RUNNING>  mtu %d\n        inet %s  netmask %s\n", x.Name, x.MTU, ip, net.IP(mask))
		if six != "" {
			p.Printf("        inet6 %s  prefixlen %s  scopeid 0x10<host>\n", six, bits)
		}
		p.Printf("        loop  txqueuelen 1000  (Local Loopback)\n")
	} else {
		p.Printf("%s: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu %d\n        inet %s  netmask %s  broadcast %s\n", x.Name, x.MTU, ip, net.IP(mask), broadcast(x.Address))
		if six != "" {
			p.Printf("        inet6 %s  prefixlen %s  scopeid 0x20<link>\n", six, bits)
		}
		p.Printf("        ether %s  txqueuelen 1000  (Ethernet)\n", x.MAC)
	}
	p.Printf("        RX packets %d  bytes %d (%s)\n        RX errors 0  dropped 0  overruns 0  frame 0\n", received(x), x.RX, size(x.RX))
	p.Printf("        TX packets %d  bytes %d (%s)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n", sent(x), x.TX, size(x.TX))
}

// busyIfconfig is busybox's.
func busyIfconfig(p *proc.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && args[0] == "--help" {
		fmt.Fprint(p.Err, banner(p)+usageBusyIfconfig)
		return 0
	}
	if len(args) > 0 && args[0] == "-a" {
		args = args[1:]
	}
	found := false
	for _, x := range byName(p) {
		switch {
		case len(args) > 0 && args[0] != x.Name:
		case len(args) > 1 && p.FS.UID != 0:
			return p.Complain("SIOCSIFFLAGS: Operation not permitted")
		case len(args) > 1:
			return 0
		default:
			found = true
			busyBlock(p, x)
		}
	}
	switch {
	case found:
		return 0
	case len(args) > 1:
		return p.Complain("SIOCGIFFLAGS: No such device")
	}
	return p.Complain("%s: error fetching interface information: Device not found", args[0])
}

func busyBlock(p *proc.Process, x machine.Interface) {
	ip, mask, _ := parts(x.Address)
	scope, flags := "Link", "UP BROADCAST RUNNING MULTICAST"
	if x.Loopback {
		scope, flags = "Host", "UP LOOPBACK RUNNING"
		p.Printf("%-9s Link encap:Local Loopback  \n          inet addr:%s  Mask:%s\n", x.Name, ip, net.IP(mask))
	} else {
		p.Printf("%-9s Link encap:Ethernet  HWaddr %s  \n          inet addr:%s  Bcast:%s  Mask:%s\n", x.Name, strings.ToUpper(x.MAC), ip, broadcast(x.Address), net.IP(mask))
	}
	if x.Six != "" {
		p.Printf("          inet6 addr: %s Scope:%s\n", x.Six, scope)
	}
	p.Printf("          %s  MTU:%d  Metric:1\n          RX packets:%d errors:0 dropped:0 overruns:0 frame:0\n          TX packets:%d errors:0 dropped:0 overruns:0 carrier:0\n", flags, x.MTU, received(x), sent(x))
	p.Printf("          collisions:0 txqueuelen:1000 \n          RX bytes:%d (%s)  TX bytes:%d (%s)\n\n", x.RX, size(x.RX), x.TX, size(x.TX))
}

// size writes bytes as ifconfig does.
func size(n int64) string {
	v := float64(n)
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if v < 1024 || unit == "GiB" {
			return fmt.Sprintf("%.1f %s", v, unit)
		}
		v /= 1024
	}
	return ""
}

// routeForm is how the table of routes is shown.
type routeForm struct {
	numeric  bool
	extended bool // with the columns that netstat -r has
	star     bool // busybox's "*" for no gateway
}

func runRoute(p *proc.Process) int {
	o := parse(p, proc.Flags{Short: "nNveFCA:46Vh", Long: map[string]proc.Long{"numeric": {As: "n"}, "verbose": {As: "v"}, "extend": {As: "e"}, "version": {As: "V"}, "help": {As: "h"}}}, usageRoute)
	switch {
	case o == nil:
		return 3
	case o.Has("V"):
		p.Printf("%s", helps()["route-version"])
		return 0
	case o.Has("h"):
		fmt.Fprint(p.Err, usageRoute)
		return 0
	case len(o.Operands) == 0:
		routeTable(p, routeForm{numeric: o.Has("n"), extended: o.Has("e")})
		return 0
	case !slices.Contains([]string{"add", "del", "delete", "flush"}, o.Operands[0]):
		fmt.Fprint(p.Err, usageRoute)
		return 3
	case len(o.Operands) == 1:
		fmt.Fprint(p.Err, usageRoute)
		return 4
	case p.FS.UID != 0:
		fmt.Fprintf(p.Err, "SIOCADDRT: Operation not permitted\n")
		return 7
	}
	return 0
}

// busyRoute is busybox's.
func busyRoute(p *proc.Process) int {
	o, code := applet(p, "neA:", usageBusyRoute, 0)
	switch {
	case o == nil:
		return code
	case len(o.Operands) == 0:
		routeTable(p, routeForm{numeric: o.Has("n"), extended: o.Has("e"), star: !o.Has("n")})
		return 0
	case o.Operands[0] != "add" && o.Operands[0] != "del" || len(o.Operands) == 1:
		fmt.Fprint(p.Err, banner(p)+usageBusyRoute)
		return 1
	case p.FS.UID != 0:
		return p.Complain("SIOCADDRT: Operation not permitted")
	}
	return 0
}

// routeTable writes the table that route and netstat -r show.
func routeTable(p *proc.Process, f routeForm) {
	head, row := "Metric Ref    Use Iface", "%-15s %-15s %-15s %-5s 0      0        0 %s\n"
	if f.extended {
		head, row = "  MSS Window  irtt Iface", "%-15s %-15s %-15s %-5s     0 0          0 %s\n"
	}
	p.Println("Kernel IP routing table\nDestination     Gateway         Genmask         Flags " + head)
	all, none := "default", "0.0.0.0"
	if f.numeric {
		all = none
	} else if f.star {
		none = "*"
	}
	for _, x := range p.World.Interfaces() {
		if x.Loopback {
			continue
		}
		_, mask, network := parts(x.Address)
		p.Printf(row, all, p.World.System.Gateway, "0.0.0.0", "UG", x.Name)
		p.Printf(row, network.Addr(), none, net.IP(mask), "U", x.Name)
	}
}

// neighbors gives those that a program of ARP is asked for.
func neighbors(p *proc.Process, o *proc.Options) (list []machine.Neighbor) {
	device, fixed := o.Last("i")
	for _, n := range p.World.Neighbors() {
		if (!fixed || n.Interface == device) && (len(o.Operands) == 0 || o.Operands[0] == n.Address) {
			list = append(list, n)
		}
	}
	return list
}

func runARP(p *proc.Process) int {
	o := parse(p, proc.Flags{Short: "aevnDi:H:A:p:dsfVh", Long: map[string]proc.Long{"numeric": {As: "n"}, "verbose": {As: "v"}, "device": {As: "i", Value: 1}, "delete": {As: "d"}, "set": {As: "s"}, "version": {As: "V"}, "help": {As: "h"}}}, usageARP)
	switch {
	case o == nil:
		return 3
	case o.Has("V"):
		p.Printf("%s", helps()["arp-version"])
		return 0
	case o.Has("h"):
		fmt.Fprint(p.Err, usageARP)
		return 0
	case o.Has("d", "s") && len(o.Operands) == 0:
		fmt.Fprintf(p.Err, "arp: need host name\n")
		return 255
	case o.Has("d", "s") && p.FS.UID != 0:
		fmt.Fprintf(p.Err, "SIOCDARP(dontpub): Operation not permitted\n")
		return 255
	case o.Has("d") && len(neighbors(p, o)) == 0:
		p.Printf("No ARP entry for %s\n", o.Operands[0])
		return 255
	case o.Has("d", "s"):
		return 0
	}
	host := ""
	if len(o.Operands) > 0 {
		host = o.Operands[0]
		if h := find(p, Unreachable, host); h.addr == "" {
			fmt.Fprintf(p.Err, "%s: Host name lookup failure\n", host)
			return 255
		}
	}
	all := len(p.World.Neighbors())
	list := neighbors(p, o)
	switch {
	case len(list) == 0 && host != "" && !o.Has("a"):
		p.Printf("%[1]s (%[1]s) -- no entry\n", host)
		return 0
	case len(list) == 0:
		p.Printf("arp: in %d entries no match found.\n", all)
		return 0
	case !o.Has("a"):
		p.Printf("Address                  HWtype  HWaddress           Flags Mask            Iface\n")
	}
	for _, n := range list {
		if o.Has("a") {
			p.Printf("? (%s) at %s [ether] on %s\n", n.Address, n.MAC, n.Interface)
		} else {
			p.Printf("%-24s ether   %-19s C                     %s\n", n.Address, n.MAC, n.Interface)
		}
	}
	if o.Has("v") {
		p.Printf("Entries: %d\tSkipped: %d\tFound: %d\n", all, all-len(list), len(list))
	}
	return 0
}

// busyARP is busybox's.
func busyARP(p *proc.Process) int {
	o, code := applet(p, "vnai:dsA:p:H:D", usageBusyARP, 0)
	if o == nil {
		return code
	}
	switch {
	case o.Has("d", "s") && len(o.Operands) == 0:
		return p.Complain("need host name")
	case o.Has("d", "s") && p.FS.UID != 0:
		return p.Complain("SIOCDARP(priv): Operation not permitted")
	case o.Has("d", "s"):
		return 0
	case len(o.Operands) > 0 && find(p, Unreachable, o.Operands[0]).addr == "":
		return p.Complain("%s: Unknown host", o.Operands[0])
	}
	list := neighbors(p, o)
	for _, n := range list {
		p.Printf("? (%s) at %s [ether]  on %s\n", n.Address, n.MAC, n.Interface)
	}
	if len(list) == 0 && len(o.Operands) > 0 {
		p.Printf("No match found in %d entries\n", len(p.World.Neighbors()))
	}
	return 0
}

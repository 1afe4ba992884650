package machine

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"gait/decoy/vfs"
)

// netFiles makes what /proc/net holds.
func (w *World) netFiles() map[string]*vfs.Node {
	list := map[string]*vfs.Node{}
	for name, content := range map[string]func() string{
		"dev": w.netDev, "route": w.netRoute, "arp": w.netARP, "unix": w.netUnix,
		"tcp": func() string { return w.netSockets("tcp") }, "tcp6": func() string { return w.netSockets("tcp6") },
		"udp": func() string { return w.netSockets("udp") }, "udp6": func() string { return w.netSockets("udp6") },
		"raw":      func() string { return w.netSockets("raw") },
		"if_inet6": w.netSix, "sockstat": func() string {
			return "sockets: used 114\nTCP: inuse 2 orphan 0 tw 0 alloc 4 mem 1\nUDP: inuse 1 mem 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n"
		},
	} {
		list[name] = w.made(0o444, content)
	}
	return list
}

// netDev makes /proc/net/dev.
func (w *World) netDev() string {
	var b strings.Builder
	b.WriteString("Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frames compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n")
	for _, n := range w.Interfaces() {
		sent := n.TX / 260
		if n.Loopback {
			sent = n.RX / 210
		}
		fmt.Fprintf(&b, "%6s: %7d %7d    0    0    0     0          0         0 %8d %7d    0    0    0     0       0          0\n", n.Name, n.RX, n.RX/210, n.TX, sent)
	}
	return strings.Replace(b.String(), "frames", "frame", 1)
}

// hexAddress gives an address of version 4 as the kernel writes it.
func hexAddress(text string) string {
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is4() {
		return "00000000"
	}
	b := a.As4()
	return fmt.Sprintf("%08X", binary.LittleEndian.Uint32(b[:]))
}

// netRoute makes /proc/net/route.
func (w *World) netRoute() string {
	n := w.Machine.Interfaces[1]
	row := func(to, gateway, flags, mask string) string {
		return fmt.Sprintf("%-127s\n", strings.Join([]string{n.Name, to, gateway, flags, "0", "0", "0", mask, "0", "0", "0"}, "\t"))
	}
	net := netip.MustParsePrefix(n.Address).Masked().Addr().String()
	return fmt.Sprintf("%-127s\n", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT") +
		row("00000000", hexAddress(w.System.Gateway), "0003", "00000000") + row(hexAddress(net), "00000000", "0001", "00FFFFFF")
}

// Neighbor is an address that the machine talked to in its network.
type Neighbor struct{ Address, MAC, Interface string }

// Neighbors gives who is in the network, as arp and ip neigh show.
func (w *World) Neighbors() []Neighbor {
	r := w.seed.rand("neighbors")
	mac := func() string {
		h := hexes(r, 10)
		return "00:" + h[:2] + ":" + h[2:4] + ":" + h[4:6] + ":" + h[6:8] + ":" + h[8:]
	}
	nic := w.Machine.Interfaces[1].Name
	return []Neighbor{{w.System.Gateway, mac(), nic}, {w.office, mac(), nic}}
}

// netARP makes /proc/net/arp.
func (w *World) netARP() string {
	var b strings.Builder
	b.WriteString("IP address       HW type     Flags       HW address            Mask     Device\n")
	for _, n := range w.Neighbors() {
		fmt.Fprintf(&b, "%-16s 0x1         0x2         %s     *        %s\n", n.Address, n.MAC, n.Interface)
	}
	return b.String()
}

// netUnix makes /proc/net/unix.
func (w *World) netUnix() string {
	var b strings.Builder
	b.WriteString("Num       RefCount Protocol Flags    Type St Inode Path\n")
	for i, name := range strings.Fields("/run/systemd/notify /run/systemd/private /run/systemd/userdb/io.systemd.DynamicUser /run/systemd/journal/dev-log /run/systemd/journal/socket /run/systemd/journal/stdout /run/udev/control /run/dbus/system_bus_socket") {
		fmt.Fprintf(&b, "0000000000000000: 00000002 00000000 00010000 0001 01 %5d %s\n", 10_800+i*13, name)
	}
	return b.String()
}

// netSix makes /proc/net/if_inet6.
func (w *World) netSix() string {
	var b strings.Builder
	for i, n := range w.Machine.Interfaces {
		p, err := netip.ParsePrefix(n.Six)
		if err != nil {
			continue
		}
		scope := 0x20
		if n.Loopback {
			scope = 0x10
		}
		fmt.Fprintf(&b, "%x %02x %02x %02x 80 %8s\n", p.Addr().As16(), i+1, p.Bits(), scope, n.Name)
	}
	return b.String()
}

// hexPort gives an end of a socket as the kernel writes it.
func hexPort(text string, six bool) string {
	text = strings.ReplaceAll(text, ":*", ":0")
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		a = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	}
	if !six {
		return fmt.Sprintf("%s:%04X", hexAddress(a.Addr().Unmap().String()), a.Port())
	}
	raw := a.Addr().As16()
	var b strings.Builder
	for i := 0; i < 16; i += 4 {
		fmt.Fprintf(&b, "%08X", binary.LittleEndian.Uint32(raw[i:]))
	}
	return fmt.Sprintf("%s:%04X", b.String(), a.Port())
}

// netSockets makes /proc/net/tcp and its like.
func (w *World) netSockets(proto string) string {
	six := strings.HasSuffix(proto, "6")
	var b strings.Builder
	head, width := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", 149
	if six {
		head = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
	}
	if strings.HasPrefix(proto, "udp") || proto == "raw" {
		head, width = head+" ref pointer drops", 127
	}
	fmt.Fprintf(&b, "%-*s\n", width, head)
	for i, s := range w.Sockets() {
		if s.Proto != proto {
			continue
		}
		state := map[string]string{"LISTEN": "0A", "ESTAB": "01", "ESTABLISHED": "01", "TIME-WAIT": "06", "CLOSE-WAIT": "08"}[s.State]
		if state == "" {
			state = "07"
		}
		row := fmt.Sprintf("%4d: %s %s %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0000000000000000 100 0 0 10 0", i, hexPort(s.Local, six), hexPort(s.Remote, six), state, s.UID, s.Inode)
		fmt.Fprintf(&b, "%-*s\n", width, row)
	}
	return b.String()
}

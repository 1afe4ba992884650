package machine

import (
	"fmt"
	"net/netip"
	"time"
)

// setNetwork chooses addresses in a private network.
func (m *Machine) setNetwork() {
	r := m.seed.rand("network")
	var net [4]byte
	switch r.IntN(3) {
	case 0:
		net = [4]byte{10, byte(1 + r.IntN(250)), byte(r.IntN(250)), 0}
	case 1:
		net = [4]byte{172, byte(16 + r.IntN(16)), byte(r.IntN(250)), 0}
	default:
		net = [4]byte{192, 168, byte(2 + r.IntN(240)), 0}
	}
	in := func(last int) string { a := net; a[3] = byte(last); return netip.AddrFrom4(a).String() }
	gateway := pick(r, []int{1, 1, 1, 254})
	own := 10 + r.IntN(200)
	m.System.Gateway = in(gateway)
	m.System.Nameserver = pick(r, []string{in(gateway), in(gateway), in(2), in(3)})
	m.office = in(210 + r.IntN(40))
	p := m.disk.platform
	mac := fmt.Sprintf("%s:%02x:%02x:%02x", p.mac, r.IntN(64), r.IntN(256), r.IntN(256))
	m.Interfaces = []Interface{
		{Name: "lo", MAC: "00:00:00:00:00:00", Address: "127.0.0.1/8", Six: "::1/128", MTU: 65536,
			RX: 9000 + int64(r.IntN(9000)), RateRX: 2 + int64(r.IntN(20)), Loopback: true},
		{Name: p.nic, MAC: mac, Address: in(own) + "/24", Six: linkLocal(mac), MTU: 1500,
			RX: 400_000 + int64(r.IntN(900_000)), TX: 200_000 + int64(r.IntN(300_000)),
			RateRX: 300 + int64(r.IntN(900)), RateTX: 150 + int64(r.IntN(600))},
	}
	lo := &m.Interfaces[0]
	lo.TX, lo.RateTX = lo.RX, lo.RateRX
}

// linkLocal gives the link-local address that follows from a MAC address.
func linkLocal(mac string) string {
	var b [6]byte
	if _, err := fmt.Sscanf(mac, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]); err != nil {
		return ""
	}
	a := [16]byte{0: 0xfe, 1: 0x80, 8: b[0] ^ 2, 9: b[1], 10: b[2], 11: 0xff, 12: 0xfe, 13: b[3], 14: b[4], 15: b[5]}
	return netip.AddrFrom16(a).String() + "/64"
}

// Address gives the machine's own address, to which a client came that has one
// of the same kind.
func (m *Machine) Address(client netip.Addr) netip.Addr {
	if client.Is6() && !client.Is4In6() {
		if six, err := netip.ParsePrefix(m.Interfaces[1].Six); err == nil {
			return six.Addr()
		}
	}
	return netip.MustParsePrefix(m.Interfaces[1].Address).Addr()
}

// address gives the machine's own address, without the length of the prefix.
func (m *Machine) address() string { return m.Address(netip.Addr{}).String() }

// setSockets lists what listens.
func (m *Machine) setSockets() {
	r := m.seed.rand("sockets")
	inode := 12_000 + r.IntN(3000)
	add := func(proto, state, local, program string) {
		remote := "0.0.0.0:*"
		if proto == "tcp6" || proto == "udp6" {
			remote = "[::]:*"
		}
		inode += 1 + r.IntN(40)
		m.Sockets = append(m.Sockets, Socket{Proto: proto, State: state, Local: local, Remote: remote,
			PID: m.services[program], Program: program, Inode: inode})
	}
	add("tcp", "LISTEN", "0.0.0.0:22", "sshd")
	add("tcp6", "LISTEN", "[::]:22", "sshd")
	if m.opt.Telnet {
		add("tcp", "LISTEN", "0.0.0.0:23", "inetd")
	}
	if m.disk.dhcp {
		add("udp", "UNCONN", "0.0.0.0:68", "dhclient")
	}
}

// Interfaces gives the interfaces with their counters as they are now.
func (w *World) Interfaces() []Interface {
	up := w.Uptime().Seconds()
	list := make([]Interface, len(w.Machine.Interfaces))
	for i, n := range w.Machine.Interfaces {
		noise := w.seed.sub("traffic " + n.Name)
		grow := func(rate int64) int64 { return int64(float64(rate) * (up + 20*noise.smooth(up/30))) }
		n.RX, n.TX = n.RX+grow(n.RateRX), n.TX+grow(n.RateTX)
		list[i] = n
	}
	return list
}

// Sockets gives the sockets that are there now: those of the services that
// still run, and those that [World.Connect] added.
func (w *World) Sockets() []Socket {
	alive := map[int]bool{}
	for _, p := range w.Processes() {
		alive[p.PID] = true
	}
	var list []Socket
	for _, s := range w.Machine.Sockets {
		if alive[s.PID] {
			list = append(list, s)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		list = append(list, *s)
	}
	return list
}

// Connect adds a socket, and gives what takes it away again.
func (w *World) Connect(s Socket) (leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.Inode == 0 {
		s.Inode = 20_000 + int(w.now().Sub(w.Boot)/time.Second)%8_000_000 + len(w.sockets)
	}
	p := &s
	w.sockets = append(w.sockets, p)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sockets = without(w.sockets, p)
	}
}

// without gives a list without one of its members.
func without[T comparable](list []T, member T) []T {
	var out []T
	for _, e := range list {
		if e != member {
			out = append(out, e)
		}
	}
	return out
}

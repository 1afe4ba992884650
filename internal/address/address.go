// Package address gives IP addresses in their one form, by which attackers are
// told apart.
package address

import (
	"net"
	"net/netip"
)

// Canonical gives an IP address in its one form: IPv4 in dotted decimal, also
// where it is mapped into IPv6; IPv6 compressed and in lower case; no zone. It
// is empty for what is no address.
func Canonical(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	return a.Unmap().WithZone("").String()
}

// Network is what counts as one client: an IPv4 address, or the /64 that one
// IPv6 host commands.
func Network(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// Of gives one end of a TCP connection, IPv4 as such also where it is mapped
// into IPv6; nothing for an end of another kind.
func Of(end net.Addr) netip.AddrPort {
	t, ok := end.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := t.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

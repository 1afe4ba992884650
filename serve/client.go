package serve

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the addresses whose word on whom they speak for is taken.
type proxies []netip.Prefix

func parseProxies(list []string) (proxies, error) {
	var p proxies
	for _, text := range list {
		if a, err := netip.ParseAddr(text); err == nil {
			a = a.Unmap().WithZone("")
			p = append(p, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: want an address such as 10.0.0.1 or a prefix such as 10.0.0.0/8", text)
		}
		p = append(p, prefix.Masked())
	}
	return p, nil
}

func (p proxies) trust(a netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// peer is the address at the other end of the connection; the zero address
// where it is no internet connection.
func peer(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap().WithZone("")
}

// maxForwarded bounds how many hops are looked at.
const maxForwarded = 32

// client is who asks: the other end of the connection or, where that is a
// trusted proxy, the last one before the proxies that the chain tells of.
func (p proxies) client(r *http.Request) netip.Addr {
	who := peer(r)
	if !who.IsValid() || !p.trust(who) {
		return who
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && len(hops)-i <= maxForwarded; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if who = a.Unmap().WithZone(""); !p.trust(who) {
			break
		}
	}
	return who
}

// secure says whether the client speaks TLS, to us or to a trusted proxy.
func (p proxies) secure(r *http.Request) bool {
	return r.TLS != nil || p.trust(peer(r)) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// loopback says whether an address to listen on reaches this machine alone.
func loopback(a net.Addr) bool {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	return a.Network() == "pipe"
}

// Package address gives IP addresses in their one form, by which attackers are
// told apart.
package address

import "net/netip"

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

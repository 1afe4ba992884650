package address

import (
	"net"
	"net/netip"
	"testing"
)

func TestNetworksAreClients(t *testing.T) {
	for ip, want := range map[string]string{
		"198.51.100.7":     "198.51.100.7/32",
		"2001:db8::1":      "2001:db8::/64",
		"2001:db8::2%eth0": "2001:db8::/64",
	} {
		if got := Network(netip.MustParseAddr(ip)).String(); got != want {
			t.Errorf("%s is of %s, want %s", ip, got, want)
		}
	}
	if Network(netip.Addr{}) != (netip.Prefix{}) {
		t.Error("no address has a network")
	}
}

func TestEndsOfConnections(t *testing.T) {
	mapped := &net.TCPAddr{IP: net.ParseIP("198.51.100.7").To16(), Port: 22}
	if got := Of(mapped).String(); got != "198.51.100.7:22" {
		t.Errorf("got %s", got)
	}
	if Of(&net.UnixAddr{Name: "/x"}).IsValid() {
		t.Error("a socket in the file system has an address")
	}
}

func TestCanonical(t *testing.T) {
	for ip, want := range map[string]string{
		"::ffff:198.51.100.7": "198.51.100.7",
		"2001:DB8:0::1%eth0":  "2001:db8::1",
		"example.org":         "",
	} {
		if got := Canonical(ip); got != want {
			t.Errorf("%s is %q, want %q", ip, got, want)
		}
	}
}

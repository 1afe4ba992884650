package network

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"net/netip"
	"path"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// way is how far it goes to a host.
type way int

// Where a host name or address leads.
const (
	noName      way = iota // it cannot be resolved
	unfit                  // no name can be so
	refused                // this machine, where nothing listens
	silent                 // no answer comes
	unreachable            // there is no route: IPv6 beyond the own network
)

// unknown says whether there is no address, and what getaddrinfo(3) says then.
func (w way) unknown() (why string, is bool) {
	switch w {
	case noName:
		return "Temporary failure in name resolution", true
	case unfit:
		return "Name or service not known", true
	}
	return "", false
}

// why is what connect(2) says at the end of a way.
func (w way) why() string {
	switch w {
	case refused:
		return "Connection refused"
	case unreachable:
		return "Network is unreachable"
	}
	return "No route to host"
}

// place is a host as it was asked for.
type place struct {
	host string // without brackets
	addr string // "127.0.0.1"; empty for a name that cannot be resolved
	way  way
}

// named says whether a host was asked for by a name.
func (h place) named() bool { return h.host != h.addr }

// find says where a host leads, after the time that finding out takes. The
// placeholder policy has an address for every name.
func find(p *proc.Process, policy Policy, host string) place {
	host = strings.Trim(host, "[]")
	ip, err := netip.ParseAddr(host)
	if v4, ok := aton(host); ok && err != nil {
		h := find(p, policy, v4.String())
		h.host = host
		return h
	}
	switch {
	case host == "localhost":
		return place{host, "127.0.0.1", refused}
	case host == p.World.Hostname(), host == p.World.Hostname()+"."+p.World.Domain:
		return place{host, "127.0.1.1", refused}
	case err == nil && (ip.IsLoopback() || ip.IsUnspecified() || own(p, ip)):
		return place{host, host, refused}
	case err == nil && ip.Is6():
		return place{host, host, unreachable}
	case err == nil:
		return place{host, host, silent}
	case !fit(host):
		return place{host: host, way: unfit}
	case policy == Placeholder:
		p.Sleep(60 * time.Millisecond)
		return place{host, address(host), silent}
	}
	p.Sleep(2 * time.Second) // the name server does not answer
	return place{host: host, way: noName}
}

// own says whether an address is one of the machine's.
func own(p *proc.Process, ip netip.Addr) bool {
	for _, x := range p.World.Interfaces() {
		for _, text := range []string{x.Address, x.Six} {
			if n, err := netip.ParsePrefix(text); err == nil && n.Addr() == ip {
				return true
			}
		}
	}
	return false
}

// address makes up the address of a name: always the same one.
func address(host string) string {
	h := fnv.New32a()
	h.Write([]byte(host))
	n := h.Sum32()
	return fmt.Sprintf("%d.%d.%d.%d", 185+n>>24%7, n>>16&255, n>>8&255, 1+n&253)
}

// wait is how long a connection that nobody answers is waited for: as long as
// Linux asks its network for a neighbour that is not there.
const wait = 3 * time.Second

// patience waits for an answer as long as a program is told to, and says how
// long that was and what connect(2) then says: a program that gives up before
// Linux does has its own word for it.
func patience(p *proc.Process, told ...time.Duration) (time.Duration, string) {
	d, why := longest(told...)
	p.Sleep(d)
	return d, why
}

// longest gives how long patience lasts.
func longest(told ...time.Duration) (time.Duration, string) {
	d, why := wait, silent.why()
	for _, t := range told {
		if t > 0 && t < d {
			d, why = t, timedOut
		}
	}
	return d, why
}

const timedOut = "Connection timed out"

// seconds reads a number of seconds; 0 for what is none.
func seconds(text string) time.Duration {
	var f float64
	if n, err := fmt.Sscan(text, &f); n != 1 || err != nil || f <= 0 || f > 1e6 {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}

// told tells of a place that was to be reached.
func told(p *proc.Process, text, outcome string) {
	p.Caught(visit.Download, text, map[string]string{"via": path.Base(p.Args[0]), "outcome": outcome})
}

// parse reads options; where they cannot be read, tail stands after the
// complaint instead of what GNU programs say.
func parse(p *proc.Process, f proc.Flags, tail string) *proc.Options {
	var b bytes.Buffer
	q := *p
	q.Err = &b
	o := f.Parse(&q)
	if o == nil {
		first, _, _ := strings.Cut(b.String(), "\n")
		fmt.Fprintf(p.Err, "%s\n%s", first, tail)
	}
	return o
}

// version gives the version of a package of the machine without its epoch.
func version(p *proc.Process, name string) string {
	for _, k := range p.World.Packages {
		if k.Name == name {
			if _, v, ok := strings.Cut(k.Version, ":"); ok {
				return v
			}
			return k.Version
		}
	}
	return ""
}

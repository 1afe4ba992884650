// Package network has the programs of the network. None of them opens a
// connection: they say what those of a host without a way out say, and tell the
// sink whom they were to reach.
package network

import "gait/decoy/proc"

// Policy says what programs that fetch are told.
type Policy string

// The policies.
const (
	Unreachable Policy = "unreachable" // as on a host without a way out
	Placeholder Policy = "placeholder" // a small made-up file
)

// fetcher are the programs that fetch.
type fetcher struct{ policy Policy }

// Programs lists them.
func Programs(policy Policy) []proc.Program {
	f := fetcher{policy}
	return []proc.Program{
		{Name: "wget", Path: "/usr/bin/wget", Busybox: true, Run: f.wget, Applet: f.busyWget},
		{Name: "curl", Path: "/usr/bin/curl", Run: f.curl},
		{Name: "tftp", Busybox: true, Run: f.tftp}, {Name: "ftpget", Busybox: true, Run: f.ftpget},
		{Name: "nc", Busybox: true, Run: runNC}, {Name: "telnet", Busybox: true, Run: runTelnet},
		{Name: "ping", Path: "/usr/bin/ping", Busybox: true, Run: runPing, Applet: busyPing},
		{Name: "ip", Path: "/usr/bin/ip", Busybox: true, Run: runIP, Applet: busyIP},
		{Name: "ifconfig", Path: "/usr/sbin/ifconfig", Busybox: true, Run: runIfconfig, Applet: busyIfconfig},
		{Name: "route", Path: "/usr/sbin/route", Busybox: true, Run: runRoute, Applet: busyRoute},
		{Name: "arp", Path: "/usr/sbin/arp", Busybox: true, Run: runARP, Applet: busyARP},
		{Name: "netstat", Path: "/usr/bin/netstat", Busybox: true, Run: runNetstat, Applet: busyNetstat},
		{Name: "ss", Path: "/usr/bin/ss", Run: runSS},
		{Name: "ssh", Path: "/usr/bin/ssh", Run: runSSH}, {Name: "scp", Path: "/usr/bin/scp", Run: runSCP}, {Name: "sftp", Path: "/usr/bin/sftp", Run: runSFTP},
		{Name: "iptables", Path: "/usr/sbin/iptables", Run: runIptables},
	}
}

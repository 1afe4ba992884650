// Package machine makes up the machine that a decoy seems to be: a small Debian
// server with its files, accounts, processes, network and clock, all from the
// seed of the installation, so that two installations have nothing in common
// that could be looked for, and one is the same after a restart.
package machine

import (
	"time"

	"gait/decoy/vfs"
)

// Options say what machine it is to be.
type Options struct {
	Seed  [32]byte // of the installation
	Host  string   // name; empty for one from the seed
	Users []string // accounts beside root and the system's; nil for some from the seed
	Now   func() time.Time
	Files vfs.Limits // what a visitor may add

	// Installed is when the installation was first started. The machine was
	// booted some days before, so that a restart of the decoy is not a reboot
	// as long as it is kept. Zero stands for the time of
	// [New].
	Installed time.Time
	// HostKeys are the server's public keys, each as "type base64 comment":
	// /etc/ssh has a file for each. Nil for some from the seed.
	HostKeys []string
	// SSHRelease is the release of the server, as the line of its version has
	// it: "OpenSSH_9.2p1 Debian-2+deb12u7". Its packages have that version.
	// Empty for that of the list of packages.
	SSHRelease string
	// SSHConfig is /etc/ssh/sshd_config; empty for Debian's own.
	SSHConfig string
	// Telnet says that there is a telnetd beside the SSH server.
	Telnet bool
}

// Machine is the installation: the same for all visitors. It does not change
// after [New].
type Machine struct {
	Name       string // host name
	Domain     string // its domain
	Boot       time.Time
	Setup      time.Time // when Debian was installed on it
	System     System
	Hardware   Hardware
	Interfaces []Interface
	Sockets    []Socket
	Mounts     []Mount
	Packages   []Package
	Users      []string // accounts of people, the administrator's first

	now       func() time.Time
	root      *vfs.Node
	opt       Options
	seed      seed
	disk      disk
	accounts  []account
	procs     []*Proc
	office    string         // the address that the administrator comes from
	services  map[string]int // numbers of processes by program
	described map[string]described
}

// New makes up a machine. Two with the same options are the same.
func New(o Options) *Machine {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Installed.IsZero() {
		o.Installed = o.Now()
	}
	m := &Machine{opt: o, now: func() time.Time { return o.Now().UTC() }, seed: seed(o.Seed).sub("machine"), services: map[string]int{}}
	m.setSystem()
	m.setHardware()
	m.setNetwork()
	m.setDisk()
	m.setAccounts()
	m.setPackages()
	m.setProcesses()
	m.setSockets()
	m.root = m.tree()
	return m
}

// Now gives the machine's time.
func (m *Machine) Now() time.Time { return m.now() }

package sshd

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Profile is what server a decoy seems to be: a release of OpenSSH and the
// lists that its sshd_config restricts it to.
//
// No release fits with its default lists: all of them have umac MACs, the
// compression zlib@openssh.com, and a key exchange (diffie-hellman-group18-sha512,
// sntrup761x25519-sha512) that the library lacks; a test counts them up. A real
// server that was hardened as guides say has none of these. OpenSSH from 9.6 on
// adds ext-info-s to its key exchanges, which the library does not: no
// configuration fits.
type Profile struct {
	Name    string // by which it is chosen
	Release string // "OpenSSH_9.2p1 Debian-2+deb12u7", as the version line has it
	Kex     []string
	Ciphers []string
	MACs    []string
	// HostKeys are the signature algorithms, in the order of the host keys.
	HostKeys []string
	// Keys says that logins by public key are offered. Then the offered keys
	// are caught, but the methods are listed in an order that is not
	// OpenSSH's.
	Keys bool
}

// strict is the marker that OpenSSH and the library alike put at the end of the
// key exchanges.
const strict = "kex-strict-s-v00@openssh.com"

// rsaFirst is the order in which Debian's sshd offers its three host keys.
var rsaFirst = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoECDSA256, ssh.KeyAlgoED25519}

// hardening is a set of lists as guides have them.
type hardening struct {
	name               string
	kex, ciphers, macs []string
}

// guides are the sets that profiles are made of.
var guides = []hardening{
	{
		name: "benchmark",
		kex: []string{"curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp521", "ecdh-sha2-nistp384", "ecdh-sha2-nistp256",
			"diffie-hellman-group16-sha512", "diffie-hellman-group14-sha256"},
		ciphers: []string{"chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"},
		macs:    []string{"hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512", "hmac-sha2-256"},
	},
	{
		// Without what the Terrapin attack of 2023 needs.
		name: "terrapin",
		kex: []string{"curve25519-sha256", "curve25519-sha256@libssh.org", "diffie-hellman-group16-sha512", "diffie-hellman-group14-sha256",
			"ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"},
		ciphers: []string{"aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"},
		macs:    []string{"hmac-sha2-512", "hmac-sha2-256"},
	},
}

// releases are those of the distribution that the machine behind the server
// seems to run: Debian 12, whose sshd carries strict key exchange and does not
// announce ext-info-s.
var releases = []struct{ name, release string }{
	{"debian12u7", "OpenSSH_9.2p1 Debian-2+deb12u7"},
	{"debian12u10", "OpenSSH_9.2p1 Debian-2+deb12u10"},
}

// Profiles gives all that can be chosen.
func Profiles() []Profile {
	var list []Profile
	for _, r := range releases {
		for _, g := range guides {
			list = append(list, Profile{Name: r.name + "-" + g.name, Release: r.release,
				Kex: slices.Clone(g.kex), Ciphers: slices.Clone(g.ciphers), MACs: slices.Clone(g.macs),
				HostKeys: slices.Clone(rsaFirst), Keys: true})
		}
	}
	return list
}

// Named gives the profile of a name.
func Named(name string) (Profile, error) {
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("no ssh profile %q; there are %s", name, strings.Join(names, ", "))
}

// Drawn gives the profile that a number stands for: each as likely as another
// where the numbers are.
func Drawn(n uint64) Profile {
	list := Profiles()
	return list[n%uint64(len(list))]
}

// Version gives the version line, without its end.
func (p Profile) Version() string { return "SSH-2.0-" + p.Release }

// Fits says whether the library can offer what the profile does, whole and in
// order, and why not.
func (p Profile) Fits() error {
	if !strings.HasPrefix(p.Release, "OpenSSH_") || len(p.Version()) > 253 || strings.ContainsFunc(p.Release, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("ssh profile: not a release of OpenSSH")
	}
	can := offer()
	for _, l := range []struct {
		what        string
		lists, have []string
	}{
		{"key exchange", p.Kex, can.KeyExchanges},
		{"cipher", p.Ciphers, can.Ciphers},
		{"MAC", p.MACs, can.MACs},
		{"host key algorithm", p.HostKeys, can.HostKeys},
	} {
		if len(l.lists) == 0 {
			return fmt.Errorf("ssh profile: no %s", l.what)
		}
		for _, name := range l.lists {
			if !slices.Contains(l.have, name) {
				return fmt.Errorf("ssh profile: the %s %s cannot be offered", l.what, name)
			}
		}
	}
	if slices.Contains(p.Kex, ssh.KeyExchangeCurve25519) && !slices.Contains(p.Kex, libssh) {
		return errors.New("ssh profile: curve25519-sha256 cannot be offered without " + libssh)
	}
	return nil
}

// libssh is the older name of curve25519-sha256, which the library adds where
// it is missing.
const libssh = "curve25519-sha256@libssh.org"

// offer is everything that the library can offer.
func offer() ssh.Algorithms {
	a, b := ssh.SupportedAlgorithms(), ssh.InsecureAlgorithms()
	return ssh.Algorithms{
		KeyExchanges: slices.Concat(a.KeyExchanges, b.KeyExchanges, []string{libssh}),
		Ciphers:      slices.Concat(a.Ciphers, b.Ciphers),
		MACs:         slices.Concat(a.MACs, b.MACs),
		HostKeys:     slices.Concat(a.HostKeys, b.HostKeys),
	}
}

// HASSHServer gives the fingerprint that a scanner takes of the server.
func (p Profile) HASSHServer() string {
	return hassh(append(slices.Clone(p.Kex), strict), p.Ciphers, p.MACs, []string{"none"})
}

// hassh gives a HASSH fingerprint of four lists.
func hassh(lists ...[]string) string {
	var parts []string
	for _, l := range lists {
		parts = append(parts, strings.Join(l, ","))
	}
	sum := md5.Sum([]byte(strings.Join(parts, ";")))
	return hex.EncodeToString(sum[:])
}

// Config gives the sshd_config of a server that offers what the profile does.
func (p Profile) Config() string {
	keys := "yes"
	if !p.Keys {
		keys = "no"
	}
	return `Include /etc/ssh/sshd_config.d/*.conf

Port 22
HostKey /etc/ssh/ssh_host_rsa_key
HostKey /etc/ssh/ssh_host_ecdsa_key
HostKey /etc/ssh/ssh_host_ed25519_key

HostKeyAlgorithms ` + strings.Join(p.HostKeys, ",") + `
KexAlgorithms ` + strings.Join(p.Kex, ",") + `
Ciphers ` + strings.Join(p.Ciphers, ",") + `
MACs ` + strings.Join(p.MACs, ",") + `
Compression no

PermitRootLogin yes
PubkeyAuthentication ` + keys + `
PasswordAuthentication yes
KbdInteractiveAuthentication yes
UsePAM yes

AllowAgentForwarding no
AllowTcpForwarding no
AllowStreamLocalForwarding no
X11Forwarding no
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
`
}

package operator

import (
	"bytes"
	"strings"
)

// loader is the sequence of commands by which a family of loaders is known:
// lines that begin so, in this order, with others between them.
type loader struct {
	name   string
	lines  []string
	source string
}

// knownLoaders is the catalogue of command sequences. Each names where it was
// described; none was taken from the recordings that the evaluation uses.
var knownLoaders = [...]loader{
	{"Mirai and its descendants", []string{"enable", "system", "shell", "sh", "/bin/busybox "}, "the loader in Mirai's published source, 2016; Antonakakis et al., USENIX Security 2017"},
	{"Mirai, short form", []string{"enable", "shell", "sh", "/bin/busybox "}, "the loader in Mirai's published source, 2016; Antonakakis et al., USENIX Security 2017"},
	{"Mirai, processes listed", []string{"/bin/busybox ps", "/bin/busybox cat /proc/mounts"}, "the loader in Mirai's published source, 2016; Antonakakis et al., USENIX Security 2017"},
	{"Hajime", []string{"cat /proc/mounts; /bin/busybox ", "cd /dev/shm; ", "tftp; wget; /bin/busybox "}, "Edwards and Profetis, Hajime, Rapidity Networks 2016"},
	{"Outlaw, SSH key planted", []string{"cd ~ && rm -rf .ssh && mkdir .ssh && echo"}, "Trend Micro, reports on the Outlaw group, 2018 and 2020"},
	{"Outlaw, attributes unlocked", []string{"cd ~; chattr -ia .ssh; lockr -ia .ssh"}, "Elastic Security Labs, report on Outlaw, 2025"},
}

// loaderBegins are the bytes that lines of loaders begin with.
var loaderBegins = func() (list [256]bool) {
	for _, l := range knownLoaders {
		for _, line := range l.lines {
			list[line[0]] = true
		}
	}
	return list
}()

// loader follows the sequences by one more line, which is not empty.
func (s *shapes) loader(line []byte) {
	for i := range knownLoaders {
		want := knownLoaders[i].lines
		if s.loaders&(1<<i) != 0 || line[0] != want[s.at[i]][0] || !matches(line, want[s.at[i]]) {
			continue
		}
		if s.at[i]++; int(s.at[i]) == len(want) {
			s.loaders |= 1 << i
		}
	}
}

// matches says whether a line is a word, or begins with a piece that has more
// than one.
func matches(line []byte, want string) bool {
	if strings.Contains(want, " ") {
		return bytes.HasPrefix(line, []byte(want))
	}
	return string(bytes.TrimRight(line, " ")) == want
}

// Kinds of clients by their version strings.
const (
	clientUnknown uint8 = iota
	clientTerminal
	clientLibrary
)

// clients is the catalogue of client versions by their beginnings (RFC 4253,
// section 4.2, gives their form): programs that people use in a terminal, and
// libraries that programs are written with.
var clients = [...]struct {
	prefix string
	kind   uint8
	name   string
	source string
}{
	{"SSH-2.0-OpenSSH_", clientTerminal, "OpenSSH", "openssh.com"},
	{"SSH-2.0-PuTTY_", clientTerminal, "PuTTY", "putty.org.uk"},
	{"SSH-2.0-dropbear", clientTerminal, "Dropbear", "matt.ucc.asn.au/dropbear"},
	{"SSH-2.0-Go", clientLibrary, "golang.org/x/crypto/ssh", "pkg.go.dev/golang.org/x/crypto/ssh"},
	{"SSH-2.0-libssh2_", clientLibrary, "libssh2", "libssh2.org"},
	{"SSH-2.0-libssh_", clientLibrary, "libssh", "libssh.org"},
	{"SSH-2.0-libssh-", clientLibrary, "libssh", "libssh.org"},
	{"SSH-2.0-paramiko_", clientLibrary, "Paramiko", "paramiko.org"},
	{"SSH-2.0-AsyncSSH_", clientLibrary, "AsyncSSH", "asyncssh.readthedocs.io"},
	{"SSH-2.0-JSCH", clientLibrary, "JSch", "jcraft.com/jsch"},
	{"SSH-2.0-russh", clientLibrary, "russh", "docs.rs/russh"},
	{"SSH-2.0-Renci.SshNet", clientLibrary, "SSH.NET", "github.com/sshnet/SSH.NET"},
	{"SSH-2.0-ZGrab", clientLibrary, "ZGrab", "zmap.io"},
	{"SSH-2.0-Nmap", clientLibrary, "Nmap", "nmap.org"},
	{"SSH-2.0-PHPSSH", clientLibrary, "phpseclib", "phpseclib.com"},
	{"SSH-2.0-phpseclib", clientLibrary, "phpseclib", "phpseclib.com"},
}

// clientKind gives the kind of a client version.
func clientKind(version string) uint8 {
	for i := range clients {
		if strings.HasPrefix(version, clients[i].prefix) {
			return clients[i].kind
		}
	}
	return clientUnknown
}

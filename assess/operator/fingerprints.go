package operator

import (
	"bytes"
	"strings"

	"gait"
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

// step is one line of a loader: a whole line, or one that begins so.
type step struct {
	head  uint16 // its first two bytes; each line has more
	whole bool
	text  string // empty behind the last
}

// maxSteps is more than the lines that a loader has.
const maxSteps = 8

// loaderSteps are the lines of the loaders. Those of one word are whole lines.
var loaderSteps = func() (list [len(knownLoaders)][maxSteps]step) {
	for i, l := range knownLoaders {
		for k, line := range l.lines {
			list[i][k] = step{headOf(line), !strings.Contains(line, " "), line}
		}
	}
	return list
}()

// headOf gives the first two bytes of a line.
func headOf[T string | []byte](line T) uint16 { return uint16(line[0])<<8 | uint16(line[1]) }

// loaderHeads has a bit for the heads of all lines of loaders, which few other
// lines share.
var loaderHeads = func() (list [64]uint64) {
	for _, steps := range loaderSteps {
		for _, w := range steps {
			list[w.head>>8%64] |= 1 << (w.head % 64)
		}
	}
	return list
}()

// loader follows the sequences by one more line.
func (s *shapes) loader(line []byte) {
	for len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		line = line[1:]
	}
	if len(line) < 2 {
		return
	}
	head := headOf(line)
	if loaderHeads[head>>8%64]>>(head%64)&1 == 0 {
		return
	}
	for i := range loaderSteps {
		w := &loaderSteps[i][s.at[i]%maxSteps]
		if w.head != head || w.text == "" || !w.matches(line) {
			continue
		}
		if s.at[i]++; loaderSteps[i][s.at[i]%maxSteps].text == "" {
			s.loaders |= 1 << i
		}
	}
}

// matches says whether a line is that of the step; spaces behind it do not count.
func (w *step) matches(line []byte) bool {
	return begins(line, w.text) && (!w.whole || len(bytes.TrimRight(line[len(w.text):], " ")) == 0)
}

// Kinds of clients by their version strings and key exchanges.
const (
	clientUnknown uint8 = iota
	clientTerminal
	clientLibrary
	clientExchange // says what it likes, and exchanges keys as a library does
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

// exchanges is the catalogue of key exchanges (HASSH) of libraries that programs
// are written with. All were measured: the library, as it comes, logged in to
// gait decoy. Releases between two that are named with one fingerprint have it too.
var exchanges = map[string]string{
	"72d744cee7c48197c1b56973e8600140": "golang.org/x/crypto/ssh of March 2019",
	"98ddc5604ef6a1006a2b49a58759fbe6": "golang.org/x/crypto/ssh of June 2020 and of September 2021",
	"4e066189c3bbeec38c99b1855113733a": "golang.org/x/crypto/ssh of June 2022, v0.1.0 and v0.6.0",
	"98f63c4d9c87edbd97ed4747fa031019": "golang.org/x/crypto/ssh v0.14.0",
	"0a07365cc01fa9fc82608ba4019af499": "golang.org/x/crypto/ssh v0.17.0 to v0.36.0",
	"16443846184eafde36765c9bab2f4397": "golang.org/x/crypto/ssh v0.41.0 to v0.58.0",
	"b4b8ae3d7241d2c1dc54b4df7e8c19d1": "libssh2 1.10.0",
	"a704be057881f0b1d623cd263e477a8b": "Paramiko 2.12.0",
	"d1c5d296d5327da6ddb7e1367f528868": "AsyncSSH 2.10.1",
}

// clientOf gives the kind of the client that a header names. What it says of
// itself is anybody's choice, so where its key exchange is a library's, that
// counts.
func clientOf(h *gait.Header) uint8 {
	kind := clientKind(h.Client)
	if _, known := exchanges[h.HASSH]; known && kind != clientLibrary {
		return clientExchange
	}
	return kind
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

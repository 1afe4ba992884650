package network

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
)

// What the clients of OpenSSH say of themselves.
const (
	usageSSH  = "usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface]\n           [-b bind_address] [-c cipher_spec] [-D [bind_address:]port]\n           [-E log_file] [-e escape_char] [-F configfile] [-I pkcs11]\n           [-i identity_file] [-J [user@]host[:port]] [-L address]\n           [-l login_name] [-m mac_spec] [-O ctl_cmd] [-o option] [-p port]\n           [-Q query_option] [-R address] [-S ctl_path] [-W host:port]\n           [-w local_tun[:remote_tun]] destination [command [argument ...]]\n"
	usageSCP  = "usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n           [-P port] [-S program] [-X sftp_option] source ... target\n"
	usageSFTP = "usage: sftp [-46AaCfNpqrv] [-B buffer_size] [-b batchfile] [-c cipher]\n          [-D sftp_server_command] [-F ssh_config] [-i identity_file]\n          [-J destination] [-l limit] [-o ssh_option] [-P port]\n          [-R num_requests] [-S program] [-s subsystem | sftp_server]\n          [-X sftp_option] destination\n"
)

// sshOptions reads options as getopt does for OpenSSH: those of scp begin
// with its name.
func sshOptions(p *proc.Process, short, usage string) *proc.Options {
	var b bytes.Buffer
	q := *p
	q.Err = &b
	o := proc.Flags{Short: short, First: true}.Parse(&q)
	if o == nil {
		_, why, _ := strings.Cut(b.String(), ": ")
		why, _, _ = strings.Cut(why, "\n")
		why = strings.NewReplacer("invalid option", "unknown option", "'", "").Replace(why)
		if p.Name() == "scp" {
			why = p.Name() + ": " + why
		}
		fmt.Fprintf(p.Err, "%s\r\n%s", why, usage)
	}
	return o
}

func runSSH(p *proc.Process) int {
	o := sshOptions(p, "1246ab:c:e:fgi:kl:m:no:p:qstvxAB:CD:E:F:GI:J:KL:MNO:PQ:R:S:TVw:W:XYy", usageSSH)
	if o == nil {
		return 255
	}
	if o.Has("V") {
		fmt.Fprintf(p.Err, "%s\n", sshVersion(p))
		return 0
	}
	port, ok := o.Last("p")
	if n, err := strconv.ParseUint(port, 10, 16); ok && (err != nil || n == 0) {
		fmt.Fprintf(p.Err, "Bad port '%s'\n", port)
		return 255
	}
	if len(o.Operands) == 0 {
		fmt.Fprint(p.Err, usageSSH)
		return 255
	}
	host := strings.TrimPrefix(o.Operands[0], "ssh://")
	if !p.InTTY && len(o.Operands) == 1 && !o.Has("T", "N", "t") {
		fmt.Fprintf(p.Err, "Pseudo-terminal will not be allocated because stdin is not a terminal.\r\n")
	}
	return dial(p, o, host, port)
}

// sshVersion is what ssh says of itself, as its packages have it.
func sshVersion(p *proc.Process) string {
	release, build, _ := strings.Cut(version(p, "openssh-client"), "-")
	return "OpenSSH_" + release + " Debian-" + build + ", OpenSSL " + libssl(p) + " 27 Jan 2026"
}

// libssl gives the release of the TLS library.
func libssl(p *proc.Process) string {
	release, _, _ := strings.Cut(version(p, "libssl3"), "-")
	return release
}

// dial fails to reach a host by ssh.
func dial(p *proc.Process, o *proc.Options, host, port string) int {
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if port == "" {
		port = "22"
	}
	told(p, "ssh://"+host+":"+port, "failed")
	h := find(p, Unreachable, host)
	switch {
	case h.addr == "":
		why, _ := h.way.unknown()
		fmt.Fprintf(p.Err, "ssh: Could not resolve hostname %s: %s\r\n", h.host, why)
		return 255
	case h.way == refused && listens(p, port):
		fmt.Fprintf(p.Err, "kex_exchange_identification: Connection closed by remote host\r\nConnection closed by %s port %s\r\n", h.addr, port)
		return 255
	}
	why := h.way.why()
	if h.way == silent {
		_, why = patience(p, connectTimeout(o))
	}
	fmt.Fprintf(p.Err, "ssh: connect to host %s port %s: %s\r\n", h.host, port, why)
	return 255
}

// listens says whether a service of the machine listens on a port.
func listens(p *proc.Process, port string) bool {
	for _, s := range p.World.Sockets() {
		if s.State == "LISTEN" && strings.HasSuffix(s.Local, ":"+port) {
			return true
		}
	}
	return false
}

// connectTimeout gives what -o ConnectTimeout=N says.
func connectTimeout(o *proc.Options) time.Duration {
	for _, g := range o.Given {
		name, value, ok := strings.Cut(g.Value, "=")
		if g.Name == "o" && ok && strings.EqualFold(strings.TrimSpace(name), "ConnectTimeout") {
			return seconds(value)
		}
	}
	return 0
}

func runSCP(p *proc.Process) int {
	o := sshOptions(p, "12346ABCTdfOpqRrstvc:D:F:i:J:l:o:P:S:X:", usageSCP)
	if o == nil {
		return 1
	}
	if len(o.Operands) < 2 {
		fmt.Fprint(p.Err, usageSCP)
		return 1
	}
	// The target is what scp connects to first; a source where it is here.
	host := remoteHost(o.Operands[len(o.Operands)-1])
	if host == "" {
		for _, a := range o.Operands[:len(o.Operands)-1] {
			if host = remoteHost(a); host != "" {
				break
			}
		}
	}
	if host == "" {
		args := []string{"cp"}
		if o.Has("r") {
			args = append(args, "-r")
		}
		code, found, err := p.Shell.Exec(p, append(append(args, "--"), o.Operands...))
		if !found || err != nil {
			return 1
		}
		return code
	}
	port, _ := o.Last("P")
	dial(p, o, host, port)
	fmt.Fprintf(p.Err, "scp: Connection closed\r\n")
	return 255
}

// remoteHost gives the host of user@host:path; empty for a file that is here.
func remoteHost(name string) string {
	if rest, ok := strings.CutPrefix(name, "scp://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return host
	}
	colon := strings.IndexByte(name, ':')
	if colon <= 0 || strings.Contains(name[:colon], "/") {
		return ""
	}
	return name[:colon]
}

func runSFTP(p *proc.Process) int {
	o := sshOptions(p, "1246AafhNpqrvCc:D:i:l:o:s:S:b:B:F:J:P:R:X:", usageSFTP)
	if o == nil {
		return 1
	}
	if len(o.Operands) == 0 {
		fmt.Fprint(p.Err, usageSFTP)
		return 1
	}
	host := strings.TrimPrefix(o.Operands[0], "sftp://")
	if h := remoteHost(host); h != "" {
		host = h
	}
	port, _ := o.Last("P")
	dial(p, o, host, port)
	fmt.Fprintf(p.Err, "Connection closed\r\n")
	return 255
}

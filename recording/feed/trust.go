package feed

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gait/internal/address"
)

// Trust is what a collector believes of those who connect: nothing that they
// say. The decoy's name comes from the configuration. An address is believed
// only of a process that sshd itself started; a visitor can start recorders too,
// and tell them anything, but those have his shell for a parent.
type Trust struct {
	Decoy   string         // of all who connect, but for
	Decoys  map[int]string // these, by their uid
	Service string
	Proc    string // where processes are seen; empty for /proc
}

// Believe gives what is to be believed of a hello.
func (t Trust) Believe(pid, uid int, h Hello) Hello {
	h.Decoy, h.Service = t.Decoy, t.Service
	if name, ok := t.Decoys[uid]; ok {
		h.Decoy = name
	}
	h.Believed = h.Believed && owned(t.proc(), pid, uid) && UnderSSHD(t.proc(), pid)
	h.Header.SourceIP = address.Canonical(h.Header.SourceIP)
	if h.Believed = h.Believed && h.Header.SourceIP != ""; !h.Believed {
		h.Header.SourceIP, h.Header.SourcePort = "", 0
	}
	return h
}

func (t Trust) proc() string {
	if t.Proc == "" {
		return "/proc"
	}
	return t.Proc
}

// SSHConnection reads the visitor's address and port from the value of
// SSH_CONNECTION; the address is empty where it holds none.
func SSHConnection(value string) (ip string, port int) {
	parts := strings.Fields(value)
	if len(parts) != 4 {
		return "", 0
	}
	from := address.Canonical(parts[0])
	n, err := strconv.ParseUint(parts[1], 10, 16)
	if err != nil || from == "" {
		return "", 0
	}
	return from, int(n)
}

// UnderSSHD says whether root's sshd started a process itself: its parent is an
// sshd that runs as root, or one that runs as the user and whose own parent is
// such a one, as privileges are separated. A shell between them is one too
// many: the visitor's own processes would look the same. Nor is it an sshd, since
// that connects to any socket for a visitor who has it forwarded. Two of the
// user's above it are one too many, too: so it looks when sshd runs ~/.ssh/rc.
// Proc is the folder in which processes are seen.
func UnderSSHD(proc string, pid int) bool {
	p, ok := process(proc, pid)
	if p.sshd {
		return false
	}
	for range 2 {
		if !ok || p.parent <= 1 {
			return false
		}
		if p, ok = process(proc, p.parent); !ok || !p.sshd {
			return false
		}
		if p.root {
			return true
		}
	}
	return false
}

// seen is what is seen of a process.
type seen struct {
	parent int
	uid    int
	root   bool // it is root's in every way: a program that took root's rights is not
	sshd   bool
}

// process looks at a process. Whoever it belongs to can call it anything, but
// for its owner: that a name is sshd counts only together with root.
func process(proc string, pid int) (p seen, ok bool) {
	if pid <= 0 {
		return p, false
	}
	dir := filepath.Join(proc, strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return p, false
	}
	name := ""
	for line := range bytes.Lines(status) {
		key, value, _ := strings.Cut(string(line), ":")
		switch f := strings.Fields(value); {
		case key == "Name" && len(f) == 1:
			name = f[0]
		case key == "PPid" && len(f) == 1:
			p.parent, err = strconv.Atoi(f[0])
		case key == "Uid" && len(f) == 4:
			p.uid, err = strconv.Atoi(f[0])
			p.root = f[0] == "0" && f[1] == "0" && f[2] == "0" && f[3] == "0"
			ok = true
		}
		if err != nil {
			return p, false
		}
	}
	if exe, err := os.Readlink(filepath.Join(dir, "exe")); err == nil { // root's cannot be read by others
		name = filepath.Base(strings.TrimSuffix(exe, " (deleted)"))
	}
	p.sshd = name == "sshd" || name == "sshd-session"
	return p, ok
}

// owned says whether a process is the user's who connected: another one may
// have its number by now.
func owned(proc string, pid, uid int) bool {
	p, ok := process(proc, pid)
	return ok && p.uid == uid
}

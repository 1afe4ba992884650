package feed

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gait"
)

// process of a made-up machine.
type made struct {
	pid, parent int
	name, uids  string
	exe         string
}

// procs writes processes as the kernel shows them.
func procs(t *testing.T, list []made) string {
	t.Helper()
	root := t.TempDir()
	for _, p := range list {
		dir := filepath.Join(root, fmt.Sprint(p.pid))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		status := fmt.Sprintf("Name:\t%s\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t%d\nPPid:\t%d\nUid:\t%s\nGid:\t0\t0\t0\t0\n", p.name, p.pid, p.parent, p.uids)
		if err := os.WriteFile(filepath.Join(dir, "status"), []byte(status), 0o600); err != nil {
			t.Fatal(err)
		}
		if p.exe != "" {
			if err := os.Symlink(p.exe, filepath.Join(dir, "exe")); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

const (
	byRoot = "0\t0\t0\t0"
	byUser = "1000\t1000\t1000\t1000"
)

func TestOnlySSHDSpeaksForAnAddress(t *testing.T) {
	root := procs(t, []made{
		{pid: 1, parent: 0, name: "systemd", uids: byRoot},
		{pid: 10, parent: 1, name: "sshd", uids: byRoot, exe: "/usr/sbin/sshd (deleted)"},
		{pid: 20, parent: 10, name: "sshd", uids: byRoot},
		{pid: 21, parent: 20, name: "sshd-session", uids: byUser},
		{pid: 22, parent: 21, name: "gait", uids: byUser}, // started by sshd
		{pid: 39, parent: 21, name: "sshd", uids: byUser}, // about to become a shell, which runs ~/.ssh/rc before
		{pid: 40, parent: 39, name: "gait", uids: byUser}, // and so what the visitor put there
		{pid: 23, parent: 22, name: "bash", uids: byUser}, // the visitor's shell,
		{pid: 24, parent: 23, name: "gait", uids: byUser}, // in which he starts another,
		{pid: 25, parent: 23, name: "sshd", uids: byUser}, // and calls one of his own so
		{pid: 26, parent: 25, name: "gait", uids: byUser},
		{pid: 27, parent: 20, name: "gait", uids: byRoot},                                 // root's own login
		{pid: 28, parent: 23, name: "sshd", uids: "1000\t0\t0\t0"},                        // a program with root's rights under that name
		{pid: 29, parent: 28, name: "gait", uids: byUser},                                 //
		{pid: 30, parent: 1, name: "sshd", uids: byUser},                                  // one whose parent has ended
		{pid: 31, parent: 30, name: "gait", uids: byUser},                                 //
		{pid: 32, parent: 1, name: "sshd", uids: byRoot, exe: "/usr/bin/cron"},            // root's, under a wrong name
		{pid: 33, parent: 32, name: "gait", uids: byUser},                                 //
		{pid: 34, parent: 22, name: "gait", uids: byUser},                                 // a child of the recorder
		{pid: 35, parent: 21, name: "gait", uids: "1001\t1001\t1001\t1001"},               // another user's
		{pid: 36, parent: 99, name: "gait", uids: byUser},                                 // whose parent is not seen
		{pid: 37, parent: 37, name: "sshd", uids: byUser},                                 // its own parent
		{pid: 38, parent: 21, name: "gait\\nUid:\\t0\\t0\\t0\\t0", uids: byUser, exe: ""}, // a name that tries
	})
	want := map[int]bool{22: true, 27: true, 38: true}
	for pid := range 41 {
		trust := Trust{Decoy: "web-01", Service: "ssh", Proc: root}
		h := known()
		h.Header.SourceIP = "::ffff:198.51.100.7"
		uid := 1000
		if pid == 27 {
			uid = 0
		}
		got := trust.Believe(pid, uid, h)
		if got.Believed != want[pid] || got.Decoy != "web-01" || got.Service != "ssh" {
			t.Errorf("process %d: %+v", pid, got)
		}
		if got.Believed != (got.Header.SourceIP == "198.51.100.7") || !got.Believed && (got.Header.SourceIP != "" || got.Header.SourcePort != 0) {
			t.Errorf("process %d: address %q", pid, got.Header.SourceIP)
		}
	}
	trust := Trust{Decoy: "web-01", Decoys: map[int]string{1000: "db-01"}, Service: "ssh", Proc: root}
	if got := trust.Believe(22, 1000, Hello{Decoy: "other", Header: gait.Header{SourceIP: "198.51.100.7"}}); got.Decoy != "db-01" || got.Believed || got.Header.SourceIP != "" {
		t.Errorf("a recorder that believes nothing: %+v", got)
	}
	h := known()
	h.Header.SourceIP = "nonsense"
	if got := trust.Believe(22, 1000, h); got.Believed || got.Header.SourceIP != "" {
		t.Errorf("%+v", got)
	}
	if (Trust{}).Believe(os.Getpid(), os.Getuid(), known()).Believed && os.Getenv("SSH_CONNECTION") == "" {
		t.Error("a test is taken for a login")
	}
}

func TestSSHConnectionIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"198.51.100.7 4022 192.0.2.1 22": "198.51.100.7 4022", "2001:db8::7 1 2001:db8::1 22": "2001:db8::7 1",
		"::ffff:198.51.100.7 9 ::1 22": "198.51.100.7 9", "": " 0", "a b c d": " 0", "198.51.100.7 70000 192.0.2.1 22": " 0", "198.51.100.7": " 0",
	} {
		address, port := SSHConnection(text)
		if got := fmt.Sprint(address, " ", port); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

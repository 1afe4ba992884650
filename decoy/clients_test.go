package decoy

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
)

// client runs a client from Debian's packages and gives what it prints.
func client(t *testing.T, env []string, in string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env, cmd.Stdin = env, strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", args[0], err, out)
	}
	return string(out)
}

func TestPuTTYsClient(t *testing.T) {
	path := program(t, "plink", "putty-tools")
	l := newLab(t, nil)
	_, port, _ := net.SplitHostPort(l.ssh)
	args := []string{path, "-batch", "-no-antispoof", "-pw", "secret", "-P", port}
	for _, k := range l.keys {
		args = append(args, "-hostkey", ssh.FingerprintSHA256(k.PublicKey()))
	}
	home := append(os.Environ(), "HOME="+t.TempDir())
	if out := client(t, home, "", append(args, "root@127.0.0.1", "uname -s; id -u")...); !strings.HasSuffix(out, "Linux\n0\n") {
		t.Errorf("a command gives %q", out)
	}
	if out := client(t, home, "echo from a pipe\nexit 0\n", append(args, "-t", "root@127.0.0.1")...); !strings.Contains(out, "\rfrom a pipe") {
		t.Errorf("a shell gives %q", out)
	}
}

func TestDropbearsClient(t *testing.T) {
	path := program(t, "dbclient", "dropbear-bin")
	l := newLab(t, nil)
	_, port, _ := net.SplitHostPort(l.ssh)
	env := append(os.Environ(), "HOME="+t.TempDir(), "DROPBEAR_PASSWORD=secret")
	if out := client(t, env, "", path, "-y", "-y", "-p", port, "root@127.0.0.1", "echo hello; cat /etc/debian_version"); !strings.Contains(out, "\nhello\n12.") {
		t.Errorf("a command gives %q", out)
	}
}

func TestOpenSSHsClients(t *testing.T) {
	program(t, "ssh", "openssh-client")
	l := newLab(t, nil)
	args, env := l.sshArgs(t)
	if out := client(t, env, "", append(append([]string{"ssh"}, args...), "root@127.0.0.1", "uname -s; exit 0")...); out != "Linux\n" {
		t.Errorf("a command gives %q", out)
	}
	dir := t.TempDir()
	content := bytes.Repeat([]byte("\x7fELF\x00\xff malware\r\n"), 5000)
	if err := os.WriteFile(filepath.Join(dir, "up"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "-p" {
			args[i] = "-P"
		}
	}
	for name, more := range map[string][]string{"scp": {"-O"}, "sftp": {"-s"}} {
		client(t, env, "", append(append(append([]string{"scp"}, args...), more...), filepath.Join(dir, "up"), "root@127.0.0.1:/tmp/"+name)...)
		client(t, env, "", append(append(append([]string{"scp"}, args...), more...), "root@127.0.0.1:/tmp/"+name, filepath.Join(dir, name))...)
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d bytes came back, %v", name, len(got), err)
		}
	}
	sum := sha256.Sum256(content)
	if kept, err := os.ReadFile(filepath.Join(l.dir, "uploads", hex.EncodeToString(sum[:]))); err != nil || !bytes.Equal(kept, content) {
		t.Errorf("the upload is not kept: %v", err)
	}
	list := client(t, env, "cd /tmp\nls -l\npwd\n", append(append([]string{"sftp", "-o", "BatchMode=no", "-b", "-"}, args...), "root@127.0.0.1")...)
	if !strings.Contains(list, "scp") || !strings.Contains(list, "/tmp") {
		t.Errorf("sftp gives %q", list)
	}
	if n := len(l.events.Texts(visit.Upload)); n != 2 {
		t.Errorf("%d uploads were told of", n)
	}
}

func TestForwardingIsRefused(t *testing.T) {
	l := newLab(t, nil)
	c := l.dial(t, "root", "secret")
	if conn, err := c.Dial("tcp", "127.0.0.1:80"); err == nil {
		conn.Close()
		t.Error("a connection was opened")
	}
	if n, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		n.Close()
		t.Error("a port was opened")
	}
	if list := l.events.Texts(visit.Forward); len(list) != 2 {
		t.Errorf("told of %v", list)
	}
}

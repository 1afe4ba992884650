package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/decoy/visit"
)

// openSSH runs one of OpenSSH's clients against a server, with a password, and
// gives output, errors and exit code. HOST stands for the address in args.
func (r *rig) openSSH(name, stdin string, args ...string) (out, errs string, code int) {
	r.Helper()
	t := r.TB.(*testing.T)
	path := program(t, name)
	ask := filepath.Join(t.TempDir(), "ask")
	if err := os.WriteFile(ask, []byte("#!/bin/sh\necho secret\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(r.addr)
	flag := "-P"
	if name == "ssh" {
		flag = "-p"
	}
	full := []string{"-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=INFO", flag, port}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append(full, args...)...)
	cmd.Env = append(os.Environ(), "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "LC_ALL=C")
	cmd.Stdin = strings.NewReader(stdin)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v %s", name, err, e.String())
	}
	for line := range strings.Lines(e.String()) {
		if !strings.HasPrefix(line, "Warning: Permanently added") {
			errs += line
		}
	}
	return o.String(), errs, cmd.ProcessState.ExitCode()
}

func TestRealSSH(t *testing.T) {
	r := serve(t, func(o *Options) { o.Gate = gate("secret") })
	out, errs, code := r.openSSH("ssh", "typed", "root@127.0.0.1", "uname -a; id")
	if out != "ran uname -a; id\ntyped" || !strings.HasPrefix(errs, "to stderr\n") || code != 7 {
		t.Errorf("got %q %q %d", out, errs, code)
	}
	if tp := r.tape(); tp.Command != "uname -a; id" || tp.input() != "typed" || tp.Obfuscated {
		t.Errorf("recorded %+v %q", tp.Header, tp.input())
	}
	out, errs, code = r.openSSH("ssh", "hello\nexit\n", "-tt", "root@127.0.0.1")
	if !strings.Contains(out, "hello") || code != 7 {
		t.Errorf("got %q %q %d", out, errs, code)
	}
	if tp := r.tape(); tp.Command != "" || tp.input() != "hello\nexit\n" || tp.Width == 0 && len(r.sink.Of(visit.PTY)) != 1 {
		t.Errorf("recorded %+v %q", tp.Header, tp.input())
	}
	out, errs, code = r.openSSH("ssh", "", "-o", "ExitOnForwardFailure=yes", "-R", "8080:localhost:80", "root@127.0.0.1", "id")
	if code != 255 || !strings.Contains(errs, "remote port forwarding failed") {
		t.Errorf("-R: %q %q %d", out, errs, code)
	}
	out, errs, code = r.openSSH("ssh", "x", "-W", "192.0.2.1:22", "root@127.0.0.1")
	if code != 255 || !strings.Contains(errs, "channel 0: open failed: administratively prohibited: open failed") {
		t.Errorf("-W: %q %q %d", out, errs, code)
	}
	out, errs, code = r.openSSH("ssh", "", "-s", "root@127.0.0.1", "netconf")
	if code != 255 || !strings.Contains(errs, "subsystem request failed on channel 0") {
		t.Errorf("-s: %q %q %d", out, errs, code)
	}
}

func TestRealSSHRefused(t *testing.T) {
	r := serve(t, func(o *Options) { o.Gate = gate("other") })
	_, errs, code := r.openSSH("ssh", "", "-o", "NumberOfPasswordPrompts=2", "root@127.0.0.1", "id")
	if code != 255 || !strings.Contains(errs, "Permission denied") {
		t.Errorf("got %q %d", errs, code)
	}
}

// content is a file with all bytes in it.
func content(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

// TestRealSCP copies there and back, with both protocols.
func TestRealSCP(t *testing.T) {
	for _, old := range []bool{true, false} {
		t.Run(fmt.Sprint("old=", old), func(t *testing.T) {
			r := serve(t, nil)
			scp := func(args ...string) (string, int) {
				if old {
					args = append([]string{"-O"}, args...)
				}
				out, errs, code := r.openSSH("scp", "", args...)
				return out + errs, code
			}
			dir := t.TempDir()
			data := content(3 << 20)
			local := filepath.Join(dir, "bot $x.bin")
			os.WriteFile(local, data, 0o755)
			if text, code := scp(local, "root@127.0.0.1:/tmp/"); code != 0 {
				t.Fatalf("up: %d %s", code, text)
			}
			got, err := r.tree.ReadFile("/tmp/bot $x.bin", 1<<30)
			if !bytes.Equal(got, data) {
				t.Errorf("%d bytes came, %v", len(got), err)
			}
			waitFor(t, func() bool { return len(r.sink.Of(visit.Upload)) == 1 })
			e := r.sink.Of(visit.Upload)[0]
			if !bytes.Equal(r.uploads.all[e.Fields["sha256"]], data) || e.Text != "/tmp/bot $x.bin" || e.Fields["size"] != fmt.Sprint(len(data)) || e.Fields["outcome"] != "kept" {
				t.Errorf("caught %+v", e)
			}
			if i, _ := r.tree.Stat("/tmp/bot $x.bin"); i.Node == nil || i.Node.Mode&0o777 != 0o755 {
				t.Errorf("stat %+v", i)
			}
			back := filepath.Join(dir, "back")
			if text, code := scp("-p", "root@127.0.0.1:notes.txt", back); code != 0 {
				t.Fatalf("down: %d %s", code, text)
			}
			if got, _ := os.ReadFile(back); string(got) != "remember the milk\n" {
				t.Errorf("came back %q", got)
			}
			if i, err := os.Stat(back); err != nil || i.ModTime().Unix() != 1e9 {
				t.Errorf("stat %v %v", i, err)
			}
			os.MkdirAll(filepath.Join(dir, "kit", "sub"), 0o755)
			os.WriteFile(filepath.Join(dir, "kit", "sub", "a"), []byte("a"), 0o600)
			if text, code := scp("-rp", filepath.Join(dir, "kit"), "root@127.0.0.1:"); code != 0 {
				t.Fatalf("up -r: %d %s", code, text)
			}
			if text, code := scp("-r", "root@127.0.0.1:kit", filepath.Join(dir, "kit2")); code != 0 {
				t.Fatalf("down -r: %d %s", code, text)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, "kit2", "sub", "a")); string(got) != "a" {
				t.Errorf("came back %q", got)
			}
			if text, code := scp("root@127.0.0.1:*.txt", dir); code != 0 {
				t.Fatalf("down *: %d %s", code, text)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, "other.txt")); string(got) != "more\n" {
				t.Errorf("came back %q", got)
			}
			if text, code := scp("root@127.0.0.1:/none", dir); code == 0 || !strings.Contains(text, "No such file or directory") {
				t.Errorf("none: %d %s", code, text)
			}
		})
	}
}

func TestRealSFTP(t *testing.T) {
	r := serve(t, nil)
	dir := t.TempDir()
	data := content(1 << 20)
	os.WriteFile(filepath.Join(dir, "up"), data, 0o644)
	batch := fmt.Sprintf(`pwd
ls -l
put %[1]s/up
get up %[1]s/down
mkdir d
rename up d/up2
ln -s notes.txt l
chmod 600 d/up2
ls -la d
rm d/up2
rmdir d
-get none
`, dir)
	out, errs, code := r.openSSH("sftp", batch, "-o", "BatchMode=no", "-b", "-", "root@127.0.0.1")
	if code != 0 {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	for _, want := range []string{"Remote working directory: /root", "-rw-r--r--", "root     root", "notes.txt", "-rw-------", "up2"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "down")); !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back", len(got))
	}
	if to, err := r.tree.Readlink("l"); to != "notes.txt" {
		t.Errorf("link to %q, %v", to, err)
	}
	e := r.sink.Of(visit.Upload)
	if len(e) != 1 || !bytes.Equal(r.uploads.all[e[0].Fields["sha256"]], data) || e[0].Fields["via"] != "sftp" {
		t.Errorf("caught %+v", e)
	}
}

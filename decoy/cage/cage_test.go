//go:build linux && (amd64 || arm64)

package cage

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// inside is set in the process that a test shuts in.
const inside = "GAIT_CAGE_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		os.Exit(prisoner())
	}
	os.Exit(m.Run())
}

// prisoner is what runs in the cage: an attacker who has taken the process
// over, and the work that must still be possible. Descriptor 3 is the folder, 4
// a listener. It reports what each attempt gave.
func prisoner() int {
	var note struct{ Folder, Secret string }
	if err := json.NewDecoder(os.Stdin).Decode(&note); err != nil {
		panic(err)
	}
	if err := Enter(Options{Folders: []string{"/proc/self/fd/3"}, Descriptors: 64, Memory: 1 << 30, FileSize: 1 << 20}); err != nil {
		fmt.Println(err)
		return 1
	}
	results := map[string]string{}
	for name, try := range attempts(note.Secret) {
		results[name] = text(try())
	}
	for name, try := range duties() {
		results[name] = text(try())
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		return 1
	}
	return 0
}

func text(err error) string {
	if err != nil {
		return err.Error()
	}
	return "worked"
}

// socket tries to open a socket of a kind.
func socket(domain, kind, proto int) func() error {
	return func() error { _, err := unix.Socket(domain, kind, proto); return err }
}

// call tries a system call.
func call(nr uintptr, args ...uintptr) func() error {
	return func() error {
		var a [6]uintptr
		copy(a[:], args)
		if _, _, no := unix.Syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]); no != 0 {
			return no
		}
		return nil
	}
}

// attempts are what must fail.
func attempts(secret string) map[string]func() error {
	parent := os.Getppid()
	read := func(path string) func() error { return func() error { _, err := os.ReadFile(path); return err } }
	return map[string]func() error{
		"read the secret":              read(secret),
		"write the secret":             func() error { return os.WriteFile(secret, []byte("x"), 0o600) },
		"truncate the secret":          func() error { return os.Truncate(secret, 0) },
		"remove the secret":            func() error { return os.Remove(secret) },
		"read /etc/passwd":             read("/etc/passwd"),
		"read /etc/hostname":           read("/etc/hostname"),
		"list /":                       func() error { _, err := os.ReadDir("/"); return err },
		"climb out of the folder":      func() error { _, err := os.ReadDir("/proc/self/fd/3/.."); return err },
		"the parent's environment":     read(fmt.Sprintf("/proc/%d/environ", parent)),
		"the parent's memory":          func() error { _, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", parent), os.O_RDWR, 0); return err },
		"the parent's descriptors":     func() error { _, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", parent)); return err },
		"write to /tmp":                func() error { return os.WriteFile("/tmp/gait-cage-escape", nil, 0o600) },
		"run a program":                func() error { return exec.Command("/bin/true").Run() },
		"execve":                       func() error { return unix.Exec("/proc/self/exe", []string{"x"}, nil) },
		"a new process":                call(unix.SYS_CLONE, uintptr(unix.SIGCHLD)),
		"clone3":                       call(unix.SYS_CLONE3, 0, 0),
		"kill the parent":              func() error { return unix.Kill(parent, unix.SIGTERM) },
		"kill everybody":               func() error { return unix.Kill(-1, unix.SIGTERM) },
		"signal a thread of another":   call(unix.SYS_TGKILL, uintptr(parent), uintptr(parent), 0),
		"trace the parent":             func() error { return unix.PtraceAttach(parent) },
		"read the parent's memory":     call(unix.SYS_PROCESS_VM_READV, uintptr(parent), 0, 0, 0, 0, 0),
		"a descriptor of the parent":   call(unix.SYS_PIDFD_OPEN, uintptr(parent), 0),
		"a TCP socket":                 socket(unix.AF_INET, unix.SOCK_STREAM, 0),
		"a multipath TCP socket":       socket(unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP),
		"a UDP socket":                 socket(unix.AF_INET, unix.SOCK_DGRAM, 0),
		"a raw socket":                 socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP),
		"a packet socket":              socket(unix.AF_PACKET, unix.SOCK_RAW, 0),
		"a netlink socket":             socket(unix.AF_NETLINK, unix.SOCK_RAW, 0),
		"a Unix socket":                socket(unix.AF_UNIX, unix.SOCK_STREAM, 0),
		"a pair of sockets":            func() error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err },
		"connect with the listener":    func() error { return unix.Connect(4, &unix.SockaddrInet4{Port: 22, Addr: [4]byte{127, 0, 0, 1}}) },
		"connect by net":               func() error { _, err := net.Dial("tcp", "127.0.0.1:22"); return err },
		"mount":                        func() error { return unix.Mount("x", "/", "tmpfs", 0, "") },
		"unshare":                      func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
		"io_uring":                     call(unix.SYS_IO_URING_SETUP, 1, 0),
		"bpf":                          call(unix.SYS_BPF, 0, 0, 0),
		"keys":                         call(unix.SYS_KEYCTL, 0, 0),
		"more descriptors":             func() error { return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 4096, Max: 4096}) },
		"become root":                  call(unix.SYS_SETUID, 0),
		"a device":                     func() error { return unix.Mknod("/proc/self/fd/3/dev", unix.S_IFBLK, 0) },
		"a link out of the folder":     func() error { return os.Symlink("/etc/passwd", "/proc/self/fd/3/link") },
		"a file larger than the limit": large,
	}
}

// large writes more than a file may hold; the signal that comes with it is
// ignored by Go.
func large() error {
	return os.WriteFile("/proc/self/fd/3/large", make([]byte, 1<<20+1), 0o600)
}

// duties are what must work.
func duties() map[string]func() error {
	return map[string]func() error{
		"duty: write in the folder": func() error {
			if err := os.MkdirAll("/proc/self/fd/3/a/b", 0o700); err != nil {
				return err
			}
			f, err := os.OpenFile("/proc/self/fd/3/a/b/c", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteString("kept\n")
			return err
		},
		"duty: accept": accept,
		"duty: threads": func() error {
			var wait sync.WaitGroup
			for range 20 {
				wait.Go(func() { runtime.LockOSThread(); time.Sleep(time.Millisecond) })
			}
			wait.Wait()
			runtime.GC()
			return nil
		},
	}
}

// accept answers one connection on the listener that was handed in.
func accept() error {
	l, err := net.FileListener(os.NewFile(4, "listener"))
	if err != nil {
		return err
	}
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Write([]byte("hello"))
	return err
}

func TestHostileCodeStaysInside(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "gait.db")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(dir, "shards")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	results := shutIn(t, open, secret)
	tried, worked := 0, 0
	for name, result := range results {
		switch duty := len(name) > 5 && name[:5] == "duty:"; {
		case duty && result != "worked":
			t.Errorf("%s: %s", name, result)
		case duty:
			worked++
		case result == "worked":
			t.Errorf("%s worked", name)
		default:
			tried++
		}
	}
	if tried < 40 || worked < 3 {
		t.Errorf("%d attempts failed and %d duties were done", tried, worked)
	}
	if text, err := os.ReadFile(secret); err != nil || string(text) != "secret" {
		t.Errorf("the secret is now %q, %v", text, err)
	}
	if text, err := os.ReadFile(filepath.Join(open, "a/b/c")); err != nil || string(text) != "kept\n" {
		t.Errorf("in the folder: %q, %v", text, err)
	}
}

// shutIn runs the prisoner and gives its report.
func shutIn(t *testing.T, open, secret string) (results map[string]string) {
	t.Helper()
	folder, err := os.Open(open)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	listener, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = []string{inside + "=1"}
	cmd.ExtraFiles = []*os.File{folder, listener}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	if err := json.NewEncoder(in).Encode(map[string]string{"Folder": open, "Secret": secret}); err != nil {
		t.Fatal(err)
	}
	go func() {
		if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
			defer c.Close()
			c.SetDeadline(time.Now().Add(10 * time.Second))
			c.Read(make([]byte, 5))
		}
	}()
	if err := json.NewDecoder(out).Decode(&results); err != nil {
		t.Fatalf("no report: %v", err)
	}
	if err := cmd.Wait(); err != nil && !errors.Is(err, syscall.ECHILD) {
		t.Fatal(err)
	}
	return results
}

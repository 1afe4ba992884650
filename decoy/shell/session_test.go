package shell

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// TestStream gives commands one by one to a shell without a terminal: each is
// run before the next arrives.
func TestStream(t *testing.T) {
	r := newRig(proc.Limits{})
	in, keys := io.Pipe()
	s, _, errs := r.session(in)
	out, sink := io.Pipe()
	s.Stdout = sink
	code := make(chan int, 1)
	go func() { code <- r.shell.Run(t.Context(), s); sink.Close() }()
	lines := make(chan string, 16)
	go func() {
		defer close(lines)
		buf := make([]byte, 4096)
		for {
			n, err := out.Read(buf)
			if err != nil {
				return
			}
			lines <- string(buf[:n])
		}
	}()
	for _, c := range [][2]string{{"echo one\n", "one\n"}, {"cat\n", ""}, {"for the program\n", "for the program\n"}} {
		io.WriteString(keys, c[0])
		if c[1] == "" {
			continue
		}
		select {
		case got := <-lines:
			if got != c[1] {
				t.Errorf("%q: %q", c[0], got)
			}
		case <-time.After(60 * time.Second):
			t.Fatalf("%q: nothing", c[0])
		}
	}
	keys.Close()
	if got := <-code; got != 0 || errs.String() != "" {
		t.Errorf("code %d, errors %q", got, errs.String())
	}
	got := r.execStdin(t, "nofoo\r\necho a\n\nfoo\necho $0 $-\nexit 4\necho no\n")
	want := result{"a\n-bash hBs\n", "-bash: line 1: $'nofoo\\r': command not found\n-bash: line 4: foo: command not found\n", 4}
	if got != want {
		t.Errorf("got %q %q %d", got.out, got.err, got.code)
	}
}

func (r *rig) execStdin(t *testing.T, text string) result {
	s, out, errs := r.session(strings.NewReader(text))
	code := r.shell.Run(t.Context(), s)
	return result{out.String(), errs.String(), code}
}

// kept is what a test keeps of uploads.
type kept struct{ data []string }

func (k *kept) Keep(r io.Reader) (string, int64, bool, error) {
	b, err := io.ReadAll(r)
	k.data = append(k.data, string(b))
	return "sum", int64(len(b)), true, err
}

func TestEvents(t *testing.T) {
	r := newRig(proc.Limits{})
	k := &kept{}
	r.shell.o.Uploads = k
	got := r.exec(t, "cd /tmp; enable; /bin/nope; nosuch x | cat; echo 'echo run' > s.sh; chmod 755 s.sh; ./s.sh; sh s.sh", "")
	if !strings.HasSuffix(got.out, "run\nrun\n") {
		t.Errorf("output %q, errors %q", got.out, got.err)
	}
	if l := r.sink.Texts(visit.Unknown); !slices.Equal(l, []string{"/bin/nope", "nosuch"}) {
		t.Errorf("unknown: %q", l)
	}
	if l := r.sink.Texts(visit.Upload); len(l) != 1 || l[0] != "/tmp/s.sh" || k.data[0] != "echo run\n" {
		t.Errorf("uploads: %q, kept %q", l, k.data)
	}
}

// TestRemovedProgram says that a program is gone after its file is.
func TestRemovedProgram(t *testing.T) {
	r := newRig(proc.Limits{})
	r.world.Root.WriteFile("/tmp/x", []byte("#!/bin/bash\necho mine $1\n"), 0o755)
	got := r.exec(t, "PATH=/tmp:$PATH; x a; rm /tmp/x; x a; echo $?; /tmp/x; cp() { :; }; ln() { :; }; type x", "")
	want := result{"mine a\n127\n", "bash: line 1: /tmp/x: No such file or directory\nbash: line 1: /tmp/x: No such file or directory\nbash: line 1: type: x: not found\n", 1}
	if got.out != want.out || got.code != want.code || !strings.Contains(got.err, "type: x: not found") {
		t.Errorf("got %q %q %d", got.out, got.err, got.code)
	}
}

// TestBroughtPrograms holds what becomes of executables that a visitor brought.
func TestBroughtPrograms(t *testing.T) {
	elf := func(machine byte) []byte {
		b := make([]byte, 64)
		copy(b, "\x7fELF\x02\x01\x01")
		b[16], b[18] = 2, machine
		return b
	}
	r := newRig(proc.Limits{})
	r.world.Root.WriteFile("/tmp/x86", elf(62), 0o755)
	r.world.Root.WriteFile("/tmp/arm", elf(183), 0o755)
	got := r.exec(t, "cd /tmp; ./x86; echo $?; ./arm; echo $?; ./x86 & wait $!; echo $?", "")
	got.err = pids.ReplaceAllString(got.err, "line $1: PID ")
	want := result{"139\n126\n139\n", "bash: line 1: PID Segmentation fault      ./x86\nbash: line 1: ./arm: cannot execute binary file: Exec format error\nbash: line 1: PID Segmentation fault      ./x86\n", 0}
	if got != want {
		t.Errorf("got %q %q %d", got.out, got.err, got.code)
	}
}

// TestNoHost looks for what is the host's in what the shell says of itself.
func TestNoHost(t *testing.T) {
	t.Setenv("GAIT_HOST_SECRET", "a-secret-of-the-host")
	r := newRig(proc.Limits{})
	got := r.exec(t, `set; env; declare -p; echo $HOSTNAME $HOME $PWD $OLDPWD $PPID $$ $TMPDIR ~ ~+ ${!GAIT*} ${GAIT_HOST_SECRET}; ulimit -a; umask; times; jobs; hash; pwd -P
cat /proc/self/environ /proc/self/cmdline /proc/self/cwd /etc/hostname /proc/version /proc/cpuinfo; echo /proc/self/fd/* /home/* /root/.* /tmp/*; read x < /proc/self/environ; echo $x; cat < /proc/$$/environ; . /proc/self/environ; history; printf '%(%Z)T' -1; bash -c 'set; env'; sh -c set; cat /dev/stdin; cd ~root; pwd; ls /proc/self/root`, "")
	all := got.out + got.err
	host, _ := os.Hostname()
	dir, _ := os.Getwd()
	for _, secret := range []string{"a-secret-of-the-host", host, dir, os.Getenv("GOPATH"), os.TempDir() + "/go", "go-build"} {
		if len(secret) > 3 && strings.Contains(all, secret) {
			t.Errorf("%q is the host's", secret)
		}
	}
	for _, e := range os.Environ() {
		if name, value, _ := strings.Cut(e, "="); strings.Contains(all, name+"=") && len(value) > 12 && strings.Contains(all, value) && name != "PATH" {
			t.Errorf("%s is the host's", e)
		}
	}
}

// TestAccounts logs in as others than root.
func TestAccounts(t *testing.T) {
	r := newRig(proc.Limits{})
	r.user = "deploy"
	got := r.exec(t, `echo $HOME $USER $UID $PWD; cat /etc/shadow; echo x > /etc/x; cd /root; echo ~root ~deploy; kill 1; echo $PATH; PS1='\u \$ '; echo "${PS1@P}"`, "")
	want := result{"/home/deploy deploy 1000 /home/deploy\n/root /home/deploy\n/usr/local/bin:/usr/bin:/bin:/usr/games\ndeploy $ \n",
		"cat: /etc/shadow: Permission denied\nbash: line 1: /etc/x: Permission denied\nbash: line 1: cd: /root: Permission denied\nbash: line 1: kill: (1) - Operation not permitted\n", 0}
	if got != want {
		t.Errorf("got %q %q %d", got.out, got.err, got.code)
	}
	r.user = "www-data"
	if got := r.exec(t, "id", ""); got.out != "This account is currently not available.\n" || got.code != 1 {
		t.Errorf("nologin: %q %d", got.out, got.code)
	}
	r.user = "nobodyknows"
	if got := r.exec(t, "echo $UID", ""); got.out != "0\n" {
		t.Errorf("an unknown account: %q %q", got.out, got.err)
	}
}

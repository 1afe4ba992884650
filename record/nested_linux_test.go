package record

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// made is a process of a folder that looks like /proc.
type made struct {
	pid, parent, session, tty int
	threads                   []string
}

func madeProc(t *testing.T, list ...made) string {
	t.Helper()
	root := t.TempDir()
	for _, p := range list {
		dir := filepath.Join(root, strconv.Itoa(p.pid))
		files := map[string]string{"stat": fmt.Sprintf("%d (a) R 1 1 9 9) S %d %d %d %d -1 4194560", p.pid, p.parent, p.pid, p.session, p.tty)}
		for i, name := range p.threads {
			files[fmt.Sprintf("task/%d/comm", p.pid+i)] = name + "\n"
		}
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

func TestRecorderAbove(t *testing.T) {
	sshd := []made{{pid: 1, session: 1}, {pid: 10, parent: 1, session: 10, threads: []string{"sshd"}}, {pid: 20, parent: 10, session: 10, threads: []string{"sshd"}}}
	recorder := made{pid: 30, parent: 20, session: 30, tty: 5, threads: []string{"gait", marker}}
	shell := made{pid: 40, parent: 30, session: 40, tty: 6, threads: []string{"bash"}}
	for name, c := range map[string]struct {
		list []made
		want bool
	}{
		"begins":                        {append(sshd[:3:3], made{pid: 99, parent: 20, session: 99, tty: 5}), false},
		"in a recorded shell":           {append(sshd[:3:3], recorder, shell, made{pid: 99, parent: 40, session: 40, tty: 6}), true},
		"in the place of that shell":    {append(sshd[:3:3], recorder, made{pid: 99, parent: 30, session: 99, tty: 6}), true},
		"below a command":               {append(sshd[:3:3], recorder, made{pid: 40, parent: 30, session: 30}, made{pid: 99, parent: 40, session: 30}), false},
		"in a container":                {[]made{{pid: 1, session: 1, tty: 5, threads: []string{"gait", marker}}, {pid: 99, parent: 1, session: 99, tty: 6}}, true},
		"a thread beside":               {append(sshd[:3:3], shell, recorder, made{pid: 99, parent: 20, session: 99, tty: 5}), false},
		"parents that cannot be seen":   {[]made{{pid: 99, parent: 98, session: 99, tty: 5}}, false},
		"parents that go in a circle":   {[]made{{pid: 99, parent: 98, session: 1}, {pid: 98, parent: 99, session: 1}}, false},
		"a process that is not there":   {nil, false},
		"a shell without a terminal":    {append(sshd[:3:3], recorder, made{pid: 99, parent: 30, session: 99}), false},
		"another program of that shape": {append(sshd[:3:3], made{pid: 30, parent: 20, session: 30, tty: 5, threads: []string{"tmux"}}, shell, made{pid: 99, parent: 40, session: 40, tty: 6}), false},
	} {
		if got := nested(madeProc(t, c.list...), 99); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestShellOfAUser(t *testing.T) {
	passwd := []byte("root:x:0:0:root:/root:/bin/bash\nbad line\ntoor:x:0:0::/root:/bin/zsh\nweb:x:1000:1000::/home/web:\n")
	for _, c := range []struct {
		uid  int
		name string
		want string
	}{{0, "root", "/bin/bash"}, {0, "toor", "/bin/zsh"}, {0, "", "/bin/bash"}, {1000, "root", "/bin/sh"}, {7, "", ""}} {
		if got := passwdShell(passwd, c.uid, c.name); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	o := Options{Shell: "/nowhere"}
	if got := o.userShell(); got == "/nowhere" || got == "" {
		t.Errorf("%q", got)
	}
}

// TestTheFirstThreadIsNotMarked says that the name in lists of processes stays what
// it is.
func TestTheFirstThreadIsNotMarked(t *testing.T) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), asFirst+"=1")
	if out, err := c.CombinedOutput(); err != nil || string(out) != "false "+marker+"\n<nil>" {
		t.Errorf("%q, %v", out, err)
	}
}

package record

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// marker is the name of a thread of each recorder that records a terminal.
const marker = "pty_relay"

// mark runs f on a thread of its own with the name by which recorders below this
// one know it. Unlike a program's path, the names of threads are seen by every user.
// That of the first thread is the process's, so it is never that one.
func mark(f func()) {
	runtime.LockOSThread()
	if unix.Gettid() == os.Getpid() {
		done := make(chan struct{})
		go func() { // on another thread, since this one is taken
			defer close(done)
			mark(f)
		}()
		<-done
		return
	}
	name, err := unix.BytePtrFromString(marker)
	if err == nil {
		_, _, _ = unix.Syscall(unix.SYS_PRCTL, unix.PR_SET_NAME, uintptr(unsafe.Pointer(name)), 0)
	}
	f()
}

// nested says whether a process runs in a terminal that a recorder above it
// records: one of its parents has the marked thread, and the process between
// leads a session with a terminal. A visitor can make up such a parent, but only
// of processes that he starts, and those are in his session. sshd and what is
// above it are not his, so that a session that begins is never taken for one
// that is recorded already. The environment says nothing here: it can be set
// from the client's side.
func nested(proc string, pid int) bool {
	child, ok := look(proc, pid)
	for range 64 {
		if !ok || child.parent < 1 {
			return false
		}
		if child.session == child.pid && child.tty != 0 && marked(proc, child.parent) {
			return true
		}
		child, ok = look(proc, child.parent)
	}
	return false
}

// kin is what is seen of a process.
type kin struct{ pid, parent, session, tty int }

// look reads what the kernel says of a process. Its name comes before that, in
// parentheses, and may hold anything.
func look(proc string, pid int) (k kin, ok bool) {
	stat, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "stat"))
	if err != nil {
		return k, false
	}
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(f) < 5 {
		return k, false
	}
	k.pid = pid
	for i, to := range map[int]*int{1: &k.parent, 3: &k.session, 4: &k.tty} {
		if *to, err = strconv.Atoi(f[i]); err != nil {
			return k, false
		}
	}
	return k, true
}

// marked looks for the thread among the first ones of a process.
func marked(proc string, pid int) bool {
	tasks := filepath.Join(proc, strconv.Itoa(pid), "task")
	dir, err := os.Open(tasks)
	if err != nil {
		return false
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(64)
	for _, name := range names {
		comm, err := os.ReadFile(filepath.Join(tasks, name, "comm"))
		if err == nil && string(bytes.TrimSuffix(comm, []byte("\n"))) == marker {
			return true
		}
	}
	return false
}

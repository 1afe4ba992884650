//go:build amd64 || arm64

package cage

import (
	"fmt"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// Enter shuts the process in. It must be called before input is taken; after it
// there is no way back. The error is [ErrUnable] where the kernel lacks what is
// needed: Linux 6.2 with Landlock (files) and seccomp; from 6.12 on Landlock
// keeps signals in, too.
func Enter(o Options) error {
	if err := limits(o); err != nil {
		return err
	}
	rules := make([]landlock.Rule, 0, len(o.Folders))
	for _, f := range o.Folders {
		rules = append(rules, landlock.RWDirs(f))
	}
	// Version 3 covers reading, writing and truncating files. What newer
	// kernels add is taken where it is there.
	if version, err := abi(); err != nil || version < 3 {
		return fmt.Errorf("%w: Landlock version %d, 3 is needed", ErrUnable, max(version, 0))
	}
	if err := landlock.V7.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("%w: Landlock: %w", ErrUnable, err)
	}
	if err := filter(); err != nil {
		return fmt.Errorf("%w: seccomp: %w", ErrUnable, err)
	}
	return nil
}

// abi gives the kernel's version of Landlock.
func abi() (int, error) {
	v, _, no := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1)
	if no != 0 {
		return 0, no
	}
	return int(v), nil
}

// limits sets what a process may use, as hard limits.
func limits(o Options) error {
	for _, l := range []struct {
		what  int
		value uint64
		set   bool
	}{
		{unix.RLIMIT_NOFILE, o.Descriptors, o.Descriptors > 0},
		{unix.RLIMIT_DATA, o.Memory, o.Memory > 0},
		{unix.RLIMIT_FSIZE, o.FileSize, o.FileSize > 0},
		{unix.RLIMIT_CORE, 0, true},
	} {
		if !l.set {
			continue
		}
		var now unix.Rlimit
		if err := unix.Getrlimit(l.what, &now); err != nil {
			return fmt.Errorf("read limit %d: %w", l.what, err)
		}
		value := min(l.value, now.Max)
		if err := unix.Setrlimit(l.what, &unix.Rlimit{Cur: value, Max: value}); err != nil {
			return fmt.Errorf("set limit %d: %w", l.what, err)
		}
	}
	return nil
}

// Parts of struct seccomp_data.
const (
	offCall = 0
	offArch = 4
	offArg  = 16 // the low half of the first argument; both machines are little-endian
)

// filter installs the list of system calls on all threads.
func filter() error {
	prog := program(uint32(unix.Getpid()))
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	at, _, no := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	if no != 0 {
		return no
	}
	if at != 0 {
		return fmt.Errorf("thread %d has a filter of its own", at)
	}
	return nil
}

// program writes the filter: calls of the list pass, those of the second list
// pass where their first argument fits, all others fail with EPERM.
func program(pid uint32) []unix.SockFilter {
	const load, equal, set, and, ret = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K,
		unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	_ = and
	allow := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW}
	deny := unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	p := []unix.SockFilter{
		{Code: load, K: offArch},
		{Code: equal, K: machine, Jt: 1},
		{Code: ret, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: offCall},
	}
	for _, nr := range calls {
		p = append(p, unix.SockFilter{Code: equal, K: nr, Jf: 1}, allow)
	}
	for _, nr := range archCalls {
		p = append(p, unix.SockFilter{Code: equal, K: nr, Jf: 1}, allow)
	}
	// A new thread of this process is allowed, a new process is not.
	p = append(p, unix.SockFilter{Code: equal, K: unix.SYS_CLONE, Jf: 4},
		unix.SockFilter{Code: load, K: offArg}, unix.SockFilter{Code: set, K: unix.CLONE_THREAD, Jf: 1}, allow, deny)
	// The C library falls back to clone where clone3 is not there.
	p = append(p, unix.SockFilter{Code: equal, K: unix.SYS_CLONE3, Jf: 1}, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)})
	// The runtime interrupts threads of its own process.
	p = append(p, unix.SockFilter{Code: equal, K: unix.SYS_TGKILL, Jf: 4},
		unix.SockFilter{Code: load, K: offArg}, unix.SockFilter{Code: equal, K: pid, Jf: 1}, allow, deny)
	return append(p, deny)
}

// calls are what the Go runtime, its poller, and reading and writing below the
// folders need, on every machine.
var calls = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_CLOSE, unix.SYS_LSEEK, unix.SYS_FSYNC, unix.SYS_FDATASYNC,
	unix.SYS_OPENAT, unix.SYS_OPENAT2, unix.SYS_FSTAT, unix.SYS_STATX, unix.SYS_FSTATFS, unix.SYS_STATFS, unix.SYS_FTRUNCATE, unix.SYS_GETDENTS64, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2,
	unix.SYS_MKDIRAT, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_UTIMENSAT, unix.SYS_READLINKAT, unix.SYS_GETCWD, unix.SYS_FLOCK, unix.SYS_FCNTL, unix.SYS_DUP, unix.SYS_DUP3,
	unix.SYS_FALLOCATE, unix.SYS_COPY_FILE_RANGE, unix.SYS_PIPE2, unix.SYS_EVENTFD2,
	unix.SYS_ACCEPT4, unix.SYS_ACCEPT, unix.SYS_SHUTDOWN, unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME, unix.SYS_GETSOCKOPT, unix.SYS_SETSOCKOPT, unix.SYS_RECVFROM, unix.SYS_SENDTO, unix.SYS_RECVMSG, unix.SYS_SENDMSG,
	unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_PWAIT2, unix.SYS_PPOLL, unix.SYS_PSELECT6,
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_MINCORE, unix.SYS_BRK, unix.SYS_MLOCK, unix.SYS_MUNLOCK, unix.SYS_MEMBARRIER,
	unix.SYS_FUTEX, unix.SYS_SET_ROBUST_LIST, unix.SYS_GET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SET_TID_ADDRESS, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY,
	unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY,
	unix.SYS_TIMER_CREATE, unix.SYS_TIMER_SETTIME, unix.SYS_TIMER_DELETE, unix.SYS_SETITIMER,
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK, unix.SYS_RESTART_SYSCALL,
	unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_GETPPID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_GETGID, unix.SYS_GETEGID, unix.SYS_UNAME, unix.SYS_SYSINFO, unix.SYS_GETRUSAGE, unix.SYS_GETRLIMIT,
	unix.SYS_GETRANDOM, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
}

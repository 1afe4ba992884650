package cage

import "golang.org/x/sys/unix"

const machine = unix.AUDIT_ARCH_X86_64

// archCalls are older calls that this machine has, too.
var archCalls = []uint32{unix.SYS_NEWFSTATAT, unix.SYS_EPOLL_WAIT, unix.SYS_EPOLL_CREATE, unix.SYS_POLL, unix.SYS_SELECT, unix.SYS_OPEN, unix.SYS_STAT, unix.SYS_LSTAT, unix.SYS_UNLINK, unix.SYS_MKDIR, unix.SYS_RENAME, unix.SYS_READLINK, unix.SYS_ACCESS, unix.SYS_PIPE, unix.SYS_ARCH_PRCTL, unix.SYS_TIME}

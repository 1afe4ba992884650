package cage

import "golang.org/x/sys/unix"

const machine = unix.AUDIT_ARCH_AARCH64

// archCalls are calls that have another name on this machine.
var archCalls = []uint32{unix.SYS_NEWFSTATAT}

//go:build unix

package telnetd

import (
	"net"
	"syscall"
)

// inline has urgent data come among the rest, where the mark of a Telnet synch
// belongs.
func inline(c net.Conn) {
	t, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := t.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { // without it, a byte is lost
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_OOBINLINE, 1)
		})
	}
}

// Package cage shuts a process in, for good: it may write below its own folders
// and use what was opened for it, and nothing else. The decoy talks to attackers
// from inside one.
//
// Three walls stand behind each other. Limits bound descriptors and memory.
// Landlock leaves no file of the host but the folders, no TCP port to bind or
// connect to, and no signal to a process outside. A seccomp filter names the
// system calls that are left: no program is executed, no process made, no socket
// of any kind opened (Landlock alone would leave UDP, raw sockets and multipath
// TCP), nothing traced, no other process signalled, no namespace entered.
//
// Listeners are opened by the parent and handed in, so that not even a port has
// to be bound in here.
package cage

import "errors"

// Options say what is left to the process.
type Options struct {
	Folders     []string // that it may write below; paths or /proc/self/fd/N
	Descriptors uint64   // most open ones; 0: as many as it has
	Memory      uint64   // most bytes of its own data; 0: no limit of ours
	FileSize    uint64   // of one file; 0: no limit of ours
}

// ErrUnable says that the kernel cannot shut a process in.
var ErrUnable = errors.New("this kernel cannot confine the process")

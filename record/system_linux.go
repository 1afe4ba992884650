package record

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pair is a pseudo-terminal.
type pair struct {
	master, slave int
	name          string // path of the slave
}

// openPair opens a pseudo-terminal with modes and a size. Neither end is handed
// down to programs by itself, or becomes a controlling terminal.
func openPair(modes *unix.Termios, size *unix.Winsize) (p pair, err error) {
	p.master, err = unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return p, fmt.Errorf("open a terminal: %w", err)
	}
	defer func() {
		if err != nil {
			_ = unix.Close(p.master)
		}
	}()
	if err := unix.IoctlSetPointerInt(p.master, unix.TIOCSPTLCK, 0); err != nil {
		return p, fmt.Errorf("unlock the terminal: %w", err)
	}
	n, err := unix.IoctlGetInt(p.master, unix.TIOCGPTN)
	if err != nil {
		return p, fmt.Errorf("number of the terminal: %w", err)
	}
	p.name = "/dev/pts/" + strconv.Itoa(n)
	if err := unix.IoctlSetTermios(p.master, unix.TCSETS, modes); err != nil {
		return p, fmt.Errorf("modes of the terminal: %w", err)
	}
	if err := unix.IoctlSetWinsize(p.master, unix.TIOCSWINSZ, size); err != nil {
		return p, fmt.Errorf("size of the terminal: %w", err)
	}
	const flags = unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC
	fd, _, no := unix.Syscall(unix.SYS_IOCTL, uintptr(p.master), unix.TIOCGPTPEER, flags)
	if p.slave = int(fd); no != 0 {
		if p.slave, err = unix.Open(p.name, flags, 0); err != nil {
			return p, fmt.Errorf("open the terminal's other end: %w", err)
		}
	}
	return p, nil
}

// terminal says whether a descriptor is one, and gives its modes.
func terminal(fd int) (*unix.Termios, bool) {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return t, err == nil
}

// raw makes of a terminal's modes those in which it changes no byte and sends
// each at once.
func raw(t unix.Termios) *unix.Termios {
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return &t
}

// read reads what is there, and waits for it. 0 is the end, whatever its cause.
func read(fd int, buf []byte) int {
	for {
		n, err := unix.Read(fd, buf)
		switch {
		case err == nil:
			return n
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN): // somebody who shares it does not want to wait
			wait(fd, unix.POLLIN)
		default:
			return 0
		}
	}
}

// write writes all of data; false where nobody takes it any more.
func write(fd int, data []byte) bool {
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		switch {
		case err == nil:
			data = data[n:]
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			wait(fd, unix.POLLOUT)
		default:
			return false
		}
	}
	return true
}

func wait(fd int, events int16) {
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, -1)
}

// yieldEvery is how often a stream that never stops lets others run. It is below
// the 10 milliseconds after which the runtime would look for a way to stop it
// again and again, which takes a tenth of what copying does.
const yieldEvery = 4 * time.Millisecond

// yield lets others run, now and then.
func yield(now time.Duration, last *time.Duration) {
	if now-*last > yieldEvery {
		*last = now
		runtime.Gosched()
	}
}

// leave puts nothing in the place of a descriptor, so that this process neither
// keeps it open nor writes to it.
func leave(fds ...int) {
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	for _, fd := range fds {
		if err != nil {
			_ = unix.Close(fd)
			continue
		}
		_ = unix.Dup3(null, fd, 0)
	}
	if err == nil && null > 2 {
		_ = unix.Close(null)
	}
}

// disguise gives this process another name in lists of processes: that of its
// program and that of its command line, whose place it cannot outgrow.
func disguise(name string) {
	if name == "" {
		return
	}
	const tasks = "/proc/self/task"
	threads, err := os.ReadDir(tasks) // those that are still to come take the name of one of these
	if err == nil {
		for _, t := range threads {
			_ = os.WriteFile(tasks+"/"+t.Name()+"/comm", []byte(name[:min(len(name), 15)]), 0)
		}
	}
	var all []byte // arguments lie one behind the other, with a NUL after each
	first := unsafe.StringData(os.Args[0])
	end := uintptr(unsafe.Pointer(first))
	for _, arg := range os.Args {
		at := uintptr(unsafe.Pointer(unsafe.StringData(arg)))
		if len(arg) > 0 && at != end {
			break
		}
		end += uintptr(len(arg)) + 1
	}
	if size := int(end - uintptr(unsafe.Pointer(first))); len(os.Args[0]) > 0 && size > 1 {
		all = unsafe.Slice(first, size-1)
		clear(all[copy(all, name):])
	}
}

// unseen forbids this process's own user to look into it and to change it.
func unseen() { _ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }

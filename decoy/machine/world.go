package machine

import (
	"sync"
	"time"

	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// World is the machine as one address sees it: what the installation is, and
// what visitors from there changed of it. It is safe for concurrent use.
type World struct {
	*Machine
	Root *vfs.FS // as root, at /

	mu      sync.Mutex
	gone    map[int]bool // processes of the machine that were ended
	procs   []*Proc      // that visitors started
	next    int
	host    string // as hostname(1) set it; empty for the machine's own
	sockets []*Socket
	logins  []*Login // of visitors who are there
}

// Proc is a process that ps shows.
type Proc struct {
	PID, PPID int
	UID       int
	User      string
	Session   int    // session and process group, as ps -j shows
	TTY       string // "pts/0", "?" for none
	State     string // "S", "Ss", "R+", ...
	Started   time.Time
	CPU       time.Duration
	VSize     int64 // bytes
	RSS       int64
	Nice      int
	Args      []string // "[kthreadd]" alone for a kernel thread
	Kernel    bool
	Dir       string // working directory; empty for /

	// Signal is called when somebody kills it; nil for one that only seems to
	// run. It must not block.
	Signal func(visit.Signal)
}

// Account is one line of /etc/passwd.
type Account struct {
	Name, Home, Shell, Info string
	UID, GID                int
	Groups                  []int // all, the own one first
}

// Interface is a network interface.
type Interface struct {
	Name    string // "lo", "eth0"
	MAC     string
	Address string // "10.0.2.15/24"
	Six     string // "fe80::.../64"
	MTU     int
	// Counters as they were at boot, and bytes a second since.
	RX, TX   int64
	RateRX   int64
	RateTX   int64
	Loopback bool
}

// Socket is a listening or connected socket, as ss and netstat show.
type Socket struct {
	Proto         string // "tcp", "tcp6", "udp", "udp6"
	State         string // "LISTEN", "ESTAB", "UNCONN"
	Local, Remote string // address:port
	PID           int
	Program       string
	UID           int
	Inode         int
}

// Mount is a mounted file system, as mount and df show.
type Mount struct {
	Source, Target, Type, Options string
	Size, Used                    int64 // 1 KiB blocks; 0 for one that df leaves out
	Inodes, UsedInodes            int64
}

// Package is an installed package, as dpkg shows.
type Package struct {
	Name, Version, Arch, Summary string
}

// Hardware is what the machine is made of.
type Hardware struct {
	CPUModel        string
	Vendor          string
	Family, Model   int
	Stepping        int
	MHz             float64
	CacheKB         int
	CPUs            int
	Flags           string
	MemTotal        int64 // KiB
	MemFree         int64 // at boot; what free shows moves around it
	MemAvailable    int64
	Buffers, Cached int64
	SwapTotal       int64
	Disk            string // "sda", "vda"
	DiskBytes       int64
	Virtual         string // hypervisor vendor as lscpu names it; empty for none
	BIOS            string
}

// System is how uname and its like name the machine.
type System struct {
	Kernel     string // "6.1.0-18-amd64"
	Build      string // "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)"
	Arch       string // "x86_64"
	Release    string // "12.5", as /etc/debian_version
	Codename   string // "bookworm"
	MachineID  string
	BootID     string
	Zone       string // "Etc/UTC"
	Nameserver string
	Gateway    string
}

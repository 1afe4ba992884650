package machine

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"gait/decoy/vfs"
)

// procDir makes the world's own /proc.
func (w *World) procDir() *vfs.Node {
	return &vfs.Node{Mode: vfs.Directory | 0o555, Inode: 1, Modified: w.Boot, List: w.procList, Find: w.procFind}
}

// procList gives what /proc holds now.
func (w *World) procList() map[string]*vfs.Node {
	list := map[string]*vfs.Node{}
	for _, p := range w.Processes() {
		list[strconv.Itoa(p.PID)] = w.pidDir(p)
	}
	for _, name := range procNames {
		list[name] = w.procEntry(name)
	}
	return list
}

// procFind gives one name of /proc.
func (w *World) procFind(name string) *vfs.Node {
	pid, err := strconv.Atoi(name)
	if err != nil {
		return w.procEntry(name)
	}
	for _, p := range w.Processes() {
		if p.PID == pid && strconv.Itoa(pid) == name {
			return w.pidDir(p)
		}
	}
	return nil
}

// procNames lists what is in /proc beside processes.
var procNames = strings.Fields("bus cgroups cmdline consoles cpuinfo crypto devices diskstats driver dma execdomains fb filesystems fs interrupts iomem ioports irq kallsyms key-users keys kmsg loadavg locks meminfo misc modules mounts net pagetypeinfo partitions schedstat self slabinfo softirqs stat swaps sys sysrq-trigger thread-self timer_list tty uptime version vmallocinfo vmstat zoneinfo acpi buddyinfo kcore kpagecount kpageflags mtrr pressure sysvipc")

// procEntry makes what stands under a name in /proc beside processes.
func (w *World) procEntry(name string) *vfs.Node {
	switch name {
	case "self":
		return vfs.NewLink(vfs.SelfLink, w.Boot)
	case "thread-self":
		return vfs.NewLink("self/task/self", w.Boot)
	case "mounts":
		return vfs.NewLink("self/mounts", w.Boot)
	case "net":
		return vfs.NewLink("self/net", w.Boot)
	case "sys":
		return w.sysctl()
	case "bus", "driver", "fs", "irq", "acpi", "tty", "pressure", "sysvipc":
		return w.folder(nil)
	case "kcore", "kmsg", "kpagecount", "kpageflags", "slabinfo", "vmallocinfo", "pagetypeinfo", "sysrq-trigger", "timer_list":
		return w.made(0o400, func() string { return "" })
	}
	if content := procFiles[name]; content != nil {
		return w.made(0o444, func() string { return content(w) })
	}
	for _, n := range procNames {
		if n == name {
			return w.made(0o444, func() string { return "" })
		}
	}
	return nil
}

// made makes a file of /proc.
func (w *World) made(perm uint32, content func() string) *vfs.Node {
	return &vfs.Node{Mode: vfs.Regular | perm, Modified: w.now(), Make: func() []byte { return []byte(content()) }}
}

// folder makes a directory of /proc.
func (w *World) folder(list map[string]*vfs.Node) *vfs.Node {
	return &vfs.Node{Mode: vfs.Directory | 0o555, Modified: w.now(), List: func() map[string]*vfs.Node { return list }}
}

// procFiles are the files of /proc with content.
var procFiles = map[string]func(w *World) string{
	"cmdline": func(w *World) string { return w.commandLine() + "\n" },
	"version": func(w *World) string {
		return "Linux version " + w.System.Kernel + " (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) " + w.System.Build + "\n"
	},
	"uptime": func(w *World) string {
		idle, _, _ := w.idle()
		return fmt.Sprintf("%.2f %.2f\n", w.Uptime().Seconds(), idle)
	},
	"loadavg": func(w *World) string {
		one, five, fifteen := w.Load()
		list := w.Processes()
		return fmt.Sprintf("%.2f %.2f %.2f 1/%d %d\n", one, five, fifteen, len(list)+12, list[len(list)-1].PID)
	},
	"cpuinfo":     (*World).cpuinfo,
	"meminfo":     (*World).meminfo,
	"stat":        (*World).stat,
	"partitions":  (*World).partitions,
	"diskstats":   (*World).diskstats,
	"swaps":       (*World).swaps,
	"modules":     (*World).modules,
	"interrupts":  (*World).interrupts,
	"vmstat":      (*World).vmstat,
	"filesystems": func(*World) string { return filesystems },
	"devices":     func(*World) string { return devices },
	"consoles":    func(*World) string { return "tty0                 -WU (EC p  )    4:1\n" },
	"misc": func(*World) string {
		return "183 hw_random\n228 hpet\n229 fuse\n236 device-mapper\n144 nvram\n  1 psaux\n"
	},
	"cgroups": func(*World) string { return cgroups },
	"dma":     func(*World) string { return " 4: cascade\n" },
	"crypto": func(*World) string {
		return "name         : sha256\ndriver       : sha256-generic\nmodule       : kernel\npriority     : 100\n\n"
	},
	"fb":          func(*World) string { return "0 simple\n" },
	"execdomains": func(*World) string { return "0-0\tLinux           \t[kernel]\n" },
}

const filesystems = "nodev\tsysfs\nnodev\ttmpfs\nnodev\tbdev\nnodev\tproc\nnodev\tcgroup\nnodev\tcgroup2\nnodev\tcpuset\nnodev\tdevtmpfs\nnodev\tdebugfs\nnodev\ttracefs\nnodev\tsecurityfs\nnodev\tsockfs\nnodev\tbpf\nnodev\tpipefs\nnodev\tramfs\nnodev\thugetlbfs\nnodev\tdevpts\nnodev\tmqueue\nnodev\tpstore\n\text3\n\text2\n\text4\nnodev\tautofs\nnodev\tconfigfs\n\tfuseblk\nnodev\tfuse\nnodev\tfusectl\n\tvfat\nnodev\tbinfmt_misc\n"

const devices = "Character devices:\n  1 mem\n  4 /dev/vc/0\n  4 tty\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n  7 vcs\n 10 misc\n 13 input\n 29 fb\n128 ptm\n136 pts\n254 gpiochip\n\nBlock devices:\n  7 loop\n  8 sd\n 11 sr\n 65 sd\n253 device-mapper\n254 virtblk\n259 blkext\n"

const cgroups = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t58\t1\ncpu\t0\t58\t1\ncpuacct\t0\t58\t1\nblkio\t0\t58\t1\nmemory\t0\t58\t1\ndevices\t0\t58\t1\nfreezer\t0\t58\t1\nnet_cls\t0\t58\t1\nperf_event\t0\t58\t1\nnet_prio\t0\t58\t1\nhugetlb\t0\t58\t1\npids\t0\t58\t1\nrdma\t0\t58\t1\nmisc\t0\t58\t1\n"

// sysctl makes /proc/sys.
func (w *World) sysctl() *vfs.Node {
	tree := map[string]map[string]*vfs.Node{}
	for _, v := range [][2]string{
		{"kernel/hostname", w.Hostname()}, {"kernel/domainname", "(none)"}, {"kernel/osrelease", w.System.Kernel}, {"kernel/ostype", "Linux"}, {"kernel/version", w.System.Build},
		{"kernel/pid_max", "4194304"}, {"kernel/threads-max", strconv.FormatInt(w.Hardware.MemTotal/130, 10)}, {"kernel/randomize_va_space", "2"}, {"kernel/core_pattern", "core"}, {"kernel/tainted", "0"},
		{"kernel/dmesg_restrict", "1"}, {"kernel/kptr_restrict", "0"}, {"kernel/printk", "4\t4\t1\t7"}, {"kernel/sysrq", "438"}, {"kernel/modules_disabled", "0"}, {"kernel/yama", ""},
		{"vm/swappiness", "60"}, {"vm/overcommit_memory", "0"}, {"vm/drop_caches", "0"}, {"vm/nr_hugepages", "0"}, {"vm/max_map_count", "65530"}, {"vm/min_free_kbytes", strconv.FormatInt(w.Hardware.MemTotal/45, 10)},
		{"fs/file-max", "9223372036854775807"}, {"fs/file-nr", "896\t0\t9223372036854775807"}, {"fs/nr_open", "1048576"},
		{"net/ipv4/ip_forward", "0"}, {"net/ipv4/tcp_syncookies", "1"}, {"net/ipv4/ip_local_port_range", "32768\t60999"}, {"net/ipv4/icmp_echo_ignore_all", "0"}, {"net/ipv4/tcp_congestion_control", "cubic"},
		{"net/core/somaxconn", "4096"}, {"kernel/random/boot_id", w.System.BootID}, {"kernel/random/entropy_avail", "256"}, {"kernel/random/poolsize", "256"},
	} {
		if v[1] == "" {
			continue
		}
		content := v[1] + "\n"
		w.place(tree, v[0], w.made(0o644, func() string { return content }))
	}
	random := func() string { return uuid(w.seed.rand("uuid "+strconv.FormatInt(w.now().UnixNano(), 10))) + "\n" }
	w.place(tree, "kernel/random/uuid", w.made(0o444, random))
	return w.folder(tree["."])
}

// place puts a file into a tree of directories by their paths.
func (w *World) place(tree map[string]map[string]*vfs.Node, name string, n *vfs.Node) {
	dir := path.Dir(name)
	if tree[dir] == nil {
		tree[dir] = map[string]*vfs.Node{}
		if dir != "." {
			w.place(tree, dir, w.folder(tree[dir]))
		}
	}
	tree[dir][path.Base(name)] = n
}

package machine

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"gait/decoy/vfs"
)

// devices adds /dev.
func (b *builder) devices() {
	m := b.m
	b.when = m.Boot
	b.folder("/dev", 0o755)
	character := func(name string, n *vfs.Node, gid int) {
		b.gid = gid
		b.add("/dev/"+name, n)
		b.gid = 0
	}
	for _, d := range []struct {
		names       string
		perm, major uint32
		minor       uint32
		gid         int
	}{{"null - zero - full random urandom - kmsg", 0o666, 1, 3, 0}, {"tty console ptmx", 0o666, 5, 0, 5}, {"tty0 tty1 tty2 tty3 tty4 tty5 tty6", 0o620, 4, 0, 5},
		{"ttyS0 ttyS1 ttyS2 ttyS3", 0o660, 4, 64, 20}, {"vcs vcs1 vcs2 vcs3 vcs4 vcs5 vcs6", 0o660, 7, 0, 5}, {"psaux hpet - rtc0", 0o660, 10, 1, 0},
		{"mem port", 0o640, 1, 1, 15}, {"hwrng fuse uinput", 0o600, 10, 183, 0}, {"input/event0 input/event1 input/mice", 0o660, 13, 64, 101}, {"net/tun", 0o666, 10, 200, 0}} {
		for i, name := range strings.Fields(d.names) {
			if name != "-" {
				character(name, vfs.NewDevice(d.perm, d.major, d.minor+uint32(i), b.when), d.gid)
			}
		}
	}
	b.dir("/dev").Names["console"].Mode = vfs.Character | 0o600
	b.dir("/dev").Names["kmsg"].Mode = vfs.Character | 0o644
	character("pts/ptmx", vfs.NewDevice(0, 5, 2, b.when), 0)
	for i, name := range []string{"fd", "stdin", "stdout", "stderr"} {
		target := "/proc/self/fd"
		if i > 0 {
			target += "/" + strconv.Itoa(i-1)
		}
		b.link("/dev/"+name, target)
	}
	b.link("/dev/core", "/proc/kcore")
	b.link("/dev/log", "/run/systemd/journal/dev-log")
	b.link("/dev/rtc", "rtc0")
	b.folder("/dev/shm", 0o1777)
	b.folder("/dev/mqueue", 0o1777)
	b.folder("/dev/hugepages", 0o755)
	b.disks()
}

// disks adds the disk, its partitions and what leads to them.
func (b *builder) disks() {
	m := b.m
	major := uint32(8)
	if m.Hardware.Disk == "vda" {
		major = 254
	}
	disk := func(name string, minor uint32, head []byte, size int64) {
		b.gid = 6
		b.add("/dev/"+name, &vfs.Node{Mode: vfs.Block | 0o660, Device: major<<8 | minor, Modified: b.when, Body: &noise{m.seed.sub("disk " + name), size, head}})
		b.gid = 0
		b.link(fmt.Sprintf("/dev/block/%d:%d", major, minor), "../"+name)
	}
	mbr := make([]byte, 512)
	copy(mbr, "\xeb\x63\x90")
	copy(mbr[510:], "\x55\xaa")
	disk(m.Hardware.Disk, 0, mbr, m.Hardware.DiskBytes)
	for i, p := range m.disk.parts {
		minor, _ := strconv.Atoi(p.Name[3:])
		disk(p.Name, uint32(minor), make([]byte, 1024), p.Size*512)
		if p.UUID != "" {
			b.link("/dev/disk/by-uuid/"+p.UUID, "../../"+p.Name)
		}
		b.link(fmt.Sprintf("/dev/disk/by-partuuid/%s-%02x", m.disk.table, i+1), "../../"+p.Name)
	}
	b.gid = 24
	b.add("/dev/sr0", &vfs.Node{Mode: vfs.Block | 0o660, Device: 11 << 8, Modified: b.when})
	b.gid = 0
	b.link("/dev/cdrom", "sr0")
}

// sys adds a little of /sys.
func (b *builder) sys() {
	m := b.m
	b.when = m.Boot
	b.folder("/sys", 0o555)
	value := func(name, text string) { b.made("/sys/"+name, 0o444, text+"\n") }
	for _, name := range strings.Fields("bus dev devices/virtual firmware fs/cgroup fs/ext4 hypervisor kernel/debug kernel/security module power class/tty") {
		b.dir("/sys/" + name)
	}
	for i, n := range m.Interfaces {
		folder := "devices/virtual/net/" + n.Name
		if !n.Loopback {
			folder = "devices/pci0000:00/0000:00:03.0/net/" + n.Name
		}
		b.link("/sys/class/net/"+n.Name, "../../"+folder)
		value(folder+"/address", n.MAC)
		value(folder+"/mtu", strconv.Itoa(n.MTU))
		value(folder+"/operstate", []string{"unknown", "up"}[i])
		value(folder+"/ifindex", strconv.Itoa(i+1))
		value(folder+"/type", []string{"772", "1"}[i])
		value(folder+"/carrier", "1")
		if !n.Loopback {
			value(folder+"/speed", "-1")
		}
	}
	last := ""
	if m.Hardware.CPUs > 1 {
		last = "-" + strconv.Itoa(m.Hardware.CPUs-1)
	}
	for _, name := range []string{"online", "present", "possible"} {
		value("devices/system/cpu/"+name, "0"+last)
	}
	for cpu := range m.Hardware.CPUs {
		value(fmt.Sprintf("devices/system/cpu/cpu%d/topology/core_id", cpu), strconv.Itoa(cpu))
		value(fmt.Sprintf("devices/system/cpu/cpu%d/topology/physical_package_id", cpu), strconv.Itoa(cpu))
	}
	b.sysDisk(value)
	b.sysDMI(value)
}

// sysDisk adds what /sys says of disks.
func (b *builder) sysDisk(value func(name, text string)) {
	m := b.m
	name := m.Hardware.Disk
	folder := "devices/pci0000:00/0000:00:05.0/block/" + name
	b.link("/sys/block/"+name, "../"+folder)
	b.link("/sys/class/block/"+name, "../../"+folder)
	value(folder+"/size", strconv.FormatInt(m.Hardware.DiskBytes/512, 10))
	value(folder+"/ro", "0")
	value(folder+"/removable", "0")
	value(folder+"/queue/rotational", "1")
	value(folder+"/queue/scheduler", "[none] mq-deadline")
	for i, p := range m.disk.parts {
		value(path.Join(folder, p.Name, "size"), strconv.FormatInt(p.Size, 10))
		value(path.Join(folder, p.Name, "start"), strconv.FormatInt(p.Start, 10))
		value(path.Join(folder, p.Name, "partition"), strconv.Itoa(i+1))
		b.link("/sys/class/block/"+p.Name, "../../"+path.Join(folder, p.Name))
	}
}

// sysDMI adds what /sys says of the make of the machine.
func (b *builder) sysDMI(value func(name, text string)) {
	m := b.m
	vendor, product, version := "QEMU", "Standard PC (i440FX + PIIX, 1996)", "pc-i440fx-7.2"
	switch m.Hardware.Virtual {
	case "VMware":
		vendor, product, version = "VMware, Inc.", "VMware Virtual Platform", "None"
	case "Microsoft":
		vendor, product, version = "Microsoft Corporation", "Virtual Machine", "Hyper-V UEFI Release v4.1"
	}
	for _, v := range [][2]string{{"bios_vendor", m.Hardware.BIOS}, {"chassis_vendor", vendor}, {"product_name", product}, {"product_version", version}, {"sys_vendor", vendor}} {
		value("devices/virtual/dmi/id/"+v[0], v[1])
	}
	b.made("/sys/devices/virtual/dmi/id/product_uuid", 0o400, uuid(m.seed.rand("product"))+"\n")
	b.link("/sys/class/dmi/id", "../../devices/virtual/dmi/id")
}

// made adds a file whose size shows as 0, as the kernel's are.
func (b *builder) made(name string, perm uint32, text string) {
	content := []byte(text)
	b.add(name, &vfs.Node{Mode: vfs.Regular | perm, Modified: b.when, Make: func() []byte { return content }})
}

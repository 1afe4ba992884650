package machine

import (
	"fmt"
	"slices"
)

// disk is how the disk is cut, and how the network is set.
type disk struct {
	platform platform
	dhcp     bool
	root     string // UUID of the root file system
	efi      string // serial number of the EFI partition; empty where there is none
	swap     string // UUID
	table    string // identifier of the partition table
	parts    []Partition
}

// Partition is a part of the disk.
type Partition struct {
	Name  string // "sda1"
	Start int64  // in sectors of 512 bytes
	Size  int64
	Use   string // "/", "swap", "/boot/efi", "extended"
	UUID  string // of what is in it; empty for one that holds others
}

// Partitions lists the parts of the disk.
func (m *Machine) Partitions() []Partition { return slices.Clone(m.disk.parts) }

// setDisk chooses the sizes of the disk, and how it is mounted.
func (m *Machine) setDisk() {
	r := m.seed.rand("disk")
	d, h := &m.disk, &m.Hardware
	d.dhcp = r.IntN(2) == 0
	d.root, d.swap, d.table = uuid(r), uuid(r), hexes(r, 8)
	gb := pick(r, []int64{10, 20, 20, 25, 30, 40, 40, 50, 60, 80})
	h.DiskBytes = gb << 30
	sectors := h.DiskBytes / 512
	swap := pick(r, []int64{975, 975, 1024, 2048}) * 2048 // sectors
	last := sectors - 2048
	if r.IntN(3) == 0 {
		d.efi = fmt.Sprintf("%04X-%04X", r.IntN(65536), r.IntN(65536))
		const efi = 512 * 2048
		d.parts = []Partition{{h.Disk + "1", 2048, efi, "/boot/efi", d.efi}, {h.Disk + "2", 2048 + efi, last - swap - 2048 - efi, "/", d.root}, {h.Disk + "3", last - swap, swap, "swap", d.swap}}
	} else {
		start := last - swap
		d.parts = []Partition{{h.Disk + "1", 2048, start - 4096, "/", d.root}, {h.Disk + "2", start - 2, 2, "extended", ""}, {h.Disk + "5", start, swap, "swap", d.swap}}
	}
	h.SwapTotal = swap/2 - 4
	used := 1_350_000 + int64(r.IntN(2_400_000))
	m.setMounts(used)
}

// device gives the partition that is used for something.
func (d *disk) device(use string) Partition {
	for _, p := range d.parts {
		if p.Use == use {
			return p
		}
	}
	return Partition{}
}

// setMounts lists what is mounted, in the order of /proc/mounts.
func (m *Machine) setMounts(used int64) {
	total := m.Hardware.MemTotal
	half := total / 2 * 4 / 4
	root := m.disk.device("/")
	blocks := root.Size / 2
	size := blocks - blocks/60 - 16_384 // what ext4 keeps for itself
	inodes := blocks / 16 / 8192 * 8192 * 4 / 4
	run := total / 5
	devs := half - 25_000
	m.Mounts = []Mount{
		{"sysfs", "/sys", "sysfs", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
		{"proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
		{"udev", "/dev", "devtmpfs", fmt.Sprintf("rw,nosuid,relatime,size=%dk,nr_inodes=%d,mode=755,inode64", devs, devs/4), devs, 0, devs / 4, 380},
		{"devpts", "/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000", 0, 0, 0, 0},
		{"tmpfs", "/run", "tmpfs", fmt.Sprintf("rw,nosuid,nodev,noexec,relatime,size=%dk,mode=755,inode64", run/2), run / 2, 480 + total/20_000, total / 8, 620},
		{"/dev/" + root.Name, "/", "ext4", "rw,relatime,errors=remount-ro", size, used, inodes, 34_000 + used%9000},
		{"securityfs", "/sys/kernel/security", "securityfs", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
		{"tmpfs", "/dev/shm", "tmpfs", "rw,nosuid,nodev,inode64", half, 0, total / 8, 1},
		{"tmpfs", "/run/lock", "tmpfs", "rw,nosuid,nodev,noexec,relatime,size=5120k,inode64", 5120, 0, total / 8, 2},
		{"cgroup2", "/sys/fs/cgroup", "cgroup2", "rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot", 0, 0, 0, 0},
		{"pstore", "/sys/fs/pstore", "pstore", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
		{"bpf", "/sys/fs/bpf", "bpf", "rw,nosuid,nodev,noexec,relatime,mode=700", 0, 0, 0, 0},
		{"systemd-1", "/proc/sys/fs/binfmt_misc", "autofs", "rw,relatime,fd=30,pgrp=1,timeout=0,minproto=5,maxproto=5,direct,pipe_ino=12841", 0, 0, 0, 0},
		{"mqueue", "/dev/mqueue", "mqueue", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
		{"debugfs", "/sys/kernel/debug", "debugfs", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
		{"hugetlbfs", "/dev/hugepages", "hugetlbfs", "rw,relatime,pagesize=2M", 0, 0, 0, 0},
		{"tracefs", "/sys/kernel/tracing", "tracefs", "rw,nosuid,nodev,noexec,relatime", 0, 0, 0, 0},
	}
	if m.disk.efi != "" {
		efi := m.disk.device("/boot/efi")
		m.Mounts = append(m.Mounts, Mount{"/dev/" + efi.Name, "/boot/efi", "vfat", "rw,relatime,fmask=0077,dmask=0077,codepage=437,iocharset=ascii,shortname=mixed,utf8,errors=remount-ro", efi.Size/2 - 1024, 5972, 0, 0})
	}
}

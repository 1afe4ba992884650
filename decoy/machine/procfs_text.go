package machine

import (
	"fmt"
	"strings"
)

// cpuinfo makes /proc/cpuinfo.
func (w *World) cpuinfo() string {
	h := &w.Hardware
	var b strings.Builder
	bugs := "cpu_meltdown spectre_v1 spectre_v2 spec_store_bypass l1tf mds swapgs itlb_multihit mmio_stale_data"
	bits := "46 bits physical, 48 bits virtual"
	if h.Vendor == "AuthenticAMD" {
		bugs, bits = "sysret_ss_attrs null_seg spectre_v1 spectre_v2 spec_store_bypass retbleed smt_rsb srso", "40 bits physical, 48 bits virtual"
	}
	for cpu := range h.CPUs {
		fmt.Fprintf(&b, "processor\t: %d\nvendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\nmodel name\t: %s\nstepping\t: %d\nmicrocode\t: 0x1\ncpu MHz\t\t: %.3f\ncache size\t: %d KB\nphysical id\t: %d\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\napicid\t\t: %d\ninitial apicid\t: %d\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\nflags\t\t: %s\nbugs\t\t: %s\nbogomips\t: %.2f\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: %s\npower management:\n\n",
			cpu, h.Vendor, h.Family, h.Model, h.CPUModel, h.Stepping, h.MHz, h.CacheKB, cpu, cpu, cpu, h.Flags, bugs, 2*h.MHz, bits)
	}
	return b.String()
}

// meminfo makes /proc/meminfo.
func (w *World) meminfo() string {
	m := w.Memory()
	active := (m.Cached + m.Buffers) * 2 / 5
	used := m.Total - m.Free - m.Buffers - m.Cached
	var b strings.Builder
	for _, v := range []struct {
		name string
		kib  int64
	}{{"MemTotal", m.Total}, {"MemFree", m.Free}, {"MemAvailable", m.Available}, {"Buffers", m.Buffers}, {"Cached", m.Cached - m.Cached/12}, {"SwapCached", 0},
		{"Active", active}, {"Inactive", m.Cached + m.Buffers - active + used/3}, {"Active(anon)", m.Shared + 300}, {"Inactive(anon)", used / 3}, {"Active(file)", active - m.Shared}, {"Inactive(file)", m.Cached + m.Buffers - active},
		{"Unevictable", 0}, {"Mlocked", 0}, {"SwapTotal", m.SwapTotal}, {"SwapFree", m.SwapFree}, {"Zswap", 0}, {"Zswapped", 0}, {"Dirty", 4 * (m.Free % 29)}, {"Writeback", 0}, {"AnonPages", used / 3}, {"Mapped", used / 2}, {"Shmem", m.Shared},
		{"KReclaimable", m.Cached / 12}, {"Slab", m.Cached/12 + used/6}, {"SReclaimable", m.Cached / 12}, {"SUnreclaim", used / 6}, {"KernelStack", 2200}, {"PageTables", 1900}, {"SecPageTables", 0}, {"NFS_Unstable", 0}, {"Bounce", 0}, {"WritebackTmp", 0},
		{"CommitLimit", m.SwapTotal + m.Total/2}, {"Committed_AS", used * 2}, {"VmallocTotal", 34359738367}, {"VmallocUsed", 22_000}, {"VmallocChunk", 0}, {"Percpu", 900}, {"HardwareCorrupted", 0}, {"AnonHugePages", 0}, {"ShmemHugePages", 0}, {"ShmemPmdMapped", 0}, {"FileHugePages", 0}, {"FilePmdMapped", 0},
		{"HugePages_Total", -1}, {"HugePages_Free", -1}, {"HugePages_Rsvd", -1}, {"HugePages_Surp", -1}, {"Hugepagesize", 2048}, {"Hugetlb", 0}, {"DirectMap4k", 90_000}, {"DirectMap2M", m.Total / 2048 * 2048}} {
		if v.kib < 0 {
			fmt.Fprintf(&b, "%-15s %8d\n", v.name+":", 0)
			continue
		}
		fmt.Fprintf(&b, "%-15s %8d kB\n", v.name+":", v.kib)
	}
	return b.String()
}

// stat makes /proc/stat, in hundredths of a second.
func (w *World) stat() string {
	idle, user, system := w.idle()
	n := float64(w.Hardware.CPUs)
	var b strings.Builder
	cpu := func(name string, share float64) {
		fmt.Fprintf(&b, "%s %.0f %.0f %.0f %.0f %.0f 0 %.0f %.0f 0 0\n", name, 100*user*share, 8*user*share, 100*system*share, 100*idle*share, 4*user*share, 2*system*share, 3*user*share)
	}
	cpu("cpu ", 1)
	for i := range w.Hardware.CPUs {
		cpu(fmt.Sprintf("cpu%d", i), 1/n)
	}
	up := w.Uptime().Seconds()
	list := w.Processes()
	fmt.Fprintf(&b, "intr %.0f 0 9 0 0 0 0 0 0 1 0 0 0 15 0 0\nctxt %.0f\nbtime %d\nprocesses %d\nprocs_running 1\nprocs_blocked 0\nsoftirq %.0f 0 %.0f 11 %.0f 0 0 7 %.0f 0 %.0f\n",
		up*38, up*71, w.Boot.Unix(), list[len(list)-1].PID, up*30, up*9, up*4, up*8, up*9)
	return b.String()
}

// major gives the major number of the disk.
func (w *World) major() int {
	if w.Hardware.Disk == "vda" {
		return 254
	}
	return 8
}

// partitions makes /proc/partitions.
func (w *World) partitions() string {
	var b strings.Builder
	fmt.Fprintf(&b, "major minor  #blocks  name\n\n%4d %7d %10d %s\n", w.major(), 0, w.Hardware.DiskBytes/1024, w.Hardware.Disk)
	for _, p := range w.disk.parts {
		fmt.Fprintf(&b, "%4d %7s %10d %s\n", w.major(), p.Name[3:], p.Size/2, p.Name)
	}
	return b.String() + "  11        0    1048575 sr0\n"
}

// diskstats makes /proc/diskstats.
func (w *World) diskstats() string {
	up := int64(w.Uptime().Seconds())
	reads, writes := 14_000+up/50, 3000+up/3
	var b strings.Builder
	show := func(minor, name string, reads, writes int64) {
		fmt.Fprintf(&b, "%4d %7s %s %d %d %d %d %d %d %d %d 0 %d %d 0 0 0 0 0 0\n", w.major(), minor, name, reads, reads/4, reads*52, reads/2, writes, writes*4/5, writes*22, writes*2, writes, writes*2+reads/2)
	}
	show("0", w.Hardware.Disk, reads, writes)
	for _, p := range w.disk.parts {
		switch p.Use {
		case "/":
			show(p.Name[3:], p.Name, reads-300, writes)
		default:
			show(p.Name[3:], p.Name, 90+int64(len(p.Use)), 1)
		}
	}
	return b.String() + "  11       0 sr0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
}

// swaps makes /proc/swaps.
func (w *World) swaps() string {
	m := w.Memory()
	return fmt.Sprintf("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n%-40spartition\t%d\t\t%d\t\t-2\n", "/dev/"+w.disk.device("swap").Name, m.SwapTotal, m.SwapTotal-m.SwapFree)
}

// modules makes /proc/modules.
func (w *World) modules() string {
	at := uint64(0xffffffffc0200000) + w.seed.sub("modules").number()%0x10000<<12
	var b strings.Builder
	for _, mod := range modules {
		by := "-"
		if mod.by != "" {
			by = mod.by + ","
		}
		fmt.Fprintf(&b, "%s %d %d %s Live 0x%016x\n", mod.name, mod.size, mod.users, by, at)
		at += uint64(mod.size)
	}
	return b.String()
}

// number gives a number of the seed.
func (s seed) number() uint64 { return uint64(s.at(0) * (1 << 53)) }

// interrupts makes /proc/interrupts.
func (w *World) interrupts() string {
	up := int64(w.Uptime().Seconds())
	var b strings.Builder
	b.WriteString("    ")
	for cpu := range w.Hardware.CPUs {
		fmt.Fprintf(&b, "       CPU%d", cpu)
	}
	b.WriteString("       \n")
	for _, v := range []struct {
		name  string
		count int64
		text  string
	}{{"0", 9, "IO-APIC   2-edge      timer"}, {"1", 9, "IO-APIC   1-edge      i8042"}, {"8", 1, "IO-APIC   8-edge      rtc0"}, {"9", 0, "IO-APIC   9-fasteoi   acpi"}, {"12", 15, "IO-APIC  12-edge      i8042"},
		{"24", up / 2, "PCI-MSI 65537-edge      " + w.Hardware.Disk}, {"25", up * 3, "PCI-MSI 49153-edge      " + w.Machine.Interfaces[1].Name}, {"NMI", 0, "Non-maskable interrupts"}, {"LOC", up * 28, "Local timer interrupts"}, {"RES", up / 9, "Rescheduling interrupts"}, {"CAL", up / 14, "Function call interrupts"}, {"ERR", -1, ""}} {
		fmt.Fprintf(&b, "%3s:", v.name)
		for cpu := range max(1, w.Hardware.CPUs*int(min(1, v.count+1))) {
			fmt.Fprintf(&b, " %10d", max(v.count, 0)/int64(cpu+1))
		}
		b.WriteString(strings.TrimRight("   "+v.text, " ") + "\n")
	}
	return b.String()
}

// vmstat makes the beginning of /proc/vmstat.
func (w *World) vmstat() string {
	m, up := w.Memory(), int64(w.Uptime().Seconds())
	return fmt.Sprintf("nr_free_pages %d\nnr_zone_inactive_anon %d\nnr_dirty %d\nnr_writeback 0\nnr_mapped %d\nnr_shmem %d\npgpgin %d\npgpgout %d\npswpin 0\npswpout 0\npgalloc_normal %d\npgfree %d\npgfault %d\npgmajfault %d\noom_kill 0\n",
		m.Free/4, (m.Total-m.Free)/24, m.Free%29, (m.Total-m.Free)/40, m.Shared/4, 400_000+up/4, 90_000+up*6, up*410, up*411, up*380, 1900+up/900)
}

// mountsText makes /proc/mounts.
func (w *World) mountsText() string {
	var b strings.Builder
	for _, m := range w.Mounts {
		fmt.Fprintf(&b, "%s %s %s %s 0 0\n", m.Source, m.Target, m.Type, m.Options)
	}
	return b.String()
}

package machine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// kernels are kernels of Debian 12, with the point release that was current.
var kernels = []struct{ release, name, version, date string }{
	{"9", "6.1.0-28-amd64", "6.1.119-1", "2024-11-22"},
	{"9", "6.1.0-29-amd64", "6.1.123-1", "2025-01-02"},
	{"9", "6.1.0-30-amd64", "6.1.124-1", "2025-01-12"},
	{"9", "6.1.0-31-amd64", "6.1.128-1", "2025-02-07"},
	{"10", "6.1.0-32-amd64", "6.1.129-1", "2025-03-06"},
	{"10", "6.1.0-33-amd64", "6.1.133-1", "2025-04-10"},
	{"10", "6.1.0-34-amd64", "6.1.135-1", "2025-04-25"},
	{"11", "6.1.0-35-amd64", "6.1.137-1", "2025-05-07"},
	{"11", "6.1.0-37-amd64", "6.1.140-1", "2025-05-22"},
}

// setSystem chooses release, kernel, times and identifiers.
func (m *Machine) setSystem() {
	r := m.seed.rand("system")
	k := pick(r, kernels)
	m.System = System{
		Kernel:    k.name,
		Build:     fmt.Sprintf("#1 SMP PREEMPT_DYNAMIC Debian %s (%s)", k.version, k.date),
		Arch:      "x86_64",
		Release:   "12." + k.release,
		Codename:  "bookworm",
		MachineID: hexes(m.seed.rand("machine id"), 32),
		BootID:    uuid(m.seed.rand("boot id")),
		Zone:      "Etc/UTC",
	}
	m.Boot = m.opt.Installed.UTC().Add(-days(3 + 87*r.Float64())).Truncate(time.Second)
	m.Setup = m.Boot.Add(-days(20 + 300*r.Float64())).Truncate(time.Second)
	built, _ := time.Parse(time.DateOnly, k.date)
	if earliest := built.Add(days(10 + 20*r.Float64())).Truncate(time.Second); m.Setup.Before(earliest) {
		m.Setup = earliest
	}
	if latest := m.Boot.Add(-time.Hour); m.Setup.After(latest) {
		m.Setup = latest
	}
	m.Name, m.Domain = m.opt.Host, pick(r, domains)
	if m.Name == "" {
		m.Name = hostName(m.seed.rand("host name"))
	}
	if host, domain, ok := strings.Cut(m.Name, "."); ok {
		m.Name, m.Domain = host, domain
	}
}

func days(n float64) time.Duration { return time.Duration(n * float64(24*time.Hour)) }

var domains = []string{"internal", "lan", "localdomain", "home.arpa", "intra", "local"}

var (
	duties = strings.Fields("web www app api db mysql pg mail mx ns proxy cache git ci build files backup log mon stage test dev shop cms vpn edge core node srv host vm vps relay queue search batch report wiki")
	places = strings.Fields("fra ams lon par mad mil zrh vie prg waw sto hel osl cph dub nyc ewr iad ord dfw lax sea sin tyo syd east west north south int prod dc1 dc2 rz1 rz2 r1 r2 b2 c3")
)

// hostName makes up the name of a server.
func hostName(r *rand.Rand) string {
	duty, place, n := pick(r, duties), pick(r, places), 1+r.IntN(48)
	switch r.IntN(5) {
	case 0:
		return fmt.Sprintf("%s-%s-%02d", duty, place, n)
	case 1:
		return fmt.Sprintf("%s%02d-%s", duty, n, place)
	case 2:
		return fmt.Sprintf("%s-%s%d", place, duty, n)
	case 3:
		return fmt.Sprintf("%s-%s", duty, letters(r, 6, "0123456789abcdef"))
	}
	return fmt.Sprintf("vps-%s", letters(r, 8, "0123456789abcdef"))
}

// platform is a kind of virtual machine.
type platform struct {
	hypervisor, bios, mac, nic, disk string
	cpus                             []int // of the list of processors
}

var platforms = []platform{
	{"KVM", "QEMU", "52:54:00", "ens3", "vda", []int{0, 1, 2, 3, 4, 5}},
	{"KVM", "QEMU", "52:54:00", "enp1s0", "vda", []int{0, 1, 2, 3, 4, 5}},
	{"KVM", "QEMU", "bc:24:11", "ens18", "sda", []int{0, 1, 2, 4, 6}},
	{"KVM", "QEMU", "52:54:00", "eth0", "vda", []int{0, 2, 3, 5}},
	{"VMware", "Phoenix Technologies LTD", "00:50:56", "ens192", "sda", []int{0, 1, 2, 5}},
	{"VMware", "Phoenix Technologies LTD", "00:0c:29", "ens33", "sda", []int{0, 1, 2, 6}},
	{"Microsoft", "American Megatrends Inc.", "00:15:5d", "eth0", "sda", []int{0, 1, 2, 3}},
}

// processor is a kind of processor.
type processor struct {
	model, vendor            string
	family, number, stepping int
	mhz                      float64
	cache                    int
	flags                    string
}

const (
	flagsCommon = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 "
	flagsIntel  = flagsCommon + "ss syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon rep_good nopl xtopology cpuid tsc_known_freq pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm abm cpuid_fault invpcid_single pti ssbd ibrs ibpb fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid xsaveopt arat umip md_clear"
	flagsServer = flagsCommon + "ss syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon rep_good nopl xtopology cpuid tsc_known_freq pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm abm 3dnowprefetch invpcid_single ssbd ibrs ibpb stibp ibrs_enhanced fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid avx512f avx512dq rdseed adx smap clflushopt clwb avx512cd avx512bw avx512vl xsaveopt xsavec xgetbv1 arat umip pku ospke avx512_vnni md_clear arch_capabilities"
	flagsAMD    = flagsCommon + "ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm rep_good nopl cpuid extd_apicid tsc_known_freq pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm cmp_legacy cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw topoext perfctr_core ssbd ibrs ibpb stibp vmmcall fsgsbase tsc_adjust bmi1 avx2 smep bmi2 rdseed adx smap clflushopt clwb sha_ni xsaveopt xsavec xgetbv1 clzero xsaveerptr arat umip rdpid"
)

var processors = []processor{
	{"Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "GenuineIntel", 6, 79, 1, 2399.996, 35840, flagsIntel},
	{"Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz", "GenuineIntel", 6, 79, 1, 2199.998, 30720, flagsIntel},
	{"Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", "GenuineIntel", 6, 85, 4, 2394.374, 28160, flagsServer},
	{"Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz", "GenuineIntel", 6, 85, 7, 2593.906, 36608, flagsServer},
	{"AMD EPYC 7282 16-Core Processor", "AuthenticAMD", 23, 49, 0, 2794.750, 512, flagsAMD},
	{"AMD EPYC 7543P 32-Core Processor", "AuthenticAMD", 25, 1, 1, 2794.746, 512, flagsAMD},
	{"Intel(R) Xeon(R) CPU E5-2620 v3 @ 2.40GHz", "GenuineIntel", 6, 63, 2, 2397.222, 15360, flagsIntel},
}

// setHardware chooses processors, memory and the kind of virtual machine.
func (m *Machine) setHardware() {
	r := m.seed.rand("hardware")
	p := pick(r, platforms)
	c := processors[pick(r, p.cpus)]
	m.disk.platform = p
	size := pick(r, []int64{1, 2, 2, 4, 4, 8}) << 20 // KiB
	total := size - size/40 - 30_000 - int64(r.IntN(9000))
	cpus := []int{1, 1, 2, 2, 2, 4}[r.IntN(6)]
	if size >= 8<<20 {
		cpus = 4
	}
	used := 110_000 + int64(r.IntN(60_000)) + total/50
	buffers := 20_000 + int64(r.IntN(60_000))
	cached := total/4 + int64(r.IntN(int(total/5)))
	m.Hardware = Hardware{
		CPUModel: c.model, Vendor: c.vendor, Family: c.family, Model: c.number, Stepping: c.stepping,
		MHz: c.mhz, CacheKB: c.cache, CPUs: cpus, Flags: c.flags,
		MemTotal: total, Buffers: buffers, Cached: cached, MemFree: total - used - buffers - cached,
		Disk: p.disk, Virtual: p.hypervisor, BIOS: p.bios,
	}
	h := &m.Hardware
	h.MemAvailable = h.MemFree + (h.Buffers+h.Cached)*17/20
}
